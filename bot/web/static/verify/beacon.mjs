// The public random beacon: docs/verify.md, "The beacon".

import { verifySignature } from "./bls.mjs";
import { concat, fromNumber, hex, unhex, utf8 } from "./bytes.mjs";
import { hexHash, sha256 } from "./sha256.mjs";

const SCHEME = "bls-unchained-g1-rfc9380";
const TAG = utf8("BLS_SIG_BLS12381G1_XMD:SHA-256_SSWU_RO_NUL_");

export const QUICKNET = {
  hash: "52db9ba70e0cc0f6eaf7803dd07447a1f5477735fd3f661792ba94600c84e971",
  publicKey:
    "83cf0f2896adee7eb8b5f01fcad3912212c437e0073e911fb90022d3e760183c8c4b450b6a0a6c3ac6a5776a2d106451" +
    "0d1fec758c921cc22b0e17e63aaf4bcb5ed66304de9cf809bd274ca73bab4af5a6e9c76a4bc09e76eae8991ef5ece45a",
  genesis: 1692803367,
  period: 3,
};

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
    return unhex(value);
  };
  if (!(info instanceof Map)) throw new Error("the chain is no object");
  if (field("schemeID", "string") !== SCHEME) throw new Error(`the chain's scheme is not ${SCHEME}`);
  const [period, genesis] = [field("period", "number"), field("genesis_time", "number")];
  if (period < 1 || period >= 2 ** 32 || genesis < 0) throw new Error("the chain's times are impossible");
  const times = concat(fromNumber(period, 4), fromNumber(genesis, 8));
  const metadata = info.get("metadata");
  const name = (metadata instanceof Map ? metadata.get("beaconID") : null) ?? "default";
  if (typeof name !== "string") throw new Error("the chain's beaconID is no text");
  const named = name === "default" ? "" : name;
  const [publicKey, hash] = [bytes("public_key", 96), hex(bytes("hash", 32))];
  const computed = () => hexHash(concat(times, publicKey, bytes("groupHash", 32), utf8(named)));
  if (info.has("groupHash") && computed() !== hash) throw new Error("the chain's hash is another");
  return { hash, publicKey: hex(publicKey), genesis, period };
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
  try {
    const message = sha256(fromNumber(round, 8));
    const holds = verifySignature(unhex(chain.publicKey), message, TAG, unhex(signature));
    return holds ? null : `it is not the signature of round ${round}`;
  } catch (error) {
    return error.message;
  }
}
