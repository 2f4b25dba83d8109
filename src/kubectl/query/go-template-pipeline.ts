/** What stands between the braces of a template, read into its parts with their places. upstream: Go text/template/parse */

/** Letters before it in the template; its text as complaints show it. */
interface Placed {
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
    /** Fields of what a pipeline in brackets comes to. */
    | {readonly is: 'chain'; readonly of: Operand; readonly names: readonly string[]}
  );

export interface Command extends Placed {
  readonly operands: readonly Operand[];
}

export interface Pipeline extends Placed {
  /** `$k, $v :=`, `$x =`. */
  readonly variables: readonly string[];
  readonly commands: readonly Command[];
}

const WORD = /"(?:[^"\\]|\\.)*"|`[^`]*`|'(?:[^'\\]|\\.)*'|:=|[|()=,]|\$?\w*(?:\.\w+)+|\$\w*|[+-]?[\d.]+|\w+|\.|\S/gs;

interface Word {
  readonly text: string;
  readonly at: number;
  /** It follows the word before without a space. */
  readonly close: boolean;
}

function wordsOf(text: string, at: number): Word[] {
  let end = -1;
  return [...text.matchAll(WORD)].map(match => {
    const close = match.index === end;
    end = match.index + match[0].length;
    return {text: match[0], at: at + match.index, close};
  });
}

/** A whole number that is written out; those of the data are plain numbers. */
const numberOf = (text: string): unknown => (/^[+-]?\d+$/.test(text) ? BigInt(text) : Number(text));

const LITERALS: Readonly<Record<string, unknown>> = {true: true, false: false};

/** A name with fields points at its second part, as Go puts it together. */
const placeOfChain = ({text, at}: Word): number => {
  const second = text.indexOf('.', 1);
  return second < 0 ? at : at + second;
};

/** `at`: letters before the text in the template. `isFunction`: whether a name is one; `fail` throws. */
export function readPipeline(text: string, at: number, isFunction: (name: string) => boolean, fail: (message: string) => never): Pipeline {
  const words = wordsOf(text, at);
  let next = 0;

  function pipeline(): Pipeline {
    const from = next;
    const variables = declared();
    const commands: Command[] = [command()];
    while (words[next]?.text === '|') {
      next++;
      commands.push(command());
    }
    return {...placed(from), variables, commands};
  }

  /** `$a :=`, `$a, $b :=`, `$a =`, if it begins so. */
  function declared(): string[] {
    const sign = words.findIndex((word, i) => i >= next && (word.text === ':=' || word.text === '='));
    if (sign < 0 || !words[next]?.text.startsWith('$')) return [];
    const names = words.slice(next, sign).filter(word => word.text !== ',');
    if (names.some(word => !word.text.startsWith('$'))) return [];
    next = sign + 1;
    return names.map(word => word.text);
  }

  function command(): Command {
    const from = next;
    const operands: Operand[] = [];
    while (words[next] && words[next]!.text !== '|' && words[next]!.text !== ')') operands.push(operand());
    if (operands.length === 0) fail('missing value for command');
    return {...placed(from), operands};
  }

  function operand(): Operand {
    const word = words[next++]!;
    const one = plain(word);
    const fields = words[next];
    if (one.is !== 'pipeline' || !fields?.close || !fields.text.startsWith('.')) return one;
    next++;
    return {is: 'chain', of: one, names: namesIn(fields.text), at: fields.at, text: `${one.text}${fields.text}`};
  }

  function plain(word: Word): Operand {
    const {text} = word;
    const place = {at: word.at, text};
    if (text === '(') {
      const from = next;
      const inner = pipeline();
      if (words[next++]?.text !== ')') fail('unclosed left paren');
      return {is: 'pipeline', pipeline: inner, at: words[from]!.at, text: `(${inner.text})`};
    }
    if (/^["`]/.test(text)) return {is: 'literal', value: text.startsWith('`') ? text.slice(1, -1) : unquoted(text), ...place};
    if (/^[+-]?\d/.test(text)) return {is: 'literal', value: numberOf(text), ...place};
    if (text === '.') return {is: 'dot', ...place};
    if (text === 'nil') return {is: 'nil', ...place};
    if (Object.hasOwn(LITERALS, text)) return {is: 'literal', value: LITERALS[text], ...place};
    if (text.startsWith('$')) {
      const [variable = '$', ...names] = text.split('.');
      return {is: 'variable', variable, names, at: placeOfChain(word), text};
    }
    if (text.startsWith('.')) return {is: 'field', names: namesIn(text), at: placeOfChain(word), text};
    if (!isFunction(text)) fail(`function "${text}" not defined`);
    return {is: 'function', name: text, ...place};
  }

  /** The words since then, as Go writes them again. */
  function placed(from: number): Placed {
    const {at: begin} = words[from] ?? {at};
    const last = words[next - 1];
    return {at: begin, text: last ? text.slice(begin - at, last.at - at + last.text.length) : ''};
  }

  return pipeline();
}

const namesIn = (text: string): string[] => text.split('.').filter(Boolean);

const unquoted = (text: string): unknown => {
  try {
    return JSON.parse(text.replaceAll('\n', '\\n'));
  } catch {
    return text.slice(1, -1);
  }
};
