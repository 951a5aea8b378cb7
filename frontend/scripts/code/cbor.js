// Reads CBOR (RFC 8949), as much of it as a signed token uses: whole numbers, bytes, text, lists, maps, tags, true, false.
// Anything else, and anything that two writings could say, is refused.
const DEEPEST = 8;
const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

export class Tag {
  constructor(number, value) {
    this.number = number;
    this.value = value;
  }
}

export function read(bytes) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let at = 0;

  const take = (size) => {
    if (size > bytes.length - at) throw new Error("too short");
    at += size;
    return at - size;
  };
  const length = (info) => {
    if (info < 24) return info;
    if (info > 27) throw new Error("no length");
    const size = 1 << (info - 24);
    const from = take(size);
    const value = size === 1 ? view.getUint8(from) : size === 2 ? view.getUint16(from) : size === 4 ? view.getUint32(from) : Number(view.getBigUint64(from));
    const least = [24, 0x100, 0x10000, 0x100000000][info - 24];
    if (value < least || !Number.isSafeInteger(value)) throw new Error("not the shortest form");
    return value;
  };
  const item = (depth) => {
    if (depth > DEEPEST) throw new Error("too deep");
    const first = bytes[take(1)];
    const kind = first >> 5;
    if (kind === 7) {
      if (first === 0xf4 || first === 0xf5) return first === 0xf5;
      throw new Error("unknown value");
    }
    const size = length(first & 31);
    if (kind === 0) return size;
    if (kind === 1) return -1 - size;
    if (kind === 6) return new Tag(size, item(depth + 1));
    if (kind === 2 || kind === 3) {
      const from = take(size);
      const part = bytes.slice(from, at);
      return kind === 2 ? part : utf8.decode(part);
    }
    if (size > bytes.length - at) throw new Error("too short");
    if (kind === 4) return Array.from({ length: size }, () => item(depth + 1));
    const map = new Map();
    for (let n = 0; n < size; n++) {
      const key = item(depth + 1);
      if (!["number", "string"].includes(typeof key) || map.has(key)) throw new Error("no key");
      map.set(key, item(depth + 1));
    }
    return map;
  };

  const found = item(0);
  if (at !== bytes.length) throw new Error("something follows");
  return found;
}

// The header of bytes or a text of a length: what is signed is put together from such pieces.
export function head(kind, size) {
  if (size < 24) return [(kind << 5) | size];
  if (size < 0x100) return [(kind << 5) | 24, size];
  return [(kind << 5) | 25, size >> 8, size & 0xff];
}
