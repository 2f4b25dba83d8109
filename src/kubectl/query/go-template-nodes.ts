/** What a template is made of, with places: complaints name them. upstream: Go text/template/parse/node.go */

/** Letters before it in the template; its text as complaints show it. */
export interface Placed {
  readonly at: number;
  readonly text: string;
}

export type Operand = Placed &
  (
    | {readonly is: 'dot' | 'nil'}
    | {readonly is: 'literal'; readonly value: unknown}
    | {readonly is: 'field'; readonly names: readonly string[]}
    | {readonly is: 'variable'; readonly variable: string; readonly names: readonly string[]}
    | {readonly is: 'function'; readonly name: string}
    | {readonly is: 'pipeline'; readonly pipeline: Pipeline}
    /** Fields of what a pipeline in brackets, or a function, comes to. */
    | {readonly is: 'chain'; readonly of: Operand; readonly names: readonly string[]}
  );

export interface Command extends Placed {
  readonly operands: readonly Operand[];
}

export interface Pipeline extends Placed {
  /** `$k, $v :=`, `$x =`. */
  readonly variables: readonly string[];
  /** Whether they are new, or given another value. */
  readonly declares: boolean;
  readonly commands: readonly Command[];
}

/** How a turn of a loop ends early. */
export const Stop = {break: Symbol('break'), continue: Symbol('continue')} as const;

export type Node =
  | {readonly kind: 'text'; readonly text: string}
  | {readonly kind: 'print'; readonly pipeline: Pipeline}
  | {readonly kind: 'stop'; readonly stop: symbol}
  | Call
  | Branch;

/** Another template, in this place. */
export interface Call extends Placed {
  readonly kind: 'template';
  readonly name: string;
  readonly pipeline: Pipeline | undefined;
}

export interface Branch {
  readonly kind: 'if' | 'range' | 'with';
  readonly pipeline: Pipeline;
  readonly body: readonly Node[];
  readonly otherwise: readonly Node[];
}

/** A template that has been read. */
export interface Template {
  readonly text: string;
  readonly nodes: readonly Node[];
  /** Those that it defines, by name. */
  readonly defined: ReadonlyMap<string, readonly Node[]>;
}
