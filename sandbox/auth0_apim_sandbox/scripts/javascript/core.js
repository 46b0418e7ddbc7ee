// Small parts of Node: events, util, assert, timers, process, querystring.
(() => {
  const { define, fail, lazyGlobal, moduleNamed, offered } = __sandbox;

  class EventEmitter {
    #listeners = new Map();
    on(name, listener) { this.listeners(name, true).push(listener); return this; }
    addListener(name, listener) { return this.on(name, listener); }
    once(name, listener) {
      const wrapped = (...args) => { this.off(name, wrapped); listener.apply(this, args); };
      wrapped.listener = listener;
      return this.on(name, wrapped);
    }
    off(name, listener) {
      this.#listeners.set(name, this.listeners(name).filter((each) => each !== listener && each.listener !== listener));
      return this;
    }
    removeListener(name, listener) { return this.off(name, listener); }
    removeAllListeners(name) { if (name === undefined) this.#listeners.clear(); else this.#listeners.delete(name); return this; }
    listeners(name, own = false) {
      if (!this.#listeners.has(name)) this.#listeners.set(name, []);
      return own ? this.#listeners.get(name) : [...this.#listeners.get(name)];
    }
    listenerCount(name) { return this.listeners(name).length; }
    emit(name, ...args) {
      const found = this.listeners(name);
      if (name === "error" && found.length === 0) fail(args[0]);
      for (const listener of found) listener.apply(this, args);
      return found.length > 0;
    }
  }
  EventEmitter.EventEmitter = EventEmitter;
  define("events", () => EventEmitter);

  const inspect = (value, seen = []) => {
    if (typeof value === "string") return seen.length ? `'${value}'` : value;
    if (typeof value === "function") return value.name ? `[Function: ${value.name}]` : "[Function (anonymous)]";
    if (typeof value === "bigint") return `${value}n`;
    if (value === null || typeof value !== "object") return String(value);
    if (value instanceof Error) return value.stack || String(value);
    if (value instanceof Date) return value.toISOString();
    if (seen.includes(value)) return "[Circular *1]";
    const inner = (each) => inspect(each, [...seen, value]);
    const items = Array.isArray(value)
      ? value.map(inner)
      : Object.entries(value).map(([key, each]) => `${/^[A-Za-z_$][\w$]*$/.test(key) ? key : `'${key}'`}: ${inner(each)}`);
    const [open, close] = Array.isArray(value) ? ["[", "]"] : ["{", "}"];
    return items.length ? `${open} ${items.join(", ")} ${close}` : open + close;
  };
  const CONVERSIONS = {
    s: (value) => (typeof value === "object" && value !== null ? inspect(value, [null]) : String(value)),
    d: Number, i: (value) => parseInt(value, 10), f: parseFloat, j: JSON.stringify,
    o: (value) => inspect(value, [null]), O: (value) => inspect(value, [null]),
  };
  const format = (first, ...rest) => {
    if (typeof first !== "string") return [first, ...rest].map((each) => inspect(each)).join(" ");
    const text = first.replace(/%([sdifjoO%])/g, (whole, kind) => {
      if (kind === "%") return rest.length ? "%" : whole;
      return rest.length ? CONVERSIONS[kind](rest.shift()) : whole;
    });
    return [text, ...rest.map((each) => inspect(each))].join(" ");
  };
  const promisify = (original) => function promised(...args) {
    if (original[promisify.custom]) return original[promisify.custom].apply(this, args);
    return new Promise((resolve, reject) => {
      original.call(this, ...args, (error, value) => (error ? reject(error) : resolve(value)));
    });
  };
  promisify.custom = Symbol.for("nodejs.util.promisify.custom");
  const callbackify = (original) => function called(...args) {
    const callback = args.pop();
    original.apply(this, args).then((value) => callback(null, value), callback);
  };
  const equal = (one, other) => {
    if (Object.is(one, other)) return true;
    if (typeof one !== "object" || typeof other !== "object" || one === null || other === null) return false;
    const keys = Object.keys(one);
    return Object.getPrototypeOf(one) === Object.getPrototypeOf(other) && keys.length === Object.keys(other).length
      && keys.every((key) => Object.hasOwn(other, key) && equal(one[key], other[key]));
  };
  define("util", () => offered("module 'util'", {
    callbackify, format, inspect: (value) => inspect(value, [null]), promisify, isDeepStrictEqual: equal,
    inherits: (child, parent) => { Object.setPrototypeOf(child.prototype, parent.prototype); child.super_ = parent; },
    isArray: Array.isArray, deprecate: (original) => original, TextEncoder, TextDecoder,
    types: offered("util.types", { isDate: (value) => value instanceof Date, isPromise: (value) => value instanceof Promise, isRegExp: (value) => value instanceof RegExp }),
  }));

  const failed = (message, fallback) => {
    if (message instanceof Error) throw message;
    throw Object.assign(new Error(message || fallback), { name: "AssertionError", code: "ERR_ASSERTION" });
  };
  define("assert", () => {
    const ok = (value, message) => { if (!value) failed(message, "The expression evaluated to a falsy value"); };
    const same = (check) => (one, other, message) => { if (!check(one, other)) failed(message, `Expected ${inspect(one, [null])} to equal ${inspect(other, [null])}`); };
    return Object.assign((value, message) => ok(value, message), {
      ok, strictEqual: same(Object.is), equal: same((one, other) => one == other), deepStrictEqual: same(equal),
      notStrictEqual: same((one, other) => !Object.is(one, other)), fail: (message) => failed(message, "Failed"),
    });
  });

  const given = globalThis.setTimeout;
  const repeated = new Set();
  globalThis.setTimeout = (task, milliseconds = 0, ...args) => given(() => {
    try { task(...args); } catch (error) { fail(error); }
  }, Math.max(1, Number(milliseconds) || 1)); // as Node: never at once
  globalThis.setImmediate = (task, ...args) => setTimeout(task, 0, ...args);
  globalThis.clearImmediate = clearTimeout;
  globalThis.queueMicrotask = (task) => { Promise.resolve().then(task).catch(fail); };
  globalThis.setInterval = (task, milliseconds, ...args) => {
    const timer = { id: null };
    const again = () => setTimeout(() => { if (repeated.has(timer)) { task(...args); timer.id = again(); } }, milliseconds);
    repeated.add(timer);
    timer.id = again();
    return timer;
  };
  globalThis.clearInterval = (timer) => { if (repeated.delete(timer)) clearTimeout(timer.id); };
  define("timers", () => offered("module 'timers'", { setTimeout, clearTimeout, setInterval, clearInterval, setImmediate, clearImmediate }));

  // No variable of the machine, and nothing that could end the process.
  define("process", () => offered("process", {
    env: {}, argv: [], platform: "linux", arch: "x64", version: "v22.0.0", versions: { node: "22.0.0" }, release: { name: "node" },
    nextTick: (task, ...args) => queueMicrotask(() => task(...args)), emitWarning: () => undefined,
    uptime: () => Date.now() / 1000 - 1, on: () => undefined,
    hrtime: Object.assign((since = [0, 0]) => {
      const now = Date.now();
      const nanoseconds = BigInt(now) * 1000000n - (BigInt(since[0]) * 1000000000n + BigInt(since[1]));
      return [Number(nanoseconds / 1000000000n), Number(nanoseconds % 1000000000n)];
    }, { bigint: () => BigInt(Date.now()) * 1000000n }),
  }));
  lazyGlobal("process", () => moduleNamed("process"));

  const unescape = (text) => { try { return decodeURIComponent(text); } catch (error) { if (error instanceof URIError) return text; throw error; } };
  const escape = (text) => encodeURIComponent(text);
  const pairs = (name, value, equals) => (Array.isArray(value) ? value : [value]).map((each) => `${escape(name)}${equals}${["string", "number", "bigint", "boolean"].includes(typeof each) ? escape(each) : ""}`);
  const stringify = (values, separator = "&", equals = "=") => Object.entries(values || {}).flatMap(([name, value]) => pairs(name, value, equals)).join(separator);
  const parse = (text, separator = "&", equals = "=") => {
    const found = Object.create(null);
    for (const each of String(text).split(separator).filter(Boolean)) {
      const [name, ...rest] = each.split(equals);
      const [key, value] = [name, rest.join(equals)].map((part) => unescape(part.replace(/\+/g, " ")));
      found[key] = key in found ? [].concat(found[key], value) : value;
    }
    return found;
  };
  define("querystring", () => offered("module 'querystring'", { parse, decode: parse, stringify, encode: stringify, escape, unescape }));
})();
