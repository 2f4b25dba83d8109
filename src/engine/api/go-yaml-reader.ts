/** Where go-yaml is in a text, and what stands there. upstream: go.yaml.in/yaml/v2 readerc.go, yamlprivateh.go */
import {type Mark, YamlFault} from './go-yaml-tokens.ts';

export class Reader {
  readonly #text: string;
  index = 0;
  line = 0;
  column = 0;

  constructor(text: string) {
    this.#text = text;
  }

  get mark(): Mark {
    return {index: this.index, line: this.line, column: this.column};
  }

  /** The character so far ahead; '' behind the end. */
  at(offset = 0): string {
    return this.#text[this.index + offset] ?? '';
  }

  isBreak(offset = 0): boolean {
    return '\r\n\u0085\u2028\u2029'.includes(this.at(offset)) && this.at(offset) !== '';
  }

  isBlank(offset = 0): boolean {
    return this.at(offset) === ' ' || this.at(offset) === '\t';
  }

  /** A blank, the end of a line, or the end of it all. */
  isGap(offset = 0): boolean {
    return this.at(offset) === '' || this.isBlank(offset) || this.isBreak(offset);
  }

  isDocumentIndicator(): boolean {
    const word = this.#text.slice(this.index, this.index + 3);
    return this.column === 0 && (word === '---' || word === '...') && this.isGap(3);
  }

  skip(count = 1): void {
    this.index += count;
    this.column += count;
  }

  /** To the end of the line. */
  skipRest(): void {
    while (this.at() !== '' && !this.isBreak()) this.skip();
  }

  skipLine(): void {
    this.index += this.at() === '\r' && this.at(1) === '\n' ? 2 : 1;
    this.line++;
    this.column = 0;
  }

  /** What a pattern, which begins with ^, finds here; it is skipped. */
  take(pattern: RegExp): string {
    const found = pattern.exec(this.#text.slice(this.index))?.[0] ?? '';
    this.skip(found.length);
    return found;
  }

  /** Throws YamlFault. */
  fail(problem: string, context: Mark = this.mark): never {
    throw new YamlFault(problem, this.line === 0 ? 0 : this.line + 1, context);
  }
}
