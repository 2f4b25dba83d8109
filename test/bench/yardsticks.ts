/** What the bounds are measured against, in the same run: how fast this machine is at things that have nothing to do with the engine. */
import {cpuTime, median} from './measure.ts';

const TRIPS = 4000;

/** A pod of about 630 bytes of JSON. */
export const smallPod = (i: number): object => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: {
    name: `web-${i}`,
    namespace: 'default',
    uid: `0000-${i}`,
    labels: {app: 'web', 'pod-template-hash': '5d4f7c9b8'},
    resourceVersion: '1',
    creationTimestamp: '2026-04-22T09:00:00Z',
  },
  spec: {
    nodeName: 'node-1',
    containers: [
      {
        name: 'web',
        image: 'nginx:1.27',
        resources: {requests: {cpu: '100m', memory: '128Mi'}},
        ports: [{containerPort: 80, protocol: 'TCP'}],
      },
    ],
    restartPolicy: 'Always',
    schedulerName: 'default-scheduler',
    terminationGracePeriodSeconds: 30,
  },
  status: {phase: 'Pending', conditions: [{type: 'PodScheduled', status: 'True', lastTransitionTime: '2026-04-22T09:00:00Z'}]},
});

/** Microseconds of one JSON round trip of a small pod: the median of a few rounds. */
export function roundTripUs(rounds = 7): number {
  const pod = smallPod(1);
  const trips = (): void => {
    for (let i = 0; i < TRIPS; i++) JSON.parse(JSON.stringify(pod));
  };
  trips();
  return (median(Array.from({length: rounds}, () => cpuTime(trips))) * 1000) / TRIPS;
}
