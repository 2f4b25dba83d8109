/** What is wrong with a manifest while it is being written: YAML's syntax, then the API server's own decoding, defaulting and validation, each fault with its place. */

import {LineCounter} from 'yaml';
import {parseApiVersion} from '../../engine/api/group-version.ts';
import type {Kind} from '../../engine/api/kinds.ts';
import type {KubeObject} from '../../engine/api/types.ts';
import {inVersion} from '../../engine/apiserver/decoding/convert.ts';
import {decode, shapeFaults} from '../../engine/apiserver/decoding/decode.ts';
import {definitionOfKind} from '../../engine/apiserver/decoding/schema.ts';
import {setDefaults} from '../../engine/apiserver/defaulting/defaults.ts';
import {strategyFor} from '../../engine/apiserver/validation/strategies.ts';
import {yamlWords} from '../../kubectl/manifest.ts';
import {documentsOf, type FieldPath, pathOf, pathText, placeOf, toDocument} from '../../selectors/manifest-text.ts';
import type {ManifestFault} from '../types.ts';

/** What a manifest is held against. */
export interface Ground {
  /** The kinds that the cluster serves, custom ones among them. */
  kindOf(group: string, version: string, kind: string): Kind | undefined;
  /** The text as it was opened, where it stands for an object that exists: then what an update may change counts. */
  readonly before?: string;
}

type Tell = (path: FieldPath, field: string, message: string) => void;

/** Files of kubectl itself are written in the same style and are no objects of the server. */
const ofKubectl = (kind: unknown, apiVersion: unknown): boolean => kind === 'Config' && apiVersion === 'v1';

const isManifest = (file: string): boolean => /\.(ya?ml|json)$/.test(file);

/** All that can be found wrong with a text, in the order of its lines. A file that is no YAML or JSON by its name has no faults. */
export function manifestFaults(text: string, file: string, ground: Ground): ManifestFault[] {
  if (!isManifest(file)) return [];
  const before = ground.before === undefined ? [] : documentsOf(ground.before);
  return documentsOf(text)
    .flatMap((part, index) => faultsOf(part.text, part.line, ground, before[index]?.text))
    .sort((one, other) => one.line - other.line || one.column - other.column);
}

function faultsOf(text: string, firstLine: number, ground: Ground, before: string | undefined): ManifestFault[] {
  const counter = new LineCounter();
  const document = toDocument(text, counter);
  const faults: ManifestFault[] = [];
  const put = (offset: number, field: string, message: string): void => {
    const {line, col} = counter.linePos(offset);
    const fault = {line: Math.max(1, line) + firstLine, column: Math.max(1, col), field, message};
    if (!faults.some(each => each.line === fault.line && each.column === fault.column && each.message === message)) faults.push(fault);
  };
  // 1. Syntax
  for (const error of document.errors) put(error.pos[0], '', `yaml: ${yamlWords(error)}`);
  if (faults.length > 0) return faults;
  let value: unknown;
  try {
    value = document.toJS({maxAliasCount: 100});
  } catch (error) {
    put(0, '', `yaml: ${(error as Error).message}`);
    return faults;
  }
  if (value === null || value === undefined) return [];
  // 2. The object
  judge(value, ground, before, (path, field, message) => put(placeOf(document, path).offset, field, message));
  return faults;
}

function judge(value: unknown, ground: Ground, before: string | undefined, tell: Tell): void {
  if (typeof value !== 'object' || Array.isArray(value))
    return tell([], '', 'a manifest is a map of fields, beginning with apiVersion and kind');
  const {apiVersion, kind: named} = value as Partial<KubeObject>;
  if (ofKubectl(named, apiVersion)) return;
  if (!apiVersion) tell([], 'apiVersion', 'apiVersion not set');
  if (!named) tell([], 'kind', 'kind not set');
  if (!apiVersion || !named) return;
  const {group, version} = parseApiVersion(String(apiVersion));
  const kind = ground.kindOf(group, version, String(named));
  if (!kind) return tell(['kind'], 'kind', `no matches for kind "${named}" in version "${apiVersion}"`);
  // 2.1 Its shape
  const known = definitionOfKind(kind) !== undefined;
  const misshapen = known ? shapeFaults(value, kind, version) : [];
  for (const {path, message} of misshapen) tell(path, pathText(path), message);
  if (misshapen.some(fault => !fault.message.startsWith('unknown field'))) return;
  // 2.2 Its values
  const object = prepared(value, kind, version);
  const old = before === undefined ? undefined : existing(before, kind, version);
  for (const {field, body} of old ? updateErrors(object, old, kind) : createErrors(object, kind)) tell(pathOf(field), field, body);
}

/** Decoded, defaulted, in the kind's own version: as the server has it when it begins to validate. */
function prepared(value: unknown, kind: Kind, version: string): KubeObject {
  const object = definitionOfKind(kind)
    ? decode(value, kind, {version, validation: 'Ignore'}).object
    : (structuredClone(value) as KubeObject);
  object.metadata ??= {};
  setDefaults(object);
  const {metadata} = object;
  if (kind.namespaced) metadata.namespace ??= 'default';
  if (!metadata.name && metadata.generateName) metadata.name = `${metadata.generateName}xxxxx`;
  return inVersion(object, kind, kind.version);
}

/** The object that a text stood for before it was edited; undefined where it was none that the server had. */
function existing(text: string, kind: Kind, version: string): KubeObject | undefined {
  try {
    const value = toDocument(text).toJS({maxAliasCount: 100}) as KubeObject | null;
    return value?.metadata?.resourceVersion ? prepared(value, kind, version) : undefined;
  } catch {
    return undefined;
  }
}

function createErrors(object: KubeObject, kind: Kind) {
  const strategy = strategyFor(kind);
  strategy.prepareForCreate(object);
  return strategy.validateCreate(object);
}

function updateErrors(object: KubeObject, old: KubeObject, kind: Kind) {
  const strategy = strategyFor(kind);
  strategy.prepareForUpdate(object, old, '');
  return strategy.validateUpdate(object, old, '');
}
