import {expect, test} from 'vitest';
import {createManualClock} from '../../../src/plain/clock.ts';
import type {Session} from '../../../src/session/types.ts';
import {realSession} from '../../tui/real-session.ts';

function wordsFor(session: Session, line: string): string[] {
  let words: string[] = [];
  session.complete(line, line.length, ({items}) => {
    words = items.map(item => item.text);
  });
  return words;
}

/** The words that Tab offers for the end of the line. */
function offered(): (line: string) => string[] {
  const {session} = realSession(createManualClock(), undefined, undefined, {'web-deployment.yaml': '', 'notes.txt': ''});
  session.dispatch({type: 'sandbox'});
  session.dispatch({type: 'command', line: 'kubectl create deployment shop-window --image=nginx'});
  return line => wordsFor(session, line);
}

test.each<[string, string, string]>([
  ['a command of the shell', 'kbctl', 'kubectl'],
  ['a command of kubectl', 'kubectl rllout', 'rollout'],
  ['a kind', 'kubectl get dplymnts', 'deployments'],
  ['a kind by its short name', 'kubectl get svc', 'services'],
  ['a name', 'kubectl describe deployments shwin', 'shop-window'],
  ['a name behind its kind', 'kubectl get deployments/swin', 'deployments/shop-window'],
  ['a flag', 'kubectl get pods --namspc', '--namespace='],
  ['a file', 'cat wdep', 'web-deployment.yaml'],
  ['a file behind -f', 'kubectl apply -f wdep', 'web-deployment.yaml'],
  ['what stands behind a pipe', 'kubectl get pods | grp', 'grep'],
  ['a kind within a substitution', 'kubectl delete $(kubectl get dplymnts', 'deployments'],
  ['a file behind another command', 'kubectl get pods && cat wdep', 'web-deployment.yaml'],
])('%s is found by some of its letters', (_what, line, word) => {
  expect(offered()(line)[0]).toBe(word);
});

test('what begins with the letters comes alone', () => {
  expect(offered()('kubectl get dep')).toEqual(['deployments']);
  expect(offered()('kubectl get zzqx')).toEqual([]);
});

/** A story with a bookmark, a breakpoint and a second timeline. */
function storied(): (line: string) => string[] {
  const {session} = realSession(createManualClock());
  session.dispatch({type: 'sandbox'});
  for (const action of [
    {type: 'command', line: 'kubectl run web --image=nginx'},
    {type: 'mark', name: 'born'},
    {type: 'break', words: ['stage', 'authz']},
    {type: 'branch', name: 'other'},
  ] as const)
    session.dispatch(action);
  return line => wordsFor(session, line);
}

test.each<[string, string[]]>([
  ['goto b', ['born']],
  ['compare born n', ['now']],
  ['compare ', ['born', 'now', 'other', 'main', 'rev']],
  ['mark b', ['born']],
  ['switch ', ['main']],
  ['beside ma', ['main']],
  ['break ', ['stage', 'component', 'objective', 'node/node-1']],
  ['break stage authz', []],
  ['break stage auth', ['authn', 'authz']],
  ['break component kube-s', ['kube-scheduler']],
  ['break pod/', ['pod/web']],
  ['breaks ', ['delete', 'clear']],
  ['breaks delete ', ['1']],
  ['step ', ['stage', 'revision', 'command']],
  ['why pod/', ['pod/web']],
  ['why pod/web ', []],
  ['undo ', []],
  ['constructor ', []],
])('behind %j stand the names there are', (line, words) => {
  expect(storied()(line)).toEqual(expect.arrayContaining(words));
  if (words.length === 0) expect(storied()(line)).toEqual([]);
});
