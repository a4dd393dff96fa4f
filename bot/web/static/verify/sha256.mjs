// SHA-256 (FIPS 180-4) and HMAC (RFC 2104). The browser's own answers only later, and takes longer for short texts.

import { concat, hex, utf8 } from "./bytes.mjs";

const BLOCK = 64;

// ⌊the degree-th root of a number⌋, by Newton's steps from above.
function root(number, degree) {
  const power = BigInt(degree);
  let guess = 1n << BigInt(Math.ceil(number.toString(2).length / degree));
  for (;;) {
    const next = ((power - 1n) * guess + number / guess ** (power - 1n)) / power;
    if (next >= guess) return guess;
    guess = next;
  }
}

const primes = [];
for (let candidate = 2; primes.length < 64; candidate += 1) {
  if (primes.every((prime) => candidate % prime !== 0)) primes.push(candidate);
}
// The first 32 bits behind the point of the roots of the first primes (4.2.2, 5.3.3).
const fractions = (count, degree) =>
  Int32Array.from(primes.slice(0, count), (prime) => Number(BigInt.asIntN(32, root(BigInt(prime) << BigInt(32 * degree), degree))));
const ROUNDS = fractions(64, 3);
const START = fractions(8, 2);

const words = new Int32Array(64);

// One block into a state of eight words (6.2.2).
function compress(state, bytes, at) {
  for (let t = 0; t < 16; t += 1) {
    const i = at + 4 * t;
    words[t] = (bytes[i] << 24) | (bytes[i + 1] << 16) | (bytes[i + 2] << 8) | bytes[i + 3];
  }
  for (let t = 16; t < 64; t += 1) {
    const [x, y] = [words[t - 15], words[t - 2]];
    const small = ((x >>> 7) | (x << 25)) ^ ((x >>> 18) | (x << 14)) ^ (x >>> 3);
    const large = ((y >>> 17) | (y << 15)) ^ ((y >>> 19) | (y << 13)) ^ (y >>> 10);
    words[t] = (words[t - 16] + small + words[t - 7] + large) | 0;
  }
  let [a, b, c, d, e, f, g, h] = state;
  for (let t = 0; t < 64; t += 1) {
    const upper = ((e >>> 6) | (e << 26)) ^ ((e >>> 11) | (e << 21)) ^ ((e >>> 25) | (e << 7));
    const first = (h + upper + ((e & f) ^ (~e & g)) + ROUNDS[t] + words[t]) | 0;
    const lower = ((a >>> 2) | (a << 30)) ^ ((a >>> 13) | (a << 19)) ^ ((a >>> 22) | (a << 10));
    const second = (lower + ((a & b) ^ (a & c) ^ (b & c))) | 0;
    h = g;
    g = f;
    f = e;
    e = (d + first) | 0;
    d = c;
    c = b;
    b = a;
    a = (first + second) | 0;
  }
  state[0] += a;
  state[1] += b;
  state[2] += c;
  state[3] += d;
  state[4] += e;
  state[5] += f;
  state[6] += g;
  state[7] += h;
}

const last = new Uint8Array(2 * BLOCK);

// Hash bytes into a state that has seen `before` bytes, whole blocks.
function finish(state, bytes, before) {
  const whole = bytes.length - (bytes.length % BLOCK);
  for (let at = 0; at < whole; at += BLOCK) compress(state, bytes, at);
  const rest = bytes.length - whole;
  const size = rest + 9 <= BLOCK ? BLOCK : 2 * BLOCK;
  last.fill(0);
  for (let i = 0; i < rest; i += 1) last[i] = bytes[whole + i];
  last[rest] = 0x80;
  const bits = 8 * (before + bytes.length);
  for (let i = 0; i < 8; i += 1) last[size - 1 - i] = Math.floor(bits / 2 ** (8 * i)) % 256;
  for (let at = 0; at < size; at += BLOCK) compress(state, last, at);
  return state;
}

function write(state, bytes) {
  for (let i = 0; i < 32; i += 1) bytes[i] = state[i >> 2] >>> (24 - 8 * (i % 4));
  return bytes;
}

export function sha256(...chunks) {
  return write(finish(START.slice(), chunks.length === 1 ? chunks[0] : concat(...chunks), 0), new Uint8Array(32));
}

export const hexHash = (value) => hex(sha256(typeof value === "string" ? utf8(value) : value));

// HMAC under a key of 32 bytes, as a function from bytes to bytes.
export function hmac(key) {
  const padded = (filler) => Uint8Array.from({ length: BLOCK }, (_, i) => (key[i] ?? 0) ^ filler);
  const begun = (filler) => {
    const state = START.slice();
    compress(state, padded(filler), 0);
    return state;
  };
  const [inner, outer, state, between] = [begun(0x36), begun(0x5c), new Int32Array(8), new Uint8Array(32)];
  return (bytes) => {
    state.set(inner);
    write(finish(state, bytes, BLOCK), between);
    state.set(outer);
    return write(finish(state, between, BLOCK), new Uint8Array(32));
  };
}
