/** Why a request was refused, at the lines of the manifest that it was made from. Read off the request's note, so it is there in the past too. */

import {LineCounter} from 'yaml';
import {parseApiVersion} from '../engine/api/group-version.ts';
import {byKind} from '../engine/api/kinds.ts';
import type {KubeObject} from '../engine/api/types.ts';
import {shapeFaults} from '../engine/apiserver/decoding/decode.ts';
import type {ManifestText, RequestNote} from '../engine/apiserver/request.ts';
import type {FieldFaultFacts, ManifestFaultFacts} from './facts/request.ts';
import {fieldAt} from './field-path.ts';
import {type FieldPath, pathOf, pathText, placeOf, toDocument} from './manifest-text.ts';

interface Fault {
  readonly path: FieldPath;
  readonly field: string;
  readonly message: string;
}

/** What the server found wrong, each with its place; undefined for a request without a manifest, and for one refused for something else than its fields. */
export function requestFaults(note: RequestNote): ManifestFaultFacts | undefined {
  const {manifest} = note;
  if (!manifest) return undefined;
  const counter = new LineCounter();
  const document = toDocument(manifest.text, counter);
  if (document.errors.length > 0) return undefined;
  const faults = [...refusedFields(note), ...misshapenFields(note, manifest, document.toJS({maxAliasCount: 100}))].map(
    ({path, field, message}): FieldFaultFacts => {
      const {offset, found} = placeOf(document, [...(manifest.at ?? []), ...path]);
      const {line, col} = counter.linePos(offset);
      return {field, message, line: Math.max(1, line) + manifest.line, column: Math.max(1, col), found};
    },
  );
  if (faults.length === 0) return undefined;
  return {
    source: manifest.source,
    lines: manifest.text.split('\n'),
    before: manifest.line,
    faults: faults.sort((one, other) => one.line - other.line || one.column - other.column),
  };
}

/** 422: validation tells the fields. */
function refusedFields({code, causes = []}: RequestNote): Fault[] {
  if (code !== 422) return [];
  return causes.flatMap(({field = '', message = ''}) => (field === '' ? [] : [{path: pathOf(field), field, message}]));
}

const UNKNOWN_FIELD = /(?:unknown|duplicate) field "([^"]+)"/g;

/** 400: the decoder says what it stumbled over; where, the shape of the kind tells. */
function misshapenFields({code, message: answer}: RequestNote, {at = []}: ManifestText, document: unknown): Fault[] {
  if (code !== 400) return [];
  const object = fieldAt(document, pathText(at)) as Partial<KubeObject> | undefined;
  const {group, version} = parseApiVersion(String(object?.apiVersion));
  const kind = byKind(group, version, String(object?.kind));
  const faults = kind ? shapeFaults(object, kind, version).filter(({message}) => answer.includes(message)) : [];
  if (faults.length > 0) return faults.map(({path, message}) => ({path, field: pathText(path), message}));
  return [...answer.matchAll(UNKNOWN_FIELD)].map(([message, field]) => ({path: pathOf(field!), field: field!, message}));
}
