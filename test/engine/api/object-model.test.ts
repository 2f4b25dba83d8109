import fc from 'fast-check';
import {describe, expect, it} from 'vitest';
import {humanDuration} from '../../../src/engine/api/duration.ts';
import {required, toAggregate} from '../../../src/engine/api/field-errors.ts';
import {byKind, groups, kinds, resolve} from '../../../src/engine/api/kinds.ts';
import {matches, parseSelector, printSelector, selectorFrom} from '../../../src/engine/api/labels.ts';
import {isDNS1123Subdomain} from '../../../src/engine/api/names.ts';
import {podRequests, printResourceList} from '../../../src/engine/api/pod-resources.ts';
import {computePodQos} from '../../../src/engine/api/qos.ts';
import {add, cmp, parseQuantity, printQuantity, sub} from '../../../src/engine/api/quantity.ts';
import type {Pod} from '../../../src/engine/api/types.ts';

describe('the table of kinds', () => {
  it('knows every kind once by its resource and by its name', () => {
    expect(new Set(kinds.map(k => `${k.group}/${k.resource}`)).size).toBe(kinds.length);
    for (const kind of kinds) expect(byKind(kind.group, kind.version, kind.kind)).toBe(kind);
  });

  it.each([
    ['po', 'pods'],
    ['pod', 'pods'],
    ['deploy', 'deployments'],
    ['deployments.apps', 'deployments'],
    ['deploy.v1.apps', 'deployments'],
    ['netpol', 'networkpolicies'],
    ['sts', 'statefulsets'],
  ])('understands %s as %s', (word, resource) => {
    expect(resolve(word)?.resource).toBe(resource);
  });

  it('does not know what does not exist', () => {
    expect(resolve('gadgets')).toBeUndefined();
  });

  it('begins with the core group', () => {
    expect(groups()[0]).toEqual({group: '', versions: ['v1']});
  });

  it('stores some kinds under old names', () => {
    const prefix = (group: string, kind: string) => byKind(group, 'v1', kind)?.etcdPrefix;
    expect([prefix('', 'Node'), prefix('', 'Service'), prefix('networking.k8s.io', 'Ingress')]).toEqual([
      'minions',
      'services/specs',
      'ingress',
    ]);
  });
});

describe('quantities', () => {
  const quantity = fc
    .tuple(fc.integer({min: -1_000_000, max: 1_000_000}), fc.constantFrom('', 'm', 'k', 'M', 'Ki', 'Mi', 'Gi'))
    .map(([n, suffix]) => parseQuantity(`${n}${suffix}`));

  it('come back from their text as they were', () => {
    fc.assert(fc.property(quantity, q => cmp(parseQuantity(printQuantity(q)), q) === 0));
  });

  it('are added and taken away exactly', () => {
    fc.assert(fc.property(quantity, quantity, (a, b) => cmp(sub(add(a, b), b), a) === 0));
  });

  it.each([
    ['0.5', '500m'],
    ['1024Mi', '1Gi'],
    ['1000m', '1'],
    ['1e3', '1e3'],
    ['0.1Ki', '102400m'],
  ])('%s is written %s', (text, canonical) => {
    expect(printQuantity(parseQuantity(text))).toBe(canonical);
  });
});

describe('selectors', () => {
  it('are printed as they are read, sorted', () => {
    expect(printSelector(parseSelector('tier in (b,a),!legacy,app=web'))).toBe('app=web,!legacy,tier in (a,b)');
  });

  it('choose by label', () => {
    const selector = selectorFrom({matchLabels: {app: 'web'}, matchExpressions: [{key: 'tier', operator: 'NotIn', values: ['db']}]});
    expect(matches(selector, {app: 'web'})).toBe(true);
    expect(matches(selector, {app: 'web', tier: 'db'})).toBe(false);
  });

  it('that are missing choose nothing, empty ones everything', () => {
    expect([matches(selectorFrom(undefined), {}), matches(selectorFrom({}), {})]).toEqual([false, true]);
  });
});

const podOf = (spec: object): Pod => ({apiVersion: 'v1', kind: 'Pod', metadata: {name: 'a'}, spec}) as Pod;
const container = (cpu: string, more: object = {}): object => ({name: cpu, image: 'a', resources: {requests: {cpu}}, ...more});

describe('what a pod requests', () => {
  it('is the sum of its containers or the greatest of its init containers', () => {
    const pod = podOf({initContainers: [container('2')], containers: [container('500m'), container('250m')]});
    expect(printResourceList(podRequests(pod))).toEqual({cpu: '2'});
  });

  it('counts sidecars beside the containers', () => {
    const pod = podOf({
      initContainers: [container('1', {restartPolicy: 'Always'})],
      containers: [container('500m')],
      overhead: {cpu: '10m'},
    });
    expect(printResourceList(podRequests(pod))).toEqual({cpu: '1510m'});
  });

  it('makes its quality of service', () => {
    const whole = {cpu: '1', memory: '1Gi'};
    expect(computePodQos(podOf({containers: [{name: 'a'}]}))).toBe('BestEffort');
    expect(computePodQos(podOf({containers: [container('1')]}))).toBe('Burstable');
    expect(computePodQos(podOf({containers: [{name: 'a', resources: {requests: whole, limits: whole}}]}))).toBe('Guaranteed');
  });
});

describe('words', () => {
  it('of one error stand bare, of several in brackets, equal ones once', () => {
    expect(toAggregate([required('spec.a')])).toBe('spec.a: Required value');
    expect(toAggregate([required('spec.a'), required('spec.b'), required('spec.a')])).toBe(
      '[spec.a: Required value, spec.b: Required value]',
    );
  });

  it('of names say what is allowed', () => {
    expect(isDNS1123Subdomain('a.b-c')).toEqual([]);
    expect(isDNS1123Subdomain('A')[0]).toMatch(/^a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters/);
  });

  it.each([
    [59_000, '59s'],
    [119_000, '119s'],
    [180_000, '3m'],
    [3 * 3_600_000 + 240_000, '3h4m'],
    [50 * 3_600_000, '2d2h'],
  ])('of ages are short: %i', (ms, text) => {
    expect(humanDuration(ms)).toBe(text);
  });
});
