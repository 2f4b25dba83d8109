import {expect, it} from 'vitest';
import {parseShellLine, ShellError} from '../../src/kubectl/shell.ts';

it('keeps what is quoted together', () => {
  expect(parseShellLine(`kubectl get pods -o jsonpath='{.items[0].metadata.name}'`).words).toEqual([
    'kubectl',
    'get',
    'pods',
    '-o',
    'jsonpath={.items[0].metadata.name}',
  ]);
  expect(parseShellLine(String.raw`kubectl label pod a note="two \"words\"" x=a\ b ''`).words.slice(4)).toEqual([
    'note=two "words"',
    'x=a b',
    '',
  ]);
});

it('puts variables in, but not within single quotes', () => {
  expect(parseShellLine(`echo $NS "\${NS}x" '$NS' $NONE`, {NS: 'team'}).words).toEqual(['echo', 'team', 'teamx', '$NS']);
});

it('reads a here-document as standard input', () => {
  expect(parseShellLine('kubectl apply -f - <<EOF\nkind: Pod\nEOF\n')).toEqual({
    words: ['kubectl', 'apply', '-f', '-'],
    stdin: 'kind: Pod\n',
  });
});

it('reads standard input from a file', () => {
  expect(parseShellLine('kubectl apply -f - < pod.yaml')).toEqual({words: ['kubectl', 'apply', '-f', '-'], input: 'pod.yaml'});
});

it('refuses an open quote', () => {
  expect(() => parseShellLine(`kubectl get 'pods`)).toThrow(ShellError);
});
