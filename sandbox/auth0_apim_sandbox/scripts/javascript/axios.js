// `axios` and `request`, over the same requests.
(() => {
  const { bytes, define, fail, lazyGlobal, moduleNamed, offeredOptions, send, Headers } = __sandbox;
  const basic = (user, password) => `Basic ${bytes.base64(`${user}:${password}`)}`;
  const withQuery = (url, query) => (query ? `${url}${url.includes("?") ? "&" : "?"}${query}` : url);
  const flattened = (given) => Object.fromEntries(Object.entries(given || {}).filter((each) => each[1] !== undefined && each[1] !== null && typeof each[1] !== "object"));

  const AXIOS = ["url", "method", "baseURL", "headers", "params", "data", "timeout", "auth", "responseType", "validateStatus", "maxRedirects", "signal", "withCredentials", "maxContentLength", "maxBodyLength", "responseEncoding"];
  const CODES = { ETIMEDOUT: "ECONNABORTED" };
  class AxiosError extends Error {
    constructor(message, code, config, request, response) {
      super(message);
      Object.assign(this, { name: "AxiosError", code, config, request, response, isAxiosError: true, status: response && response.status });
    }
    toJSON() { return { message: this.message, name: this.name, code: this.code, status: this.status }; }
  }
  const addressOf = ({ url = "", baseURL, params }) => {
    const whole = baseURL && !/^([a-z][a-z\d+.-]*:)?\/\//i.test(url) ? `${baseURL.replace(/\/+$/, "")}${url ? `/${url.replace(/^\/+/, "")}` : ""}` : url;
    const entries = params instanceof URLSearchParams ? [...params] : Object.entries(params || {}).flatMap(([name, value]) => (Array.isArray(value) ? value.map((each) => [`${name}[]`, each]) : value === undefined || value === null ? [] : [[name, value instanceof Date ? value.toISOString() : typeof value === "object" ? JSON.stringify(value) : value]]));
    return withQuery(whole, new URLSearchParams(entries).toString());
  };
  const bodyOf = (data, headers) => {
    if (data === undefined || data === null) return null;
    if (data instanceof URLSearchParams) {
      if (!headers.has("content-type")) headers.set("content-type", "application/x-www-form-urlencoded;charset=utf-8");
      return bytes.base64(data.toString());
    }
    if (typeof data === "string" || data instanceof ArrayBuffer || ArrayBuffer.isView(data)) {
      if (!headers.has("content-type")) headers.set("content-type", "application/x-www-form-urlencoded");
      return bytes.base64(data);
    }
    if ((headers.get("content-type") || "").startsWith("application/x-www-form-urlencoded")) return bytes.base64(new URLSearchParams(flattened(data)).toString());
    if (!headers.has("content-type")) headers.set("content-type", "application/json");
    return bytes.base64(JSON.stringify(data));
  };
  const read = (body, type) => {
    if (type === "arraybuffer") return body;
    const text = body.toString().replace(/^\ufeff/, "");
    if (type === "text") return text;
    try { return JSON.parse(text); } catch (error) { if (error instanceof SyntaxError) return text; throw error; }
  };
  const ask = async (config) => {
    offeredOptions("axios", config, AXIOS);
    const headers = new Headers({ accept: "application/json, text/plain, */*" });
    for (const [name, value] of Object.entries(config.headers || {})) if (value !== undefined && value !== null) headers.set(name, value);
    if (config.auth) headers.set("authorization", basic(config.auth.username, config.auth.password));
    const body = bodyOf(config.data, headers);
    const url = addressOf(config);
    const request = { path: url, method: config.method };
    let answer;
    try {
      answer = await send(url, { method: config.method, headers, body, timeout: config.timeout || null, redirects: config.maxRedirects ?? 21, signal: config.signal });
    } catch (error) {
      const message = error.code === "ETIMEDOUT" ? `timeout of ${config.timeout}ms exceeded` : error.message;
      throw new AxiosError(message, CODES[error.code] || error.code, config, request);
    }
    const response = { data: read(bytes.unbase64(answer.body), config.responseType), status: answer.status, statusText: answer.reason, headers: Object.fromEntries(new Headers(answer.headers)), config, request };
    const valid = config.validateStatus === undefined ? answer.status >= 200 && answer.status < 300 : config.validateStatus === null || config.validateStatus(answer.status);
    if (valid) return response;
    throw new AxiosError(`Request failed with status code ${answer.status}`, answer.status < 500 ? "ERR_BAD_REQUEST" : "ERR_BAD_RESPONSE", config, request, response);
  };
  const instance = (defaults) => {
    const { common = {}, ...own } = defaults.headers || {};
    defaults.headers = { ...own, common };
    const merged = (config) => {
      const { common: shared, ...rest } = defaults.headers;
      return { method: "get", ...defaults, ...config, headers: { ...shared, ...rest, ...config.headers } };
    };
    const axios = (url, config = {}) => ask(merged(typeof url === "string" ? { ...config, url } : url));
    axios.request = axios;
    for (const method of ["get", "delete", "head", "options"]) axios[method] = (url, config = {}) => axios({ ...config, method, url });
    for (const method of ["post", "put", "patch"]) {
      axios[method] = (url, data, config = {}) => axios({ ...config, method, url, data });
      axios[`${method}Form`] = (url, data, config = {}) => axios({ ...config, method, url, data, headers: { ...config.headers, "content-type": "application/x-www-form-urlencoded" } });
    }
    axios.create = (config = {}) => instance({ ...defaults, ...config, headers: { ...defaults.headers, ...config.headers } });
    axios.getUri = (config) => addressOf(merged(config));
    return Object.assign(axios, { defaults, AxiosError, isAxiosError: (value) => Boolean(value && value.isAxiosError), all: (list) => Promise.all(list), isCancel: (value) => value?.name === "AbortError" });
  };
  define("axios", () => {
    const axios = instance({});
    Object.defineProperty(axios, "interceptors", { get() { throw new Error("module 'axios' has no 'interceptors' in this sandbox"); } });
    axios.default = axios;
    return axios;
  });

  const REQUEST = ["url", "uri", "baseUrl", "method", "headers", "json", "body", "form", "qs", "auth", "timeout", "encoding", "followRedirect", "followAllRedirects", "maxRedirects", "gzip", "callback", "simple", "resolveWithFullResponse", "rejectUnauthorized", "strictSSL"];
  const requestBody = (options, headers) => {
    if (options.form !== undefined) {
      headers.set("content-type", "application/x-www-form-urlencoded");
      return bytes.base64(typeof options.form === "string" ? options.form : require("querystring").stringify(options.form));
    }
    const given = options.json !== undefined && options.json !== true && options.json !== false ? options.json : options.body;
    if (options.json && !headers.has("accept")) headers.set("accept", "application/json");
    if (given === undefined || given === null) return null;
    if (options.json && !headers.has("content-type")) headers.set("content-type", "application/json");
    const text = options.json && (options.json !== true || typeof given !== "string") ? JSON.stringify(given) : given;
    if (typeof text !== "string" && !ArrayBuffer.isView(text)) throw new Error("Argument error, options.body.");
    return bytes.base64(text);
  };
  const authorization = (auth) => (auth.bearer !== undefined ? `Bearer ${typeof auth.bearer === "function" ? auth.bearer() : auth.bearer}` : basic(auth.user ?? auth.username, auth.pass ?? auth.password ?? ""));
  const requested = async (options) => {
    offeredOptions("request", options, REQUEST);
    if (options.rejectUnauthorized === false || options.strictSSL === false) throw new Error("this sandbox verifies certificates, always");
    const headers = new Headers(flattened(options.headers));
    const address = options.url || options.uri;
    if (!address) throw new Error("options.uri is a required argument");
    if (options.auth) headers.set("authorization", authorization(options.auth));
    const body = requestBody(options, headers);
    const follows = options.followAllRedirects || (options.followRedirect !== false && ["GET", "HEAD"].includes(options.method.toUpperCase()));
    const url = withQuery(`${options.baseUrl || ""}${typeof address === "object" ? address.href : address}`, require("querystring").stringify(options.qs || {}));
    const answer = await send(url, { method: options.method, headers, body, timeout: options.timeout || null, redirects: follows ? options.maxRedirects || 10 : 0 });
    const raw = bytes.unbase64(answer.body);
    const text = options.encoding === null ? raw : raw.toString(options.encoding);
    return { statusCode: answer.status, statusMessage: answer.reason, headers: Object.fromEntries(new Headers(answer.headers)), request: { href: answer.url }, body: options.json ? read(raw) : text };
  };
  const requester = (defaults, method) => (...args) => {
    const callback = typeof args.at(-1) === "function" ? args.pop() : undefined;
    const [first, second = {}] = args;
    const given = typeof first === "string" || first instanceof URL ? { ...second, url: String(first) } : { ...first };
    const options = { method: "GET", ...defaults, ...given, headers: { ...defaults.headers, ...given.headers } };
    if (method) options.method = method;
    const done = callback || options.callback;
    if (!done) throw new Error("this sandbox answers a request to its callback only; give one");
    requested(options).then((response) => done(null, response, response.body), (error) => done(error)).catch(fail);
    return undefined;
  };
  const requesting = (defaults) => Object.assign(requester(defaults), {
    ...Object.fromEntries(["get", "post", "put", "patch", "delete", "head", "options"].map((name) => [name, requester(defaults, name.toUpperCase())])),
    del: requester(defaults, "DELETE"),
    defaults: (more) => requesting({ ...defaults, ...more, headers: { ...defaults.headers, ...more.headers } }),
  });
  define("request", () => requesting({}));
  lazyGlobal("request", () => moduleNamed("request"));
})();
