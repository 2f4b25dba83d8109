/** JSON as Go reads it: its words for what is broken, and which keys stand twice. upstream: Go's encoding/json scanner, sigs.k8s.io/json */
import {goQuote} from '../../api/field-errors.ts';

export type ParsedJson =
  | {readonly value: unknown; readonly duplicates: readonly string[]; readonly error?: undefined}
  | {readonly error: string};

/** Go gives up at 10,000 levels. */
export const MAX_DEPTH = 'exceeded max depth';
/** Here it is earlier: what is decoded, defaulted and validated level by level has a smaller stack. Schemas of custom resources, the deepest there are, have a few dozen. */
export const MOST_JSON_LEVELS = 500;

/** Parses a text. `duplicates` are paths (`spec.nodeName`) of keys that an object has twice; the last value counts. */
export function parseJson(text: string): ParsedJson {
  if (nestsTooDeeply(text)) return {error: MAX_DEPTH};
  const value = parseOrUndefined(text);
  return value === undefined ? {error: jsonFault(text).message} : {value, duplicates: findDuplicates(text)};
}

/** Whether a text of JSON has more levels than are read here. */
export function nestsTooDeeply(text: string): boolean {
  let levels = 0;
  let inString = false;
  for (let at = 0; at < text.length; at++) {
    const character = text[at];
    if (inString && character === '\\') at++;
    else if (character === '"') inString = !inString;
    else if (inString) continue;
    else if (character === '[' || character === '{') {
      if (++levels > MOST_JSON_LEVELS) return true;
    } else if (character === ']' || character === '}') levels--;
  }
  return false;
}

function parseOrUndefined(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

const WHITESPACE = ' \t\r\n';

/** Walks a text that is known to be JSON, looking at its keys only. */
function findDuplicates(text: string): string[] {
  const found: string[] = [];
  let at = 0;
  const space = (): void => {
    while (WHITESPACE.includes(text[at] ?? 'x')) at++;
  };
  const string = (): string => {
    const start = at++;
    while (text[at] !== '"') at += text[at] === '\\' ? 2 : 1;
    at++;
    return text.slice(start, at);
  };
  const value = (path: string): void => {
    space();
    const c = text[at]!;
    if (c === '"') string();
    else if (c === '{') object(path);
    else if (c === '[') array(path);
    else while (at < text.length && !',]}'.includes(text[at]!)) at++;
    space();
  };
  const object = (path: string): void => {
    at++;
    space();
    const seen = new Set<string>();
    while (text[at] !== '}') {
      space();
      const raw = string();
      const key = raw.includes('\\') ? (JSON.parse(raw) as string) : raw.slice(1, -1);
      const here = path ? `${path}.${key}` : key;
      if (seen.has(key)) {
        if (!found.includes(here)) found.push(here);
      } else seen.add(key);
      space();
      at++;
      value(here);
      if (text[at] === ',') at++;
    }
    at++;
  };
  const array = (path: string): void => {
    at++;
    space();
    for (let i = 0; text[at] !== ']'; i++) {
      value(`${path}[${i}]`);
      if (text[at] === ',') at++;
    }
    at++;
  };
  value('');
  return found;
}

/** What the scanner expects: its name in complaints. */
const VALUE = 'looking for beginning of value';

const quoteChar = (c: string): string => {
  if (c === "'") return "'\\''";
  if (c === '"') return `'"'`;
  return `'${goQuote(c).slice(1, -1)}'`;
};

const END = 'unexpected end of JSON input';
const MORE = 'after top-level value';

/** What is wrong with a text that is no JSON. */
export interface JsonFault {
  /** In Go's words. */
  readonly message: string;
  /** How much of the text was in order. */
  readonly at: number;
  /** There is nothing wrong but that the text ends, or that it goes on. */
  readonly only?: 'ends' | 'goes on';
}

/** Where and why a text is no JSON, in the words of Go's encoding/json. To be asked only of a text that is none. */
export function jsonFault(text: string): JsonFault {
  let at = 0;
  class Broken extends Error {}
  const fail = (where: string): never => {
    if (at >= text.length) throw new Broken(END);
    throw new Broken(`invalid character ${quoteChar(text[at]!)} ${where}`);
  };
  const space = (): void => {
    while (at < text.length && WHITESPACE.includes(text[at]!)) at++;
  };
  const word = (expected: string): void => {
    for (let i = 1; i < expected.length; i++) {
      at++;
      if (text[at] !== expected[i]) fail(`in literal ${expected} (expecting ${quoteChar(expected[i]!)})`);
    }
    at++;
  };
  const string = (): void => {
    at++;
    for (;;) {
      if (at >= text.length) fail('');
      const c = text[at]!;
      if (c === '"') break;
      if (c < ' ') fail('in string literal');
      if (c === '\\') {
        at++;
        if (text[at] === 'u') {
          for (let i = 0; i < 4; i++) if (!/[0-9a-fA-F]/.test(text[++at] ?? '')) fail('in \\u hexadecimal character escape');
        } else if (!'bfnrt\\/"'.includes(text[at] ?? 'x')) fail('in string escape code');
      }
      at++;
    }
    at++;
  };
  const number = (): void => {
    if (text[at] === '-') {
      at++;
      if (!/\d/.test(text[at] ?? '')) fail('in numeric literal');
    }
    if (text[at] === '0') at++;
    else while (/\d/.test(text[at] ?? '')) at++;
    if (text[at] === '.') {
      at++;
      if (!/\d/.test(text[at] ?? '')) fail('after decimal point in numeric literal');
      while (/\d/.test(text[at] ?? '')) at++;
    }
    if (/[eE]/.test(text[at] ?? '')) {
      at++;
      if (/[+-]/.test(text[at] ?? '')) at++;
      if (!/\d/.test(text[at] ?? '')) fail('in exponent of numeric literal');
      while (/\d/.test(text[at] ?? '')) at++;
    }
  };
  const value = (): void => {
    space();
    const c = text[at] ?? '';
    if (c === '{') {
      at++;
      space();
      if (text[at] !== '}')
        for (;;) {
          space();
          if (text[at] !== '"') fail('looking for beginning of object key string');
          string();
          space();
          if (text[at] !== ':') fail('after object key');
          at++;
          value();
          space();
          if (text[at] === '}') break;
          if (text[at] !== ',') fail('after object key:value pair');
          at++;
        }
      at++;
    } else if (c === '[') {
      at++;
      space();
      if (text[at] !== ']')
        for (;;) {
          value();
          space();
          if (text[at] === ']') break;
          if (text[at] !== ',') fail('after array element');
          at++;
        }
      at++;
    } else if (c === '"') string();
    else if (c === '-' || (c >= '0' && c <= '9')) number();
    else if (c === 't') word('true');
    else if (c === 'f') word('false');
    else if (c === 'n') word('null');
    else fail(VALUE);
  };
  try {
    value();
    space();
    if (at < text.length) fail(MORE);
  } catch (error) {
    if (!(error instanceof Broken)) throw error;
    const {message} = error;
    if (message === END) return {message, at, only: 'ends'};
    return {message, at, ...(message.endsWith(MORE) && {only: 'goes on' as const})};
  }
  return {message: END, at, only: 'ends'};
}
