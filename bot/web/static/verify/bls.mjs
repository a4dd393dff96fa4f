// Signatures on the curve BLS12-381, small ones (G1) under large public keys (G2), written from RFC 9380 (hashing to
// the curve) and from the definition of the pairing. Plain affine arithmetic: slow, some tenths of a second, and short.
//
// An element of Fp² is a pair [a, b], which is a + bu with u² = -1. A point is {x, y} over Fp², or null for infinity;
// those of G1 have coordinates without u. An element of Fp¹² is six elements of Fp², the coefficients of 1, w, … w⁵
// with w⁶ = 1 + u.

import { concat, toNumber, unhex } from "./bytes.mjs";
import { A, B, Z, xDenominator, xNumerator, yDenominator, yNumerator } from "./isogeny.mjs";
import { sha256 } from "./sha256.mjs";

const P = 0x1a0111ea397fe69a4b1ba7b6434bacd764774b84f38512bf6730d2a0f6b0f6241eabfffeb153ffffb9feffffffffaaabn;
const R = 0x73eda753299d7d483339d80809a1d80553bda402fffe5bfeffffffff00000001n; // the order of G1 and G2
const X = 0xd201000000010000n; // the curve's parameter without its sign
const EFFECTIVE_COFACTOR = 0xd201000000010001n;

// ---- Fp and Fp²

function mod(a) {
  const rest = a % P;
  return rest < 0n ? rest + P : rest;
}

function power(base, exponent) {
  let result = 1n;
  for (const bit of exponent.toString(2)) {
    result = (result * result) % P;
    if (bit === "1") result = (result * base) % P;
  }
  return result;
}

function inverse(a) {
  let [low, high, x, y] = [mod(a), P, 1n, 0n];
  while (low > 1n) {
    const quotient = high / low;
    [low, high, x, y] = [high - quotient * low, low, y - quotient * x, x];
  }
  if (low === 0n) throw new Error("division by zero");
  return mod(x);
}

// A square root, or null: P is 3 modulo 4.
function root(a) {
  const candidate = power(mod(a), (P + 1n) / 4n);
  return mod(candidate * candidate - a) === 0n ? candidate : null;
}

const add = ([a, b], [c, d]) => [mod(a + c), mod(b + d)];
const subtract = ([a, b], [c, d]) => [mod(a - c), mod(b - d)];
const multiply = ([a, b], [c, d]) => [mod(a * c - b * d), mod(a * d + b * c)];
const equal = ([a, b], [c, d]) => a === c && b === d;
const isZero = ([a, b]) => a === 0n && b === 0n;

function divide(numerator, [a, b]) {
  const norm = inverse(a * a + b * b);
  return multiply(numerator, [mod(a * norm), mod(-b * norm)]);
}

function root2([a, b]) {
  if (b === 0n) {
    const real = root(a);
    return real === null ? [0n, root(-a)] : [real, 0n]; // -1 is no square, so one of the two is
  }
  const norm = root(a * a + b * b);
  if (norm === null) return null;
  const half = inverse(2n);
  const real = root((a + norm) * half) ?? root((a - norm) * half);
  return real === null ? null : [real, mod(b * inverse(2n * real))];
}

// ---- points

const negative = ({ x, y }) => ({ x, y: subtract([0n, 0n], y) });

// The slope of the line through two points, or of the tangent in one; null where the line is vertical.
function slope(p, q) {
  if (!equal(p.x, q.x)) return divide(subtract(q.y, p.y), subtract(q.x, p.x));
  if (!equal(p.y, q.y) || isZero(p.y)) return null;
  return divide(multiply([3n, 0n], multiply(p.x, p.x)), add(p.y, p.y));
}

function third(p, q, gradient) {
  const x = subtract(multiply(gradient, gradient), add(p.x, q.x));
  return { x, y: subtract(multiply(gradient, subtract(p.x, x)), p.y) };
}

function sum(p, q) {
  if (p === null || q === null) return p ?? q;
  const gradient = slope(p, q);
  return gradient === null ? null : third(p, q, gradient);
}

function times(factor, point) {
  let result = null;
  for (const bit of factor.toString(2)) {
    result = sum(result, result);
    if (bit === "1") result = sum(result, point);
  }
  return result;
}

function isLarger([a, b]) {
  return b === 0n ? a > P / 2n : b > P / 2n;
}

// A compressed point: three bits (compressed, infinity, the larger y) and x, for G2 its part with u first.
function readPoint(bytes, size) {
  if (bytes.length !== size) throw new Error(`a point has ${size} bytes`);
  if ((bytes[0] & 0x80) === 0) throw new Error("the point is not compressed");
  if ((bytes[0] & 0x40) !== 0) throw new Error("the point is infinity");
  const first = bytes.slice(0, 48);
  first[0] &= 0x1f;
  const inG1 = size === 48;
  const x = inG1 ? [toNumber(first), 0n] : [toNumber(bytes.subarray(48)), toNumber(first)];
  if (x.some((part) => part >= P)) throw new Error("a coordinate is too large");
  let y = root2(add(multiply(x, multiply(x, x)), inG1 ? [4n, 0n] : [4n, 4n]));
  if (y === null || (inG1 && y[1] !== 0n)) throw new Error("the point is not on the curve");
  if (isLarger(y) !== ((bytes[0] & 0x20) !== 0)) y = subtract([0n, 0n], y);
  const point = { x, y };
  if (times(R, point) !== null) throw new Error("the point is not in the subgroup");
  return point;
}

// ---- a message's point: RFC 9380, suite BLS12381G1_XMD:SHA-256_SSWU_RO_

// expand_message_xmd (5.3.1) for 128 bytes.
function expand(message, tag) {
  const suffix = concat(tag, [tag.length]);
  const start = sha256(new Uint8Array(64), message, [0, 128, 0], suffix);
  const blocks = [sha256(start, [1], suffix)];
  for (let number = 2; number <= 4; number += 1) {
    const mixed = start.map((byte, index) => byte ^ blocks.at(-1)[index]);
    blocks.push(sha256(mixed, [number], suffix));
  }
  return concat(...blocks);
}

const evaluate = (polynomial, x) => polynomial.reduceRight((value, coefficient) => mod(value * x + coefficient), 0n);

// The simplified SWU map (6.6.2), then the isogeny (6.6.3).
function mapToCurve(u) {
  const zu2 = mod(Z * u * u);
  const denominator = mod(zu2 * zu2 + zu2);
  let x = denominator === 0n ? B * inverse(Z * A) : -B * inverse(A) * (1n + inverse(denominator));
  x = mod(x);
  let y = root(x * x * x + A * x + B);
  if (y === null) {
    x = mod(zu2 * x);
    y = root(x * x * x + A * x + B);
  }
  if (u % 2n !== y % 2n) y = mod(-y);
  const [below, under] = [evaluate(xDenominator, x), evaluate(yDenominator, x)];
  if (below === 0n || under === 0n) return null;
  const across = evaluate(xNumerator, x) * inverse(below);
  const up = y * evaluate(yNumerator, x) * inverse(under);
  return { x: [mod(across), 0n], y: [mod(up), 0n] };
}

export function hashToG1(message, tag) {
  const bytes = expand(message, tag);
  const [first, second] = [bytes.subarray(0, 64), bytes.subarray(64)].map((half) => mapToCurve(mod(toNumber(half))));
  return times(EFFECTIVE_COFACTOR, sum(first, second));
}

// ---- the pairing

const G2_GENERATOR = readPoint(
  unhex(
    "93e02b6052719f607dacd3a088274f65596bd0d09920b61ab5da61bbdc7f5049334cf11213945d57e5ac7d055d042b7e" +
      "024aa2b2f08f0a91260805272dc51051c6e47ad4fa403b02b4510b647ae3d1770bac0326a805bbefd48056c8c121bdb8",
  ),
  96,
);

function multiply12(f, g) {
  const reals = new Array(11).fill(0n);
  const others = new Array(11).fill(0n);
  for (let i = 0; i < 6; i += 1) {
    for (let j = 0; j < 6; j += 1) {
      const [[a, b], [c, d]] = [f[i], g[j]];
      if (c === 0n && d === 0n) continue;
      reals[i + j] += a * c - b * d;
      others[i + j] += a * d + b * c;
    }
  }
  for (let k = 6; k < 11; k += 1) {
    reals[k - 6] += reals[k] - others[k];
    others[k - 6] += reals[k] + others[k];
  }
  return f.map((_, k) => [mod(reals[k]), mod(others[k])]);
}

function power12(base, exponent) {
  let result = base;
  for (const bit of exponent.toString(2).slice(1)) {
    result = multiply12(result, result);
    if (bit === "1") result = multiply12(result, base);
  }
  return result;
}

// The line with this slope through q, a point of G2, at p of G1, times w³. A point {x, y} of G2 stands for
// {x / w², y / w³}; w³ is in a subfield, as every factor that the final power turns into 1.
function lineAt(p, q, gradient) {
  const zero = [0n, 0n];
  const constant = subtract(multiply(gradient, q.x), q.y);
  return [constant, zero, subtract(zero, multiply(gradient, p.x)), p.y, zero, zero];
}

// Whether the pairings of all [point of G1, point of G2] multiply to 1. The sign of the curve's parameter is left out:
// it turns the product into its inverse.
function multiplyToOne(pairs) {
  const walkers = pairs.map(([p, q]) => ({ p, q, at: q }));
  let f = [[1n, 0n], ...new Array(5).fill([0n, 0n])];
  const step = (walker, towards) => {
    const gradient = slope(walker.at, towards);
    f = multiply12(f, lineAt(walker.p, walker.at, gradient));
    walker.at = third(walker.at, towards, gradient);
  };
  for (const bit of X.toString(2).slice(1)) {
    f = multiply12(f, f);
    for (const walker of walkers) step(walker, walker.at);
    if (bit === "1") for (const walker of walkers) step(walker, walker.q);
  }
  // f to the power of (P¹² - 1) / R is 1 if and only if this one, whose (P⁶ - 1)th power it is, lies in Fp⁶.
  const last = power12(f, (P ** 6n + 1n) / R);
  return [1, 3, 5].every((odd) => isZero(last[odd]));
}

// Whether the signature is valid; an error tells what is wrong with a point.
export function verifySignature(publicKey, message, tag, signature) {
  const signed = readPoint(signature, 48);
  const key = readPoint(publicKey, 96);
  const point = hashToG1(message, tag);
  return point !== null && multiplyToOne([[signed, G2_GENERATOR], [negative(point), key]]);
}
