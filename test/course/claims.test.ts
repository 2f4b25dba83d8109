/** The thirty claims of lesson 10.3: what a cluster itself says of each, and what it takes for it to say so. */
import {readFileSync} from 'node:fs';
import path from 'node:path';
import {fileURLToPath} from 'node:url';
import {describe, expect, it, test} from 'vitest';
import type {CHECKLIST} from '../../src/course/checklist.ts';
import {evaluate} from '../../src/course/checks.ts';
import {CLAIMS, claimsOf, ROOMS} from '../../src/course/claims/claims.ts';
import {EXIT, firstJudgements, foresawClaims, lastJudgements} from '../../src/course/claims/judgements.ts';
import {type ClaimVerdict, VERDICTS} from '../../src/course/claims/types.ts';
import {parseLesson} from '../../src/course/schema.ts';
import type {Check} from '../../src/course/types.ts';
import type {KubeObject} from '../../src/engine/api/types.ts';
import type {Cluster} from '../../src/engine/cluster/cluster.ts';
import {objectsOf} from '../../src/selectors/objects.ts';
import {program} from '../../src/session/shell/line.ts';
import {newShell, type ProgramEnv, runToEnd} from '../../src/session/shell/shell.ts';
import {lessonWorld} from '../../src/session/world.ts';
import {play} from '../session/playing.ts';

/** What the checklist of mechanisms says of each: its row, and the verdict. */
const FACTS: readonly (readonly [row: keyof typeof CHECKLIST, verdict: ClaimVerdict])[] = [
  ['C1', 'never'],
  ['C1', 'true'],
  ['C4', 'never'],
  ['C5', 'true'],
  ['B2', 'never'],
  ['D3c', 'was'],
  ['D6b', 'true'],
  ['D8', 'never'],
  ['D10', 'true'],
  ['D12', 'was'],
  ['E6', 'never'],
  ['E8', 'never'],
  ['D1', 'true'],
  ['F1', 'was'],
  ['A5', 'true'],
  ['G6', 'was'],
  ['G7', 'never'],
  ['G8', 'true'],
  ['H4', 'never'],
  ['H7', 'never'],
  ['I2', 'never'],
  ['I8', 'was'],
  ['J5', 'true'],
  ['J8', 'never'],
  ['J10', 'never'],
  ['I5', 'never'],
  ['J14', 'true'],
  ['D18', 'true'],
  ['K9', 'true'],
  ['I17', 'never'],
];

const file = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../../lessons/10-at-scale/03-myth-hunt.yaml');
const {lesson} = parseLesson(readFileSync(file, 'utf8'), file);
const world = lessonWorld(lesson!);

/** A learner in the lesson's cluster, as it is at first. */
const learner = (cluster: Cluster = world.cluster.history.branch()): ProgramEnv => ({
  cluster,
  state: newShell(world.files, world.variables),
  disabled: [],
});

const type = (line: string, env: ProgramEnv) => runToEnd(program(line, env), env.cluster);

const named = ({kind, metadata}: KubeObject): string => `${kind} ${metadata.namespace ?? ''}/${metadata.name}`;

describe('the claims', () => {
  it('are thirty, five a room, out of all five documents', () => {
    expect(ROOMS.map(({name}) => claimsOf(name).length)).toEqual([5, 5, 5, 5, 5, 5]);
    expect(new Set(CLAIMS.map(({claim}) => claim.source.slice(0, 3)))).toEqual(new Set(['000', '001', '002', '003', '004']));
    expect(FACTS).toHaveLength(CLAIMS.length);
  });

  it('are of mechanisms that the lesson says it covers', () => {
    expect(FACTS.map(([row]) => row).filter(row => !lesson!.covers.includes(row))).toEqual([]);
  });

  test.each(CLAIMS.map(({number, claim}) => [number, claim.says] as const))('%i is what its run shows: %s', number => {
    const [, verdict] = FACTS[number - 1]!;
    const said = VERDICTS.map(each => [each, type(`claim ${number} ${each}`, learner()).exitCode]);
    expect(said).toEqual(VERDICTS.map(each => [each, each === verdict ? EXIT.right : EXIT.wrong]));
  });

  test.each(CLAIMS.map(({number}) => number))('%i is not judged by a cluster that shows nothing', number => {
    const env = learner();
    type('chaos stop kube-apiserver', env);
    const {exitCode, output} = type(`claim ${number} never`, env);
    expect({exitCode, output}).toMatchObject({
      exitCode: EXIT.untried,
      output: expect.stringContaining('neither that it is so nor that it is not'),
    });
  });

  // The same claims in clusters that are set up otherwise today.
  const museum = CLAIMS.flatMap(({number, claim: {once}}) => (once ? [[number, once] as const] : []));
  test.each(museum)('%i is true in a cluster that still is as it once was', (number, {server, kubelets}) => {
    const env = learner();
    if (server) env.cluster.control({action: 'configure', change: server});
    for (const node of ['node-1', 'node-2', 'node-3'])
      if (kubelets) env.cluster.control({action: 'kubelet-config', node, change: kubelets});
    env.cluster.advance(10_000);
    expect(type(`claim ${number} true`, env).exitCode).toBe(EXIT.right);
  });

  it('have no verdict of their own', () => {
    const verified = learner();
    verified.cluster.control({action: 'configure', change: {verifyKubelets: true}});
    expect(type('claim 28 never', verified).exitCode).toBe(EXIT.right);
    const pinning = learner();
    type('chaos kubelet set node-3 cpuManagerPolicy=static', pinning);
    pinning.cluster.advance(10_000);
    expect(type('claim 24 true', pinning).exitCode).toBe(EXIT.right);
    const deaf = learner();
    type('chaos cut kubelet/node-1 pods', deaf);
    expect(type('claim 21 true', deaf).exitCode).toBe(EXIT.right);
  });

  it('leave the cluster so that each can be tried in any order, and at once again', () => {
    const env = learner();
    const before = objectsOf(env.cluster.machine, 'nodes').map(node => node['spec']);
    const exits = CLAIMS.flatMap((_, i) => {
      env.cluster.advance(i * 137);
      return [7, 7, 11].map(stride => type(`claim ${((i * stride) % CLAIMS.length) + 1} never`, env).exitCode);
    });
    expect(new Set(exits)).toEqual(new Set([EXIT.right, EXIT.wrong]));
    type('claim 3 never', env);
    env.cluster.settle(600_000);
    expect(
      objectsOf(env.cluster.machine, 'pods')
        .filter(({metadata}) => metadata.namespace === 'default')
        .map(named),
    ).toEqual([]);
    expect(objectsOf(env.cluster.machine, 'resourcequotas').map(named)).toEqual([]);
    expect(objectsOf(env.cluster.machine, 'nodes').map(node => node['spec'])).toEqual(before);
  });
});

describe('claim', () => {
  it('shows what was so in the year of the text beside what is so today', () => {
    const {output} = type('claim 10 was', learner());
    expect(output).toMatch(
      /Today, v1\.36:\n\$ kubectl create -f root\.yaml\npod\/root created\nThe same in v1\.18 \(2020\):\n\$ kubectl create -f root\.yaml\n.*pod security policy/,
    );
    expect(output).toMatch(/✓ Right: was true\./);
  });

  it('lists a room, and marks what was judged', () => {
    const env = learner();
    type('claim 4 true', env);
    type('claim 5 true', env);
    expect(
      type('claim kubectl', env)
        .output.split('\n')
        .map(line => line.slice(0, 9).trim()),
    ).toEqual(['1   kube', '2   kube', '3   The', '4 ✓ $KUB', '5 ✗ A ma', '']);
    expect(env.state.variables['KUBECONFIG']).toBeUndefined();
  });

  it('lets what it made be looked at until the next is tried', () => {
    const env = learner();
    type('claim 1 never', env);
    expect(type('kubectl get pods', env).output).toContain('InvalidImageName');
    type('claim 2 true', env);
    expect(type('kubectl get pods', env).output).toContain('No resources found');
  });

  it('puts back what a trial that was ended halfway has left, and goes back with undo', () => {
    const {type: typed, session, printed} = play(file);
    typed('claim 13 true');
    session.dispatch({type: 'interrupt'});
    typed('claim 21 true', 'skip');
    expect(printed()).toMatch(/No: never true/);
    typed('claim 2 never', 'claim store');
    expect(printed()).toContain('13   The API server');
    typed('undo');
    typed('undo', 'claim kubectl');
    expect(printed()).not.toContain('✗');
    typed('kubectl get pods');
    expect(printed()).toContain('quick');
    typed('claim 3 never', 'kubectl get pods');
    expect(printed()).not.toContain('quick');
  });

  it('does not feel what is tried in the past', () => {
    const env = learner();
    type('claim 16 was', env);
    expect(
      objectsOf(env.cluster.machine, 'secrets')
        .map(named)
        .filter(name => name.includes('-token-')),
    ).toEqual([]);
  });

  it('says how it is used', () => {
    expect(type('claim 31', learner())).toMatchObject({exitCode: EXIT.usage, output: expect.stringContaining('1 to 30')});
    expect(type('claim 3 perhaps', learner()).exitCode).toBe(EXIT.usage);
    expect(type('claim 3 never 140', learner())).toMatchObject({exitCode: EXIT.usage, output: expect.stringContaining('[PERCENT]')});
    expect(type('claim 3 never 80%', learner()).output).toContain('You say: never true, 80 % sure. Today, v1.36:');
    expect(type('claim 3', learner()).output).toContain('kubectl explain pod.spec.nodeName');
  });
});

describe('what was said', () => {
  const said = (...lines: readonly (readonly [string, number])[]) =>
    lines.map(([line, exitCode], position) => ({line, exitCode, position}));
  const commands = said(
    ['claim 1 true', 1],
    ['claim 2 true', 0],
    ['claim 1 never', 0],
    ['claim 3', 0],
    ['claim 3 was', 3],
    ['claim kubectl', 0],
  );

  it('counts by the last word for the step, by the first for the star', () => {
    const right = (judged: ReturnType<typeof lastJudgements>) => [...judged.values()].map(each => [each.number, each.right]);
    expect(right(lastJudgements(commands))).toEqual([
      [1, true],
      [2, true],
    ]);
    expect(right(firstJudgements(commands)).toSorted()).toEqual([
      [1, false],
      [2, true],
    ]);
  });

  it('is said altogether, or with so many percent', () => {
    const sure = said(['claim 1 never 80', 0], ['claim 2 true', 1], ['claim 3 was 55%', 0], ['claim 4 was 80 | cat', 0]);
    expect([...firstJudgements(sure).values()].toSorted((a, b) => a.number - b.number)).toEqual([
      {number: 1, said: 'never', sure: 80, right: true},
      {number: 2, said: 'true', sure: 100, right: false},
      {number: 3, said: 'was', sure: 55, right: true},
    ]);
  });

  it('was foreseen where four of five were right at once', () => {
    expect(foresawClaims(commands)).toBe(false);
    expect(foresawClaims([])).toBe(true);
    expect(
      foresawClaims(said(['claim 1 never', 0], ['claim 2 true', 0], ['claim 3 true', 1], ['claim 4 true', 0], ['claim 5 never', 0])),
    ).toBe(true);
  });

  it('is checked by room', () => {
    const chronicle = {cluster: world.cluster, from: 0, commands, rewound: 0, predicted: false, ordered: 0};
    const gap = (check: Check): string => evaluate(check, chronicle).gap();
    expect(gap({judged: 'kubectl'})).toBe('not judged yet: 3, 4, 5');
    expect(gap({judged: 'kubectl', right: 4})).toBe('2 of 5 judged rightly, 4 are wanted');
    expect(evaluate({judged: 'kubectl', right: 2}, chronicle).met).toBe(true);
  });
});
