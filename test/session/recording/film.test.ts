import {describe, expect, it} from 'vitest';
import {createManualClock} from '../../../src/plain/clock.ts';
import {replay} from '../../../src/session/lesson/grading/replay.ts';
import {filmOf} from '../../../src/session/recording/film.ts';
import {createPlayer} from '../../../src/session/recording/player.ts';
import {lessonSource, playLesson} from '../lesson/grading/student.ts';

const lesson = lessonSource('first-breath').variant({}).lesson!;
const lines = ['kubectl get nodes', 'kubectl create -f myapp-pod.yaml', 12_000, 'kubectl get pods', 'undo'] as const;
const recording = playLesson(lesson, [...lines, {type: 'predict', option: 0}], {wait: 500});

describe('a film of a lesson', () => {
  const {scenes, divergence} = filmOf(recording, lesson);

  it('has a scene for each thing done, with what it printed and caused', () => {
    expect(divergence).toBeUndefined();
    expect(scenes.map(s => s.title)).toEqual([
      '$ kubectl get nodes',
      '$ kubectl create -f myapp-pod.yaml',
      '$ kubectl get pods',
      'undo',
      expect.stringMatching(/^predicted: /),
    ]);
    const [nodes, create, pods, undo] = scenes;
    expect(nodes).toMatchObject({
      output: expect.stringMatching(/node-1 +Ready/),
      objectives: [{text: 'You have listed the nodes', met: true}],
    });
    expect(create!.output).toBe('pod/myapp-pod created\n');
    expect(create!.story.some(line => /kube-scheduler .*default\/myapp-pod -> node-/.test(line))).toBe(true);
    expect(pods!.output).toMatch(/myapp-pod +1\/1 +Running/);
    expect(create!.revision).toBeGreaterThan(nodes!.revision);
    expect(undo!.output).toBe('taken back: kubectl get pods');
  });
});

describe('a recording that is shown', () => {
  const clock = createManualClock();
  const {session} = replay({...recording, entries: recording.entries.slice(0, 3), end: undefined}, lesson, {ports: clock});
  const player = createPlayer(session, clock);
  const view = () => player.getSnapshot();

  it('begins at its beginning and goes to any moment and back', () => {
    expect(view().time).toMatchObject({past: true, paused: true, step: view().time.firstStep});
    expect(view().transcript).toEqual([]);
    player.dispatch({type: 'seek', step: view().time.marks[1]!.step + 1});
    expect(view().transcript.map(t => t.line)).toEqual(['kubectl get nodes', 'kubectl create -f myapp-pod.yaml']);
    expect(view().facts.pods.map(p => p.phase)).toEqual(['Pending']);
    player.dispatch({type: 'seek', step: view().time.firstStep});
    expect(view().facts.pods).toEqual([]);
  });

  it('plays in its own time, is stopped and plays on', () => {
    player.dispatch({type: 'toggle'});
    expect(view().time.paused).toBe(false);
    clock.turn(2000);
    const {now} = view().time;
    expect(view().facts.pods.map(p => p.phase)).toEqual(['ContainerCreating']);
    player.dispatch({type: 'toggle'});
    clock.turn(5000);
    expect(view().time).toMatchObject({now, paused: true});
    player.dispatch({type: 'speed', by: 1});
    player.dispatch({type: 'toggle'});
    clock.turn(10_000);
    expect(view().facts.pods.map(p => p.phase)).toEqual(['Running']);
    expect(view().time).toMatchObject({past: false, paused: true});
  });
});
