import {expect, it} from 'vitest';
import {changed} from '../../../src/session/far/change.ts';
import {hostSession} from '../../../src/session/far/host.ts';
import type {SeenView} from '../../../src/session/far/messages.ts';
import {clusterOf} from '../../../src/session/state.ts';
import {realSession} from '../../tui/real-session.ts';

/** A clock on which reading the time takes two milliseconds; what is due is called in its order. */
function slowClock() {
  let time = 0;
  let due: {at: number; callback: () => void}[] = [];
  const later = (ms: number, callback: () => void): (() => void) => {
    const one = {at: time + ms, callback};
    due = [...due, one].sort((a, b) => a.at - b.at);
    return () => {
      due = due.filter(each => each !== one);
    };
  };
  const turn = (): void => {
    const {at, callback} = due.shift()!;
    time = Math.max(time, at);
    callback();
  };
  return {ports: {now: () => (time += 2), later}, turn};
}

it('looks in several turns at one moment, for which the cluster stands still', () => {
  const {ports, turn} = slowClock();
  const {session} = realSession(ports);
  session.dispatch({type: 'sandbox'});
  session.dispatch({type: 'command', line: 'kubectl create deployment web --image=nginx --replicas=3'});
  session.dispatch({type: 'speed', by: 1});
  let seen: SeenView | undefined;
  const moments: number[] = [];
  const take = hostSession(session, message => {
    if (message.kind !== 'view') return;
    seen = changed(seen, message.change) as SeenView;
    if (seen.facts.revision === undefined) return;
    moments.push(seen.facts.revision);
    expect(seen.facts.revision).toBe(clusterOf(session.core)!.machine.root.revision);
    expect(seen.time.now).toBe(clusterOf(session.core)!.now);
  });
  take({id: 1, kind: 'look', at: ['pipeline', 'controllers', 'kubelets', 'network', 'revision']});
  take({id: 2, kind: 'act', action: {type: 'flow'}});
  for (let turns = 0; turns < 400; turns++) turn();
  expect(moments.length).toBeGreaterThan(5);
  expect(moments.at(-1)).toBeGreaterThan(moments[2]!);
  session.close();
});
