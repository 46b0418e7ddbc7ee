// `sqlite3`: databases of the sandbox's folder.
(() => {
  const { answered, call, define, fail, offered } = __sandbox;
  const last = (values) => (typeof values[values.length - 1] === "function" ? values.pop() : undefined);
  const bound = (values) => (values.length === 1 && values[0] !== null && typeof values[0] === "object" ? values[0] : values);

  class Database {
    constructor(name, ...rest) {
      const callback = last(rest);
      const readOnly = rest[0] === 1;
      const ask = (operation) => (sql, ...values) => {
        const answer = last(values);
        const promise = call("sqlite3", operation, [name, readOnly, sql, bound(values)]);
        const kept = promise.catch((error) => { if (!answer) fail(error); throw error; });
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
      answered(call("sqlite3", "open", [name, readOnly]), callback || ((error) => { if (error) fail(error); }));
      return database;
    }
  }

  define("sqlite3", () => {
    const sqlite3 = offered("module 'sqlite3'", { Database, OPEN_READONLY: 1, OPEN_READWRITE: 2, verbose: () => sqlite3 });
    return sqlite3;
  });
})();
