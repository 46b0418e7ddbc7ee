// What a script of a custom database finds around it. Calls of the offered modules wait in a queue that the worker
// empties: it carries them out and settles their promises.
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

  const call = (module, name, args) => new Promise((resolve, reject) => {
    count += 1;
    waiting.set(count, { resolve, reject });
    queue.push({ id: count, module, name, args });
  });

  const answered = (promise, callback, receiver) => {
    if (typeof callback !== "function") return promise;
    const failed = (error) => { globalThis.__fail(error); };
    promise.then((value) => callback.call(receiver ? receiver(value) : null, null, value), (error) => callback(error)).catch(failed);
    return undefined;
  };

  const offered = (title, members) => new Proxy(members, {
    get(target, name) {
      if (typeof name === "symbol" || name in target || name === "then" || name === "default") return target[name];
      throw new Error(`${title} has no '${name}' in this sandbox, only ${Object.keys(target).join(", ")}`);
    },
  });

  const bcrypt = offered("module 'bcrypt'", {
    hash: (data, salt, callback) => answered(call("bcrypt", "hash", [data, salt]), callback),
    compare: (data, hash, callback) => answered(call("bcrypt", "compare", [data, hash]), callback),
    genSalt: (rounds, callback) => {
      const given = typeof rounds === "function" ? 10 : rounds;
      return answered(call("bcrypt", "genSalt", [given === undefined ? 10 : given]), typeof rounds === "function" ? rounds : callback);
    },
  });

  const last = (values) => (typeof values[values.length - 1] === "function" ? values.pop() : undefined);
  const bound = (values) => (values.length === 1 && values[0] !== null && typeof values[0] === "object" ? values[0] : values);

  class Database {
    constructor(name, ...rest) {
      const callback = last(rest);
      const readOnly = rest[0] === 1;
      const ask = (operation) => (sql, ...values) => {
        const answer = last(values);
        const promise = call("sqlite3", operation, [name, readOnly, sql, bound(values)]);
        const kept = promise.catch((error) => { if (!answer) globalThis.__fail(error); throw error; });
        kept.catch(() => undefined);
        const value = operation === "run" ? kept.then((done) => { Object.assign(receiver, done); }) : kept;
        const receiver = {};
        answered(value, answer || (() => undefined), () => receiver);
        return database;
      };
      const database = offered("sqlite3.Database", {
        get: ask("get"),
        all: ask("all"),
        run: ask("run"),
        close: (done) => { answered(Promise.resolve(), done || (() => undefined)); },
      });
      answered(call("sqlite3", "open", [name, readOnly]), callback || ((error) => { if (error) globalThis.__fail(error); }));
      return database;
    }
  }

  const sqlite3 = offered("module 'sqlite3'", { Database, OPEN_READONLY: 1, OPEN_READWRITE: 2, verbose: () => sqlite3 });
  const modules = { bcrypt, sqlite3 };

  globalThis.WrongUsernameOrPasswordError = WrongUsernameOrPasswordError;
  globalThis.ValidationError = ValidationError;
  globalThis.require = (name) => {
    const found = Object.hasOwn(modules, String(name).split("@")[0]) ? modules[String(name).split("@")[0]] : undefined;
    if (found === undefined) {
      throw new Error(`this sandbox does not offer module '${name}' to scripts, only ${Object.keys(modules).join(", ")}`);
    }
    return found;
  };
  for (const name of ["fetch", "process", "Buffer", "module"]) {
    Object.defineProperty(globalThis, name, {
      get() { throw new Error(`this sandbox does not offer '${name}' to scripts`); },
    });
  }
  globalThis.global = globalThis;
  globalThis.console = Object.fromEntries(["log", "info", "warn", "error", "debug"].map((name) => [name, () => undefined]));

  const described = (error) => {
    if (!(error instanceof Error)) return { name: "Error", message: String(error), code: null };
    const code = typeof error.code === "string" ? error.code : null;
    return { name: String(error.name), message: String(error.message), code };
  };
  const finish = (result) => { outcome = outcome || JSON.stringify(result); };
  globalThis.__fail = (error) => finish({ error: described(error) });

  const callback = (error, ...values) => {
    if (error !== null && error !== undefined) globalThis.__fail(error);
    else finish({ values: values.map((value) => (value === undefined ? null : value)) });
  };

  const functionOf = (text, names) => {
    try {
      return (0, eval)(`(${text}\n)`);
    } catch (error) {
      if (!(error instanceof SyntaxError)) throw error;
      return new Function(`${text}\n;for (const name of ${JSON.stringify(names)}) {
        try { const found = eval(name); if (typeof found === "function") return found; } catch (error) { if (!(error instanceof ReferenceError)) throw error; }
      }`)();
    }
  };

  globalThis.__start = (text, names, args, configuration) => {
    globalThis.configuration = Object.freeze(configuration);
    try {
      const script = functionOf(text, names);
      if (typeof script !== "function") throw new Error(`the script has no function named ${names.join(" or ")}`);
      Promise.resolve(script(...args, callback)).catch(globalThis.__fail);
    } catch (error) {
      globalThis.__fail(error);
    }
  };
  globalThis.__queue = () => JSON.stringify({ outcome, calls: queue.splice(0) });
  globalThis.__settle = (id, error, value) => {
    const { resolve, reject } = waiting.get(id);
    waiting.delete(id);
    if (error === null) resolve(value === null ? undefined : JSON.parse(value));
    else reject(new Error(error));
  };
})();
