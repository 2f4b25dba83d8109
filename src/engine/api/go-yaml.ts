/** What go-yaml has against a document, if anything. upstream: go.yaml.in/yaml/v2 parserc.go, decode.go */

import {Scanner} from './go-yaml-scanner.ts';
import {type Mark, type Token, type TokenKind, YamlFault} from './go-yaml-tokens.ts';
import {MOST_YAML_LEVELS, tooDeepAt} from './yaml.ts';

/** Where the words name no line. */
const NOWHERE: Mark = {index: 0, line: 0, column: 0};

class Parser {
  readonly #scanner: Scanner;
  readonly #anchors = new Set<string>();

  constructor(text: string) {
    this.#scanner = new Scanner(text);
  }

  /** Throws YamlFault. */
  document(): void {
    if (this.#is('document-start', 'directive')) {
      while (this.#is('directive')) this.#scanner.next();
      if (!this.#is('document-start')) this.#fail('did not find expected <document start>', this.#scanner.peek().mark);
      this.#scanner.next();
      if (this.#is('document-start', 'document-end', 'directive', 'stream-end')) return;
    }
    if (!this.#is('stream-end')) this.#node(true, false);
    // The event at the end of a document needs the token behind it.
    this.#scanner.peek();
  }

  #is(...kinds: TokenKind[]): boolean {
    return kinds.includes(this.#scanner.peek().kind);
  }

  #fail(problem: string, context: Mark): never {
    throw new YamlFault(problem, this.#scanner.peek().mark.line, context);
  }

  #take(kind: TokenKind): Token | undefined {
    return this.#is(kind) ? this.#scanner.next() : undefined;
  }

  /** A node, or nothing where one of these comes. */
  #nodeUnless(kinds: readonly TokenKind[], block: boolean, indentless: boolean): void {
    if (!this.#is(...kinds)) this.#node(block, indentless);
  }

  #node(block: boolean, indentless: boolean): void {
    const {mark} = this.#scanner.peek();
    const alias = this.#take('alias');
    if (alias) {
      if (!this.#anchors.has(alias.name!)) throw new YamlFault(`unknown anchor '${alias.name}' referenced`, 0, NOWHERE);
      return;
    }
    const hasProperties = this.#properties(mark);
    if (indentless && this.#is('block-entry')) return this.#indentless();
    const {kind} = this.#scanner.peek();
    if (kind === 'scalar') this.#scanner.next();
    else if (kind === 'flow-sequence-start') this.#flow('flow-sequence-end', ']');
    else if (kind === 'flow-mapping-start') this.#flow('flow-mapping-end', '}');
    else if (block && kind === 'block-sequence-start') this.#blockSequence();
    else if (block && kind === 'block-mapping-start') this.#blockMapping();
    else if (!hasProperties) this.#fail('did not find expected node content', mark);
  }

  /** An anchor and a tag, in either order, one of each. */
  #properties(mark: Mark): boolean {
    const before = this.#take('anchor');
    const tag = this.#take('tag');
    const anchor = before ?? this.#take('anchor');
    if (tag?.name && tag.name !== '!!') throw new YamlFault('found undefined tag handle', tag.mark.line, mark);
    if (anchor) this.#anchors.add(anchor.name!);
    return anchor !== undefined || tag !== undefined;
  }

  #blockSequence(): void {
    const {mark} = this.#scanner.next();
    while (this.#take('block-entry')) this.#nodeUnless(['block-entry', 'block-end'], true, false);
    if (!this.#take('block-end')) this.#fail("did not find expected '-' indicator", mark);
  }

  #indentless(): void {
    while (this.#take('block-entry')) this.#nodeUnless(['block-entry', 'key', 'value', 'block-end'], true, false);
  }

  #blockMapping(): void {
    const {mark} = this.#scanner.next();
    while (this.#take('key')) {
      this.#nodeUnless(['key', 'value', 'block-end'], true, true);
      if (this.#take('value')) this.#nodeUnless(['key', 'value', 'block-end'], true, true);
    }
    if (!this.#take('block-end')) this.#fail('did not find expected key', mark);
  }

  /** A sequence's keys are mappings of one pair. */
  #flow(end: 'flow-sequence-end' | 'flow-mapping-end', bracket: string): void {
    const {mark} = this.#scanner.next();
    for (let first = true; !this.#take(end); first = false) {
      if (!first && !this.#take('flow-entry')) this.#fail(`did not find expected ',' or '${bracket}'`, mark);
      if (this.#take('key')) {
        this.#nodeUnless(['value', 'flow-entry', end], false, false);
        if (this.#take('value')) this.#nodeUnless(['flow-entry', end], false, false);
      } else this.#nodeUnless([end], false, false);
    }
  }
}

/** `yaml: line 3: did not find expected key`; undefined where go-yaml can read the document. */
export function yamlFault(text: string): string | undefined {
  const deep = tooDeepAt(text);
  if (deep !== undefined) return `yaml: line ${text.slice(0, deep).split('\n').length}: exceeded max depth of ${MOST_YAML_LEVELS}`;
  // kubectl hands over whole lines.
  const parser = new Parser(text.endsWith('\n') ? text : `${text}\n`);
  try {
    parser.document();
  } catch (error) {
    if (!(error instanceof YamlFault)) throw error;
    return error.line === 0 ? `yaml: ${error.message}` : `yaml: line ${error.line}: ${error.message}`;
  }
  return undefined;
}
