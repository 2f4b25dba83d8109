/** What YAML is made of for go-yaml, and its complaints. upstream: go.yaml.in/yaml/v2 yamlh.go */

/** Where in the text; counted from 0. */
export interface Mark {
  readonly index: number;
  readonly line: number;
  readonly column: number;
}

/** A complaint. What the scanner found is a line further down than it says. */
export class YamlFault extends Error {
  readonly line: number;
  constructor(problem: string, line: number, context: Mark) {
    super(problem);
    this.line = line !== 0 ? line : context.line;
  }
}

export type TokenKind =
  | 'stream-end'
  | 'directive'
  | 'document-start'
  | 'document-end'
  | 'block-sequence-start'
  | 'block-mapping-start'
  | 'block-end'
  | 'flow-sequence-start'
  | 'flow-sequence-end'
  | 'flow-mapping-start'
  | 'flow-mapping-end'
  | 'block-entry'
  | 'flow-entry'
  | 'key'
  | 'value'
  | 'alias'
  | 'anchor'
  | 'tag'
  | 'scalar';

export interface Token {
  readonly kind: TokenKind;
  readonly mark: Mark;
  /** The name of an anchor or alias, the handle of a tag. */
  readonly name?: string;
}
