/** A refused request at the lines of its manifest: what the panel shows of it, and when there is none. */
import {afterEach, describe, expect, test} from 'vitest';
import {createManualClock} from '../../src/plain/clock.ts';
import {requestPanel} from '../../src/selectors/panels/request.ts';
import {plainText} from '../../src/selectors/styled.ts';
import type {OwnSession} from '../../src/session/session.ts';
import {realSession} from '../tui/real-session.ts';

const configMap = 'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: settings\ndata:\n  sky: blue\n';
const pod = `# the web server
apiVersion: v1
kind: Pod
metadata:
  name: web
spec:
  restartPolicy: Sometimes
  containers:
    - name: Web_1
      image: nginx
    - name: side
`;
const misspelt = pod.replace('Sometimes', 'Always').replace('Web_1', 'web').replace('- name: side', '  port: 80');

let session: OwnSession | undefined;
let clock = createManualClock();
afterEach(() => session?.close());

function at(files: Readonly<Record<string, string>>): (line: string) => OwnSession {
  clock = createManualClock();
  const opened = realSession(clock, undefined, undefined, files).session;
  session = opened;
  opened.dispatch({type: 'sandbox'});
  opened.subscribe(() => undefined);
  return line => {
    opened.dispatch({type: 'command', line});
    clock.turn(20_000);
    return opened;
  };
}

/** The faults of the request that is looked at: `line:column field`, with a `?` behind a field that is not there. */
const faults = (of: OwnSession): string[] =>
  (of.getSnapshot().facts.request?.faults?.faults ?? []).map(
    ({line, column, field, found}) => `${line}:${column} ${field}${found ? '' : ' ?'}`,
  );

const ofPod = ['7:3 spec.restartPolicy', '9:7 spec.containers[0].name', '11:7 spec.containers[1].image ?'];
const down = (lines: number): string[] => ofPod.map(fault => fault.replace(/^\d+/, line => String(Number(line) + lines)));

describe('a refused manifest', () => {
  test.each<[string, Record<string, string>, string, string[]]>([
    ['a file', {'pod.yaml': pod}, 'kubectl create -f pod.yaml', ofPod],
    ['applied', {'pod.yaml': pod}, 'kubectl apply -f pod.yaml', ofPod],
    ['applied by the server', {'pod.yaml': pod}, 'kubectl apply --server-side -f pod.yaml', ofPod],
    ['standard input', {'pod.yaml': pod}, 'kubectl create -f - < pod.yaml', ofPod],
    ['the second document', {'both.yaml': `${configMap}---\n${pod}`}, 'kubectl apply -f both.yaml', down(7)],
    [
      'an item of a list',
      {'list.yaml': `apiVersion: v1\nkind: List\nitems:\n- ${pod.replace(/^#.*\n/, '').replaceAll('\n', '\n  ')}`},
      'kubectl create -f list.yaml',
      ['9:5 spec.restartPolicy', '11:9 spec.containers[0].name', '13:9 spec.containers[1].image ?'],
    ],
    [
      'JSON',
      {'x.json': '{"apiVersion": "v1",\n "kind": "Pod",\n "metadata": {"name": "X"}}'},
      'kubectl create -f x.json',
      ['1:1 spec.containers ?', '3:15 metadata.name'],
    ],
    ['an unknown field', {'pod.yaml': misspelt}, 'kubectl create -f pod.yaml', ['11:7 spec.containers[0].port']],
    [
      'a wrong type',
      {'pod.yaml': pod.replace('image: nginx', 'image: 7')},
      'kubectl create -f pod.yaml',
      ['10:7 spec.containers[0].image'],
    ],
  ])('%s', (_what, files, line, expected) => {
    expect(faults(at(files)(line))).toEqual(expected);
  });

  test('an update of what cannot be changed', () => {
    const type = at({'a.yaml': `${configMap}immutable: true\n`, 'b.yaml': `immutable: true\n${configMap.replace('blue', 'grey')}`});
    type('kubectl create -f a.yaml');
    for (const line of ['kubectl apply -f b.yaml', 'kubectl replace -f b.yaml']) expect(faults(type(line))).toEqual(['6:1 data']);
  });

  test('an edited object: at the lines of the text in the editor', () => {
    const type = at({'a.yaml': `${configMap}immutable: true\n`});
    type('kubectl create -f a.yaml');
    const editing = type('kubectl edit configmap settings').getSnapshot().editing!;
    const changed = editing.text.replace('sky: blue', 'sky: grey');
    session!.dispatch({type: 'edited', text: changed});
    clock.turn(20_000);
    const line = changed.split('\n').indexOf('data:') + 1;
    expect(faults(session!)).toEqual([`${line}:1 data`]);
  });
});

test('without a manifest there are the names of the fields alone, and a refusal for another reason has no lines', () => {
  const type = at({'a.yaml': configMap});
  const none = type('kubectl create configmap Bad_Name').getSnapshot().facts.request!;
  expect(none).toMatchObject({code: 422, message: expect.stringContaining('metadata.name')});
  expect(none.faults).toBeUndefined();
  type('kubectl create -f a.yaml');
  const again = type('kubectl create -f a.yaml').getSnapshot().facts.request!;
  expect(again.code).toBe(409);
  expect(again.faults).toBeUndefined();
});

test('it goes with its request when time goes back, and comes again', () => {
  const type = at({'pod.yaml': pod, 'a.yaml': configMap});
  type('kubectl create -f a.yaml');
  const after = type('kubectl create -f pod.yaml').getSnapshot().facts.request!;
  session!.dispatch({type: 'undo'});
  expect(session!.getSnapshot().facts.request).toMatchObject({code: 201});
  expect(faults(session!)).toEqual([]);
  session!.dispatch({type: 'redo'});
  expect(faults(session!)).toEqual(ofPod);
  type('kubectl create configmap other');
  session!.dispatch({type: 'seek', step: after.step});
  expect(faults(session!)).toEqual(ofPod);
});

test('the panel shows the lines at fault, a mark under what is wrong, and why', () => {
  const {facts} = at({'pod.yaml': pod})('kubectl create -f pod.yaml').getSnapshot();
  const rows = requestPanel.rows(facts, {width: 76, height: 12}).map(each => plainText(each.row).trimEnd());
  const first = rows.findIndex(row => row.startsWith('Manifest'));
  expect(rows.slice(first, first + 16)).toEqual([
    'Manifest  pod.yaml, 3 faults',
    '   6 spec:',
    '✗  7   restartPolicy: Sometimes',
    '       ^^^^^^^^^^^^^',
    '     spec.restartPolicy: Unsupported value: "Sometimes": supported values:',
    '       "Always", "OnFailure", "Never"',
    '   8   containers:',
    '✗  9     - name: Web_1',
    '           ^^^^',
    '     spec.containers[0].name: Invalid value: "Web_1": a lowercase RFC 1123',
    "       label must consist of lower case alphanumeric characters or '-', and",
    "       must start and end with an alphanumeric character (e.g. 'my-name',",
    "       or '123-abc', regex used for validation is",
    "       '[a-z0-9]([-a-z0-9]*[a-z0-9])?')",
    '  10       image: nginx',
    '✗ 11     - name: side',
  ]);
});
