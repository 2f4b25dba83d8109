/**
 * YAML as go-yaml takes it apart: only so far that its complaints come out at the same place, in the same words; the values are read by a library.
 * upstream: go.yaml.in/yaml/v2 scannerc.go
 */

import {type Mark, type Token, type TokenKind, YamlFault} from './go-yaml-tokens.ts';

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
const ESCAPES = '0abt\tnvfre "\'/\\N_LP';
const HEX_LENGTHS: Readonly<Record<string, number>> = {x: 2, u: 4, U: 8};
const TAG_URI = /^[\w\-;/?:@&=+$.!~*'()%,[\]]*/;
const KEY_LENGTH = 1024;

export class Scanner {
  readonly #text: string;
  #index = 0;
  #line = 0;
  #column = 0;
  #queue: Token[] = [];
  #parsed = 0;
  #ended = false;
  #indent = -1;
  readonly #indents: number[] = [];
  #flowLevel = 0;
  #keyAllowed = true;
  #keys: (SimpleKey | undefined)[] = [undefined];

  constructor(text: string) {
    this.#text = text;
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

  get #mark(): Mark {
    return {index: this.#index, line: this.#line, column: this.#column};
  }

  #at(offset = 0): string {
    return this.#text[this.#index + offset] ?? '';
  }

  #isBreak(offset = 0): boolean {
    return '\r\n\u0085\u2028\u2029'.includes(this.#at(offset)) && this.#at(offset) !== '';
  }

  #isBlank(offset = 0): boolean {
    return this.#at(offset) === ' ' || this.#at(offset) === '\t';
  }

  /** A blank, the end of a line, or the end of it all. */
  #isGap(offset = 0): boolean {
    return this.#at(offset) === '' || this.#isBlank(offset) || this.#isBreak(offset);
  }

  #skip(count = 1): void {
    this.#index += count;
    this.#column += count;
  }

  #skipLine(): void {
    this.#index += this.#at() === '\r' && this.#at(1) === '\n' ? 2 : 1;
    this.#line++;
    this.#column = 0;
  }

  #fail(problem: string, context: Mark = this.#mark): never {
    throw new YamlFault(problem, this.#line === 0 ? 0 : this.#line + 1, context);
  }

  #push(kind: TokenKind, mark: Mark, name?: string): void {
    this.#queue.push({kind, mark, ...(name !== undefined && {name})});
  }

  /** Keys stand in one line, and are not long. Throws YamlFault where there has to be one. */
  #isValid(key: SimpleKey): boolean {
    if (key.mark.line >= this.#line && key.mark.index + KEY_LENGTH >= this.#index) return true;
    if (key.required) this.#fail("could not find expected ':'", key.mark);
    this.#keys = this.#keys.map(k => (k === key ? undefined : k));
    return false;
  }

  #saveKey(): void {
    if (!this.#keyAllowed) return;
    const required = this.#flowLevel === 0 && this.#indent === this.#column;
    const number = this.#parsed + this.#queue.length;
    this.#removeKey();
    this.#keys[this.#keys.length - 1] = {required, number, mark: this.#mark};
  }

  #removeKey(): void {
    const key = this.#keys.at(-1);
    if (key?.required) this.#fail("could not find expected ':'", key.mark);
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
      this.#push('block-end', this.#mark);
      this.#indent = this.#indents.pop()!;
    }
  }

  #toNextToken(): void {
    if (this.#index === 0 && this.#at() === '\ufeff') this.#skip();
    for (;;) {
      while (this.#at() === ' ' || (this.#at() === '\t' && (this.#flowLevel > 0 || !this.#keyAllowed))) this.#skip();
      if (this.#at() === '#') while (this.#at() !== '' && !this.#isBreak()) this.#skip();
      if (!this.#isBreak()) return;
      this.#skipLine();
      if (this.#flowLevel === 0) this.#keyAllowed = true;
    }
  }

  #isDocumentIndicator(): boolean {
    const word = this.#text.slice(this.#index, this.#index + 3);
    return this.#column === 0 && (word === '---' || word === '...') && this.#isGap(3);
  }

  #fetch(): void {
    if (this.#ended) throw new Error('nothing more to read');
    this.#toNextToken();
    this.#unroll(this.#column);
    const c = this.#at();
    const inFlow = this.#flowLevel > 0;
    if (c === '') this.#streamEnd();
    else if (this.#column === 0 && c === '%') this.#directive();
    else if (this.#isDocumentIndicator()) this.#documentIndicator();
    else if (FLOW_STARTS[c]) this.#flowStart(FLOW_STARTS[c]);
    else if (FLOW_ENDS[c]) this.#flowEnd(FLOW_ENDS[c]);
    else if (c === ',') this.#single('flow-entry', true);
    else if (c === '-' && this.#isGap(1)) this.#blockEntry();
    else if (c === '?' && (inFlow || this.#isGap(1))) this.#key();
    else if (c === ':' && (inFlow || this.#isGap(1))) this.#value();
    else if (c === '*' || c === '&') this.#anchor(c === '*' ? 'alias' : 'anchor');
    else if (c === '!') this.#tag();
    else if ((c === '|' || c === '>') && !inFlow) this.#blockScalar();
    else if (c === "'" || c === '"') this.#quoted(c);
    else if (this.#beginsPlain(c)) this.#plain();
    else this.#fail('found character that cannot start any token');
  }

  #beginsPlain(c: string): boolean {
    if (!this.#isGap() && !INDICATORS.includes(c)) return true;
    return (c === '-' && !this.#isBlank(1)) || (this.#flowLevel === 0 && (c === '?' || c === ':') && !this.#isGap(1));
  }

  #streamEnd(): void {
    if (this.#column !== 0) {
      this.#column = 0;
      this.#line++;
    }
    this.#unroll(-1);
    this.#removeKey();
    this.#keyAllowed = false;
    this.#ended = true;
    this.#push('stream-end', this.#mark);
  }

  #directive(): void {
    this.#unroll(-1);
    this.#removeKey();
    this.#keyAllowed = false;
    const mark = this.#mark;
    this.#skip();
    const name = /^[\w-]*/.exec(this.#text.slice(this.#index))![0];
    this.#skip(name.length);
    if (name === '') this.#fail('could not find expected directive name', mark);
    if (!this.#isGap()) this.#fail('found unexpected non-alphabetical character', mark);
    if (name !== 'YAML' && name !== 'TAG') this.#fail('found unknown directive name', mark);
    while (this.#at() !== '' && !this.#isBreak()) this.#skip();
    this.#push('directive', mark);
  }

  #documentIndicator(): void {
    this.#unroll(-1);
    this.#removeKey();
    this.#keyAllowed = false;
    this.#push(this.#at() === '-' ? 'document-start' : 'document-end', this.#mark);
    this.#skip(3);
  }

  #flowStart(kind: TokenKind): void {
    this.#saveKey();
    this.#keys.push(undefined);
    this.#flowLevel++;
    this.#keyAllowed = true;
    this.#push(kind, this.#mark);
    this.#skip();
  }

  #flowEnd(kind: TokenKind): void {
    this.#removeKey();
    if (this.#flowLevel > 0) {
      this.#flowLevel--;
      this.#keys.pop();
    }
    this.#keyAllowed = false;
    this.#push(kind, this.#mark);
    this.#skip();
  }

  #single(kind: TokenKind, keyAllowed: boolean): void {
    this.#removeKey();
    this.#keyAllowed = keyAllowed;
    this.#push(kind, this.#mark);
    this.#skip();
  }

  #blockEntry(): void {
    if (this.#flowLevel === 0) {
      if (!this.#keyAllowed) this.#fail('block sequence entries are not allowed in this context');
      this.#roll(this.#column, 'block-sequence-start', this.#mark);
    }
    this.#single('block-entry', true);
  }

  #key(): void {
    if (this.#flowLevel === 0) {
      if (!this.#keyAllowed) this.#fail('mapping keys are not allowed in this context');
      this.#roll(this.#column, 'block-mapping-start', this.#mark);
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
        if (!this.#keyAllowed) this.#fail('mapping values are not allowed in this context');
        this.#roll(this.#column, 'block-mapping-start', this.#mark);
      }
      this.#keyAllowed = this.#flowLevel === 0;
    }
    this.#push('value', this.#mark);
    this.#skip();
  }

  #anchor(kind: 'alias' | 'anchor'): void {
    this.#saveKey();
    this.#keyAllowed = false;
    const mark = this.#mark;
    this.#skip();
    const name = /^[\w-]*/.exec(this.#text.slice(this.#index))![0];
    this.#skip(name.length);
    if (name === '' || !(this.#isGap() || '?:,]}%@`'.includes(this.#at())))
      this.#fail('did not find expected alphabetic or numeric character', mark);
    this.#push(kind, mark, name);
  }

  #tag(): void {
    this.#saveKey();
    this.#keyAllowed = false;
    const mark = this.#mark;
    const take = (pattern: RegExp): string => {
      const found = pattern.exec(this.#text.slice(this.#index))?.[0] ?? '';
      this.#skip(found.length);
      return found;
    };
    const verbatim = take(/^!</) !== '';
    const handle = verbatim ? '' : take(/^![\w-]*!/);
    const rest = take(TAG_URI);
    if (/%(?![0-9a-fA-F]{2})/.test(rest)) this.#fail('did not find URI escaped octet', mark);
    if ((verbatim || handle) && rest === '') this.#fail('did not find expected tag URI', mark);
    if (verbatim && take(/^>/) === '') this.#fail("did not find the expected '>'", mark);
    if (!this.#isGap()) this.#fail('did not find expected whitespace or line break', mark);
    this.#push('tag', mark, handle);
  }

  #blockScalar(): void {
    this.#removeKey();
    this.#keyAllowed = true;
    const mark = this.#mark;
    this.#skip();
    let increment = 0;
    let chomped = false;
    for (let i = 0; i < 2; i++) {
      if (!chomped && '+-'.includes(this.#at()) && this.#at() !== '') {
        chomped = true;
        this.#skip();
      } else if (/\d/.test(this.#at()) && increment === 0) {
        increment = Number(this.#at());
        if (increment === 0) this.#fail('found an indentation indicator equal to 0', mark);
        this.#skip();
      }
    }
    while (this.#isBlank()) this.#skip();
    if (this.#at() === '#') while (this.#at() !== '' && !this.#isBreak()) this.#skip();
    if (this.#at() !== '' && !this.#isBreak()) this.#fail('did not find expected comment or line break', mark);
    if (this.#isBreak()) this.#skipLine();
    let indent = this.#blankLines(increment === 0 ? 0 : Math.max(this.#indent, 0) + increment, mark);
    while (this.#column === indent && this.#at() !== '') {
      while (this.#at() !== '' && !this.#isBreak()) this.#skip();
      if (this.#isBreak()) this.#skipLine();
      indent = this.#blankLines(indent, mark);
    }
    this.#push('scalar', mark);
  }

  /** To the first line that is not empty; an indent of 0 is found there. */
  #blankLines(indent: number, mark: Mark): number {
    let deepest = 0;
    for (;;) {
      while ((indent === 0 || this.#column < indent) && this.#at() === ' ') this.#skip();
      deepest = Math.max(deepest, this.#column);
      if ((indent === 0 || this.#column < indent) && this.#at() === '\t')
        this.#fail('found a tab character where an indentation space is expected', mark);
      if (!this.#isBreak()) return indent || Math.max(deepest, this.#indent + 1, 1);
      this.#skipLine();
    }
  }

  #quoted(quote: string): void {
    this.#saveKey();
    this.#keyAllowed = false;
    const mark = this.#mark;
    this.#skip();
    for (;;) {
      if (this.#isDocumentIndicator()) this.#fail('found unexpected document indicator', mark);
      if (this.#at() === '') this.#fail('found unexpected end of stream', mark);
      while (!this.#isGap()) {
        if (quote === "'" && this.#at() === "'" && this.#at(1) === "'") this.#skip(2);
        else if (this.#at() === quote) break;
        else if (quote === '"' && this.#at() === '\\') this.#escape(mark);
        else this.#skip();
      }
      if (this.#at() === quote) break;
      while (this.#isBlank() || this.#isBreak()) {
        if (this.#isBlank()) this.#skip();
        else this.#skipLine();
      }
    }
    this.#skip();
    this.#push('scalar', mark);
  }

  #escape(mark: Mark): void {
    if (this.#isBreak(1)) {
      this.#skip();
      this.#skipLine();
      while (this.#isBlank()) this.#skip();
      return;
    }
    const digits = HEX_LENGTHS[this.#at(1)];
    if (digits === undefined && (this.#at(1) === '' || !ESCAPES.includes(this.#at(1)))) this.#fail('found unknown escape character', mark);
    this.#skip(2);
    if (digits === undefined) return;
    if (!new RegExp(`^[0-9a-fA-F]{${digits}}`).test(this.#text.slice(this.#index)))
      this.#fail('did not find expected hexdecimal number', mark);
    this.#skip(digits);
  }

  #plain(): void {
    this.#saveKey();
    this.#keyAllowed = false;
    const mark = this.#mark;
    const indent = this.#indent + 1;
    let broken = false;
    while (!this.#isDocumentIndicator() && this.#at() !== '#') {
      while (!this.#isGap() && !this.#endsPlain()) {
        broken = false;
        this.#skip();
      }
      if (!this.#isBlank() && !this.#isBreak()) break;
      while (this.#isBlank() || this.#isBreak()) {
        if (broken && this.#column < indent && this.#at() === '\t') this.#fail('found a tab character that violates indentation', mark);
        if (this.#isBlank()) this.#skip();
        else {
          broken = true;
          this.#skipLine();
        }
      }
      if (this.#flowLevel === 0 && this.#column < indent) break;
    }
    this.#push('scalar', mark);
    if (broken) this.#keyAllowed = true;
  }

  #endsPlain(): boolean {
    const c = this.#at();
    if (c === ':' && this.#isGap(1)) return true;
    if (this.#flowLevel === 0) return false;
    return ',?[]{}'.includes(c) || (c === ':' && ',?[]{}'.includes(this.#at(1)));
  }
}
