// `fetch`, `node-fetch`, `http` and `https`: requests to services on this machine, which the host sends.
(() => {
  const { bytes, call, define, fail, offered, offeredOptions } = __sandbox;

  class Headers {
    #values = new Map();
    constructor(init = {}) {
      const entries = typeof init[Symbol.iterator] === "function" ? init : Object.entries(init);
      for (const [name, value] of entries) this.append(name, value);
    }
    append(name, value) { const key = String(name).toLowerCase(); this.#values.set(key, [...(this.#values.get(key) || []), String(value)]); }
    set(name, value) { this.#values.set(String(name).toLowerCase(), [String(value)]); }
    get(name) { return this.has(name) ? this.#values.get(String(name).toLowerCase()).join(", ") : null; }
    getSetCookie() { return this.#values.get("set-cookie") || []; }
    has(name) { return this.#values.has(String(name).toLowerCase()); }
    delete(name) { this.#values.delete(String(name).toLowerCase()); }
    forEach(task) { for (const [name, value] of this) task(value, name, this); }
    entries() { return [...this.#values.keys()].sort().map((name) => [name, this.get(name)]).values(); }
    keys() { return [...this.entries()].map((each) => each[0]).values(); }
    values() { return [...this.entries()].map((each) => each[1]).values(); }
    [Symbol.iterator]() { return this.entries(); }
    raw() { return Object.fromEntries(this.#values); }
  }

  class AbortSignal {
    #listeners = [];
    constructor() { this.aborted = false; this.reason = undefined; this.onabort = null; }
    static timeout(milliseconds) {
      const controller = new AbortController();
      setTimeout(() => controller.abort(named("TimeoutError", "The operation was aborted due to timeout")), milliseconds);
      return controller.signal;
    }
    static abort(reason) { const controller = new AbortController(); controller.abort(reason); return controller.signal; }
    addEventListener(name, listener) { this.#listeners.push(listener); }
    removeEventListener(name, listener) { this.#listeners = this.#listeners.filter((each) => each !== listener); }
    throwIfAborted() { if (this.aborted) throw this.reason; }
    stop(reason) {
      if (this.aborted) return;
      this.aborted = true;
      this.reason = reason;
      for (const listener of [this.onabort, ...this.#listeners].filter(Boolean)) listener({ type: "abort" });
    }
  }
  class AbortController {
    constructor() { this.signal = new AbortSignal(); }
    abort(reason = named("AbortError", "This operation was aborted")) { this.signal.stop(reason); }
  }
  const named = (name, message) => Object.assign(new Error(message), { name });

  const bodyOf = (body, headers) => {
    if (body === undefined || body === null) return null;
    if (body instanceof URLSearchParams && !headers.has("content-type")) headers.set("content-type", "application/x-www-form-urlencoded;charset=UTF-8");
    if (typeof body === "string" || body instanceof URLSearchParams) {
      if (!headers.has("content-type")) headers.set("content-type", "text/plain;charset=UTF-8");
      return bytes.base64(String(body));
    }
    if (body instanceof ArrayBuffer || ArrayBuffer.isView(body)) return bytes.base64(body);
    throw new TypeError("this sandbox sends bodies that are strings, URLSearchParams or bytes");
  };
  const send = async (url, { method = "GET", headers = new Headers(), body = null, timeout = null, redirects = 20, signal = null }) => {
    const answer = call("http", "request", [String(method).toUpperCase(), String(url), [...headers], body, { timeout, redirects }]);
    if (!signal) return answer;
    signal.throwIfAborted();
    return Promise.race([answer, new Promise((_, reject) => { signal.addEventListener("abort", () => reject(signal.reason)); })]);
  };

  class Response {
    #bytes;
    constructor(answer, asked) {
      this.#bytes = bytes.unbase64(answer.body);
      this.status = answer.status;
      this.statusText = answer.reason;
      this.ok = answer.status >= 200 && answer.status < 300;
      this.headers = new Headers(answer.headers);
      this.url = answer.url;
      this.redirected = answer.url !== asked;
      this.bodyUsed = false;
    }
    #used() {
      if (this.bodyUsed) throw new TypeError("Body is unusable: Body has already been read");
      this.bodyUsed = true;
      return this.#bytes;
    }
    async text() { return this.#used().toString(); }
    async json() { return JSON.parse(await this.text()); }
    async arrayBuffer() { return new Uint8Array(this.#used()).buffer; }
    async bytes() { return new Uint8Array(this.#used()); }
    async buffer() { return this.#used(); }
  }

  const OPTIONS = ["method", "headers", "body", "redirect", "signal", "timeout", "cache", "credentials", "mode", "referrerPolicy", "keepalive"];
  const fetch = async (resource, given = {}) => {
    const options = offeredOptions("fetch", given, OPTIONS);
    const headers = new Headers(options.headers);
    const body = bodyOf(options.body, headers);
    const { method, signal, timeout } = options;
    const url = new URL(resource.url || resource).href;
    let answer;
    try {
      answer = await send(url, { method, headers, body, signal, timeout: timeout || null, redirects: options.redirect === undefined || options.redirect === "follow" ? 20 : 0 });
    } catch (error) {
      if (["AbortError", "TimeoutError"].includes(error.name)) throw error;
      throw Object.assign(new TypeError("fetch failed"), { cause: error, code: error.code });
    }
    if (options.redirect === "error" && answer.status >= 300 && answer.status < 400) throw new TypeError("fetch failed");
    return new Response(answer, url);
  };
  Object.assign(globalThis, { fetch, Headers, Response, AbortController, AbortSignal });
  define("node-fetch", () => Object.assign((...args) => fetch(...args), { default: fetch, Headers, Response, AbortError: Error }));

  class IncomingMessage extends require("events") {
    constructor(answer) {
      super();
      this.statusCode = answer.status;
      this.statusMessage = answer.reason;
      this.headers = Object.fromEntries(new Headers(answer.headers));
      this.httpVersion = "1.1";
      this.body = bytes.unbase64(answer.body);
      this.encoding = null;
      this.complete = true;
    }
    setEncoding(encoding) { this.encoding = encoding; return this; }
    get chunk() { return this.encoding ? this.body.toString(this.encoding) : this.body; }
    resume() { return this; }
    async *[Symbol.asyncIterator]() { yield this.chunk; }
    flow() {
      if (this.body.length) this.emit("data", this.chunk);
      this.emit("end");
      this.emit("close");
    }
  }
  class ClientRequest extends require("events") {
    #chunks = [];
    #gone = false;
    constructor(url, options) { super(); Object.assign(this, { url, options, headers: new Headers(options.headers || {}) }); }
    setHeader(name, value) { this.headers.set(name, value); return this; }
    setTimeout(milliseconds, listener) { this.options.timeout = milliseconds; if (listener) this.on("timeout", listener); return this; }
    setNoDelay() { return this; }
    write(data, encoding) { this.#chunks.push(Buffer.from(data, encoding)); return true; }
    abort() { this.destroy(); }
    destroy(error) { this.#gone = true; if (error) this.emit("error", error); return this; }
    end(data, encoding) {
      if (data) this.write(data, encoding);
      const { method, timeout } = this.options;
      const body = this.#chunks.length ? bytes.base64(Buffer.concat(this.#chunks)) : null;
      send(this.url, { method, headers: this.headers, body, redirects: 0, timeout: timeout || null })
        .then((answer) => this.#answer(answer), (error) => { if (!this.#gone) this.emit(error.code === "ETIMEDOUT" && this.listenerCount("timeout") ? "timeout" : "error", error); })
        .catch(fail);
      return this;
    }
    #answer(answer) {
      if (this.#gone) return;
      const message = new IncomingMessage(answer);
      this.emit("response", message);
      setTimeout(() => message.flow());
    }
  }
  const HTTP_OPTIONS = ["protocol", "host", "hostname", "port", "path", "method", "headers", "auth", "timeout", "pathname", "search", "query", "hash", "href", "slashes", "agent"];
  const addressOf = (protocol, options) => `${options.protocol || protocol}//${options.hostname || options.host || "localhost"}${options.port ? `:${options.port}` : ""}${options.path || "/"}`;
  const client = (name) => {
    const protocol = `${name}:`;
    const request = (first, ...rest) => {
      const callback = typeof rest.at(-1) === "function" ? rest.pop() : undefined;
      const address = typeof first === "string" || first instanceof URL;
      const options = { ...offeredOptions(`module '${name}'`, address ? rest[0] || {} : first, HTTP_OPTIONS) };
      if (options.auth) options.headers = { ...options.headers, authorization: `Basic ${bytes.base64(options.auth)}` };
      const made = new ClientRequest(address ? new URL(first).href : addressOf(protocol, options), options);
      return callback ? made.on("response", callback) : made;
    };
    return () => offered(`module '${name}'`, { request, get: (...args) => request(...args).end(), Agent: class Agent { constructor(options = {}) { offeredOptions(`${name}.Agent`, options, ["keepAlive", "maxSockets", "timeout"]); } } });
  };
  define("http", client("http"));
  define("https", client("https"));
  __sandbox.send = send;
  __sandbox.Headers = Headers;
})();
