// Bytes, hex digits and numbers.

const DIGITS = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, "0"));

export const hex = (bytes) => Array.from(bytes, (byte) => DIGITS[byte]).join("");

export const unhex = (text) => Uint8Array.from({ length: text.length / 2 }, (_, at) => parseInt(text.substr(2 * at, 2), 16));

const encoder = new TextEncoder();
export const utf8 = (text) => encoder.encode(text);

export function concat(...chunks) {
  const whole = new Uint8Array(chunks.reduce((size, chunk) => size + chunk.length, 0));
  let at = 0;
  for (const chunk of chunks) {
    whole.set(chunk, at);
    at += chunk.length;
  }
  return whole;
}

export const toNumber = (bytes) => BigInt(`0x${hex(bytes)}`);

// A whole number, big-endian.
export const fromNumber = (number, size) => unhex(BigInt(number).toString(16).padStart(2 * size, "0"));
