/** Field selectors: parsed, matched, printed, and which fields each kind offers. upstream: apimachinery/pkg/fields/selector.go, pkg/apis/core/v1/conversion.go */
import {badRequest} from './status.ts';
import type {KubeObject} from './types.ts';

export interface FieldTerm {
  readonly field: string;
  readonly value: string;
  readonly negated: boolean;
}

export type FieldSelector = readonly FieldTerm[];

export class FieldSelectorError extends Error {}

/** Splits at commas that no backslash protects. */
function splitTerms(text: string): string[] {
  if (text === '') return [];
  const terms: string[] = [];
  let start = 0;
  for (let i = 0; i < text.length; i++) {
    if (text[i] === '\\') i++;
    else if (text[i] === ',') {
      terms.push(text.slice(start, i));
      start = i + 1;
    }
  }
  return [...terms, text.slice(start)];
}

function unescapeValue(text: string): string {
  let out = '';
  for (let i = 0; i < text.length; i++) {
    const c = text[i]!;
    if (c === '\\') {
      const next = text[++i];
      if (next === undefined || !'\\,='.includes(next))
        throw new FieldSelectorError(`invalid field selector: invalid escape sequence: \\${next ?? ''}`);
      out += next;
    } else if (c === ',' || c === '=') {
      throw new FieldSelectorError(`invalid field selector: unescaped character in value: ${c.charCodeAt(0)}`);
    } else out += c;
  }
  return out;
}

const escapeValue = (text: string): string => text.replace(/[\\,=]/g, c => `\\${c}`);

/** Parses `status.phase!=Running,spec.nodeName=n1`; throws FieldSelectorError with the server's text. Terms are sorted. */
export function parseFieldSelector(text: string): FieldSelector {
  return splitTerms(text)
    .sort()
    .filter(Boolean)
    .map(term => {
      const match = /^(.*?)(!=|==|=)(.*)$/s.exec(term);
      if (!match) throw new FieldSelectorError(`invalid selector: '${text}'; can't understand '${term}'`);
      return {field: match[1]!, value: unescapeValue(match[3]!), negated: match[2] === '!='};
    });
}

const holds = ({value, negated}: FieldTerm, found: string): boolean => (found === value) !== negated;

/** A field that is missing is ''. */
export const matchesFields = (selector: FieldSelector, fields: Readonly<Record<string, string>>): boolean =>
  selector.every(term => holds(term, fields[term.field] ?? ''));

export const printFieldSelector = (selector: FieldSelector): string =>
  selector.map(t => `${t.field}${t.negated ? '!=' : '='}${escapeValue(t.value)}`).join(',');

const META = ['metadata.name', 'metadata.namespace'] as const;
const EVENT = [
  'involvedObject.kind',
  'involvedObject.namespace',
  'involvedObject.name',
  'involvedObject.uid',
  'involvedObject.apiVersion',
  'involvedObject.resourceVersion',
  'involvedObject.fieldPath',
  'reason',
  'reportingComponent',
  'source',
  'type',
  ...META,
] as const;

/** Fields by kind; a kind that is not here offers name and namespace, with another text of refusal. */
const FIELDS: Readonly<Record<string, readonly string[]>> = {
  Pod: [
    ...META,
    'spec.nodeName',
    'spec.restartPolicy',
    'spec.schedulerName',
    'spec.serviceAccountName',
    'spec.hostNetwork',
    'status.phase',
    'status.podIP',
    'status.podIPs',
    'status.nominatedNodeName',
    'spec.host',
  ],
  Node: ['metadata.name', 'spec.unschedulable'],
  ReplicationController: [...META, 'status.replicas'],
  ReplicaSet: [...META, 'status.replicas'],
  Event: EVENT,
  Namespace: ['metadata.name', 'status.phase'],
  Secret: [...META, 'type'],
  Service: [...META, 'spec.clusterIP', 'spec.type'],
  Job: [...META, 'status.successful'],
  CertificateSigningRequest: ['metadata.name', 'spec.signerName'],
};

/** Old names of fields. */
const RENAMED: Readonly<Record<string, string>> = {'spec.host': 'spec.nodeName'};

/** The field's present name; throws a 400 where the kind does not select by it. `selectable`: what a custom kind's definition adds. */
export function convertFieldLabel(kind: string, label: string, selectable?: readonly string[]): string {
  const known = selectable ? [...META, ...selectable] : FIELDS[kind];
  if (known) {
    if (!known.includes(label)) throw badRequest(`field label not supported: ${label}`);
    return RENAMED[label] ?? label;
  }
  if (!(META as readonly string[]).includes(label))
    throw badRequest(`"${label}" is not a known field selector: only "metadata.name", "metadata.namespace"`);
  return label;
}

/** By kind and field. */
const SPECIAL: Readonly<Record<string, Readonly<Record<string, (object: any) => unknown>>>> = {
  Event: {source: event => event.source?.component || event.reportingComponent},
  Pod: {
    'status.podIP': pod => pod.status?.podIPs?.[0]?.ip ?? pod.status?.podIP,
    'spec.hostNetwork': pod => pod.spec?.hostNetwork ?? false,
  },
  Job: {'status.successful': job => job.status?.succeeded ?? 0},
  Node: {'spec.unschedulable': node => node.spec?.unschedulable ?? false},
};

/** Of a list of thousands each object is asked for the same fields. */
const paths = new Map<string, readonly string[]>();

function pathOf(field: string): readonly string[] {
  let path = paths.get(field);
  if (!path) paths.set(field, (path = field.split('.')));
  return path;
}

/** The text of one selectable field of an object; '' where it is not set. */
function fieldOf(object: KubeObject, field: string): string {
  const special = SPECIAL[object.kind]?.[field];
  let value: unknown = special ? special(object) : object;
  if (!special) for (const name of pathOf(field)) value = (value as Record<string, unknown> | null | undefined)?.[name];
  return value === undefined || value === null ? '' : String(value);
}

/** Whether an object satisfies every term. */
export const matchesObject = (selector: FieldSelector, object: KubeObject): boolean =>
  selector.every(term => holds(term, fieldOf(object, term.field)));
