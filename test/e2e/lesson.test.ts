/** Whole lessons in the built program, as a learner plays them. */
import {spawnSync} from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import {describe, expect, it} from 'vitest';
import {panels} from '../../src/selectors/panels/table.ts';
import {openTerminal, program} from './terminal.ts';

const keys = {enter: '\r', right: '\u001b[C', escape: '\u001b', save: '\u0013', end: '\u0005'};

describe.concurrent('in a terminal of 80 x 24', () => {
  it('the first lesson is played by keys alone, from the map to its stars', async () => {
    const t = openTerminal([], 80, 24);
    await t.shows('First breath');
    t.type(keys.enter);
    // The tour is skipped.
    await t.shows('Esc skips the tour');
    t.type(keys.escape);

    await t.shows('▸ Step 1/4');
    t.type(keys.right);
    await t.shows('$ kubectl get nodes');
    t.type(keys.enter);
    await t.shows('Step 1/4 done');
    t.type(keys.enter);

    await t.shows('Predict: In which phase');
    t.type(keys.enter);
    await t.shows('You predicted: Pending');
    t.type(`${keys.right}${keys.enter}`);
    await t.shows('pod/myapp-pod created');
    await t.shows('Step 2/4 done');
    t.type(keys.enter);

    // Time is made to fly, and stopped again: >, =.
    await t.shows('▸ Step 3/4');
    t.type('>>>');
    await t.shows('Step 3/4 done');
    t.type(keys.enter);

    await t.shows('▸ Step 4/4');
    t.type(',,,');
    await t.shows('PAST: = returns');
    t.type('=');
    await t.shows('Step 4/4 done');
    t.type(keys.enter);
    await t.shows('✓ Solved. Enter');
    t.type('map\r');
    await t.shows(/1\.1 {2}First breath +✦✦✦✦/);
    t.type('q');
    expect(await t.ended).toBe(0);
    expect(t.alternate()).toBe(false);
  }, 240_000);

  it('a lesson of another chapter is played to its last word, its questions answered wrongly too', async () => {
    const t = openTerminal(['play', '2.2'], 120, 36);
    await t.shows('Esc skips the tour');
    t.type(keys.escape);

    // Foreseen wrongly; the command reaches nobody, and the strip stops there.
    await t.shows('As whom does your request reach the cluster');
    t.type(`1${keys.enter}`);
    await t.shows('You predicted: kubernetes-admin');
    t.type(`${keys.right}${keys.enter}`);
    await t.shows('✗ You predicted: kubernetes-admin. It was: it does not');
    await t.shows('nobody answered at the address that kubectl called');
    await t.shows('Step 1/4 done');
    t.type(keys.enter);

    await t.shows('▸ Step 2/4');
    t.type(`kubectl get nodes --kubeconfig ~/.kube/config${keys.enter}`);
    await t.shows('Step 2/4 done');
    t.type(keys.enter);

    await t.shows('With both files, the old one first');
    t.type(`3${keys.enter}`);
    await t.shows('You predicted: it does not');
    t.type(`export KUBECONFIG=old.kubeconfig:~/.kube/config${keys.enter}`);
    await t.shows('✓ You predicted: it does not. So it was.');
    await t.shows('Step 3/4 done');
    t.type(keys.enter);

    await t.shows('What does the cluster answer to alice');
    t.type(`3${keys.enter}`);
    await t.shows('You predicted: 403');
    t.type(`kubectl config use-context alice@podyssey${keys.enter}`);
    await t.shows('Switched to context');
    t.type(`kubectl get configmaps -v=8${keys.enter}`);
    await t.shows('Step 4/4 done');
    t.type(keys.enter);
    await t.shows('✓ Solved. Enter');
    await t.shows('The envelope is plain HTTP');
    t.type('quit\r');
    expect(await t.ended).toBe(0);
  }, 240_000);

  it('a manifest is mended in the editor, with its faults told while it is typed', async () => {
    const t = openTerminal(['play', '4.5'], 80, 24);
    await t.shows('Esc skips the tour');
    t.type(keys.escape);
    await t.shows(/\$/);
    t.type('edit wrong-type.yaml\r');
    await t.shows('▸ Edit wrong-type.yaml');
    await t.shows('✗ 10:11');
    // ^G goes to the fault; the value is taken out word by word and written anew.
    t.type('\u0007');
    t.type(`${keys.end}\u0017`);
    t.type('80');
    await t.shows('✓ no fault');
    t.type(keys.save);
    await t.shows('wrong-type.yaml: saved');
    t.type('kubectl create --dry-run=server -f wrong-type.yaml\r');
    await t.shows('created (server dry run)');
    t.type('quit\r');
    expect(await t.ended).toBe(0);
  }, 240_000);
});

describe('without a screen', () => {
  const home = fs.mkdtempSync(path.join(os.tmpdir(), 'podyssey-plain-'));
  const plain = (args: readonly string[], lines: readonly string[]): {stdout: string; stderr: string; code: number | null} => {
    const {stdout, stderr, status} = spawnSync(process.execPath, [program, ...args], {
      input: lines.map(line => `${line}\n`).join(''),
      encoding: 'utf8',
      env: {...process.env, PODYSSEY_HOME: home, LANG: 'C.UTF-8'},
    });
    return {stdout, stderr, code: status};
  };

  it('the same lesson is played from standard input, without being asked for', () => {
    const {stdout, stderr, code} = plain(
      ['play', '1.1'],
      [
        'kubectl get nodes',
        'next',
        'predict 1',
        'kubectl create -f myapp-pod.yaml',
        'next',
        'wait 10',
        'next',
        'back',
        'back',
        'present',
        'next',
      ],
    );
    expect({stderr, code}).toEqual({stderr: '', code: 0});
    expect(stdout).toContain('✓ You predicted: Pending. So it was.');
    expect(stdout).toContain('✓ Solved');
    expect(stdout).not.toMatch(/\u001b/);
    expect(JSON.parse(fs.readFileSync(path.join(home, 'progress.json'), 'utf8')).lessons['first-breath'].solved).toBe(true);
    expect(plain([], []).stdout).toMatch(/1\.1 +\*{2,4} +First breath/);
  });

  it('every panel is a command', () => {
    const {stdout} = plain(
      ['sandbox', '--plain'],
      ['kubectl run web --image=nginx', 'wait 10', ...panels.map(panel => `show ${panel.id}`)],
    );
    for (const panel of panels) expect(stdout).toContain(`\n${panel.title}`);
    expect(stdout).toMatch(/web default {2}Running/);
    expect(stdout).not.toContain('show what?');
  });

  it.each<[string, Record<string, string>]>([
    ['a terminal that cannot be drawn on', {TERM: 'dumb'}],
    ['a screen reader', {INK_SCREEN_READER: 'true'}],
  ])('%s gets the dialogue by itself', async (_who, env) => {
    const t = openTerminal(['sandbox'], 100, 30, env);
    await t.shows('Free play on an empty cluster.');
    expect(t.alternate()).toBe(false);
    t.type('kubectl get nodes\r');
    await t.shows(/node-3\s+Ready/);
    t.type('quit\r');
    expect(await t.ended).toBe(0);
  });
});
