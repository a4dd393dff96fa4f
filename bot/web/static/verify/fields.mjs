// Fields of the files: docs/verify.md, "The file". A reader takes a value and the place it stands at, and returns it or
// throws.

import { printable } from "./json.mjs";

export class Misshapen extends Error {}

const ID_BOUND = 2n ** 64n;

export function refuse(at, wanted) {
  throw new Misshapen(`${at} must be ${wanted}`);
}

export const record = (fields, optional = {}) => (value, at) => {
  if (!(value instanceof Map)) refuse(at, "an object");
  for (const name of value.keys()) {
    if (!Object.hasOwn(fields, name) && !Object.hasOwn(optional, name)) {
      throw new Misshapen(`${at} has the unknown field ${printable(name)}`);
    }
  }
  const result = {};
  for (const [name, read] of Object.entries({ ...fields, ...optional })) {
    if (value.has(name)) result[name] = read(value.get(name), `${at}.${name}`);
    else if (Object.hasOwn(fields, name)) throw new Misshapen(`${at} lacks the field ${name}`);
  }
  return result;
};

export const list = (read) => (value, at) => {
  if (!Array.isArray(value)) refuse(at, "an array");
  return value.map((item, index) => read(item, `${at}[${index}]`));
};

export const pair = (first, second) => (value, at) => {
  if (!Array.isArray(value) || value.length !== 2) refuse(at, "an array of two");
  return [first(value[0], `${at}[0]`), second(value[1], `${at}[1]`)];
};

export const orNull = (read) => (value, at) => (value === null ? null : read(value, at));

export const text = (value, at) => (typeof value === "string" ? value : refuse(at, "text"));

export const words = (value, at) =>
  typeof value === "string" && value.trim() !== "" ? value : refuse(at, "a reason in words");

export const matching = (pattern, wanted) => (value, at) =>
  typeof value === "string" && pattern.test(value) ? value : refuse(at, wanted);

export const hex = (digits) => matching(new RegExp(`^[0-9a-f]{${digits}}$`), `${digits} lower-case hex digits`);

export const whole = (least) => (value, at) => {
  if (typeof value !== "number" || value < least) refuse(at, `a whole number from ${least}`);
  return value + 0; // -0 is 0
};

export const bool = (value, at) => (typeof value === "boolean" ? value : refuse(at, "true or false"));

export const oneOf = (...allowed) => (value, at) =>
  allowed.includes(value) ? value : refuse(at, `one of ${allowed.join(", ")}`);

// In Unix seconds.
export const instant = (value, at) => {
  const wanted = "a time in whole UTC seconds";
  matching(/^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z$/, wanted)(value, at);
  const moment = new Date(value);
  const exists = !Number.isNaN(moment.getTime()) && moment.toISOString() === value.replace("Z", ".000Z");
  return exists && !value.startsWith("0000") ? moment.getTime() / 1000 : refuse(at, wanted);
};

export const discordId = (value, at) => {
  matching(/^[1-9][0-9]{0,19}$/, "a Discord id")(value, at);
  return BigInt(value) < ID_BOUND ? value : refuse(at, "a Discord id");
};
