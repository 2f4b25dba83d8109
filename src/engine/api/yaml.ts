/** YAML, read so that a text which nests without end is refused: the parser calls itself for each level, and V8 gives a program up that reaches the end of its stack within an expression. */
import {
  type Document,
  type DocumentOptions,
  LineCounter,
  type ParsedNode,
  type ParseOptions,
  parseAllDocuments as readAll,
  parseDocument as readOne,
  type SchemaOptions,
  YAMLParseError,
} from 'yaml';

type Options = ParseOptions & DocumentOptions & SchemaOptions;

/** Manifests have a dozen levels, schemas of custom resources a few dozen. */
export const MOST_YAML_LEVELS = 200;

/** As `parseDocument` of yaml. What nests too deeply is among the errors of the document, which is empty then. */
export function parseDocument(text: string, options: Options = {}): Document.Parsed<ParsedNode> {
  const at = tooDeepAt(text);
  return at === undefined ? readOne(text, options) : refused(text, at, options);
}

/** As `parseAllDocuments` of yaml. What nests too deeply is one empty document with an error. */
export function parseAllDocuments(text: string, options: Options = {}): Document.Parsed<ParsedNode>[] {
  const at = tooDeepAt(text);
  return at === undefined ? [...readAll(text, options)] : [refused(text, at, options)];
}

/** The value of a text of one document. Throws what is wrong with it, a YAMLParseError. */
export function parseYaml(text: string): unknown {
  const document = parseDocument(text);
  const [error] = document.errors;
  if (error) throw error;
  return document.toJS();
}

/**
 * The offset at which a text nests deeper than MOST_YAML_LEVELS, by its indentation, the indicators that open a level within a line, and brackets. Brackets in a string count too,
 * which no manifest has hundreds of open.
 */
export function tooDeepAt(text: string): number | undefined {
  /** Columns at which the blocks begin that are open. */
  const blocks: number[] = [];
  let brackets = 0;
  let lineFrom = 0;
  let atStart = true;
  for (let at = 0; at < text.length; at++) {
    const character = text[at]!;
    if (character === '\n') {
      lineFrom = at + 1;
      atStart = true;
    } else if (atStart && character !== ' ' && character !== '\r') {
      const column = at - lineFrom;
      while (blocks.length > 0 && blocks.at(-1)! >= column) blocks.pop();
      blocks.push(column);
      atStart = '-?:'.includes(character) && text[at + 1] === ' ';
    }
    if (character === '[' || character === '{') brackets++;
    else if (brackets > 0 && (character === ']' || character === '}')) brackets--;
    if (blocks.length + brackets > MOST_YAML_LEVELS) return at;
  }
  return undefined;
}

function refused(text: string, at: number, options: Options): Document.Parsed<ParsedNode> {
  const counter = options.lineCounter ?? new LineCounter();
  const document = readOne('', {...options, lineCounter: counter});
  for (let end = text.indexOf('\n'); end >= 0 && end < at; end = text.indexOf('\n', end + 1)) counter.addNewLine(end + 1);
  const {line, col} = counter.linePos(at);
  const place = options.prettyErrors === false ? '' : ` at line ${line}, column ${col}`;
  const error = new YAMLParseError([at, at + 1], 'RESOURCE_EXHAUSTION', `it nests more than ${MOST_YAML_LEVELS} levels deep${place}`);
  error.linePos = [counter.linePos(at), counter.linePos(at + 1)];
  document.errors.push(error);
  return document;
}
