/** The scalars of YAML as go-yaml reads over them: block, quoted, plain. upstream: go.yaml.in/yaml/v2 scannerc.go */
import type {Reader} from './go-yaml-reader.ts';
import type {Mark} from './go-yaml-tokens.ts';

const ESCAPES = '0abt\tnvfre "\'/\\N_LP';
const HEX_LENGTHS: Readonly<Record<string, number>> = {x: 2, u: 4, U: 8};

/** Reads over a block scalar; `indent` is that of the collection around it. Throws YamlFault. */
export function blockScalar(reader: Reader, indent: number): void {
  const {mark} = reader;
  reader.skip();
  const increment = blockHeader(reader, mark);
  while (reader.isBlank()) reader.skip();
  if (reader.at() === '#') reader.skipRest();
  if (reader.at() !== '' && !reader.isBreak()) reader.fail('did not find expected comment or line break', mark);
  if (reader.isBreak()) reader.skipLine();
  let own = blankLines(reader, increment === 0 ? 0 : Math.max(indent, 0) + increment, indent, mark);
  while (reader.column === own && reader.at() !== '') {
    reader.skipRest();
    if (reader.isBreak()) reader.skipLine();
    own = blankLines(reader, own, indent, mark);
  }
}

/** Chomping and the indentation that is asked for, in any order; 0 where none is. */
function blockHeader(reader: Reader, mark: Mark): number {
  let increment = 0;
  let chomped = false;
  for (let i = 0; i < 2; i++) {
    if (!chomped && '+-'.includes(reader.at()) && reader.at() !== '') {
      chomped = true;
      reader.skip();
    } else if (/\d/.test(reader.at()) && increment === 0) {
      increment = Number(reader.at());
      if (increment === 0) reader.fail('found an indentation indicator equal to 0', mark);
      reader.skip();
    }
  }
  return increment;
}

/** To the first line that is not empty; an indent of 0 is found there. */
function blankLines(reader: Reader, own: number, indent: number, mark: Mark): number {
  let deepest = 0;
  for (;;) {
    while ((own === 0 || reader.column < own) && reader.at() === ' ') reader.skip();
    deepest = Math.max(deepest, reader.column);
    if ((own === 0 || reader.column < own) && reader.at() === '\t')
      reader.fail('found a tab character where an indentation space is expected', mark);
    if (!reader.isBreak()) return own || Math.max(deepest, indent + 1, 1);
    reader.skipLine();
  }
}

/** Reads over a quoted scalar. Throws YamlFault. */
export function quotedScalar(reader: Reader, quote: string): void {
  const {mark} = reader;
  reader.skip();
  for (;;) {
    if (reader.isDocumentIndicator()) reader.fail('found unexpected document indicator', mark);
    if (reader.at() === '') reader.fail('found unexpected end of stream', mark);
    while (!reader.isGap()) {
      if (quote === "'" && reader.at() === "'" && reader.at(1) === "'") reader.skip(2);
      else if (reader.at() === quote) break;
      else if (quote === '"' && reader.at() === '\\') skipEscape(reader, mark);
      else reader.skip();
    }
    if (reader.at() === quote) break;
    while (reader.isBlank() || reader.isBreak()) {
      if (reader.isBlank()) reader.skip();
      else reader.skipLine();
    }
  }
  reader.skip();
}

function skipEscape(reader: Reader, mark: Mark): void {
  if (reader.isBreak(1)) {
    reader.skip();
    reader.skipLine();
    while (reader.isBlank()) reader.skip();
    return;
  }
  const digits = HEX_LENGTHS[reader.at(1)];
  if (digits === undefined && (reader.at(1) === '' || !ESCAPES.includes(reader.at(1)))) reader.fail('found unknown escape character', mark);
  reader.skip(2);
  if (digits !== undefined && reader.take(new RegExp(`^[0-9a-fA-F]{${digits}}`)) === '')
    reader.fail('did not find expected hexdecimal number', mark);
}

/** Reads over a plain scalar, whose further lines are no further out than `indent`, or in a flow collection; true where it goes over several. Throws YamlFault. */
export function plainScalar(reader: Reader, indent: number, inFlow: boolean): boolean {
  const {mark} = reader;
  let broken = false;
  while (!reader.isDocumentIndicator() && reader.at() !== '#') {
    while (!reader.isGap() && !endsPlain(reader, inFlow)) {
      broken = false;
      reader.skip();
    }
    if (!reader.isBlank() && !reader.isBreak()) break;
    while (reader.isBlank() || reader.isBreak()) {
      if (broken && reader.column < indent && reader.at() === '\t') reader.fail('found a tab character that violates indentation', mark);
      if (reader.isBlank()) reader.skip();
      else {
        broken = true;
        reader.skipLine();
      }
    }
    if (!inFlow && reader.column < indent) break;
  }
  return broken;
}

function endsPlain(reader: Reader, inFlow: boolean): boolean {
  const c = reader.at();
  if (c === ':' && reader.isGap(1)) return true;
  if (!inFlow) return false;
  return ',?[]{}'.includes(c) || (c === ':' && ',?[]{}'.includes(reader.at(1)));
}
