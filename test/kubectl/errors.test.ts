/** What kubectl says when something is wrong, and how it exits. */
import {beforeAll, describe, expect, it} from 'vitest';
import {createWorld, type World} from './world.ts';

let world: World;
beforeAll(() => {
  world = createWorld({
    nodes: 1,
    people: {admin: {groups: ['system:masters']}, alice: {groups: ['dev', 'system:authenticated']}, bad: 'bad token'},
  });
});

describe('on the command line', () => {
  it.each([
    ['kubectl gett pods', 'error: unknown command "gett" for "kubectl"\n\nDid you mean this?\n\tset\n\tget\n'],
    [
      'kubectl get',
      'You must specify the type of resource to get. Use "kubectl api-resources" for a complete list of supported resources.\n\nerror: Required resource not specified.\nUse "kubectl explain <resource>" for a detailed description of that resource (e.g. kubectl explain pods).\nSee \'kubectl get -h\' for help and examples\n',
    ],
    ['kubectl get pods --nope', "error: unknown flag: --nope\nSee 'kubectl get --help' for usage.\n"],
    ['kubectl get widgets', 'error: the server doesn\'t have a resource type "widgets"\n'],
    ['kubectl get pods -o nope', 'error: unable to match a printer suitable for the output format "nope"'],
    ['kubectl create deployment', 'error: required flag(s) "image" not set\n'],
    [
      'kubectl create deployment --image=nginx',
      "error: exactly one NAME is required, got 0\nSee 'kubectl create deployment -h' for help and examples\n",
    ],
    ['kubectl run Bad_Name --image=nginx', 'The Pod "Bad_Name" is invalid: '],
    ['kubectl run web --image="not an image"', 'error: Invalid image name "not an image": invalid reference format\n'],
    ['kubectl scale deploy/web', 'error: required flag(s) "replicas" not set\n'],
    ['kubectl exec web', 'error: you must specify at least one command for the container\n'],
    ['kubectl rollout status svc/kubernetes', 'error: no status viewer has been implemented for Service\n'],
  ])('%s', (line, text) => {
    const {stderr, exitCode} = world.run(line);
    expect(stderr.slice(0, text.length)).toBe(text);
    expect(exitCode).toBe(1);
  });
});

describe('from the server', () => {
  it.each([
    ['kubectl get pod none', 'Error from server (NotFound): pods "none" not found\n'],
    [
      'kubectl get pod/a deploy/b',
      'Error from server (NotFound): pods "a" not found\nError from server (NotFound): deployments.apps "b" not found\n',
    ],
    ['kubectl create namespace default', 'Error from server (AlreadyExists): namespaces "default" already exists\n'],
    [
      'kubectl get pods --server=https://10.0.0.9',
      'The connection to the server 10.0.0.9 was refused - did you specify the right host or port?\n',
    ],
    [
      'kubectl get secrets --as alice',
      'Error from server (Forbidden): secrets is forbidden: User "alice" cannot list resource "secrets" in API group "" in the namespace "default"\n',
    ],
    ['kubectl get pods --user bad', 'error: You must be logged in to the server (Unauthorized)\n'],
  ])('%s', (line, text) => {
    const {stderr, exitCode} = world.run(line);
    expect(
      stderr
        .split('\n')
        .filter(l => !/^[EWI]\d{4}/.test(l))
        .join('\n'),
    ).toBe(text);
    expect(exitCode).toBe(1);
  });
});

describe('in a manifest', () => {
  it.each([
    ['kind: [', 'error: error parsing f.yaml: '],
    [
      'kind: Pod\nmetadata: {name: a}\n',
      'error: error validating "f.yaml": error validating data: apiVersion not set; if you choose to ignore these errors, turn validation off with --validate=false\n',
    ],
    [
      'apiVersion: v1\nkind: Widget\nmetadata: {name: a}\n',
      'error: resource mapping not found for name: "a" namespace: "" from "f.yaml": no matches for kind "Widget" in version "v1"\nensure CRDs are installed first\n',
    ],
    [
      'apiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspec: {containerz: []}\n',
      'Error from server (BadRequest): error when creating "f.yaml": Pod in version "v1" cannot be handled as a Pod: strict decoding error: unknown field "spec.containerz"\n',
    ],
  ])('%j', (text, message) => {
    world.files['f.yaml'] = text;
    const {stderr, exitCode} = world.run('kubectl apply -f f.yaml');
    expect(stderr.slice(0, message.length)).toBe(message);
    expect(exitCode).toBe(1);
  });

  it('does not let aliases explode', () => {
    const bomb = [
      'a: &a [x,x,x,x,x,x,x,x,x]',
      ...'bcdefghi'.split('').map((c, i) => `${c}: &${c} [${Array(9).fill(`*${'abcdefgh'[i]}`).join(',')}]`),
    ].join('\n');
    world.files['f.yaml'] = `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: bomb}\n${bomb}\n`;
    expect(world.run('kubectl apply -f f.yaml')).toMatchObject({exitCode: 1});
  });
});

it('exits 1 on differences, and says nothing where there are none', () => {
  world.files['cm.yaml'] = 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: settings}\ndata: {a: "1"}\n';
  world.run('kubectl apply -f cm.yaml');
  expect(world.run('kubectl diff -f cm.yaml')).toEqual({stdout: '', stderr: '', exitCode: 0});
  world.files['cm.yaml'] = world.files['cm.yaml']!.replace('"1"', '"2"');
  const {stdout, exitCode} = world.run('kubectl diff -f cm.yaml');
  expect(stdout).toMatch(/-\s+a: "1"\n\+\s+a: "2"/);
  expect(exitCode).toBe(1);
});

describe('a file that is no manifest', () => {
  it.each([
    ['[1]', 'error validating "f.yaml": error validating data: invalid object to validate'],
    ['kind: [a]', 'error validating "f.yaml": error validating data: [apiVersion not set, kind isn\'t string type]'],
    ['{"apiVersion": "v1",}', "error parsing f.yaml: json: offset 21: invalid character '}' looking for beginning of object key string"],
    ['{"apiVersion": "v1\n"}', "error parsing f.yaml: json: offset 19: invalid character '\\n' in string literal"],
    ['{"apiVersion": "v1"', 'error parsing f.yaml: unexpected EOF'],
    ['a: [b\nc: d', "error parsing f.yaml: error converting YAML to JSON: yaml: line 1: did not find expected ',' or ']'"],
  ])('%j', (text, words) => {
    world.files['f.yaml'] = text;
    expect(world.run('kubectl apply -f f.yaml').stderr).toContain(`error: ${words}`);
  });

  it('may be several values of JSON, and have a key twice', () => {
    const json = (name: string): string => JSON.stringify({apiVersion: 'v1', kind: 'ConfigMap', metadata: {name}});
    world.files['f.yaml'] = `${json('one')}\n${json('two')}\n`;
    expect(world.run('kubectl create -f f.yaml').stdout).toBe('configmap/one created\nconfigmap/two created\n');
    world.files['f.yaml'] = 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: three, name: four}\n';
    expect(world.run('kubectl create -f f.yaml').stdout).toBe('configmap/four created\n');
  });
});
