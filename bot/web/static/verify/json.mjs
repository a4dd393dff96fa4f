// JSON (RFC 8259) as docs/verify.md wants it read: a field given twice, another encoding than UTF-8, and brackets
// nested without end are refused. Objects become Maps; a number with a fraction, an exponent or too many digits becomes
// a NotWhole, which no field accepts.

export const MAX_DEPTH = 16;

export class BadJson extends Error {}

export class NotWhole {
  constructor(text) {
    this.text = text;
  }
}

const SPACE = /[ \t\n\r]*/y;
const NUMBER = /-?(?:0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?/y;
const LITERAL = /true|false|null/y;
const PLAIN = /[^"\\\u0000-\u001f]*/y;
const ESCAPE = /\\(?:(["\\/bfnrt])|u([0-9a-fA-F]{4}))/y;
const HALF = /\p{Surrogate}/u; // without its other half: a whole pair is one character here
const WORDS = new Map([["true", true], ["false", false], ["null", null]]);
const ESCAPES = { '"': '"', "\\": "\\", "/": "/", b: "\b", f: "\f", n: "\n", r: "\r", t: "\t" };

class Reader {
  constructor(text) {
    this.text = text;
    this.at = 0;
  }

  fail(why) {
    throw new BadJson(`${why} at character ${this.at}`);
  }

  match(pattern) {
    pattern.lastIndex = this.at;
    const found = pattern.exec(this.text);
    if (found !== null) this.at = pattern.lastIndex;
    return found;
  }

  takes(character) {
    this.match(SPACE);
    if (this.text[this.at] !== character) return false;
    this.at += 1;
    return true;
  }

  document() {
    const value = this.value(0);
    this.match(SPACE);
    if (this.at !== this.text.length) this.fail("something follows the value");
    return value;
  }

  value(depth) {
    if (depth > MAX_DEPTH) this.fail("brackets nest too deep");
    if (this.takes("{")) return this.object(depth);
    if (this.takes("[")) return this.array(depth);
    if (this.text[this.at] === '"') return this.string();
    const word = this.match(LITERAL);
    if (word !== null) return WORDS.get(word[0]);
    return this.number();
  }

  object(depth) {
    const fields = new Map();
    if (this.takes("}")) return fields;
    do {
      this.match(SPACE);
      if (this.text[this.at] !== '"') this.fail("a field's name is missing");
      const name = this.string();
      if (fields.has(name)) this.fail(`the field ${printable(name)} is given twice`);
      if (!this.takes(":")) this.fail("a colon is missing");
      fields.set(name, this.value(depth + 1));
    } while (this.takes(","));
    if (!this.takes("}")) this.fail("an object does not end");
    return fields;
  }

  array(depth) {
    const items = [];
    if (this.takes("]")) return items;
    do items.push(this.value(depth + 1));
    while (this.takes(","));
    if (!this.takes("]")) this.fail("an array does not end");
    return items;
  }

  string() {
    this.at += 1;
    let text = "";
    for (;;) {
      text += this.match(PLAIN)[0];
      if (this.text[this.at] === '"') break;
      const escape = this.match(ESCAPE);
      if (escape === null) this.fail("a text does not end, or holds what must be escaped");
      text += escape[1] ? ESCAPES[escape[1]] : String.fromCharCode(parseInt(escape[2], 16));
    }
    this.at += 1;
    if (HALF.test(text)) this.fail("half a surrogate pair, which UTF-8 cannot write");
    return text;
  }

  number() {
    const found = this.match(NUMBER);
    if (found === null) this.fail("no value");
    const [text, fraction, exponent] = found;
    const value = Number(text);
    return fraction || exponent || !Number.isSafeInteger(value) ? new NotWhole(text) : value;
  }
}

// Text from a file in a form that cannot steer a terminal.
export function printable(text) {
  const short = text.length > 80 ? `${text.slice(0, 79)}…` : text;
  return JSON.stringify(short).replace(/[^ -~…]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`);
}

export function parse(bytes) {
  let text;
  try {
    text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw new BadJson("not UTF-8");
  }
  return new Reader(text).document();
}
