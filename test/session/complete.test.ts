import {expect, test} from 'vitest';
import {createManualClock} from '../../src/plain/clock.ts';
import {realSession} from '../tui/real-session.ts';

/** The words that Tab offers for the end of the line. */
function offered(): (line: string) => string[] {
  const {session} = realSession(createManualClock(), undefined, undefined, {'web-deployment.yaml': '', 'notes.txt': ''});
  session.dispatch({type: 'sandbox'});
  session.dispatch({type: 'command', line: 'kubectl create deployment shop-window --image=nginx'});
  return line => session.complete(line, line.length).items.map(item => item.text);
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
])('%s is found by some of its letters', (_what, line, word) => {
  expect(offered()(line)[0]).toBe(word);
});

test('what begins with the letters comes alone', () => {
  expect(offered()('kubectl get dep')).toEqual(['deployments']);
  expect(offered()('kubectl get zzqx')).toEqual([]);
});
