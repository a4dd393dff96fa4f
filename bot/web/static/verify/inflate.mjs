// One gzip stream of one member (RFC 1952, RFC 1951), unpacked by hand: a browser's own tells neither where it ends nor,
// everywhere, whether something follows.

export class Unreadable extends Error {} // the file is not what it should be

export const MAX_BYTES = 256 * 2 ** 20;
const MAX_CODE = 15;
const DAMAGED = "the gzip stream is damaged";

// Where the compressed bytes begin: RFC 1952, 2.3.
function headerLength(bytes) {
  if (bytes.length < 18 || bytes[0] !== 0x1f || bytes[1] !== 0x8b || bytes[2] !== 8) throw new Unreadable("not gzip");
  const flags = bytes[3];
  if ((flags & 0xe0) !== 0) throw new Unreadable("gzip flags that are reserved");
  let at = 10;
  if ((flags & 4) !== 0) at += 2 + bytes[at] + 256 * bytes[at + 1];
  for (const text of [8, 16]) if ((flags & text) !== 0) at = bytes.indexOf(0, at) + 1 || bytes.length;
  return (flags & 2) === 0 ? at : at + 2;
}

// A Huffman code of these lengths (3.2.2): how many codes of each length, and the symbols in the order of their codes.
function codeOf(lengths) {
  const counts = new Uint16Array(MAX_CODE + 1);
  for (const length of lengths) counts[length] += 1;
  counts[0] = 0;
  let free = 1;
  const starts = new Uint16Array(MAX_CODE + 2);
  for (let length = 1; length <= MAX_CODE; length += 1) {
    free = 2 * free - counts[length];
    starts[length + 1] = starts[length] + counts[length];
  }
  if (free < 0) throw new Unreadable(DAMAGED);
  const symbols = new Uint16Array(lengths.length);
  lengths.forEach((length, symbol) => {
    if (length > 0) symbols[starts[length]++] = symbol;
  });
  return { counts, symbols, whole: free === 0 };
}

const fill = (...runs) => runs.flatMap(([count, length]) => new Array(count).fill(length));
const FIXED = [codeOf(fill([144, 8], [112, 9], [24, 7], [8, 8])), codeOf(fill([30, 5]))];
const ORDER = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15];

// The bases and extra bits of lengths and distances (3.2.5).
function bases(first, count, perBits) {
  const extra = Array.from({ length: count }, (_, i) => Math.max(0, Math.floor(i / perBits) - 1));
  const base = extra.map((_, i) => first + extra.slice(0, i).reduce((sum, bits) => sum + 2 ** bits, 0));
  return { base, extra };
}
const LENGTHS = bases(3, 28, 4);
LENGTHS.base.push(258);
LENGTHS.extra.push(0);
const DISTANCES = bases(1, 30, 2);

class Inflater {
  constructor(bytes, at, size) {
    this.bytes = bytes;
    this.at = at;
    this.held = 0; // bits read from bytes, but not used
    this.count = 0;
    this.out = new Uint8Array(size);
    this.end = 0;
  }

  bits(wanted) {
    while (this.count < wanted) {
      if (this.at >= this.bytes.length) throw new Unreadable(DAMAGED);
      this.held |= this.bytes[this.at++] << this.count;
      this.count += 8;
    }
    const value = this.held & ((1 << wanted) - 1);
    this.held >>>= wanted;
    this.count -= wanted;
    return value;
  }

  symbol({ counts, symbols }) {
    let [code, first, index] = [0, 0, 0];
    for (let length = 1; length <= MAX_CODE; length += 1) {
      code |= this.bits(1);
      const count = counts[length];
      if (code - first < count) return symbols[index + code - first];
      index += count;
      first = 2 * (first + count);
      code *= 2;
    }
    throw new Unreadable(DAMAGED);
  }

  room(wanted) {
    if (this.end + wanted > this.out.length) throw new Unreadable(DAMAGED);
  }

  stored() {
    this.held = this.count = 0;
    const [size, complement] = [this.bits(16), this.bits(16)];
    if ((size ^ complement) !== 0xffff || this.at + size > this.bytes.length) throw new Unreadable(DAMAGED);
    this.room(size);
    this.out.set(this.bytes.subarray(this.at, this.at + size), this.end);
    this.at += size;
    this.end += size;
  }

  codes() {
    const [literals, distances] = [this.bits(5) + 257, this.bits(5) + 1];
    const ordered = new Array(19).fill(0);
    const given = this.bits(4) + 4;
    if (literals > 286 || distances > 30) throw new Unreadable(DAMAGED);
    for (let i = 0; i < given; i += 1) ordered[ORDER[i]] = this.bits(3);
    const code = codeOf(ordered);
    if (!code.whole) throw new Unreadable(DAMAGED);
    const lengths = [];
    while (lengths.length < literals + distances) {
      const symbol = this.symbol(code);
      if (symbol < 16) lengths.push(symbol);
      else if (symbol === 16 && lengths.length === 0) throw new Unreadable(DAMAGED);
      else if (symbol === 16) lengths.push(...fill([this.bits(2) + 3, lengths.at(-1)]));
      else lengths.push(...fill([symbol === 17 ? this.bits(3) + 3 : this.bits(7) + 11, 0]));
    }
    if (lengths.length > literals + distances || lengths[256] === 0) throw new Unreadable(DAMAGED);
    return [codeOf(lengths.slice(0, literals)), codeOf(lengths.slice(literals))];
  }

  compressed([literals, distances]) {
    for (;;) {
      const symbol = this.symbol(literals);
      if (symbol === 256) return;
      if (symbol < 256) {
        this.room(1);
        this.out[this.end++] = symbol;
        continue;
      }
      if (symbol > 285) throw new Unreadable(DAMAGED);
      const length = LENGTHS.base[symbol - 257] + this.bits(LENGTHS.extra[symbol - 257]);
      const far = this.symbol(distances);
      if (far > 29) throw new Unreadable(DAMAGED);
      const distance = DISTANCES.base[far] + this.bits(DISTANCES.extra[far]);
      if (distance > this.end) throw new Unreadable(DAMAGED);
      this.room(length);
      for (let i = 0; i < length; i += 1, this.end += 1) this.out[this.end] = this.out[this.end - distance];
    }
  }

  run() {
    for (let final = 0; final === 0; ) {
      final = this.bits(1);
      const kind = this.bits(2);
      if (kind === 3) throw new Unreadable(DAMAGED);
      if (kind === 0) this.stored();
      else this.compressed(kind === 1 ? FIXED : this.codes());
    }
  }
}

const CRC = Int32Array.from({ length: 256 }, (_, byte) => {
  let value = byte;
  for (let bit = 0; bit < 8; bit += 1) value = value & 1 ? (value >>> 1) ^ 0xedb88320 : value >>> 1;
  return value;
});

function crc32(bytes) {
  let value = -1;
  for (let at = 0; at < bytes.length; at += 1) value = (value >>> 8) ^ CRC[(value ^ bytes[at]) & 0xff];
  return ~value >>> 0;
}

export function unpack(bytes) {
  const start = headerLength(bytes);
  const end = new DataView(bytes.buffer, bytes.byteOffset + bytes.length - 8, 8);
  // The last four bytes say how much it is, so nothing more is ever made room for.
  const size = end.getUint32(4, true);
  if (size > MAX_BYTES) throw new Unreadable("too large unpacked");
  const inflater = new Inflater(bytes.subarray(0, bytes.length - 8), start, size);
  inflater.run();
  if (inflater.at !== bytes.length - 8) throw new Unreadable("the gzip stream does not end with the file");
  if (inflater.end !== size || crc32(inflater.out) !== end.getUint32(0, true)) throw new Unreadable(DAMAGED);
  return inflater.out;
}
