// `Buffer` as Node has it, on V8's own Uint8Array; TextEncoder, TextDecoder, atob and btoa.
(() => {
  const { define, lazyGlobal, moduleNamed, offered } = __sandbox;

  const utf8Bytes = (text) => {
    const bytes = [];
    for (const character of text) {
      const point = character.codePointAt(0);
      if (point < 0x80) bytes.push(point);
      else if (point < 0x800) bytes.push(0xc0 | (point >> 6), 0x80 | (point & 63));
      else if (point >= 0xd800 && point < 0xe000) bytes.push(0xef, 0xbf, 0xbd); // half of a pair
      else if (point < 0x10000) bytes.push(0xe0 | (point >> 12), 0x80 | ((point >> 6) & 63), 0x80 | (point & 63));
      else bytes.push(0xf0 | (point >> 18), 0x80 | ((point >> 12) & 63), 0x80 | ((point >> 6) & 63), 0x80 | (point & 63));
    }
    return bytes;
  };

  // The least value of the second byte and the greatest, where they are not 0x80 and 0xbf (Unicode, table 3-7).
  const SECOND = { 0xe0: [0xa0, 0xbf], 0xed: [0x80, 0x9f], 0xf0: [0x90, 0xbf], 0xf4: [0x80, 0x8f] };
  const followers = (first) => {
    if (first >= 0xc2 && first <= 0xdf) return 1;
    if (first >= 0xe0 && first <= 0xef) return 2;
    return first >= 0xf0 && first <= 0xf4 ? 3 : 0;
  };
  const utf8Text = (bytes) => {
    const parts = [];
    for (let i = 0; i < bytes.length;) {
      const first = bytes[i];
      i += 1;
      if (first < 0x80) { parts.push(String.fromCharCode(first)); continue; }
      let missing = followers(first);
      let point = missing ? first & (0x3f >> missing) : -1;
      let [low, high] = SECOND[first] || [0x80, 0xbf];
      while (missing > 0 && bytes[i] >= low && bytes[i] <= high) {
        point = (point << 6) | (bytes[i] & 63);
        [low, high] = [0x80, 0xbf];
        i += 1;
        missing -= 1;
      }
      parts.push(missing > 0 || point < 0 ? "\ufffd" : String.fromCodePoint(point));
    }
    return parts.join("");
  };

  const units = (bytes, size) => Array.from({ length: Math.floor(bytes.length / size) }, (_, i) => i * size);
  const base64Bytes = (text) => {
    const digits = text.split("=")[0].replace(/-/g, "+").replace(/_/g, "/").replace(/[^A-Za-z0-9+/]/g, "");
    return Uint8Array.fromBase64(digits.length % 4 === 1 ? digits.slice(0, -1) : digits, { lastChunkHandling: "loose" });
  };
  const hexBytes = (text) => {
    const even = /^(?:[0-9a-fA-F]{2})*/.exec(text)[0];
    return Uint8Array.fromHex(even);
  };
  const codes = (text, mask) => Uint8Array.from({ length: text.length }, (_, i) => text.charCodeAt(i) & mask);
  const characters = (bytes, mask) => Array.from(bytes, (byte) => String.fromCharCode(byte & mask)).join("");

  const utf8 = { bytes: (text) => Uint8Array.from(utf8Bytes(text)), text: utf8Text };
  const utf16 = {
    bytes: (text) => Uint8Array.from({ length: text.length * 2 }, (_, i) => (text.charCodeAt(i >> 1) >> (8 * (i & 1))) & 255),
    text: (bytes) => units(bytes, 2).map((i) => String.fromCharCode(bytes[i] | (bytes[i + 1] << 8))).join(""),
  };
  const latin1 = { bytes: (text) => codes(text, 255), text: (bytes) => characters(bytes, 255) };
  const ENCODINGS = {
    utf8, "utf-8": utf8, ucs2: utf16, "ucs-2": utf16, utf16le: utf16, "utf-16le": utf16, latin1, binary: latin1,
    ascii: { bytes: (text) => codes(text, 255), text: (bytes) => characters(bytes, 127) },
    base64: { bytes: base64Bytes, text: (bytes) => bytes.toBase64() },
    base64url: { bytes: base64Bytes, text: (bytes) => bytes.toBase64({ alphabet: "base64url", omitPadding: true }) },
    hex: { bytes: hexBytes, text: (bytes) => bytes.toHex() },
  };
  const encodingNamed = (name) => {
    const found = ENCODINGS[String(name === undefined || name === null ? "utf8" : name).toLowerCase()];
    if (!found) throw Object.assign(new TypeError(`Unknown encoding: ${name}`), { code: "ERR_UNKNOWN_ENCODING" });
    return found;
  };
  const plain = (bytes) => new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.length);
  const view = (bytes) => new DataView(bytes.buffer, bytes.byteOffset, bytes.length);

  class Bytes extends Uint8Array {
    static get [Symbol.species]() { return Bytes; }
    static of(...values) { return Bytes.from(values); }
    static from(value, encoding, length) {
      if (typeof value === "string") return Bytes.wrap(encodingNamed(encoding).bytes(value));
      if (value instanceof ArrayBuffer || value instanceof SharedArrayBuffer) return new Bytes(value, encoding, length);
      if (value && value.type === "Buffer" && Array.isArray(value.data)) return Bytes.from(value.data);
      if (value === null || value === undefined || typeof value !== "object") {
        throw Object.assign(new TypeError("The first argument must be of type string or an instance of Buffer, ArrayBuffer, or Array or an Array-like Object."), { code: "ERR_INVALID_ARG_TYPE" });
      }
      return Bytes.wrap(Uint8Array.from(value, (each) => each & 255));
    }
    static wrap(bytes) { return new Bytes(bytes.buffer, bytes.byteOffset, bytes.length); }
    static alloc(size, fill, encoding) { return fill === undefined ? new Bytes(size) : new Bytes(size).fill(fill, 0, size, encoding); }
    static allocUnsafe(size) { return new Bytes(size); }
    static isBuffer(value) { return value instanceof Bytes; }
    static isEncoding(name) { return String(name).toLowerCase() in ENCODINGS; }
    static byteLength(value, encoding) { return typeof value === "string" ? encodingNamed(encoding).bytes(value).length : value.byteLength; }
    static concat(list, total) {
      const all = new Bytes(total === undefined ? list.reduce((sum, each) => sum + each.length, 0) : total);
      let offset = 0;
      for (const each of list) {
        all.set(plain(each).subarray(0, Math.max(0, all.length - offset)), offset);
        offset = Math.min(all.length, offset + each.length);
      }
      return all;
    }
    static compare(one, other) {
      for (let i = 0; i < Math.min(one.length, other.length); i += 1) if (one[i] !== other[i]) return one[i] < other[i] ? -1 : 1;
      return Math.sign(one.length - other.length);
    }
    toString(encoding, start, end) { return encodingNamed(encoding).text(plain(this.subarray(start || 0, end))); }
    toJSON() { return { type: "Buffer", data: Array.from(this) }; }
    toLocaleString(encoding) { return this.toString(encoding); }
    slice(start, end) { return this.subarray(start, end); }
    equals(other) { return Bytes.compare(this, other) === 0; }
    compare(other) { return Bytes.compare(this, other); }
    copy(target, targetStart = 0, start = 0, end = this.length) {
      const part = this.subarray(start, Math.min(end, start + target.length - targetStart));
      target.set(plain(part), targetStart);
      return part.length;
    }
    write(text, offset = 0, length = this.length - offset, encoding = undefined) {
      if (typeof offset === "string") return this.write(text, 0, this.length, offset);
      if (typeof length === "string") return this.write(text, offset, this.length - offset, length);
      const bytes = encodingNamed(encoding).bytes(text).subarray(0, Math.min(length, this.length - offset));
      this.set(bytes, offset);
      return bytes.length;
    }
    fill(value, start = 0, end = this.length, encoding = undefined) {
      if (typeof start === "string") return this.fill(value, 0, this.length, start);
      if (typeof value === "number") { super.fill(value & 255, start, end); return this; }
      const bytes = typeof value === "string" ? encodingNamed(encoding).bytes(value) : value;
      for (let i = start; i < end; i += 1) this[i] = bytes.length ? bytes[(i - start) % bytes.length] : 0;
      return this;
    }
    indexOf(value, from = 0, encoding = undefined) {
      if (typeof value === "number") return super.indexOf(value & 255, from);
      const sought = typeof value === "string" ? encodingNamed(encoding).bytes(value) : value;
      for (let i = from < 0 ? Math.max(0, this.length + from) : from; i + sought.length <= this.length; i += 1) {
        if (Bytes.compare(this.subarray(i, i + sought.length), sought) === 0) return i;
      }
      return -1;
    }
    includes(value, from, encoding) { return this.indexOf(value, from, encoding) !== -1; }
    readUInt8(offset = 0) { return view(this).getUint8(offset); }
    readInt8(offset = 0) { return view(this).getInt8(offset); }
    writeUInt8(value, offset = 0) { view(this).setUint8(offset, value); return offset + 1; }
    writeInt8(value, offset = 0) { view(this).setInt8(offset, value); return offset + 1; }
  }
  const NUMBERS = {
    UInt16: ["Uint16", 2], Int16: ["Int16", 2], UInt32: ["Uint32", 4], Int32: ["Int32", 4], BigUInt64: ["BigUint64", 8],
    BigInt64: ["BigInt64", 8], Float: ["Float32", 4], Double: ["Float64", 8],
  };
  for (const [name, [type, size]] of Object.entries(NUMBERS)) {
    for (const [order, little] of [["LE", true], ["BE", false]]) {
      Bytes.prototype[`read${name}${order}`] = function read(offset = 0) { return view(this)[`get${type}`](offset, little); };
      Bytes.prototype[`write${name}${order}`] = function write(value, offset = 0) { view(this)[`set${type}`](offset, value, little); return offset + size; };
    }
  }
  Object.defineProperty(Bytes, "name", { value: "Buffer" });

  // Also the older `Buffer(…)` and `new Buffer(…)`.
  const made = (value, ...rest) => (typeof value === "number" ? Bytes.alloc(value) : Bytes.from(value, ...rest));
  const Buffer = new Proxy(function construct() {}, {
    apply: (_, __, args) => made(...args),
    construct: (_, args) => made(...args),
    get: (_, name) => (name === "prototype" ? Bytes.prototype : Reflect.get(Bytes, name)),
    has: (_, name) => name in Bytes,
  });

  class TextEncoder {
    get encoding() { return "utf-8"; }
    encode(text = "") { return utf8.bytes(String(text)); }
  }
  class TextDecoder {
    constructor(label = "utf-8") {
      this.encoding = String(label).toLowerCase().replace(/^utf8$/, "utf-8");
      if (!["utf-8", "utf-16le", "latin1"].includes(this.encoding)) throw new RangeError(`The "${label}" encoding is not supported`);
    }
    decode(bytes = new Uint8Array()) {
      const given = bytes instanceof ArrayBuffer ? new Uint8Array(bytes) : new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);
      return encodingNamed(this.encoding).text(given).replace(/^\ufeff/, "");
    }
  }

  define("buffer", () => offered("module 'buffer'", {
    Buffer, atob: (text) => latin1.text(base64Bytes(String(text))), btoa: (text) => latin1.bytes(String(text)).toBase64(),
  }));
  for (const name of ["Buffer", "atob", "btoa"]) lazyGlobal(name, () => moduleNamed("buffer")[name]);
  Object.assign(globalThis, { TextEncoder, TextDecoder });
  __sandbox.bytes = {
    from: (value, encoding) => Bytes.from(value, encoding),
    base64: (value, encoding) => (typeof value === "string" ? encodingNamed(encoding).bytes(value) : plain(new Uint8Array(value.buffer || value, value.byteOffset || 0, value.byteLength))).toBase64(),
    unbase64: (text) => Bytes.from(text, "base64"),
  };
})();
