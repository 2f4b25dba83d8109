/** Manifests: files, folders and standard input as documents. upstream: cli-runtime/pkg/resource/visitor.go, apimachinery/pkg/util/yaml */

import type {YAMLError} from 'yaml';
import {isJsonObject} from '../engine/api/clone.ts';
import {cannotUnmarshal} from '../engine/api/go-json.ts';
import {yamlFault} from '../engine/api/go-yaml.ts';
import type {KubeObject} from '../engine/api/types.ts';
import {jsonFault, parseJson} from '../engine/apiserver/decoding/json.ts';
import type {ManifestText} from '../engine/apiserver/request.ts';
import {documentsOf, toDocument} from '../selectors/manifest-text.ts';
import {Failure} from './failure.ts';
import type {KubectlEnv} from './types.ts';

export interface Manifest {
  object: KubeObject;
  /** What kubectl calls the file: its path, or STDIN. */
  source: string;
  /** Where in the file it stands. */
  text: ManifestText;
}

/** The library's codes in go-yaml's words. */
const GO_YAML_WORDS: Readonly<Record<string, string>> = {
  BLOCK_AS_IMPLICIT_KEY: 'mapping values are not allowed in this context',
  MULTILINE_IMPLICIT_KEY: 'mapping values are not allowed in this context',
  TAB_AS_INDENT: 'found character that cannot start any token',
  BAD_INDENT: 'did not find expected key',
  BAD_COLLECTION_TYPE: 'did not find expected node content',
  UNEXPECTED_TOKEN: 'did not find expected key',
  MISSING_CHAR: 'could not find expected character',
  IMPOSSIBLE: 'did not find expected node content',
  BAD_ALIAS: 'did not find expected alphabetic or numeric character',
  BAD_SCALAR_START: 'found character that cannot start any token',
};

/** go-yaml's scanner complains at the colon, which is where the library's error ends. */
const AT_END = new Set(['BLOCK_AS_IMPLICIT_KEY', 'MULTILINE_IMPLICIT_KEY']);

/** An error of the YAML library in go-yaml's words. */
export const yamlWords = (error: YAMLError): string => GO_YAML_WORDS[error.code] ?? error.message.split(' at line ')[0]!;

function lineText(errors: readonly YAMLError[]): string {
  const [error] = errors as [YAMLError];
  const [start, end] = error.linePos ?? [{line: 1, col: 1}];
  const line = AT_END.has(error.code) ? Math.max(...errors.map(e => e.linePos?.[1]?.line ?? 1)) : (end?.line ?? start.line);
  const words = GO_YAML_WORDS[error.code];
  return words ? `yaml: line ${line}: ${words}` : `yaml: line ${line}, column ${start.col}: ${error.message.split(' at line ')[0]}`;
}

/** One document as JSON; undefined where it is empty. Throws Failure with the place. */
export function parseYamlDocument(text: string, source: string): unknown {
  const fault = yamlFault(text);
  if (fault) throw new Failure(`error parsing ${source}: error converting YAML to JSON: ${fault}`);
  const document = toDocument(text);
  // Of a key that stands twice the last value counts, and nobody is told.
  const errors = document.errors.filter(error => error.code !== 'DUPLICATE_KEY');
  if (errors.length > 0) throw new Failure(`error parsing ${source}: error converting YAML to JSON: ${lineText(errors)}`);
  try {
    return document.toJS({maxAliasCount: 100}) ?? undefined;
  } catch (cause) {
    throw new Failure(`error parsing ${source}: error converting YAML to JSON: yaml: ${(cause as Error).message}`);
  }
}

function headerProblems([name, value]: [string, unknown]): string[] {
  if (typeof value === 'string' && value !== '') return [];
  return [value === undefined || value === null || value === '' ? `${name} not set` : `${name} isn't string type`];
}

function checkShape(object: unknown, source: string, validate: boolean): void {
  const {apiVersion, kind} = (object ?? {}) as Readonly<Record<string, unknown>>;
  const problems = isJsonObject(object) ? Object.entries({apiVersion, kind}).flatMap(headerProblems) : ['invalid object to validate'];
  if (problems.length === 0) return;
  if (validate) {
    const text = problems.length === 1 ? problems[0] : `[${problems.join(', ')}]`;
    throw new Failure(
      `error validating "${source}": error validating data: ${text}; if you choose to ignore these errors, turn validation off with --validate=false`,
    );
  }
  if (!isJsonObject(object)) throw new Failure(`unable to decode "${source}": ${cannotUnmarshal(object ?? null, 'unstructured.detector')}`);
  const what = kind ? `Object 'apiVersion' is missing` : `Object 'Kind' is missing`;
  throw new Failure(`unable to decode "${source}": ${what} in '${JSON.stringify(object)}'`);
}

/** What begins like JSON has to be JSON: one value, or several on end. upstream: apimachinery/pkg/util/yaml YAMLOrJSONDecoder */
function* valuesOf(text: string, source: string): Generator<unknown> {
  if (!text.trimStart().startsWith('{')) {
    yield parseYamlDocument(text, source);
    return;
  }
  for (let done = 0; text.slice(done).trim() !== ''; ) {
    const rest = text.slice(done);
    const read = parseJson(rest);
    if (read.error === undefined) {
      yield read.value;
      return;
    }
    const {message, at, only} = jsonFault(rest);
    if (only === 'ends') throw new Failure(`error parsing ${source}: unexpected EOF`);
    if (only !== 'goes on') {
      const offset = new TextEncoder().encode(text.slice(0, done + at)).length + 1;
      throw new Failure(`error parsing ${source}: json: offset ${offset}: ${message}`);
    }
    yield JSON.parse(rest.slice(0, at));
    done += at;
  }
}

/** Every object in a text; the items of a List one by one. Throws Failure. */
function* parseManifests(text: string, source: string, validate: boolean): Generator<Manifest> {
  for (const part of documentsOf(text)) {
    for (const parsed of valuesOf(part.text, source)) {
      if (parsed === undefined || parsed === null) continue;
      checkShape(parsed, source, validate);
      const object = parsed as KubeObject & {items?: KubeObject[]};
      const place = {source, ...part};
      if (/List$/.test(object.kind) && Array.isArray(object.items))
        for (const [index, item] of object.items.entries())
          yield {object: withMetadata(item), source, text: {...place, at: ['items', index]}};
      else yield {object: withMetadata(object), source, text: place};
    }
  }
}

const withMetadata = (object: KubeObject): KubeObject => (object.metadata ? object : {...object, metadata: {}});

const EXTENSIONS = ['.json', '.yaml', '.yml'];

export interface FileOptions {
  filenames: readonly string[];
  recursive: boolean;
  validate: boolean;
}

function filesIn(env: KubectlEnv, path: string, recursive: boolean): string[] {
  const names = env.files.list(path) ?? [];
  return names.flatMap(name => {
    const full = `${path.replace(/\/$/, '')}/${name}`;
    if (env.files.list(full) !== undefined) return recursive ? filesIn(env, full, true) : [];
    return EXTENSIONS.some(extension => name.endsWith(extension)) ? [full] : [];
  });
}

/** All objects of `-f`, in order. Throws Failure where a path leads nowhere. */
export function* readManifests(env: KubectlEnv, {filenames, recursive, validate}: FileOptions): Generator<Manifest> {
  for (const name of filenames) {
    if (name === '-') {
      yield* parseManifests(env.stdin ?? '', 'STDIN', validate);
      continue;
    }
    if (/^https?:\/\//.test(name)) throw new Failure(`unable to read URL "${name}": no network beyond the cluster`);
    if (env.files.list(name) !== undefined) {
      const files = filesIn(env, name, recursive);
      if (files.length === 0) throw new Failure(`error reading [${name}]: recognized file extensions are [${EXTENSIONS.join(' ')}]`);
      for (const file of files) yield* parseManifests(env.files.read(file) ?? '', file, validate);
      continue;
    }
    const text = env.files.read(name);
    if (text === undefined) throw new Failure(`the path "${name}" does not exist`);
    yield* parseManifests(text, name, validate);
  }
}
