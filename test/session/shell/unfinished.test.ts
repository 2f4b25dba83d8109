import {expect, test} from 'vitest';
import {awaited, commandsOf} from '../../../src/session/shell/unfinished.ts';

test.each([
  ['kubectl get pods', undefined],
  ['kubectl apply -f - <<EOF', 'a line EOF'],
  ['kubectl apply -f - <<EOF\nkind: Pod', 'a line EOF'],
  ['kubectl apply -f - <<EOF\nkind: Pod\nEOF', undefined],
  ["kubectl patch pod a -p '{", 'a closing quote'],
  ['kubectl get pods \\', 'the rest of the line'],
  ['kubectl get pods \\\\', undefined],
  ['for i in 1 2 3; do', 'its end'],
  ['for i in 1 2 3; do echo $i; done', undefined],
  ['kubectl get pods |', 'its end'],
  ['kubectl get pods &&', 'its end'],
  ['echo $(date', 'its end'],
  // What is wrong is said at once, and what stands for something of the reader's too.
  ['kubectl get pod >', undefined],
  ['kubectl get pod <name>', undefined],
  [')', undefined],
  // A word of the game is no shell.
  ["mark the pod's birth", undefined],
] as const)('%j waits for %j', (text, what) => expect(awaited(text)).toBe(what));

test('many lines are cut into whole commands', () =>
  expect(
    commandsOf(['# a comment', 'kubectl get pods', '', 'cat <<EOF', '# kept', '', 'EOF', 'for i in 1', 'do echo $i', 'done', 'echo "open']),
  ).toEqual([
    {at: 1, text: 'kubectl get pods'},
    {at: 3, text: 'cat <<EOF\n# kept\n\nEOF'},
    {at: 7, text: 'for i in 1\ndo echo $i\ndone'},
    {at: 10, text: 'echo "open'},
  ]));
