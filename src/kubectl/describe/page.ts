/** The writing of describe pages. upstream: staging/src/k8s.io/kubectl/pkg/describe/describe.go PrefixWriter, tabbedString, print*Multiline */

import {byText} from '../../engine/api/order.ts';
import type {core, KubeEvent} from '../../engine/api/types.ts';
import {LAST_APPLIED_ANNOTATION} from '../../engine/api/well-known.ts';
import {age} from '../../engine/apiserver/printers/format.ts';
import {eventInterval} from '../printers/events.ts';
import {alignTabs, DESCRIBE_TABS, escapeTerminal} from '../text/tab-writer.ts';

/** A page under way: texts with tabs, two spaces a level. */
export interface Page {
  readonly now: number;
  /** Adds text at an indentation level. */
  write(level: number, text: string): void;
  text(): string;
}

/** A fresh page; `now` in milliseconds since 1970. */
export function newPage(now: number): Page {
  let buffer = '';
  return {
    now,
    write(level, text) {
      buffer += `${'  '.repeat(level)}${text}`;
    },
    text: () => alignTabs(escapeTerminal(buffer), DESCRIBE_TABS),
  };
}

/** The same page, some levels deeper. */
export const nested = (page: Page, indent: number): Page => ({...page, write: (level, text) => page.write(level + indent, text)});

/** The page before its tabs are aligned: for tests of single sections. */
export function rawText(write: (page: Page) => void): string {
  let buffer = '';
  write({now: 0, write: (level, text) => (buffer += `${'  '.repeat(level)}${text}`), text: () => buffer});
  return buffer;
}

/** Title, then one line an item below one another; `<none>` when there is none. */
export function writeList(page: Page, title: string, lines: readonly string[], indent = ''): void {
  page.write(0, `${indent}${title}:\t`);
  if (lines.length === 0) page.write(0, '<none>\n');
  lines.forEach((line, i) => {
    page.write(0, `${i === 0 ? '' : `${indent}\t`}${line}\n`);
  });
}

/** `Labels:  a=b` and the like, sorted. */
export function writeLabels(page: Page, title: string, labels: Readonly<Record<string, string>> | null | undefined, indent = ''): void {
  const keys = Object.keys(labels ?? {}).sort(byText);
  writeList(
    page,
    title,
    keys.map(key => `${key}=${labels![key]}`),
    indent,
  );
}

const MAX_ANNOTATION = 140;

const shorten = (text: string, length: number): string => (text.length > length ? `${text.slice(0, length)}...` : text);

/** Annotations, sorted; long or many-lined ones below their key. */
export function writeAnnotations(page: Page, title: string, annotations: Readonly<Record<string, string>> | null | undefined): void {
  const keys = Object.keys(annotations ?? {})
    .filter(key => key !== LAST_APPLIED_ANNOTATION)
    .sort(byText);
  page.write(0, `${title}:\t`);
  if (keys.length === 0) page.write(0, '<none>\n');
  keys.forEach((key, i) => {
    const value = annotations![key]!.replace(/\n$/, '');
    if (i > 0) page.write(0, '\t');
    if (value.length + key.length + 2 > MAX_ANNOTATION || value.includes('\n')) {
      page.write(0, `${key}:\n`);
      for (const line of value.split('\n')) page.write(0, `\t  ${shorten(line, MAX_ANNOTATION - 2)}\n`);
    } else page.write(0, `${key}: ${value}\n`);
  });
}

export function writeTolerations(page: Page, title: string, tolerations: readonly core.Toleration[] | undefined): void {
  const lines = [...(tolerations ?? [])]
    .sort((a, b) => byText(a.key ?? '', b.key ?? ''))
    .map(({key = '', value, effect, operator, tolerationSeconds}) => {
      let text = `${key}${value ? `=${value}` : ''}${effect ? `:${effect}` : ''}`;
      if (operator === 'Exists' && !value) text += text ? ' op=Exists' : 'op=Exists';
      return tolerationSeconds === undefined ? text : `${text} for ${tolerationSeconds}s`;
    });
  writeList(page, title, lines);
}

/** `key=value:Effect`, `key:Effect`. upstream: core/v1 Taint.ToString */
export function taintText({key, value, effect}: core.Taint): string {
  if (!effect) return value ? `${key}=${value}:` : key;
  return value ? `${key}=${value}:${effect}` : `${key}:${effect}`;
}

const lastSeen = ({lastTimestamp}: KubeEvent): number => (lastTimestamp ? Date.parse(lastTimestamp) : 0);

/** Events of the newer API have no last timestamp and come first. upstream: kubectl/pkg/util/event SortableEvents */
const byLastTimestamp = (events: readonly KubeEvent[]): KubeEvent[] => [...events].sort((a, b) => lastSeen(a) - lastSeen(b));

/** The events at the foot of a page. */
export function writeEvents(page: Page, events: readonly KubeEvent[] | undefined): void {
  if (!events) return;
  if (events.length === 0) {
    page.write(0, 'Events:\t<none>\n');
    return;
  }
  page.write(0, 'Events:\n  Type\tReason\tAge\tFrom\tMessage\n');
  page.write(1, '----\t------\t----\t----\t-------\n');
  for (const event of byLastTimestamp(events)) {
    const source = event.source?.component || event.reportingComponent || '';
    const message = (event.message ?? '').trim();
    const {fieldPath} = event.involvedObject;
    page.write(
      1,
      `${event.type ?? ''}\t${event.reason ?? ''}\t${eventInterval(event, page.now)}\t${source}\t${fieldPath ? `${fieldPath}: ${message}` : message}\n`,
    );
  }
}

/** `Terminating (lasts 5s)` of something that is being deleted. */
export const terminating = (deletionTimestamp: string, now: number): string => `Terminating (lasts ${age(deletionTimestamp, now)})`;

/** `kind/name` of the managing controller, or ''. */
export function controllerText(object: {metadata?: {ownerReferences?: {kind: string; name: string; controller?: boolean}[]}}): string {
  const owner = object.metadata?.ownerReferences?.find(o => o.controller);
  return owner ? `${owner.kind}/${owner.name}` : '';
}
