// The public random beacon: docs/verify.md, "The beacon".

import { createHash } from "node:crypto";
import { verifySignature } from "./bls.mjs";

const SCHEME = "bls-unchained-g1-rfc9380";
const TAG = Buffer.from("BLS_SIG_BLS12381G1_XMD:SHA-256_SSWU_RO_NUL_", "ascii");

export const QUICKNET = {
  hash: "52db9ba70e0cc0f6eaf7803dd07447a1f5477735fd3f661792ba94600c84e971",
  publicKey:
    "83cf0f2896adee7eb8b5f01fcad3912212c437e0073e911fb90022d3e760183c8c4b450b6a0a6c3ac6a5776a2d106451" +
    "0d1fec758c921cc22b0e17e63aaf4bcb5ed66304de9cf809bd274ca73bab4af5a6e9c76a4bc09e76eae8991ef5ece45a",
  genesis: 1692803367,
  period: 3,
};

const sha256 = (...chunks) => createHash("sha256").update(Buffer.concat(chunks)).digest();

// A chain from drand's chain-info file, parsed; throws where it is none, or its hash is not that of its values. Without
// the group's hash nobody can compute it.
export function chainFrom(info) {
  const field = (name, type) => {
    const value = info.get(name);
    if (typeof value !== type) throw new Error(`the chain has no ${name}`);
    return value;
  };
  const bytes = (name, size) => {
    const value = field(name, "string");
    if (!/^[0-9a-f]*$/i.test(value) || value.length !== 2 * size) throw new Error(`the chain's ${name} is no hex`);
    return Buffer.from(value, "hex");
  };
  if (!(info instanceof Map)) throw new Error("the chain is no object");
  if (field("schemeID", "string") !== SCHEME) throw new Error(`the chain's scheme is not ${SCHEME}`);
  const [period, genesis] = [field("period", "number"), field("genesis_time", "number")];
  if (period < 1 || genesis < 0) throw new Error("the chain's times are impossible");
  const times = Buffer.alloc(12);
  times.writeUInt32BE(period);
  times.writeBigInt64BE(BigInt(genesis), 4);
  const name = info.get("metadata")?.get("beaconID") ?? "default";
  const named = name === "default" ? "" : name;
  const [publicKey, hash] = [bytes("public_key", 96), bytes("hash", 32)];
  const computed = () => sha256(times, publicKey, bytes("groupHash", 32), Buffer.from(named));
  if (info.has("groupHash") && !computed().equals(hash)) throw new Error("the chain's hash is another");
  return { hash: hash.toString("hex"), publicKey: publicKey.toString("hex"), genesis, period };
}

// The first round that appears no earlier than this time; both in Unix seconds.
export function roundAt(chain, time) {
  return Math.max(1, Math.ceil((time - chain.genesis) / chain.period) + 1);
}

export function appearsAt(chain, round) {
  return chain.genesis + chain.period * (round - 1);
}

const verified = new Map();

// What is wrong with a signature of a round, or null; remembered, as it takes the better part of a second.
export function signatureFault(chain, round, signature) {
  const asked = `${chain.publicKey} ${round} ${signature}`;
  if (!verified.has(asked)) verified.set(asked, findFault(chain, round, signature));
  return verified.get(asked);
}

function findFault(chain, round, signature) {
  const number = Buffer.alloc(8);
  number.writeBigUInt64BE(BigInt(round));
  try {
    const key = Buffer.from(chain.publicKey, "hex");
    const holds = verifySignature(key, sha256(number), TAG, Buffer.from(signature, "hex"));
    return holds ? null : `it is not the signature of round ${round}`;
  } catch (error) {
    return error.message;
  }
}
