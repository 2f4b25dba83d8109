import {expect, test} from 'vitest';
import type {RequestNote} from '../../../src/engine/apiserver/request.ts';
import {type Lab, lab, scriptPod} from './lab.ts';

const ready = (it: Lab, pod: string) => it.pod(pod)!.status!.conditions!.find(({type}) => type === 'Ready')!.status;

/** Who wrote the status of pods since a step of the story, in that order. */
const writers = ({cluster: {machine, history}}: Lab, since: number): string[] =>
  Array.from({length: history.position - since}, (_, index) => machine.journal.find(since + index + 1)!)
    .flatMap(step => step.notes.filter((note): note is RequestNote => note.kind === 'request'))
    .filter(({resource, code}) => resource === 'pods/status' && code === 200)
    .map(({client}) => client);

test('the API server comes back after a minute: nobody takes the node for lost, for the controller manager has begun anew too', () => {
  const it = lab();
  const pod = it.apply(scriptPod('a', 'sleep 3600'));
  it.wait(5);
  it.cluster.control({action: 'stop', program: 'kube-apiserver'});
  it.wait(75);
  it.cluster.control({action: 'start', program: 'kube-apiserver'});
  const back = it.cluster.history.position;
  it.wait(120);
  expect(ready(it, pod)).toBe('True');
  expect(writers(it, back)).toEqual([]);
});

test('somebody else says that a pod is not ready: its kubelet says once, in its next round, that it is', () => {
  const it = lab();
  const pod = it.apply(scriptPod('a', 'sleep 3600'));
  it.wait(5);
  const before = it.cluster.history.position;
  const {code} = it.cluster.request({
    method: 'PATCH',
    path: '/api/v1/namespaces/default/pods/a/status',
    headers: {'content-type': 'application/strategic-merge-patch+json'},
    body: {status: {conditions: [{type: 'Ready', status: 'False'}]}},
    client: 'somebody',
  });
  expect(code).toBe(200);
  expect(ready(it, pod)).toBe('False');
  it.wait(11);
  expect(ready(it, pod)).toBe('True');
  it.wait(60);
  expect(ready(it, pod)).toBe('True');
  expect(writers(it, before)).toEqual(['somebody', 'kubelet']);
});
