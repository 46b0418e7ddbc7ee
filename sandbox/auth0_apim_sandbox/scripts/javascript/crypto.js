// `crypto`, carried out by the host, and the modules that are made of it: bcrypt, bcryptjs, uuid, jsonwebtoken.
(() => {
  const { answered, bytes, call, callSync, define, lazyGlobal, moduleNamed, offered } = __sandbox;
  const output = (text, encoding) => {
    const found = bytes.unbase64(text);
    return encoding === undefined || encoding === null || encoding === "buffer" ? found : found.toString(encoding);
  };
  const both = (operation, argumentsOf, read = (value) => value) => [
    (...args) => read(callSync("crypto", operation, argumentsOf(...args))),
    (...args) => {
      const callback = args.pop();
      answered(call("crypto", operation, argumentsOf(...args)).then(read), callback);
    },
  ];
  const keyText = (key) => (typeof key === "string" ? key : Buffer.from(key).toString());
  const keyArguments = (key) => (typeof key === "object" && key !== null && key.key !== undefined
    ? { key: keyText(key.key), passphrase: key.passphrase || null, padding: key.padding || null, dsaEncoding: key.dsaEncoding || "der" }
    : { key: keyText(key), passphrase: null, padding: null, dsaEncoding: "der" });

  class Digest {
    #name;
    #key;
    #chunks = [];
    #done = false;
    constructor(name, key) { this.#name = name; this.#key = key; }
    update(data, encoding) {
      if (this.#done) throw Object.assign(new Error("Digest already called"), { code: "ERR_CRYPTO_HASH_FINALIZED" });
      if (typeof data !== "string" && !ArrayBuffer.isView(data)) throw Object.assign(new TypeError("The \"data\" argument must be of type string or an instance of Buffer, TypedArray, or DataView."), { code: "ERR_INVALID_ARG_TYPE" });
      this.#chunks.push(Buffer.from(bytes.base64(data, encoding), "base64"));
      return this;
    }
    copy() { const copy = new Digest(this.#name, this.#key); this.#chunks.forEach((chunk) => copy.update(chunk)); return copy; }
    digest(encoding) {
      if (this.#done) throw Object.assign(new Error("Digest already called"), { code: "ERR_CRYPTO_HASH_FINALIZED" });
      this.#done = true;
      const data = bytes.base64(Buffer.concat(this.#chunks));
      return output(this.#key === undefined ? callSync("crypto", "hash", [this.#name, data]) : callSync("crypto", "hmac", [this.#name, this.#key, data]), encoding);
    }
  }

  class Cipher {
    #task;
    #encrypts;
    #chunks = [];
    #tag = null;
    #aad = null;
    constructor(name, key, iv, encrypts) { this.#task = [name, bytes.base64(key), iv === null ? null : bytes.base64(iv)]; this.#encrypts = encrypts; }
    update(data, encoding, outputEncoding) {
      this.#chunks.push(Buffer.from(bytes.base64(data, encoding), "base64"));
      return outputEncoding ? "" : Buffer.alloc(0); // all of it comes from final()
    }
    setAAD(data) { this.#aad = bytes.base64(data); return this; }
    setAuthTag(tag) { this.#tag = bytes.base64(tag); return this; }
    getAuthTag() { return bytes.unbase64(this.#tag); }
    setAutoPadding(padding) { if (!padding) throw new Error("this sandbox pads in ciphers of blocks, always"); return this; }
    final(encoding) {
      const data = bytes.base64(Buffer.concat(this.#chunks));
      const done = this.#encrypts
        ? callSync("crypto", "encrypt", [this.#task, data, this.#aad])
        : callSync("crypto", "decrypt", [this.#task, data, this.#aad, this.#tag]);
      this.#tag = done.tag;
      return output(done.data, encoding);
    }
  }

  class Signer {
    #name;
    #chunks = [];
    constructor(name) { this.#name = name; }
    update(data, encoding) { this.#chunks.push(Buffer.from(bytes.base64(data, encoding), "base64")); return this; }
    get data() { return bytes.base64(Buffer.concat(this.#chunks)); }
    sign(key, encoding) { return output(callSync("crypto", "sign", [this.#name, this.data, keyArguments(key)]), encoding); }
    verify(key, signature, encoding) { return callSync("crypto", "verify", [this.#name, this.data, keyArguments(key), bytes.base64(signature, encoding)]); }
  }

  const [pbkdf2Sync, pbkdf2] = both("pbkdf2", (password, salt, rounds, length, name) => [bytes.base64(password), bytes.base64(salt), rounds, length, name], bytes.unbase64);
  const [scryptSync, scryptAsync] = both("scrypt", (password, salt, length, options = {}) => [bytes.base64(password), bytes.base64(salt), length, { n: options.N || options.cost || 16384, r: options.r || options.blockSize || 8, p: options.p || options.parallelization || 1 }], bytes.unbase64);
  const [hkdfSync, hkdf] = both("hkdf", (name, key, salt, info, length) => [name, bytes.base64(key), bytes.base64(salt), bytes.base64(info), length], bytes.unbase64);
  const random = (size) => bytes.unbase64(callSync("crypto", "random", [size]));
  const randomBytes = (size, callback) => (callback ? answered(Promise.resolve().then(() => random(size)), callback) : random(size));
  const randomInt = (low, high, callback) => {
    if (high === undefined || typeof high === "function") return randomInt(0, low, high);
    const value = callSync("crypto", "randomInt", [low, high]);
    return callback ? answered(Promise.resolve(value), callback) : value;
  };
  const uuidOf = (given, version) => {
    const sixteen = Buffer.from(given.subarray(0, 16));
    sixteen[6] = (sixteen[6] & 15) | (version << 4);
    sixteen[8] = (sixteen[8] & 63) | 128;
    return sixteen.toString("hex").replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
  };
  const randomUUID = () => uuidOf(random(16), 4);
  const timingSafeEqual = (one, other) => {
    if (one.byteLength !== other.byteLength) throw Object.assign(new RangeError("Input buffers must have the same byte length"), { code: "ERR_CRYPTO_TIMING_SAFE_EQUAL_LENGTH" });
    return Buffer.from(one).equals(Buffer.from(other));
  };
  const getRandomValues = (array) => { new Uint8Array(array.buffer, array.byteOffset, array.byteLength).set(random(array.byteLength)); return array; };

  define("crypto", () => offered("module 'crypto'", {
    createHash: (name) => new Digest(callSync("crypto", "hashNamed", [name])),
    createHmac: (name, key) => new Digest(callSync("crypto", "hashNamed", [name]), bytes.base64(key)),
    createCipheriv: (name, key, iv) => new Cipher(name, key, iv, true),
    createDecipheriv: (name, key, iv) => new Cipher(name, key, iv, false),
    createSign: (name) => new Signer(name),
    createVerify: (name) => new Signer(name),
    sign: (name, data, key) => new Signer(name).update(data).sign(key),
    verify: (name, data, key, signature) => new Signer(name).update(data).verify(key, signature),
    hash: (name, data, encoding = "hex") => new Digest(callSync("crypto", "hashNamed", [name])).update(data).digest(encoding),
    getHashes: () => callSync("crypto", "hashes", []),
    constants: { RSA_PKCS1_PADDING: 1, RSA_PKCS1_PSS_PADDING: 6 },
    pbkdf2, pbkdf2Sync, scryptSync, hkdf, hkdfSync, randomBytes, randomInt, randomUUID, timingSafeEqual, getRandomValues,
    scrypt: (password, salt, length, ...rest) => scryptAsync(password, salt, length, rest.length > 1 ? rest[0] : {}, rest.at(-1)),
  }));
  lazyGlobal("crypto", () => moduleNamed("crypto"));

  const passwords = (name) => () => offered(`module '${name}'`, {
    hash: (data, salt, callback) => answered(call("bcrypt", "hash", [data, salt]), callback),
    compare: (data, hash, callback) => answered(call("bcrypt", "compare", [data, hash]), callback),
    genSalt: (rounds, callback) => {
      const given = typeof rounds === "function" ? 10 : rounds;
      return answered(call("bcrypt", "genSalt", [given === undefined ? 10 : given]), typeof rounds === "function" ? rounds : callback);
    },
    hashSync: (data, salt) => callSync("bcrypt", "hash", [data, salt]),
    compareSync: (data, hash) => callSync("bcrypt", "compare", [data, hash]),
    genSaltSync: (rounds) => callSync("bcrypt", "genSalt", [rounds === undefined ? 10 : rounds]),
    getRounds: (hash) => Number(String(hash).split("$")[2]),
  });
  define("bcrypt", passwords("bcrypt"));
  define("bcryptjs", passwords("bcryptjs"));

  const PATTERN = /^(?:[0-9a-f]{8}-[0-9a-f]{4}-[1-8][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}|0{8}-0{4}-0{4}-0{4}-0{12}|f{8}-f{4}-f{4}-f{4}-f{12})$/i;
  const named = (hash, version) => Object.assign((name, namespace) => {
    if (!PATTERN.test(namespace)) throw new TypeError("Namespace must be array-like (16 iterable integer values, 0-255)");
    return uuidOf(new Digest(hash).update(Buffer.from(namespace.replace(/-/g, ""), "hex")).update(name).digest(), version);
  }, { DNS: "6ba7b810-9dad-11d1-80b4-00c04fd430c8", URL: "6ba7b811-9dad-11d1-80b4-00c04fd430c8" });
  define("uuid", () => offered("module 'uuid'", {
    v3: named("md5", 3), v4: randomUUID, v5: named("sha1", 5), validate: (text) => typeof text === "string" && PATTERN.test(text),
    NIL: "00000000-0000-0000-0000-000000000000", version: (text) => parseInt(String(text)[14], 16),
  }));

  const settled = (task, callback) => {
    if (!callback) return task();
    return answered(Promise.resolve().then(task), callback);
  };
  const secretOf = (secret) => (secret === null || secret === undefined ? null : typeof secret === "object" && secret.key !== undefined && !ArrayBuffer.isView(secret) ? { ...keyArguments(secret) } : { key: keyText(secret), passphrase: null });
  define("jsonwebtoken", () => {
    const errors = Object.fromEntries(["JsonWebTokenError", "TokenExpiredError", "NotBeforeError"].map((name) => [name, { [Symbol.hasInstance]: (value) => value instanceof Error && (value.name === name || name === "JsonWebTokenError") }]));
    const options = (given, callback) => (typeof given === "function" ? [{}, given] : [given || {}, callback]);
    return offered("module 'jsonwebtoken'", {
      ...errors,
      sign: (payload, secret, ...rest) => { const [given, callback] = options(...rest); return settled(() => callSync("jsonwebtoken", "sign", [payload, secretOf(secret), given]), callback); },
      verify: (token, secret, ...rest) => { const [given, callback] = options(...rest); return settled(() => callSync("jsonwebtoken", "verify", [token, secretOf(secret), given]), callback); },
      decode: (token, given = {}) => { const found = callSync("jsonwebtoken", "decode", [token, Boolean(given && given.complete)]); return found === undefined ? null : found; },
    });
  });
})();
