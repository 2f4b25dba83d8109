/**
 * YAML as go-yaml takes it apart: only so far that its complaints come out at the same place, in the same words; the values are read by a library.
 * upstream: go.yaml.in/yaml/v2 scannerc.go
 */

import {Reader} from './go-yaml-reader.ts';
import {blockScalar, plainScalar, quotedScalar} from './go-yaml-scalars.ts';
import type {Mark, Token, TokenKind} from './go-yaml-tokens.ts';

/** What may turn out to be the key of a mapping once a colon follows. */
interface SimpleKey {
  readonly required: boolean;
  /** Its place among all tokens. */
  readonly number: number;
  readonly mark: Mark;
}

const FLOW_STARTS: Readonly<Record<string, TokenKind>> = {'[': 'flow-sequence-start', '{': 'flow-mapping-start'};
const FLOW_ENDS: Readonly<Record<string, TokenKind>> = {']': 'flow-sequence-end', '}': 'flow-mapping-end'};
const INDICATORS = '-?:,[]{}#&*!|>\'"%@`';
const TAG_URI = /^[\w\-;/?:@&=+$.!~*'()%,[\]]*/;
const KEY_LENGTH = 1024;

export class Scanner {
  readonly #text: Reader;
  #queue: Token[] = [];
  #parsed = 0;
  #ended = false;
  #indent = -1;
  readonly #indents: number[] = [];
  #flowLevel = 0;
  #keyAllowed = true;
  #keys: (SimpleKey | undefined)[] = [undefined];

  constructor(text: string) {
    this.#text = new Reader(text);
  }

  /** The next token, left where it is. Throws YamlFault. */
  peek(): Token {
    for (;;) {
      if (this.#queue.length > 0) {
        const key = this.#keys.find(k => k?.number === this.#parsed);
        if (!key || !this.#isValid(key)) return this.#queue[0]!;
      }
      this.#fetch();
    }
  }

  /** The next token, taken. Throws YamlFault. */
  next(): Token {
    const token = this.peek();
    this.#queue.shift();
    this.#parsed++;
    return token;
  }

  #push(kind: TokenKind, mark: Mark, name?: string): void {
    this.#queue.push({kind, mark, ...(name !== undefined && {name})});
  }

  /** Keys stand in one line, and are not long. Throws YamlFault where there has to be one. */
  #isValid(key: SimpleKey): boolean {
    if (key.mark.line >= this.#text.line && key.mark.index + KEY_LENGTH >= this.#text.index) return true;
    if (key.required) this.#text.fail("could not find expected ':'", key.mark);
    this.#keys = this.#keys.map(k => (k === key ? undefined : k));
    return false;
  }

  #saveKey(): void {
    if (!this.#keyAllowed) return;
    const required = this.#flowLevel === 0 && this.#indent === this.#text.column;
    const number = this.#parsed + this.#queue.length;
    this.#removeKey();
    this.#keys[this.#keys.length - 1] = {required, number, mark: this.#text.mark};
  }

  #removeKey(): void {
    const key = this.#keys.at(-1);
    if (key?.required) this.#text.fail("could not find expected ':'", key.mark);
    this.#keys[this.#keys.length - 1] = undefined;
  }

  /** A collection begins where a line is further in; its token goes before the one of that number. */
  #roll(column: number, kind: TokenKind, mark: Mark, number?: number): void {
    if (this.#flowLevel > 0 || this.#indent >= column) return;
    this.#indents.push(this.#indent);
    this.#indent = column;
    this.#queue.splice(number === undefined ? this.#queue.length : number - this.#parsed, 0, {kind, mark});
  }

  #unroll(column: number): void {
    if (this.#flowLevel > 0) return;
    while (this.#indent > column) {
      this.#push('block-end', this.#text.mark);
      this.#indent = this.#indents.pop()!;
    }
  }

  #toNextToken(): void {
    if (this.#text.index === 0 && this.#text.at() === '\ufeff') this.#text.skip();
    for (;;) {
      while (this.#text.at() === ' ' || (this.#text.at() === '\t' && (this.#flowLevel > 0 || !this.#keyAllowed))) this.#text.skip();
      if (this.#text.at() === '#') this.#text.skipRest();
      if (!this.#text.isBreak()) return;
      this.#text.skipLine();
      if (this.#flowLevel === 0) this.#keyAllowed = true;
    }
  }

  #fetch(): void {
    if (this.#ended) throw new Error('nothing more to read');
    this.#toNextToken();
    this.#unroll(this.#text.column);
    const c = this.#text.at();
    const inFlow = this.#flowLevel > 0;
    if (c === '') this.#streamEnd();
    else if (this.#text.column === 0 && c === '%') this.#directive();
    else if (this.#text.isDocumentIndicator()) this.#documentIndicator();
    else if (FLOW_STARTS[c]) this.#flowStart(FLOW_STARTS[c]);
    else if (FLOW_ENDS[c]) this.#flowEnd(FLOW_ENDS[c]);
    else if (c === ',') this.#single('flow-entry', true);
    else if (c === '-' && this.#text.isGap(1)) this.#blockEntry();
    else if (c === '?' && (inFlow || this.#text.isGap(1))) this.#key();
    else if (c === ':' && (inFlow || this.#text.isGap(1))) this.#value();
    else if (c === '*' || c === '&') this.#anchor(c === '*' ? 'alias' : 'anchor');
    else if (c === '!') this.#tag();
    else if ((c === '|' || c === '>') && !inFlow) this.#blockScalar();
    else if (c === "'" || c === '"') this.#scalar(() => quotedScalar(this.#text, c));
    else if (this.#beginsPlain(c)) this.#plain();
    else this.#text.fail('found character that cannot start any token');
  }

  #beginsPlain(c: string): boolean {
    if (!this.#text.isGap() && !INDICATORS.includes(c)) return true;
    return (c === '-' && !this.#text.isBlank(1)) || (this.#flowLevel === 0 && (c === '?' || c === ':') && !this.#text.isGap(1));
  }

  #streamEnd(): void {
    if (this.#text.column !== 0) {
      this.#text.column = 0;
      this.#text.line++;
    }
    this.#unroll(-1);
    this.#removeKey();
    this.#keyAllowed = false;
    this.#ended = true;
    this.#push('stream-end', this.#text.mark);
  }

  #directive(): void {
    this.#unroll(-1);
    this.#removeKey();
    this.#keyAllowed = false;
    const {mark} = this.#text;
    this.#text.skip();
    const name = this.#text.take(/^[\w-]*/);
    if (name === '') this.#text.fail('could not find expected directive name', mark);
    if (!this.#text.isGap()) this.#text.fail('found unexpected non-alphabetical character', mark);
    if (name !== 'YAML' && name !== 'TAG') this.#text.fail('found unknown directive name', mark);
    this.#text.skipRest();
    this.#push('directive', mark);
  }

  #documentIndicator(): void {
    this.#unroll(-1);
    this.#removeKey();
    this.#keyAllowed = false;
    this.#push(this.#text.at() === '-' ? 'document-start' : 'document-end', this.#text.mark);
    this.#text.skip(3);
  }

  #flowStart(kind: TokenKind): void {
    this.#saveKey();
    this.#keys.push(undefined);
    this.#flowLevel++;
    this.#keyAllowed = true;
    this.#push(kind, this.#text.mark);
    this.#text.skip();
  }

  #flowEnd(kind: TokenKind): void {
    this.#removeKey();
    if (this.#flowLevel > 0) {
      this.#flowLevel--;
      this.#keys.pop();
    }
    this.#keyAllowed = false;
    this.#push(kind, this.#text.mark);
    this.#text.skip();
  }

  #single(kind: TokenKind, keyAllowed: boolean): void {
    this.#removeKey();
    this.#keyAllowed = keyAllowed;
    this.#push(kind, this.#text.mark);
    this.#text.skip();
  }

  #blockEntry(): void {
    if (this.#flowLevel === 0) {
      if (!this.#keyAllowed) this.#text.fail('block sequence entries are not allowed in this context');
      this.#roll(this.#text.column, 'block-sequence-start', this.#text.mark);
    }
    this.#single('block-entry', true);
  }

  #key(): void {
    if (this.#flowLevel === 0) {
      if (!this.#keyAllowed) this.#text.fail('mapping keys are not allowed in this context');
      this.#roll(this.#text.column, 'block-mapping-start', this.#text.mark);
    }
    this.#single('key', this.#flowLevel === 0);
  }

  #value(): void {
    const key = this.#keys.at(-1);
    if (key && this.#isValid(key)) {
      this.#queue.splice(key.number - this.#parsed, 0, {kind: 'key', mark: key.mark});
      this.#roll(key.mark.column, 'block-mapping-start', key.mark, key.number);
      this.#keys[this.#keys.length - 1] = undefined;
      this.#keyAllowed = false;
    } else {
      if (this.#flowLevel === 0) {
        if (!this.#keyAllowed) this.#text.fail('mapping values are not allowed in this context');
        this.#roll(this.#text.column, 'block-mapping-start', this.#text.mark);
      }
      this.#keyAllowed = this.#flowLevel === 0;
    }
    this.#push('value', this.#text.mark);
    this.#text.skip();
  }

  #anchor(kind: 'alias' | 'anchor'): void {
    this.#saveKey();
    this.#keyAllowed = false;
    const {mark} = this.#text;
    this.#text.skip();
    const name = this.#text.take(/^[\w-]*/);
    if (name === '' || !(this.#text.isGap() || '?:,]}%@`'.includes(this.#text.at())))
      this.#text.fail('did not find expected alphabetic or numeric character', mark);
    this.#push(kind, mark, name);
  }

  #tag(): void {
    this.#saveKey();
    this.#keyAllowed = false;
    const {mark} = this.#text;
    const take = (pattern: RegExp): string => this.#text.take(pattern);
    const verbatim = take(/^!</) !== '';
    const handle = verbatim ? '' : take(/^![\w-]*!/);
    const rest = take(TAG_URI);
    if (/%(?![0-9a-fA-F]{2})/.test(rest)) this.#text.fail('did not find URI escaped octet', mark);
    if ((verbatim || handle) && rest === '') this.#text.fail('did not find expected tag URI', mark);
    if (verbatim && take(/^>/) === '') this.#text.fail("did not find the expected '>'", mark);
    if (!this.#text.isGap()) this.#text.fail('did not find expected whitespace or line break', mark);
    this.#push('tag', mark, handle);
  }

  #scalar(read: () => void): void {
    this.#saveKey();
    this.#keyAllowed = false;
    const {mark} = this.#text;
    read();
    this.#push('scalar', mark);
  }

  #plain(): void {
    let broken = false;
    this.#scalar(() => {
      broken = plainScalar(this.#text, this.#indent + 1, this.#flowLevel > 0);
    });
    if (broken) this.#keyAllowed = true;
  }

  #blockScalar(): void {
    this.#removeKey();
    this.#keyAllowed = true;
    const {mark} = this.#text;
    blockScalar(this.#text, this.#indent);
    this.#push('scalar', mark);
  }
}
