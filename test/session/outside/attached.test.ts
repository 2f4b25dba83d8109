/** What clients from outside do to a lesson: the same as lines at the prompt. */
import {readFileSync} from 'node:fs';
import {expect, it} from 'vitest';
import {parseRecording, type Recording} from '../../../src/course/recording.ts';
import {parseLesson} from '../../../src/course/schema.ts';
import type {ApiRequest, ApiResponse} from '../../../src/engine/apiserver/request.ts';
import {createManualClock} from '../../../src/plain/clock.ts';
import {replay} from '../../../src/session/lesson/grading/replay.ts';
import type {Door} from '../../../src/session/outside/door.ts';
import {firstBreath} from '../../tui/real-session.ts';
import {openSession} from '../open-session.ts';

const MAPS = '/api/v1/namespaces/default/configmaps';
const admin = {commonName: 'kubernetes-admin', organizations: ['system:masters'], issuer: 'kubernetes'};

/** A session with one lesson, and the door by which clients come into it. */
async function attachedSession() {
  const {lesson} = parseLesson(readFileSync(firstBreath, 'utf8'), firstBreath);
  const clock = createManualClock();
  let door: Door | undefined;
  let closed = 0;
  let recording: Recording | undefined;
  const session = openSession([lesson!], {
    ports: {
      ...clock,
      saveRecording: (_lesson, saved) => void (recording = saved),
      async attach(opened) {
        door = opened;
        return {url: 'https://127.0.0.1:1', kubeconfig: '/tmp/kubeconfig', close: () => void closed++};
      },
    },
    nodes: 2,
  });
  session.subscribe(() => undefined);
  session.dispatch({type: 'open', lesson: lesson!.id});
  session.dispatch({type: 'command', line: 'attach'});
  await Promise.resolve();
  const request = (run: string, command: string, method: string, path: string, body?: object): ApiRequest => ({
    method,
    path,
    headers: {'kubectl-command': `kubectl ${command}`, 'kubectl-session': run, 'user-agent': 'kubectl/v1.32.0'},
    clientCertificate: admin,
    client: 'kubectl',
    ...(body && {body: JSON.stringify(body)}),
  });
  const send = (wanted: ApiRequest) => {
    const got: {answer?: ApiResponse; withdraw(): void} = {withdraw: () => undefined};
    got.withdraw = door!.send(wanted, answer => (got.answer = answer));
    return got;
  };
  const create = (name: string, run = name) =>
    request(run, 'create', 'POST', MAPS, {apiVersion: 'v1', kind: 'ConfigMap', metadata: {name}, data: {}});
  const lines = () => session.getSnapshot().transcript.map(({line, output}) => `$ ${line}\n${output}`);
  const names = () => {
    const {body} = send(request('', 'get', 'GET', MAPS)).answer!;
    return (body as {items: {metadata: {name: string}}[]}).items
      .map(item => item.metadata.name)
      .filter(name => name !== 'kube-root-ca.crt');
  };
  return {session, clock, send, create, request, lines, names, closed: () => closed, lesson: lesson!, recording: () => recording!};
}

it('says where it listens, and enters what comes into the history', async () => {
  const {session, send, create, request, lines} = await attachedSession();
  expect(lines()).toEqual([
    '$ attach\nlistening on https://127.0.0.1:1, kubeconfig /tmp/kubeconfig\nIn another terminal: export KUBECONFIG=/tmp/kubeconfig\n',
  ]);
  expect(send(request('1', 'get', 'GET', '/api/v1/namespaces/default/pods')).answer?.code).toBe(200);
  expect(send(create('colours')).answer?.code).toBe(201);
  expect(lines().slice(1)).toEqual([
    '$ kubectl get pods  # attached\n',
    `$ kubectl create configmaps/colours  # attached\nPOST ${MAPS} 201\n`,
  ]);
  expect(session.getSnapshot().facts.revision).toBeGreaterThan(0);
});

it('is one entry a run of kubectl, taken back as one; what only looked is passed over', async () => {
  const {session, send, create, request, lines, names} = await attachedSession();
  send(create('one', 'run'));
  send(create('two', 'run'));
  send(request('look', 'get', 'GET', MAPS));
  expect(names()).toEqual(['one', 'two']);
  session.dispatch({type: 'undo'});
  expect(names()).toEqual([]);
  expect(lines()).toHaveLength(1);
  session.dispatch({type: 'redo'});
  expect(names()).toEqual(['one', 'two']);
});

it('waits in sight while the clock stands; reads are answered from the moment shown', async () => {
  const {session, clock, send, create, lines, names} = await attachedSession();
  session.dispatch({type: 'toggle'});
  const waiting = send(create('late'));
  const given = send(create('given-up'));
  expect(waiting.answer).toBeUndefined();
  expect(lines().slice(1)).toEqual([
    '$ kubectl create configmaps/late  # attached\nwaits: the clock stands\n',
    '$ kubectl create configmaps/given-up  # attached\nwaits: the clock stands\n',
  ]);
  expect(names()).toEqual([]);
  given.withdraw();
  session.dispatch({type: 'toggle'});
  clock.turn(50);
  expect(waiting.answer?.code).toBe(201);
  expect(names()).toEqual(['late']);
  expect(lines()).toHaveLength(2);
});

it('waits while the past is looked at', async () => {
  const {session, clock, send, create, names} = await attachedSession();
  send(create('first'));
  const {lastStep} = session.getSnapshot().time;
  session.dispatch({type: 'seek', step: lastStep - 1});
  expect(names()).toEqual([]);
  const waiting = send(create('second'));
  session.dispatch({type: 'present'});
  if (session.getSnapshot().time.paused) session.dispatch({type: 'toggle'});
  clock.turn(50);
  expect(waiting.answer?.code).toBe(201);
  expect(names()).toEqual(['first', 'second']);
});

it('is judged by the lesson', async () => {
  const {session, send, request} = await attachedSession();
  const manifest = {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {name: 'myapp-pod', labels: {app: 'myapp'}},
    spec: {containers: [{name: 'myapp-container', image: 'busybox:1.28', command: ['sh', '-c', 'echo The app is running! && sleep 3600']}]},
  };
  const objectives = (step: number) => session.getSnapshot().lesson!.steps[step]!.objectives.map(o => o.met);
  expect(objectives(0)).toEqual([false]);
  send(request('1', 'get', 'GET', '/api/v1/nodes'));
  expect(objectives(0)).toEqual([true]);
  session.dispatch({type: 'next'});
  session.dispatch({type: 'predict', option: 0});
  expect(send(request('2', 'create', 'POST', '/api/v1/namespaces/default/pods', manifest)).answer?.code).toBe(201);
  expect(objectives(1)).toContain(true);
});

it('stands in the recording of the lesson: played again it leads to the same state', async () => {
  const {session, clock, send, create, request, lesson, recording} = await attachedSession();
  send(request('1', 'get', 'GET', MAPS));
  clock.turn(500);
  send(create('recorded'));
  clock.turn(2000);
  send(request('2', 'delete', 'DELETE', `${MAPS}/recorded`));
  clock.turn(1000);
  session.dispatch({type: 'map'});
  // As a submission holds it.
  const kept = parseRecording(JSON.parse(JSON.stringify(recording())), 'recording');
  expect(kept.entries.map(entry => entry.action.type)).toEqual(['request', 'request', 'request']);
  expect(replay(kept, lesson).divergence).toBeUndefined();
});

it('closes the door when another world is opened', async () => {
  const {session, closed} = await attachedSession();
  session.dispatch({type: 'sandbox'});
  expect(closed()).toBe(1);
});

it('meets what stands in front of the server at the prompt too', async () => {
  const {session, clock} = await attachedSession();
  const said = (line: string): string => {
    session.dispatch({type: 'command', line});
    for (let i = 0; i < 40; i++) clock.turn(100);
    return session.getSnapshot().transcript.at(-1)!.output;
  };
  said('chaos server expired');
  expect(said('kubectl get nodes')).toMatch(
    /^Unable to connect to the server: tls: failed to verify certificate: x509: certificate has expired or is not yet valid: current time \S+ is after \S+\n$/,
  );
  said('chaos server wrong-ca');
  expect(said('kubectl get nodes')).toBe(
    'Unable to connect to the server: tls: failed to verify certificate: x509: certificate signed by unknown authority\n',
  );
  said('chaos server unavailable');
  expect(said('kubectl get nodes')).toContain('(ServiceUnavailable)');
  said('chaos server mend');
  expect(said('kubectl get nodes')).toContain('node-1');
});
