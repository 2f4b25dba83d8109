import {describe, expect, test} from 'vitest';
import {lab, scriptPod, secondOf} from './lab.ts';

describe('restart policy and exit', () => {
  const scripts = {0: 'sleep 1', 1: 'sleep 1; exit 1', killed: 'sleep 3600'};
  const expected: Record<string, Record<string, {phase: string; state: string; restarts: boolean}>> = {
    Always: {
      0: {phase: 'Running', state: 'waiting CrashLoopBackOff', restarts: true},
      1: {phase: 'Running', state: 'waiting CrashLoopBackOff', restarts: true},
      killed: {phase: 'Running', state: 'running', restarts: true},
    },
    OnFailure: {
      0: {phase: 'Succeeded', state: 'terminated 0 Completed', restarts: false},
      1: {phase: 'Running', state: 'waiting CrashLoopBackOff', restarts: true},
      killed: {phase: 'Running', state: 'running', restarts: true},
    },
    Never: {
      0: {phase: 'Succeeded', state: 'terminated 0 Completed', restarts: false},
      1: {phase: 'Failed', state: 'terminated 1 Error', restarts: false},
      killed: {phase: 'Failed', state: 'terminated 137 Error', restarts: false},
    },
  };

  for (const [restartPolicy, row] of Object.entries(expected))
    for (const [exit, want] of Object.entries(row))
      test(`${restartPolicy}, exit ${exit}: ${want.phase}, ${want.state}`, () => {
        const it = lab();
        const pod = it.apply(scriptPod('a', scripts[exit as '0'], {restartPolicy}));
        it.wait(6);
        if (exit === 'killed') {
          it.cluster.control({action: 'kill-container', node: 'node-1', pod: `default/${pod}`, container: 'main'});
          it.wait(4);
        } else it.wait(6);
        expect(it.pod(pod)!.status!.phase).toBe(want.phase);
        expect(it.state(pod)).toBe(want.state);
        expect(it.status(pod).restartCount > 0).toBe(want.restarts);
      });
});

describe('CrashLoopBackOff', () => {
  test('waits 0, 10, 20, 40, 80, 160, 300, 300 seconds from the end of the last run, and up to half a minute for its next turn', () => {
    const it = lab();
    const pod = it.apply(scriptPod('a', 'exit 1'));
    const starts: number[] = [];
    const ends: number[] = [];
    for (let t = 0; t < 1600; t++) {
      it.wait(1);
      const status = it.status(pod);
      const ended = (status?.state?.terminated ?? status?.lastState?.terminated)!;
      if (!ended?.startedAt) continue;
      const [start, end] = [secondOf(ended.startedAt), secondOf(ended.finishedAt)];
      if (starts.at(-1) !== start) {
        starts.push(start);
        ends.push(end);
      }
    }
    const waits = starts.slice(1).map((start, i) => start - ends[i]!);
    // Short runs share a second with their restart, so the first wait is not always seen.
    const long = waits.filter(w => w >= 9);
    const delays = [10, 20, 40, 80, 160, 300, 300];
    const late = delays.map((delay, i) => long[i]! - delay);
    // A second is the precision of the times in a status.
    for (const [i, seconds] of late.entries()) expect(seconds, `wait ${i + 1}`).toBeGreaterThanOrEqual(-1);
    for (const [i, seconds] of late.entries()) expect(seconds, `wait ${i + 1}`).toBeLessThanOrEqual(Math.min(delays[i]! / 2, 30) + 1);
  });

  test('says so in status and events', () => {
    const it = lab();
    const pod = it.apply(scriptPod('a', 'exit 3'));
    it.wait(6);
    const {uid} = it.pod(pod)!.metadata;
    expect(it.status(pod).state!.waiting).toEqual({
      reason: 'CrashLoopBackOff',
      message: `back-off 10s restarting failed container=main pod=a_default(${uid})`,
    });
    expect(it.status(pod).lastState!.terminated).toMatchObject({exitCode: 3, reason: 'Error'});
    expect(it.events(pod)).toContain(`BackOff: Back-off restarting failed container main in pod a_default(${uid})`);
  });

  test('is forgotten after ten minutes without trouble', () => {
    const it = lab();
    // Three quick ends, then one long run that ends too.
    const script = 'n=$(cat /state/n 2>/dev/null || echo 0); echo $((n+1)) > /state/n; if [ $n -lt 3 ]; then exit 1; fi; sleep 700; exit 1';
    const pod = it.apply(
      scriptPod('a', script, {
        spec: 'volumes: [{name: state, emptyDir: {}}]',
        container: 'volumeMounts: [{name: state, mountPath: /state}]',
      }),
    );
    it.wait(60);
    expect(it.state(pod)).toBe('running');
    it.wait(705);
    // Started again at once: the back-off began anew.
    expect(it.state(pod)).toBe('running');
    expect(it.status(pod).restartCount).toBe(4);
  });

  test('keeps the log of the run before', () => {
    const it = lab();
    const pod = it.apply(scriptPod('a', 'echo run; exit 1'));
    it.wait(30);
    expect(it.status(pod).restartCount).toBeGreaterThanOrEqual(2);
    expect(it.status(pod).lastState!.terminated!.containerID).toBeDefined();
  });
});
