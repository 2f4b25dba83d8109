/**
 * Recordings of a real control plane (v1.20.2), played again here: the same things are asked, and the controllers have to do and tell the same in the same order.
 * Where today's version says a thing otherwise, the recording is brought up to date first.
 */
import fs from 'node:fs';
import path from 'node:path';
import {describe, expect, it} from 'vitest';
import type {KubeEvent, KubeObject, Pod, Stored} from '../../../src/engine/api/types.ts';
import type {RequestNote} from '../../../src/engine/apiserver/request.ts';
import type {Cluster} from '../../../src/engine/index.ts';
import {clusterOf} from '../../clusters.ts';

interface Write {
  ms: number;
  who: string;
  verb: string;
  what: string;
  name: string;
  code: number;
}

interface Observed {
  ms: number;
  type: string;
  kind: string;
  name: string;
  object?: KubeObject;
  changed?: Record<string, unknown>;
  event?: {type: string; reason: string; object: string; message: string; from: string; count: number};
}

interface Scenario {
  name: string;
  writes: Write[];
  observed: Observed[];
}

const folder = process.env['CONFORMANCE_GOLDEN'] ?? path.resolve(import.meta.dirname, '../../../../shared/conformance/golden');
const file = path.join(folder, 'controllers.json');
const scenarios: Scenario[] = fs.existsSync(file) ? JSON.parse(fs.readFileSync(file, 'utf8')).scenarios : [];
const recorded = (name: string): Scenario => scenarios.find(scenario => scenario.name.startsWith(name))!;

/** Hashes and random endings, which no two runs share. */
const blur = (text: string): string =>
  text
    .replace(
      /\b([a-z]+)-[bcdfghjklmnpqrstvwxz2456789]{6,10}(-[bcdfghjklmnpqrstvwxz2456789]{5})?\b/g,
      (_all, name, pod) => `${name}-HASH${pod ? '-POD' : ''}`,
    )
    .replace(/\b([a-z]+)-[bcdfghjklmnpqrstvwxz2456789]{5}\b/g, '$1-POD');

/** `to 3` of old is `from 0 to 3` today: the size before is what was last said of that replica set. */
function modernize(messages: string[]): string[] {
  const sizes = new Map<string, string>();
  return messages.map(message =>
    message.replace(/Scaled (up|down) replica set (\S+) (?:from (\d+) )?to (\d+)/, (_all, way, rs, from, to) => {
      const before = from ?? sizes.get(rs) ?? '0';
      sizes.set(rs, to);
      return `Scaled ${way} replica set ${rs} from ${before} to ${to}`;
    }),
  );
}

const unaggregated = (message: string): string => message.replace('(combined from similar events): ', '');

/** What a controller told of, in order, each message once. */
const told = (events: {from: string; reason: string; object: string; message: string}[], from: string): string[] => {
  const own = events.filter(event => event.from === from);
  const messages = modernize(own.map(({message}) => unaggregated(message)));
  return own.map(({reason, object}, i) => blur(`${object.split('/')[0]} ${reason}: ${messages[i]}`));
};

const toldThen = ({observed}: Scenario, from: string, since = 0): string[] =>
  told(
    observed.flatMap(({ms, event}) => (event && ms >= since ? [event] : [])),
    from,
  );

/** What a controller wrote, less statuses: those come as often as things happen to fall together. */
const isDeed = ({verb, what, code}: {verb: string; what: string; code: number}): boolean =>
  code < 300 && verb !== 'get' && verb !== 'list' && !what.endsWith('/status') && what !== 'events';

const didThen = ({writes}: Scenario, who: string, since = 0): string[] =>
  writes
    .filter(write => write.ms >= since && write.who === `system:serviceaccount:kube-system:${who}` && isDeed(write))
    .map(({verb, what}) => `${verb} ${what}`);

/** A cluster with its parts, and a namespace to play in. */
function stage(namespace: string, nodes = 2) {
  const cluster = clusterOf({nodes});
  const send = (method: string, where: string, body?: object, type = 'application/json') => {
    const answer = cluster.request({method, path: where, headers: {'content-type': type}, ...(body && {body})} as never);
    const parsed = (typeof answer.body === 'string' ? JSON.parse(answer.body) : answer.body) as Stored<KubeObject> & {
      items: Stored<KubeObject>[];
    };
    if (answer.code >= 400) throw new Error(`${method} ${where}: ${JSON.stringify(parsed)}`);
    return parsed;
  };
  if (namespace !== 'default') send('POST', '/api/v1/namespaces', {apiVersion: 'v1', kind: 'Namespace', metadata: {name: namespace}});
  cluster.advance(1000);
  return {cluster, send, ...watchers(cluster, namespace)};
}

function watchers(cluster: Cluster, namespace: string) {
  let since = cluster.machine.journal.length;
  const requests = (): RequestNote[] =>
    cluster.machine.journal.steps
      .slice(since)
      .flatMap(step => (step.notes as {kind: string}[]).filter(note => note.kind === 'request') as unknown as RequestNote[]);
  return {
    /** From here on. */
    begin: () => void (since = cluster.machine.journal.length),
    toldNow(from: string): string[] {
      const answer = cluster.request({method: 'GET', path: `/api/v1/namespaces/${namespace}/events`} as never);
      const {items} = (typeof answer.body === 'string' ? JSON.parse(answer.body) : answer.body) as {items: KubeEvent[]};
      const ordered = [...items].sort((a, b) => Number(a.metadata.resourceVersion) - Number(b.metadata.resourceVersion));
      return told(
        ordered.map(event => ({
          from: event.source!.component!,
          reason: event.reason!,
          object: `${event.involvedObject.kind}/${event.involvedObject.name}`,
          message: event.message!,
        })),
        from,
      );
    },
    didNow: (who: string): string[] =>
      requests()
        .filter(({user}) => (user as unknown as string) === `system:serviceaccount:kube-system:${who}`)
        .map(request => ({verb: request.verb, what: whatOf(request.path), code: request.code}))
        .filter(isDeed)
        .map(({verb, what}) => `${verb} ${what}`),
  };
}

/** `/apis/apps/v1/namespaces/x/deployments/y/status` as the recording writes it: `apps/deployments/status`. */
function whatOf(where: string): string {
  const parts = where.split('/').filter(Boolean);
  const group = parts[0] === 'apis' ? `${parts[1]}/` : '';
  const rest = parts.slice(parts[0] === 'apis' ? 3 : 2);
  const [resource, , subresource] = rest[0] === 'namespaces' && rest.length > 2 ? rest.slice(2) : rest;
  return `${group}${resource}${subresource ? `/${subresource}` : ''}`;
}

/** The recording's kubelets had every image there is; ours pull them from a registry that has real ones. */
const image = (name: string): string => (name.endsWith(':2') ? 'nginx:1.28' : 'nginx:1.27');

/** The object as it was asked for: what the server added is taken off. */
function asked({observed}: Scenario, kind: string, name: string): KubeObject {
  const {object} = observed.find(entry => entry.type === 'ADDED' && entry.kind === kind && entry.name === name)!;
  const {status: _status, ...rest} = structuredClone(object!) as KubeObject & {
    spec: {selector?: unknown; template?: {metadata: {labels?: object}; spec: {containers: {image: string}[]}}};
  };
  for (const container of rest.spec.template?.spec.containers ?? []) container.image = image(container.image);
  if (kind === 'jobs') {
    const labels = {job: rest.metadata.name!};
    Object.assign(rest.spec, {manualSelector: true, selector: {matchLabels: labels}});
    rest.spec.template!.metadata.labels = labels;
  }
  return {...rest, metadata: {name: rest.metadata.name, namespace: rest.metadata.namespace}};
}

const toImage = (name: string) => ({spec: {template: {spec: {containers: [{name: 'c', image: image(name)}]}}}});
const STRATEGIC = 'application/strategic-merge-patch+json';

describe.skipIf(scenarios.length === 0)('as recorded', () => {
  it('a deployment is created', () => {
    const then = recorded('deployment create 3');
    const now = stage('c1');
    now.begin();
    now.send('POST', '/apis/apps/v1/namespaces/c1/deployments', asked(then, 'deployments', 'c1/web'));
    now.cluster.advance(20_000);
    for (const who of ['deployment-controller', 'replicaset-controller']) {
      expect(now.didNow(who)).toEqual(didThen(then, who));
      expect(now.toldNow(who)).toEqual(toldThen(then, who));
    }
  });

  it('a deployment is scaled', () => {
    const then = recorded('scale 3 to 6');
    const now = stage('c1');
    now.send('POST', '/apis/apps/v1/namespaces/c1/deployments', asked(recorded('deployment create 3'), 'deployments', 'c1/web'));
    now.cluster.advance(20_000);
    now.begin();
    now.send('PATCH', '/apis/apps/v1/namespaces/c1/deployments/web', {spec: {replicas: 6}}, STRATEGIC);
    now.cluster.advance(20_000);
    for (const who of ['deployment-controller', 'replicaset-controller']) expect(now.didNow(who)).toEqual(didThen(then, who));
    expect(now.toldNow('deployment-controller').at(-1)).toBe('Deployment ScalingReplicaSet: Scaled up replica set web-HASH from 3 to 6');
  });

  it('a rolling update of four', () => {
    const then = recorded('rolling update 4 replicas');
    const now = stage('c1');
    const web = asked(recorded('deployment create 3'), 'deployments', 'c1/web');
    now.send('POST', '/apis/apps/v1/namespaces/c1/deployments', {...web, spec: {...(web['spec'] as object), replicas: 4}});
    now.cluster.advance(20_000);
    now.begin();
    now.send('PATCH', '/apis/apps/v1/namespaces/c1/deployments/web', toImage('nginx:2'), STRATEGIC);
    now.cluster.advance(60_000);
    const since = 1162;
    // Which of up and down comes first hangs on how long a pod takes; how many of each does not.
    const tally = (list: string[]) => [...list].sort();
    for (const who of ['deployment-controller', 'replicaset-controller'])
      expect(tally(now.didNow(who))).toEqual(tally(didThen(then, who, since)));
    expect(tally(now.toldNow('replicaset-controller').slice(-8))).toEqual(tally(toldThen(then, 'replicaset-controller', since)));
    expect(now.didNow('deployment-controller').slice(0, 3)).toEqual(didThen(then, 'deployment-controller', since).slice(0, 3));
  });

  it('the Recreate strategy', () => {
    const then = recorded('Recreate strategy');
    const now = stage('c1');
    now.begin();
    now.send('POST', '/apis/apps/v1/namespaces/c1/deployments', asked(then, 'deployments', 'c1/rec'));
    now.cluster.advance(20_000);
    now.send('PATCH', '/apis/apps/v1/namespaces/c1/deployments/rec', toImage('nginx:2'), STRATEGIC);
    now.cluster.advance(60_000);
    for (const who of ['deployment-controller', 'replicaset-controller']) {
      expect(now.didNow(who)).toEqual(didThen(then, who));
      expect(now.toldNow(who)).toEqual(toldThen(then, who));
    }
  });

  it('a deployment is deleted in the background, and another in the foreground', () => {
    const now = stage('c1');
    now.send('POST', '/apis/apps/v1/namespaces/c1/deployments', asked(recorded('Recreate strategy'), 'deployments', 'c1/rec'));
    now.cluster.advance(20_000);
    now.send('PATCH', '/apis/apps/v1/namespaces/c1/deployments/rec', toImage('nginx:2'), STRATEGIC);
    now.cluster.advance(60_000);
    now.begin();
    now.send('DELETE', '/apis/apps/v1/namespaces/c1/deployments/rec', {
      kind: 'DeleteOptions',
      apiVersion: 'v1',
      propagationPolicy: 'Background',
    });
    now.cluster.advance(60_000);
    expect(now.didNow('generic-garbage-collector')).toEqual(
      didThen(recorded('delete deployment (background)'), 'generic-garbage-collector'),
    );

    const then = recorded('delete deployment (foreground)');
    now.send('POST', '/apis/apps/v1/namespaces/c1/deployments', asked(then, 'deployments', 'c1/fg'));
    now.cluster.advance(20_000);
    now.begin();
    now.send('DELETE', '/apis/apps/v1/namespaces/c1/deployments/fg', {
      kind: 'DeleteOptions',
      apiVersion: 'v1',
      propagationPolicy: 'Foreground',
    });
    now.cluster.advance(60_000);
    // Several workers may delete the same pod: how often is chance.
    const once = (list: string[]) => list.filter((line, i) => line !== list[i - 1]);
    expect(once(now.didNow('generic-garbage-collector'))).toEqual(once(didThen(then, 'generic-garbage-collector')));
  });

  it('a replica set starts slowly: 1, 2, 4, 8 and the rest', () => {
    const then = recorded('slow start without a quota');
    const now = stage('c3');
    now.begin();
    now.send('POST', '/apis/apps/v1/namespaces/c3/replicasets', asked(then, 'replicasets', 'c3/rs'));
    now.cluster.advance(10_000);
    expect(now.didNow('replicaset-controller')).toEqual(didThen(then, 'replicaset-controller'));
    const events = toldThen(then, 'replicaset-controller', 41);
    expect(new Set(now.toldNow('replicaset-controller'))).toEqual(new Set(events));
  });

  it('a quota stops it: refusals come in the batch that meets the limit, then one at a time', () => {
    const then = recorded('replicaset slow start against a quota');
    const now = stage('c2');
    now.send('POST', '/api/v1/namespaces/c2/resourcequotas', asked(then, 'resourcequotas', 'c2/q'));
    now.cluster.advance(1000);
    now.begin();
    now.send('POST', '/apis/apps/v1/namespaces/c2/deployments', asked(then, 'deployments', 'c2/big'));
    now.cluster.advance(3000);
    const [first, ...others] = now.toldNow('replicaset-controller').filter(line => line.includes('FailedCreate'));
    expect(first).toBe(toldThen(then, 'replicaset-controller').find(line => line.includes('FailedCreate')));
    expect(others.length).toBeGreaterThan(4);
    expect(now.didNow('replicaset-controller')).toEqual(['create pods', 'create pods', 'create pods']);
    const quota = now.send('GET', '/api/v1/namespaces/c2/resourcequotas/q')['status'];
    expect(quota).toEqual({hard: {pods: '3'}, used: {pods: '3'}});
  });

  it('a stateful set comes up, is updated and is scaled down', () => {
    const then = recorded('statefulset 3 ordered');
    const now = stage('c3');
    now.begin();
    now.send('POST', '/apis/apps/v1/namespaces/c3/statefulsets', asked(then, 'statefulsets', 'c3/db'));
    now.cluster.advance(60_000);
    now.send('PATCH', '/apis/apps/v1/namespaces/c3/statefulsets/db', toImage('db:2'), STRATEGIC);
    now.cluster.advance(300_000);
    now.send('PATCH', '/apis/apps/v1/namespaces/c3/statefulsets/db', {spec: {replicas: 1}}, STRATEGIC);
    now.cluster.advance(120_000);
    expect(now.didNow('statefulset-controller')).toEqual(didThen(then, 'statefulset-controller'));
  });

  it('a daemon set on two nodes', () => {
    const then = recorded('daemonset on two nodes');
    const now = stage('c3');
    now.begin();
    now.send('POST', '/apis/apps/v1/namespaces/c3/daemonsets', asked(then, 'daemonsets', 'c3/agent'));
    now.cluster.advance(20_000);
    expect(now.didNow('daemon-set-controller')).toEqual(didThen(then, 'daemon-set-controller').slice(0, 3));
    expect(now.toldNow('daemonset-controller')).toEqual(toldThen(then, 'daemonset-controller').slice(0, 2));
    now.begin();
    now.send('DELETE', '/apis/apps/v1/namespaces/c3/daemonsets/agent', {
      kind: 'DeleteOptions',
      apiVersion: 'v1',
      propagationPolicy: 'Background',
    });
    now.cluster.advance(60_000);
    expect(now.didNow('generic-garbage-collector').sort()).toEqual(['delete apps/controllerrevisions', 'delete pods', 'delete pods']);
  });

  it('a job is tried three times, then given up', () => {
    const then = recorded('job success and failure');
    const now = stage('c3');
    now.send('POST', '/apis/batch/v1/namespaces/c3/jobs', asked(then, 'jobs', 'c3/bad'));
    now.cluster.advance(2000);
    for (let failure = 0; failure < 3; failure++) {
      const {items} = now.send('GET', '/api/v1/namespaces/c3/pods');
      const waiting = (items as Stored<Pod>[]).find(pod => pod.status?.phase !== 'Failed')!;
      now.send('PATCH', `/api/v1/namespaces/c3/pods/${waiting.metadata.name}/status`, {status: {phase: 'Failed'}}, STRATEGIC);
      now.cluster.advance(25_000);
    }
    const bad = toldThen(then, 'job-controller', 1567).filter(line => !line.includes('ok-'));
    expect(now.toldNow('job-controller')).toEqual(
      bad.slice(0, 3).concat(bad.filter(line => line.includes('BackoffLimitExceeded')).slice(0, 1)),
    );
  });

  it('a namespace is created', () => {
    const then = recorded('namespace creation');
    const now = stage('default');
    now.begin();
    now.send('POST', '/api/v1/namespaces', {apiVersion: 'v1', kind: 'Namespace', metadata: {name: 'c1'}});
    now.cluster.advance(1000);
    for (const who of ['service-account-controller', 'root-ca-cert-publisher']) expect(now.didNow(who)).toEqual(didThen(then, who));
  });

  it('a namespace is deleted, and says on the way what is left in it', () => {
    const then = recorded('namespace deletion').observed.find(
      entry => entry.kind === 'namespaces' && entry.changed?.['/status/conditions'],
    )!;
    const now = stage('c1');
    const web = asked(recorded('deployment create 3'), 'deployments', 'c1/web');
    now.send('POST', '/apis/apps/v1/namespaces/c1/deployments', {...web, spec: {...(web['spec'] as object), replicas: 5}});
    now.cluster.advance(20_000);
    now.send('DELETE', '/api/v1/namespaces/c1');
    // Pods of this recording may take two seconds to stop; looked at after five, they should have been gone.
    const seen: unknown[] = [];
    for (let step = 0; step < 80 && seen.length === 0; step++) {
      now.cluster.advance(100);
      const {conditions} = now.send('GET', '/api/v1/namespaces/c1')['status'] as {conditions?: object[]};
      if (conditions) seen.push(...conditions);
    }
    const timeless = (list: unknown) =>
      (list as {lastTransitionTime?: string}[]).map(({lastTransitionTime: _time, ...condition}) => condition);
    expect(timeless(seen)).toEqual(timeless(then.changed!['/status/conditions']));
  });
});
