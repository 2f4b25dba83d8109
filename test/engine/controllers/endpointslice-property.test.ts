import fc from 'fast-check';
import {describe, expect, it} from 'vitest';
import type {Cluster} from '../../../src/engine/index.ts';
import {get, pass, put, runPod, send, setStatus, stage} from '../network/stage.ts';

type Act = {readonly pod: number; readonly do: 'run' | 'ready' | 'unready' | 'delete'} | {readonly do: 'stop' | 'start' | 'moment'};

const acts: fc.Arbitrary<Act> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      pod: fc.integer({min: 0, max: 4}),
      do: fc.constantFrom('run' as const, 'ready' as const, 'unready' as const, 'delete' as const),
    }),
  },
  {weight: 1, arbitrary: fc.record({do: fc.constantFrom('stop' as const, 'start' as const, 'moment' as const)})},
);

const nameOf = (pod: number): string => `web-${pod}`;
const addressOf = (pod: number): string => `10.244.0.${pod + 2}`;

/** What should be known of the pods: the ready addresses and those that are not. */
type Known = Record<string, boolean>;

function perform(cluster: Cluster, act: Act, pods: Map<number, boolean>): void {
  if (!('pod' in act)) {
    if (act.do === 'moment') cluster.advance(3);
    else cluster.control({action: act.do, program: 'kube-controller-manager'});
    return;
  }
  const {pod} = act;
  if (act.do === 'run') {
    if (pods.has(pod)) return;
    runPod(cluster, nameOf(pod), 'node-1', addressOf(pod), {labels: {app: 'web'}});
    pods.set(pod, true);
  } else if (pods.has(pod)) {
    if (act.do === 'delete') {
      send(cluster, 'DELETE', `/api/v1/namespaces/default/pods/${nameOf(pod)}?gracePeriodSeconds=0`);
      pods.delete(pod);
    } else {
      setStatus(cluster, nameOf(pod), addressOf(pod), act.do === 'ready');
      pods.set(pod, act.do === 'ready');
    }
  }
}

const inSlices = (cluster: Cluster): Known =>
  Object.fromEntries(
    get(cluster, '/apis/discovery.k8s.io/v1/namespaces/default/endpointslices')
      .items.filter((slice: any) => slice.metadata.labels['kubernetes.io/service-name'] === 'web')
      .flatMap((slice: any) => (slice.endpoints ?? []).map((endpoint: any) => [endpoint.addresses[0], endpoint.conditions.ready])),
  );

const inEndpoints = (cluster: Cluster): Known =>
  Object.fromEntries(
    (get(cluster, '/api/v1/namespaces/default/endpoints/web').subsets ?? []).flatMap((subset: any) => [
      ...(subset.addresses ?? []).map(({ip}: any) => [ip, true]),
      ...(subset.notReadyAddresses ?? []).map(({ip}: any) => [ip, false]),
    ]),
  );

describe('whenever the controller manager is stopped and started', () => {
  it('slices and Endpoints come to say what is true of the pods', () => {
    fc.assert(
      fc.property(fc.array(acts, {maxLength: 25}), script => {
        const cluster = stage(1);
        put(cluster, '/api/v1/namespaces/default/services', {
          apiVersion: 'v1',
          kind: 'Service',
          metadata: {name: 'web'},
          spec: {selector: {app: 'web'}, ports: [{port: 80}]},
        });
        const pods = new Map<number, boolean>();
        for (const act of script) perform(cluster, act, pods);
        cluster.control({action: 'start', program: 'kube-controller-manager'});
        pass(cluster, 60_000);
        const truth = Object.fromEntries([...pods].map(([pod, ready]) => [addressOf(pod), ready]));
        expect(inSlices(cluster)).toEqual(truth);
        expect(inEndpoints(cluster)).toEqual(truth);
      }),
      {numRuns: 25},
    );
  });
});
