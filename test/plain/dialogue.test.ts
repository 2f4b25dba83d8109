import {PassThrough} from 'node:stream';
import {describe, expect, test} from 'vitest';
import type {Progress} from '../../src/course/progress.ts';
import {createManualClock} from '../../src/plain/clock.ts';
import {runPlain} from '../../src/plain/run.ts';
import {firstBreath, realSession} from '../tui/real-session.ts';

/** Plays the lines from standard input; returns what was printed, and the progress that was saved last. */
async function talk(
  lines: readonly string[],
  {lesson = firstBreath, ...options}: {ascii?: boolean; lesson?: string} = {},
): Promise<{said: string; progress: Progress | undefined}> {
  const clock = createManualClock();
  let quit = (): void => undefined;
  const {session, progress} = realSession(clock, lesson, () => quit());
  const input = new PassThrough();
  const output = new PassThrough();
  let said = '';
  output.on('data', chunk => {
    said += chunk;
  });
  input.end(lines.map(line => `${line}\n`).join(''));
  await runPlain(session, clock, {
    input,
    output,
    prompt: false,
    ...options,
    onQuit: stop => {
      quit = stop;
    },
  });
  session.close();
  return {said, progress: progress()};
}

describe('the line dialogue', () => {
  test('takes a here-document as one command, also where the input ends within it', async () => {
    const map = ['apiVersion: v1', 'kind: ConfigMap', 'metadata: {name: typed}'];
    const {said} = await talk(['sandbox', 'kubectl apply -f - <<EOF', ...map, 'EOF', 'kubectl create -f - <<EOF', ...map]);
    expect(said).toContain('configmap/typed created\n');
    expect(said).toContain('configmaps "typed" already exists\n');
    expect(said).not.toContain('command not found');
  });

  test('says what a command waits for, and drops it at an empty line', async () => {
    const {said} = await talk(['sandbox', "kubectl label ns default said='it", '', 'kubectl get ns']);
    expect(said).toContain('The command goes on: it waits for a closing quote; an empty line drops it.\nDropped.\nNAME ');
  });

  test('quotes what can be typed, where no colour tells it from the text', async () => {
    const {said} = await talk(['play 1.1', 'kubectl get nodes', 'next']);
    expect(said).toContain('`cat myapp-pod.yaml` shows the manifest.');
    expect(said).toContain('When `kubectl create` says created,');
  });

  test('begins with the map and ends with its input', async () => {
    const {said} = await talk([]);
    expect(said).toContain('Birth certificate');
    expect(said).toContain('First breath');
    expect(said).toContain('Type play and a number to begin');
  });

  test('runs commands, each after the one before has come to its end', async () => {
    const {said} = await talk([
      'sandbox',
      'kubectl create configmap colours --from-literal=sky=blue',
      'kubectl get configmap colours -o jsonpath={.data.sky}',
    ]);
    expect(said).toMatch(/configmap\/colours created\n[\s\S]*blue/);
  });

  test('shows every panel as a command', async () => {
    const {said} = await talk([
      'sandbox',
      'kubectl create configmap colours',
      'show store',
      'show request',
      'show kubelet',
      'show nonsense',
    ]);
    expect(said).toMatch(/Store {2}.*revision \d+\n/);
    expect(said).toContain('configmaps/default/colours');
    expect(said).toMatch(/✓ 201 Created/);
    expect(said).toContain('node-2 ✓ Ready');
    expect(said).toContain('show what? one of: lesson, map, time, pipeline, request,');
  });

  test('lets time pass between two lines only', async () => {
    const {said} = await talk(['sandbox', 'show time', 'show time', 'wait 7', 'show time']);
    const times = [...said.matchAll(/^time (\S+)s /gm)].map(match => Number(match[1]));
    expect(times[1]).toBe(times[0]);
    expect(times.at(-1)! - times[0]!).toBeCloseTo(7, 0);
  });

  test('tells what is met already once, where the goals of a step appear', async () => {
    const {said} = await talk(['play 5.4', 'predict 1'], {lesson: 'lessons/05-reconcilers/04-rollout.yaml'});
    expect(said).toMatch(/^✓ /m);
    expect(said).not.toContain('[done]');
  });

  test('tells the lesson step by step', async () => {
    const {said, progress} = await talk(['play 1.1', 'next', 'kubectl get nodes', 'next', 'predict 1', 'hint']);
    expect(said).toContain('not yet');
    expect(said).toContain('[done] You have listed the nodes');
    expect(said).toContain('This step is done. Type next to go on.');
    expect(said).toContain('Type predict and the number.');
    expect(said).toMatch(/You predicted: Pending/);
    expect(said).toMatch(/Hint: /);
    expect(progress?.last).toBe('first-breath');
  });

  test('is enough to solve a whole lesson', async () => {
    const solution = [
      'kubectl get nodes',
      'next',
      'predict 1',
      'kubectl create -f myapp-pod.yaml',
      'next',
      'wait 5',
      'next',
      'back',
      'back',
      'present',
      'next',
    ];
    const {said, progress} = await talk(['play 1.1', ...solution]);
    expect(said).toContain('✓ Solved');
    expect(progress?.lessons['first-breath']).toMatchObject({solved: true});
  });

  test('stops at quit, whatever follows', async () => {
    const {said} = await talk(['sandbox', 'quit', 'kubectl create configmap never']);
    expect(said).not.toContain('never');
  });

  test('prints nothing that acts on a terminal, and ASCII where asked', async () => {
    const lines = ['sandbox', "kubectl create configmap evil --from-literal=$'x'=1", 'kubectl get pods \u001b[2J', 'show store'];
    const {said} = await talk(lines, {ascii: true});
    expect(said).toMatch(/^[\x20-\x7e\n]*$/);
  });

  test('edits a file by its line numbers and tells what is wrong', async () => {
    const {said} = await talk([
      'sandbox',
      'edit web.yaml',
      '1 apiVersion: v1',
      '+1 kind: Pod',
      '+2 metadata: {name: web}',
      '+3 spec: {containers: [{name: web, imag: nginx}]}',
      '4 spec: {containers: [{name: web, image: nginx}]}',
      'save',
      'kubectl create -f web.yaml',
      'edit web.yaml',
      '-4',
      'drop',
      'cat web.yaml',
    ]);
    expect(said).toContain('Fault in line 4, column 33: unknown field "spec.containers[0].imag"');
    expect(said).toMatch(/No fault\.\nweb\.yaml: saved\n[\s\S]*pod\/web created/);
    expect(said).toMatch(/web\.yaml: left as it was\n[\s\S]*spec: \{containers: \[\{name: web, image: nginx\}\]\}\n/);
  });

  test('a sleep is slept out however long it is; a watch is ended after a while', async () => {
    const {said} = await talk(['sandbox', 'sleep 15m', 'show time', 'kubectl get pods --watch', 'show time']);
    const times = [...said.matchAll(/^time (\S+)/gm)].map(([, time]) => time);
    expect(times).toHaveLength(2);
    expect(times[0]).toMatch(/\b15:0\d/);
    expect(times[1]).toMatch(/\b15:3\d/);
  });
});
