// What every script finds around it, and the ways to the host: `call` waits in a queue that the worker empties and is a
// promise; `callSync` writes the call into memory that both share, and waits until the worker has written the answer.
(() => {
  const waiting = new Map();
  const queue = [];
  let count = 0;
  let outcome = null;

  class WrongUsernameOrPasswordError extends Error {
    constructor(userNameOrEmail, message) {
      super(message || "Wrong email or password.");
      this.name = "WrongUsernameOrPasswordError";
      this.userNameOrEmail = userNameOrEmail;
    }
  }

  class ValidationError extends Error {
    constructor(code, message) {
      super(message || code);
      this.name = "ValidationError";
      this.code = code;
    }
  }

  const errorOf = ({ message, name, code }) => {
    const error = new ({ TypeError, RangeError }[name] || Error)(message);
    if (name !== "Error") error.name = name;
    if (code) error.code = code;
    return error;
  };

  const call = (module, name, args) => new Promise((resolve, reject) => {
    count += 1;
    waiting.set(count, { resolve, reject });
    queue.push({ id: count, module, name, args });
  });

  const IDLE = 0;
  const ASKED = 1;
  const shared = new SharedArrayBuffer(8 + 4 * 1024 * 1024);
  const state = new Int32Array(shared, 0, 2); // what it holds, and how many units of text
  const text = new Uint16Array(shared, 8);

  const callSync = (module, name, args) => {
    const task = JSON.stringify({ module, name, args });
    if (task.length > text.length) throw new RangeError("this sandbox takes at most 2 million characters at once");
    for (let i = 0; i < task.length; i += 1) text[i] = task.charCodeAt(i);
    state[1] = task.length;
    Atomics.store(state, 0, ASKED);
    while (Atomics.load(state, 0) === ASKED) Atomics.wait(state, 0, ASKED, 0.2);
    const parts = [];
    for (let i = 0; i < state[1]; i += 8192) {
      parts.push(String.fromCharCode(...text.slice(i, Math.min(i + 8192, state[1]))));
    }
    Atomics.store(state, 0, IDLE);
    const { error, value } = JSON.parse(parts.join(""));
    if (error) throw errorOf(error);
    return value === null ? undefined : value;
  };

  const fail = (error) => finish({ error: described(error) });

  const answered = (promise, callback, receiver) => {
    if (typeof callback !== "function") return promise;
    promise.then((value) => callback.call(receiver ? receiver(value) : null, null, value), (error) => callback(error)).catch(fail);
    return undefined;
  };

  const offered = (title, members) => new Proxy(members, {
    get(target, name) {
      if (typeof name === "symbol" || name in target || ["then", "default", "toJSON", "__esModule"].includes(name)) return target[name];
      throw new Error(`${title} has no '${name}' in this sandbox, only ${Object.keys(target).join(", ")}`);
    },
  });

  const offeredOptions = (title, options, names) => {
    for (const name of Object.keys(options)) {
      if (!names.includes(name) && options[name] !== undefined) {
        throw new Error(`${title} has no option '${name}' in this sandbox, only ${names.join(", ")}`);
      }
    }
    return options;
  };

  const factories = new Map();
  const made = new Map();
  const define = (name, factory) => { factories.set(name, factory); };
  const moduleNamed = (name) => {
    if (!made.has(name)) made.set(name, factories.get(name)());
    return made.get(name);
  };
  const plainName = (name) => String(name).replace(/^node:/, "").replace(/(.)@.*$/, "$1");
  const requireModule = (name) => {
    if (factories.has(plainName(name))) return moduleNamed(plainName(name));
    throw new Error(`this sandbox does not offer module '${name}' to scripts, only ${[...factories.keys()].sort().join(", ")}`);
  };

  const lazyGlobal = (name, value) => Object.defineProperty(globalThis, name, {
    configurable: true,
    get: value,
    set(given) { Object.defineProperty(globalThis, name, { value: given, writable: true, configurable: true }); },
  });

  globalThis.__sandbox = { answered, call, callSync, define, fail, lazyGlobal, moduleNamed, offered, offeredOptions };
  globalThis.WrongUsernameOrPasswordError = WrongUsernameOrPasswordError;
  globalThis.ValidationError = ValidationError;
  globalThis.require = requireModule;
  lazyGlobal("module", () => { throw new Error("this sandbox does not offer 'module' to scripts"); });
  globalThis.global = globalThis;
  globalThis.console = Object.fromEntries(["log", "info", "warn", "error", "debug", "trace", "dir"].map((name) => [name, () => undefined]));

  const described = (error) => {
    if (!(error instanceof Error)) return { name: "Error", message: String(error), code: null };
    const code = typeof error.code === "string" ? error.code : null;
    return { name: String(error.name), message: String(error.message), code };
  };
  const finish = (result) => { outcome = outcome || JSON.stringify(result); };

  const callback = (error, ...values) => {
    if (error !== null && error !== undefined) fail(error);
    else finish({ values: values.map((value) => (value === undefined ? null : value)) });
  };

  const functionOf = (script, names) => {
    try {
      return (0, eval)(`(${script}\n)`);
    } catch (error) {
      if (!(error instanceof SyntaxError)) throw error;
      return new Function(`${script}\n;for (const name of ${JSON.stringify(names)}) {
        try { const found = eval(name); if (typeof found === "function") return found; } catch (error) { if (!(error instanceof ReferenceError)) throw error; }
      }`)();
    }
  };

  globalThis.__shared = () => shared;
  globalThis.__modules = () => [...factories.keys()].sort().join(" ");
  globalThis.__start = (script, names, args, configuration) => {
    delete globalThis.__sandbox;
    delete globalThis.__shared;
    globalThis.configuration = Object.freeze(configuration);
    try {
      const found = functionOf(script, names);
      if (typeof found !== "function") throw new Error(`the script has no function named ${names.join(" or ")}`);
      Promise.resolve(found(...args, callback)).catch(fail);
    } catch (error) {
      fail(error);
    }
  };
  globalThis.__queue = () => JSON.stringify({ outcome, calls: queue.splice(0) });
  globalThis.__settle = (id, error, value) => {
    const { resolve, reject } = waiting.get(id);
    waiting.delete(id);
    if (error === null) resolve(value === null ? undefined : JSON.parse(value));
    else reject(errorOf(error));
  };
})();
