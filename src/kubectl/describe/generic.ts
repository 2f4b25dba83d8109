/** Pages of kinds that have none of their own. upstream: kubectl/pkg/describe genericDescriber, smartLabelFor */
import {isJsonObject} from '../../engine/api/clone.ts';
import {goText} from '../../engine/api/go-text.ts';
import {byText} from '../../engine/api/order.ts';
import type {KubeObject} from '../../engine/api/types.ts';
import {eventsAbout} from '../reader.ts';
import type {Describer} from './describer.ts';
import {type Page, writeAnnotations, writeEvents, writeLabels} from './page.ts';

const ACRONYMS = ['API', 'URL', 'UID', 'GUID'];

/** `APIVersion` -> API Version, `podIPs` -> pod IPs. upstream: github.com/fatih/camelcase Split */
function splitCamelCase(field: string): string[] {
  const classOf = (c: string): number => (/\p{Ll}/u.test(c) ? 1 : /\p{Lu}/u.test(c) ? 2 : /\p{Nd}/u.test(c) ? 3 : 4);
  const runs: string[] = [];
  let last = 0;
  for (const c of field) {
    if (classOf(c) === last) runs[runs.length - 1] += c;
    else runs.push(c);
    last = classOf(c);
  }
  for (let i = 0; i < runs.length - 1; i++)
    if (/^\p{Lu}/u.test(runs[i]!) && /^\p{Ll}/u.test(runs[i + 1]!)) {
      runs[i + 1] = runs[i]!.slice(-1) + runs[i + 1]!;
      runs[i] = runs[i]!.slice(0, -1);
    }
  return runs.filter(Boolean);
}

/** A field's name as a person would write it: `simpleField` -> `Simple Field`. */
export function smartLabel(field: string): string {
  if (/[^\p{L}-]/u.test(field)) return field;
  const merged: string[] = [];
  const parts = splitCamelCase(field);
  for (let i = 0; i < parts.length; i++) {
    const part = parts[i]!;
    const next = parts[i + 1];
    if (next && part.length >= 2 && !/\p{Ll}/u.test(part) && /^\p{Lu}/u.test(next)) {
      merged.push(part + next);
      i++;
    } else merged.push(part);
  }
  return merged
    .map(part => {
      if (ACRONYMS.includes(part.toUpperCase())) return part.toUpperCase();
      return part.toLowerCase() === part ? part.charAt(0).toUpperCase() + part.slice(1) : part;
    })
    .join(' ');
}

const SKIPPED = ['.metadata.managedFields', '.metadata.name', '.metadata.namespace', '.metadata.labels', '.metadata.annotations'];

function writeContent(page: Page, level: number, content: Readonly<Record<string, unknown>>, path: string): void {
  for (const field of Object.keys(content).sort(byText)) {
    const value = content[field];
    const at = `${path}.${field}`;
    if (SKIPPED.includes(at)) continue;
    if (isJsonObject(value)) {
      page.write(level, `${smartLabel(field)}:\n`);
      writeContent(page, level + 1, value, at);
    } else if (Array.isArray(value)) {
      page.write(level, `${smartLabel(field)}:\n`);
      for (const child of value) {
        if (isJsonObject(child)) writeContent(page, level + 1, child, at);
        else page.write(level + 1, `${goText(child)}\n`);
      }
    } else page.write(level, `${smartLabel(field)}:\t${goText(value)}\n`);
  }
}

export const describeAnything: Describer<KubeObject> = function* (object, page, {reader, showEvents}) {
  const {metadata} = object;
  page.write(0, `Name:\t${metadata.name ?? ''}\n`);
  page.write(0, `Namespace:\t${metadata.namespace ?? ''}\n`);
  writeLabels(page, 'Labels', metadata.labels);
  writeAnnotations(page, 'Annotations', metadata.annotations);
  writeContent(page, 0, object, '');
  if (showEvents) writeEvents(page, yield* eventsAbout(reader, {...metadata, kind: object.kind}));
};
