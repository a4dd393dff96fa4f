// What lies on the disk: files, gzip streams and the parts they were cut into, as docs/verify.md says under "The file".

import { readFileSync, statSync } from "node:fs";
import { basename } from "node:path";
import { constants, crc32, inflateRawSync } from "node:zlib";

export const MAX_BYTES = 256 * 2 ** 20;

export class Unreadable extends Error {} // the file is not what it should be
export class Missing extends Error {} // there is no such file

function read(path) {
  try {
    if (statSync(path).size > MAX_BYTES) throw new Unreadable("too large");
    return readFileSync(path);
  } catch (error) {
    if (error instanceof Unreadable) throw error;
    throw new Missing(`cannot read ${path}: ${error.code}`);
  }
}

// Where the compressed bytes begin: RFC 1952, 2.3.
function headerLength(bytes) {
  if (bytes.length < 18 || bytes[0] !== 0x1f || bytes[1] !== 0x8b || bytes[2] !== 8) throw new Unreadable("not gzip");
  const flags = bytes[3];
  if ((flags & 0xe0) !== 0) throw new Unreadable("gzip flags that are reserved");
  let at = 10;
  if ((flags & 4) !== 0) at += 2 + bytes.readUInt16LE(at);
  for (const text of [8, 16]) if ((flags & text) !== 0) at = bytes.indexOf(0, at) + 1 || bytes.length;
  return (flags & 2) === 0 ? at : at + 2;
}

function unpack(bytes) {
  const start = headerLength(bytes);
  let inflated;
  try {
    const flush = { finishFlush: constants.Z_FINISH, maxOutputLength: MAX_BYTES };
    inflated = inflateRawSync(bytes.subarray(start), { ...flush, info: true });
  } catch (error) {
    throw new Unreadable(error.code === "ERR_BUFFER_TOO_LARGE" ? "too large unpacked" : "the gzip stream is damaged");
  }
  const { buffer, engine } = inflated;
  const end = start + engine.bytesWritten;
  if (bytes.length !== end + 8) throw new Unreadable("the gzip stream does not end with the file");
  const intact = bytes.readUInt32LE(end) === crc32(buffer) && bytes.readUInt32LE(end + 4) === buffer.length;
  if (!intact) throw new Unreadable("the gzip stream is damaged");
  return buffer;
}

// The documents that the paths name: parts of one file, in whatever order, belong together.
export function documents(paths) {
  const found = new Map();
  for (const path of new Set(paths)) {
    const [, whole, number] = /^(.*\.json\.gz)\.([1-9][0-9]*)$/.exec(path) ?? [null, path, null];
    const document = found.get(whole) ?? { label: basename(whole), packed: whole.endsWith(".gz"), parts: [] };
    document.parts.push({ path, number: Number(number ?? 1) });
    found.set(whole, document);
  }
  return [...found.values()];
}

export function load({ packed, parts }) {
  const sorted = [...parts].sort((one, other) => one.number - other.number);
  if (sorted.some(({ number }, index) => number !== index + 1)) throw new Unreadable("a part is missing");
  const bytes = Buffer.concat(sorted.map(({ path }) => read(path)));
  return packed ? unpack(bytes) : bytes;
}
