/** Manifests from the learner's disk, as objects with their place. Whatever is wrong is one sentence. */
import {LineCounter} from 'yaml';
import type {KubeObject} from '../engine/api/types.ts';
import {parseAllDocuments} from '../engine/api/yaml.ts';
import {FileError, readText} from '../platform/read-text.ts';
import {Failure} from './failure.ts';

export interface Manifest {
  readonly file: string;
  /** Line of the document's beginning. */
  readonly line: number;
  readonly object: KubeObject;
}

const MAX_ALIASES = 100;

/** Reads the documents of a file (`-`: standard input). Throws Failure with file, line and column. */
export function readManifests(file: string): Manifest[] {
  return parseManifests(textOf(file), file === '-' ? 'standard input' : file);
}

/** The text of a file that people named. Throws Failure. */
export function textOf(file: string): string {
  try {
    const text = readText(file);
    if (text.trim() === '') throw new Failure(`${file}: is empty`);
    return text;
  } catch (error) {
    if (error instanceof FileError) throw new Failure(error.message);
    throw error;
  }
}

/** The documents of a YAML text. Throws Failure. */
function parseManifests(text: string, file: string): Manifest[] {
  const counter = new LineCounter();
  const place = (offset: number): string => {
    const {line, col} = counter.linePos(offset);
    return `${file}:${line}:${col}`;
  };
  const found: Manifest[] = [];
  for (const document of parseAllDocuments(text, {lineCounter: counter, prettyErrors: false, uniqueKeys: true})) {
    const [error] = document.errors;
    if (error) {
      const dash = typographicDash(text);
      throw new Failure(
        dash
          ? `${place(dash.offset)}: this is not YAML: the line begins with the typographic dash ${dash.character}; a list item begins with the hyphen -`
          : `${place(error.pos[0])}: this is not YAML: ${error.message}`,
      );
    }
    let value: unknown;
    try {
      value = document.toJS({maxAliasCount: MAX_ALIASES});
    } catch (failure) {
      throw new Failure(`${place(document.range[0])}: ${(failure as Error).message}: aliases may be followed ${MAX_ALIASES} times at most`);
    }
    if (value === null || value === undefined) continue;
    const at = place(document.contents?.range?.[0] ?? document.range[0]);
    if (Array.isArray(value)) throw new Failure(`${at}: this is a list; a manifest is one object with apiVersion, kind and metadata`);
    if (typeof value !== 'object')
      throw new Failure(
        `${at}: this is ${typeof value === 'string' ? 'a text' : `a ${typeof value}`}; a manifest is an object with apiVersion, kind and metadata`,
      );
    found.push(...expand(value as KubeObject, file, Number(at.split(':').at(-2)), at));
  }
  if (found.length === 0) throw new Failure(`${file}: there is no object in it`);
  return found;
}

/** A kind List is its items. */
function expand(object: KubeObject, file: string, line: number, at: string): Manifest[] {
  for (const field of ['apiVersion', 'kind'] as const) {
    if (typeof object[field] !== 'string' || object[field] === '')
      throw new Failure(`${at}: ${field} is not set; write for example ${field === 'kind' ? 'kind: Pod' : 'apiVersion: v1'}`);
  }
  if (object.kind === 'List' && Array.isArray(object['items']))
    return (object['items'] as KubeObject[]).flatMap(item => expand(item, file, line, at));
  return [{file, line, object: {...object, metadata: object.metadata ?? {}}}];
}

/** The commonest reason of all: a dash that a word processor made, at the beginning of a line. */
function typographicDash(text: string): {offset: number; character: string} | undefined {
  const match = /^[ \t]*([\u2012-\u2015\u2212])[ \t]/m.exec(text);
  return match ? {offset: match.index + match[0].indexOf(match[1]!), character: match[1]!} : undefined;
}
