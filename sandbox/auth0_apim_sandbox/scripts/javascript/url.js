// `URL` and `URLSearchParams` (WHATWG; the host parses with Node's own library), and Node's older `url`.
(() => {
  const { callSync, define, offered } = __sandbox;

  const decode = (text) => {
    const spaced = text.replace(/\+/g, " ");
    return Buffer.from(spaced.replace(/%([0-9a-fA-F]{2})|[^]/gu, (whole, digits) => digits || Buffer.from(whole).toString("hex")), "hex").toString();
  };
  const encode = (text) => encodeURIComponent(text).replace(/[!'()~]/g, (each) => `%${each.charCodeAt(0).toString(16).toUpperCase()}`).replace(/%20/g, "+");
  const entriesOf = (init) => {
    if (init === undefined || init === null) return [];
    if (typeof init === "object") return typeof init[Symbol.iterator] === "function" ? [...init].map(([name, value]) => [String(name), String(value)]) : Object.entries(init).map(([name, value]) => [name, String(value)]);
    return String(init).replace(/^\?/, "").split("&").filter(Boolean).map((each) => {
      const [name, ...rest] = each.split("=");
      return [decode(name), decode(rest.join("="))];
    });
  };

  class URLSearchParams {
    #entries;
    #changed;
    constructor(init, changed = () => undefined) { this.#entries = entriesOf(init); this.#changed = changed; }
    #become(entries) { this.#entries = entries; this.#changed(this.toString()); }
    get size() { return this.#entries.length; }
    append(name, value) { this.#become([...this.#entries, [String(name), String(value)]]); }
    delete(name, value) { this.#become(this.#entries.filter((each) => each[0] !== String(name) || (value !== undefined && each[1] !== String(value)))); }
    get(name) { const found = this.#entries.find((each) => each[0] === String(name)); return found ? found[1] : null; }
    getAll(name) { return this.#entries.filter((each) => each[0] === String(name)).map((each) => each[1]); }
    has(name, value) { return this.#entries.some((each) => each[0] === String(name) && (value === undefined || each[1] === String(value))); }
    set(name, value) {
      const at = this.#entries.findIndex((each) => each[0] === String(name));
      const others = this.#entries.filter((each, i) => i === at || each[0] !== String(name));
      this.#become(at < 0 ? [...others, [String(name), String(value)]] : others.map((each) => (each[0] === String(name) ? [each[0], String(value)] : each)));
    }
    sort() { this.#become([...this.#entries].sort((one, other) => (one[0] < other[0] ? -1 : Number(one[0] > other[0])))); }
    forEach(task) { for (const [name, value] of this.#entries) task(value, name, this); }
    entries() { return this.#entries.map((each) => [...each]).values(); }
    keys() { return this.#entries.map((each) => each[0]).values(); }
    values() { return this.#entries.map((each) => each[1]).values(); }
    [Symbol.iterator]() { return this.entries(); }
    toString() { return this.#entries.map((each) => each.map(encode).join("=")).join("&"); }
  }

  const PARTS = ["hash", "host", "hostname", "href", "password", "pathname", "port", "protocol", "search", "username"];
  class URL {
    #parts;
    constructor(url, base) { this.#parts = callSync("url", "parse", [String(url), base === undefined ? null : String(base)]); }
    static canParse(url, base) { try { return Boolean(new URL(url, base)); } catch (error) { if (error.code === "ERR_INVALID_URL") return false; throw error; } }
    get origin() { return this.#parts.origin; }
    get searchParams() { return new URLSearchParams(this.search, (text) => { this.search = text; }); }
    part(name, value) {
      if (value !== undefined) this.#parts = callSync("url", "change", [this.#parts.href, name, String(value)]);
      return this.#parts[name];
    }
    toString() { return this.href; }
    toJSON() { return this.href; }
  }
  for (const name of PARTS) {
    Object.defineProperty(URL.prototype, name, { get() { return this.part(name); }, set(value) { this.part(name, value); }, enumerable: true });
  }
  Object.assign(globalThis, { URL, URLSearchParams });

  const PATTERN = /^([a-zA-Z][a-zA-Z0-9+.-]*:)?(\/\/)?(?:([^@/?#]*)@)?([^/?#]*)([^?#]*)(\?[^#]*)?(#.*)?$/;
  const HOSTLESS = /^([a-zA-Z][a-zA-Z0-9+.-]*:)?()()()([^?#]*)(\?[^#]*)?(#.*)?$/;
  const parse = (text, parseQuery = false) => {
    const [, protocol, slashes, auth, host, pathname, search, hash] = (/^([^/?#]*:)?\/\//.test(text) ? PATTERN : HOSTLESS).exec(String(text).trim());
    const [, hostname, port] = /^(.*?)(?::(\d*))?$/.exec((host || "").toLowerCase());
    const path = slashes && !pathname ? "/" : pathname;
    const query = search ? search.slice(1) : null;
    const found = {
      protocol: protocol ? protocol.toLowerCase() : null, slashes: slashes ? true : null, auth: auth ? decodeURIComponent(auth) : null,
      host: host ? host.toLowerCase() : null, port: port || null, hostname: hostname ? hostname.replace(/^\[(.*)\]$/, "$1") : null,
      hash: hash || null, search: search || null, query: parseQuery ? require("querystring").parse(query || "") : query,
      pathname: path || null, path: path || search ? `${path || ""}${search || ""}` : null,
    };
    return { ...found, href: format(found) };
  };
  const format = (given) => {
    if (typeof given === "string" || given instanceof URL) return given.toString();
    const host = given.host || (given.hostname ? `${given.hostname}${given.port ? `:${given.port}` : ""}` : "");
    const auth = given.auth ? `${encodeURIComponent(given.auth).replace(/%3A/i, ":")}@` : "";
    const query = given.query && typeof given.query === "object" ? require("querystring").stringify(given.query) : "";
    const search = given.search || (query ? `?${query}` : "");
    const protocol = given.protocol ? `${given.protocol.replace(/:$/, "")}:` : "";
    const pathname = host && given.pathname && !given.pathname.startsWith("/") ? `/${given.pathname}` : given.pathname || "";
    return `${protocol}${host ? "//" : ""}${host ? auth : ""}${host}${pathname}${search}${given.hash || ""}`;
  };
  define("url", () => offered("module 'url'", { URL, URLSearchParams, parse, format, resolve: (base, to) => new URL(to, base).href }));
})();
