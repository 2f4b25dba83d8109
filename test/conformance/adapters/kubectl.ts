import {relaxedJsonPath} from '../../../src/engine/api/json-path.ts';
import {kinds} from '../../../src/engine/api/kinds.ts';
import {matches, parseSelector} from '../../../src/engine/api/labels.ts';
import {notFound} from '../../../src/engine/api/status.ts';
import {ApiError, type KubeObject} from '../../../src/engine/api/types.ts';
import {columnsOf} from '../../../src/engine/apiserver/printers/columns.ts';
import {rowOf, tableOf} from '../../../src/engine/apiserver/printers/table.ts';
import {containerPorts, hostPorts, writeContainers, writeResources} from '../../../src/kubectl/describe/containers.ts';
import {describeObject} from '../../../src/kubectl/describe/describe.ts';
import {smartLabel} from '../../../src/kubectl/describe/generic.ts';
import {rawText, writeAnnotations} from '../../../src/kubectl/describe/page.ts';
import {parseCustomColumns, parseCustomColumnsFile, printCustomColumns} from '../../../src/kubectl/printers/custom-columns.ts';
import {ofTypes, printEvents, sortEvents} from '../../../src/kubectl/printers/events.ts';
import {compareActivity} from '../../../src/kubectl/printers/pod-order.ts';
import {rolloutStatus} from '../../../src/kubectl/printers/rollout-status.ts';
import {printTable, tableOfObject} from '../../../src/kubectl/printers/table.ts';
import type {ListQuery, Reader} from '../../../src/kubectl/reader.ts';
import type {Effects} from '../../../src/kubectl/types.ts';
import {type Adapters, difference} from '../harness.ts';

const orError = (answer: () => unknown): unknown => {
  try {
    return answer();
  } catch {
    return {error: true};
  }
};

/** Objects come bare from the tables of tests: names and metadata may be missing. */
const whole = (object: any): any => ({...object, metadata: object.metadata ?? {}});
const items = (object: any): any[] =>
  object.items
    ? object.items.map((item: any) => whole({apiVersion: object.apiVersion, kind: object.kind.replace(/List$/, ''), ...item}))
    : [whole(object)];

/** A cluster that is nothing but a list of objects. Like upstream's fake clientset, it does not look at field selectors. */
function storeReader(objects: readonly KubeObject[]): Reader {
  const kindOf = (resource: string): string => kinds.find(k => k.resource === resource)?.kind ?? resource.replace(/s$/, '');
  const same = (object: KubeObject, resource: string): boolean => object.kind.toLowerCase() === kindOf(resource).toLowerCase();
  return {
    *list<T>(_apiVersion: string, resource: string, query: ListQuery = {}): Effects<T[]> {
      return objects.filter(
        object =>
          same(object, resource) &&
          (!query.namespace || object.metadata.namespace === query.namespace) &&
          (!query.labelSelector || matches(parseSelector(query.labelSelector), object.metadata.labels)),
      ) as T[];
    },
    *get<T>(_apiVersion: string, resource: string, namespace: string, name: string): Effects<T> {
      const found = objects.find(o => same(o, resource) && o.metadata.name === name && (o.metadata.namespace ?? '') === namespace);
      if (!found) throw notFound({group: '', resource}, name);
      return found as T;
    },
  };
}

function finish<T>(effects: Effects<T>): T {
  const step = effects.next();
  if (!step.done) throw new Error('a store asks nothing of the world');
  return step.value;
}

function describePage(given: any): string {
  const objects = (given.objects as KubeObject[]).map(whole);
  const object = objects.find(o => o.kind === given.describe && (o.metadata.name ?? '') === (given.name ?? ''));
  if (!object) throw new ApiError(notFound({group: '', resource: given.describe}, given.name).status);
  return finish(describeObject(object, Date.parse(given.now), {reader: storeReader(objects), showEvents: given.showEvents ?? true}));
}

/** Sections and helpers of describe that upstream tests by themselves. */
const SECTIONS: Record<string, (given: any) => unknown> = {
  Annotations: given => rawText(page => writeAnnotations(page, 'Annotations', given.annotations)),
  ContainerPorts: given => ({containerPorts: containerPorts(given.ports), hostPorts: hostPorts(given.ports)}),
  ContainerResources: given => rawText(page => writeResources(page, 2, given.resources)),
  PodContainers: given => {
    const [pod] = given.objects.map(whole);
    return rawText(page =>
      writeContainers(page, {label: 'Containers', containers: pod.spec.containers, statuses: pod.status?.containerStatuses, pod}),
    );
  },
  smartLabelFor: given => ({label: smartLabel(given.jsonFieldName)}),
};

/** Go prints an object's time in the zone of the machine; a case's JSON holds only the instant, so instants are compared. */
const inUtc = (text: string): string =>
  text.replace(/(\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d) ([+-]\d\d)(\d\d) [A-Z]+/g, (_, day, time, hours, minutes) =>
    new Date(`${day}T${time}${hours}:${minutes}`).toISOString(),
  );

function describeDiffers(expected: any, answer: unknown): string | undefined {
  if (typeof answer !== 'string') return difference(expected, answer);
  const shown = JSON.stringify(answer);
  if (expected.equals !== undefined && inUtc(expected.equals) !== inUtc(answer))
    return `expected ${JSON.stringify(expected.equals)}, got ${shown}`;
  for (const text of expected.contains ?? []) if (!answer.includes(text)) return `lacks ${JSON.stringify(text)}: ${shown}`;
  for (const text of expected.notContains ?? []) if (answer.includes(text)) return `has ${JSON.stringify(text)}: ${shown}`;
  let at = 0;
  for (const text of expected.containsInOrder ?? []) {
    at = answer.indexOf(text, at);
    if (at < 0) return `lacks ${JSON.stringify(text)} in order: ${shown}`;
    at += text.length;
  }
  for (const [text, count] of Object.entries(expected.counts ?? {}))
    if (answer.split(text).length - 1 !== count) return `${JSON.stringify(text)} should come ${count} times: ${shown}`;
  return undefined;
}

export const adapters: Adapters = {
  describe: {
    answer: ({given}) => (SECTIONS[given.describe] ?? describePage)(given),
    differs: describeDiffers,
  },
  print: {
    answer: ({given}) => ({
      rows: items(given.object).map(object => {
        const {cells, conditions} = rowOf(object, {now: Date.parse(given.now), wide: given.options?.wide ?? false});
        return conditions ? {cells, conditions} : {cells};
      }),
    }),
    differs: (expected, answer) => {
      const rows = answer.rows.map((row: {cells: unknown[]; conditions?: unknown}, i: number) =>
        'conditions' in (expected.rows[i] ?? {}) ? row : {cells: row.cells},
      );
      const [want, got] = [JSON.stringify(expected.rows), JSON.stringify(rows)];
      return want === got ? undefined : `expected ${want}, got ${got}`;
    },
  },
  tableColumns: {
    answer: ({given}) => ({
      columns: columnsOf(given.apiVersion, given.kind).map(({name, priority, format}) => ({name, priority, ...(format ? {format} : {})})),
    }),
  },
  table: {
    answer: ({given, request}) => {
      if (request) {
        const now = Date.parse(request.now);
        const {apiVersion, kind} = request.object;
        const table = tableOf([whole(request.object)], {now, apiVersion, kind, includeObject: 'None'});
        return {
          columns: table.columnDefinitions.map(c => c.name),
          rows: table.rows.map(({cells, conditions}) => ({cells, conditions: conditions ?? null})),
        };
      }
      const {object, columnDefinitions, rows, options, watchEventType} = given;
      const table = object ? tableOfObject(object, 0) : {columnDefinitions, rows};
      return {text: printTable(table, {...options, ...(watchEventType ? {watchEventType} : {})})};
    },
  },
  customColumns: {
    answer: ({given}) =>
      orError(() => {
        if (given.relaxedJSONPath !== undefined) return {jsonPath: relaxedJsonPath(given.relaxedJSONPath)};
        const columns =
          given.columns ?? (given.templateFile === undefined ? parseCustomColumns(given.spec) : parseCustomColumnsFile(given.templateFile));
        if (!given.object) return {columns, error: false};
        return {text: printCustomColumns(columns, [given.object], given.noHeaders)};
      }),
  },
  rolloutStatus: {
    answer: ({given}) => {
      try {
        return {...rolloutStatus(whole(given.object)), error: false};
      } catch (error) {
        return {message: '', done: true, error: true, errorText: (error as Error).message};
      }
    },
  },
  kubectlEvents: {
    answer: ({given}) => ({
      output: printEvents(sortEvents(ofTypes(given.events, given.types)), {
        now: Date.parse(given.now),
        withNamespace: given.allNamespaces,
        noHeaders: given.noHeaders,
      }),
    }),
  },
  kubectlPodOrder: {
    answer: ({given}) => {
      const order = compareActivity(given.a, given.b);
      return {compare: order < 0 ? 'a-before-b' : order > 0 ? 'b-before-a' : 'equal'};
    },
  },
};
