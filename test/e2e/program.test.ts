import {spawnSync} from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import {beforeAll, describe, expect, it} from 'vitest';
import {openTerminal, program} from './terminal.ts';

const root = path.resolve(path.dirname(program), '..');
const home = fs.mkdtempSync(path.join(os.tmpdir(), 'podyssey-home-'));

const podyssey = (args: readonly string[], input = ''): {stdout: string; stderr: string; code: number | null} => {
  const {stdout, stderr, status} = spawnSync(process.execPath, [program, ...args], {
    cwd: root,
    input,
    encoding: 'utf8',
    maxBuffer: 256 * 1024 * 1024,
    env: {...process.env, PODYSSEY_HOME: home},
  });
  return {stdout, stderr, code: status};
};

beforeAll(() => {
  if (!fs.existsSync(program)) throw new Error('build the program first: npm run build');
});

describe('the built program', () => {
  it('prints the map where nobody can answer', () => {
    const {stdout, stderr, code} = podyssey([]);
    expect({stderr, code}).toEqual({stderr: '', code: 0});
    expect(stdout).toContain('1.1');
    expect(stdout).toContain('podyssey play 1.1');
  });

  it('is content with a reader who wants only the beginning', () => {
    const {stdout, stderr, status} = spawnSync('sh', ['-c', `"${process.execPath}" "${program}" sandbox --plain | head -1`], {
      input: 'help kubectl\n'.repeat(50),
      encoding: 'utf8',
      env: {...process.env, PODYSSEY_HOME: home},
    });
    expect({stdout, stderr, status}).toEqual({stdout: expect.stringMatching(/^Free play .*\n$/), stderr: '', status: 0});
  });

  it('says its version and its usage', () => {
    expect(podyssey(['--version']).stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
    expect(podyssey(['--help'])).toMatchObject({code: 0, stdout: expect.stringContaining('Without a command it opens the course.')});
    expect(podyssey(['--nonsense'])).toMatchObject({code: 2});
    expect(podyssey(['run', '--nodes', 'many'])).toMatchObject({code: 2});
    expect(podyssey(['run'])).toMatchObject({code: 2, stderr: expect.stringContaining('name manifests with -f FILE')});
    expect(podyssey(['play'])).toMatchObject({code: 0, stdout: expect.stringContaining('First breath')});
    const list = podyssey(['progress', 'exprot']).stderr;
    for (const word of ['show: ', 'export [FILE]: ', 'merge FILE...: ']) expect(list).toContain(`  ${word}`);
  });

  it('tells the birth of a pod, the same bytes for the same seed', () => {
    const [a, b] = [1, 2].map(() => podyssey(['run', '-f', 'assets/manifests/myapp-pod.yaml', '-o', 'json']));
    expect(a!.code).toBe(0);
    expect(a!.stdout).toBe(b!.stdout);
    for (const text of [a!.stdout, podyssey(['run', '-f', 'assets/manifests/myapp-pod.yaml', '-o', 'json', '--seed', '7']).stdout]) {
      const pod = JSON.parse(text).objects.find((o: {kind: string}) => o.kind === 'Pod');
      expect(pod.status.phase).toBe('Running');
      expect(pod.status.conditions).toContainEqual(expect.objectContaining({type: 'Ready', status: 'True'}));
    }
    expect(podyssey(['run', '-f', 'assets/manifests/myapp-pod.yaml']).stdout).toMatch(
      /pod default\/myapp-pod: Running, Ready on node-\d, 10\./,
    );
  });

  it("refuses the article's manifest: first as YAML, then by its name", () => {
    const file = 'assets/manifests/apache-pod.yaml';
    expect(podyssey(['run', '-f', file])).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/apache-pod\.yaml:7:3: .*typographic dash/),
    });
    const mended = fs.readFileSync(path.join(root, file), 'utf8').replaceAll('–', '-');
    const {stderr, code} = podyssey(['run', '-f', '-'], mended);
    expect(code).toBe(1);
    expect(stderr).toContain('Pod "Apache-pod" is invalid: metadata.name: Invalid value: "Apache-pod": a lowercase RFC 1123 subdomain');
  });

  it.each<[string, string | Buffer | undefined, RegExp]>([
    ['an empty file', '', /is empty/],
    ['a binary file', Buffer.from([0, 1, 2, 255]), /binary/],
    ['10 MB of YAML', 'a: b\n'.repeat(2_000_000), /larger than 3 MiB/],
    [
      'an alias bomb',
      `a: &a [x, x]\n${'bcdefghijk'
        .split('')
        .map((c, i) => `${c}: &${c} [${`*${'abcdefghijk'[i]}, `.repeat(9)}*${'abcdefghijk'[i]}]`)
        .join('\n')}\n`,
      /alias/i,
    ],
    ['a list', '- a\n- b\n', /:1:1: .*list/],
    ['an unknown kind', 'apiVersion: v1\nkind: Ship\nmetadata: {name: x}\n', /no matches for kind "Ship" in version "v1"/],
    ['a missing file', undefined, /no such file/],
  ])('says one clear sentence for %s', (_name, content, sentence) => {
    const file = path.join(home, 'input.yaml');
    fs.rmSync(file, {force: true});
    if (content !== undefined) fs.writeFileSync(file, content);
    const {stderr, code} = podyssey(['run', '-f', file]);
    expect(stderr).toMatch(sentence);
    expect(stderr.trim().split('\n')).toHaveLength(1);
    expect(stderr).not.toMatch(/\n\s+at /);
    expect([1, 2]).toContain(code);
  });

  it('has a word for who names no command, a lesson or a component that is not there', () => {
    const said = (...args: string[]): unknown => {
      const {stderr, code} = podyssey(args);
      return [code, stderr.trim()];
    };
    expect(said('replya')).toEqual([2, 'podyssey: there is no command replya; did you mean podyssey replay?']);
    expect(said('1.1')).toEqual([2, 'podyssey: there is no command 1.1; did you mean podyssey play 1.1?']);
    expect(said('play', '99.9')).toEqual([1, expect.stringContaining('there is no lesson 99.9')]);
    expect(said('run', '--off', 'kube-schedulr')).toEqual([
      2,
      expect.stringContaining('there is no component "kube-schedulr": it can be '),
    ]);
  });

  it('prints nothing that acts on the terminal, whatever a manifest holds', () => {
    const manifest = JSON.stringify({apiVersion: 'v1', kind: 'ConfigMap', metadata: {name: 'a'}, data: {x: '\u001b[31m \u009b2J \u202e'}});
    const nasty = manifest.replace('"a"', '"a\u001b]0;title\u0007\u009b2J"');
    for (const input of [manifest, nasty])
      for (const output of ['text', 'json']) {
        const {stdout, stderr} = podyssey(['run', '-f', '-', '-o', output], input);
        expect(stdout + stderr).not.toMatch(/[\x00-\x09\x0b-\x1f\x7f-\x9f\u202e]/);
      }
    const {objects} = JSON.parse(podyssey(['run', '-f', '-', '-o', 'json'], manifest).stdout);
    expect(objects.find((o: {metadata: {name: string}}) => o.metadata.name === 'a').data.x).toBe('\u001b[31m \u009b2J \u202e');
  });

  it('is not held up by what nests without end, nor by an expression that could be tried for ever', () => {
    expect(podyssey(['run', '-f', '-'], '['.repeat(100_000))).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/^podyssey: .*:1:200: .*nests more than 200 levels deep\n$/),
    });
    const script = path.join(home, 'lines.txt');
    fs.writeFileSync(script, `echo ${'a'.repeat(60)}! | grep -cE '^(a+)+$'\n`);
    expect(podyssey(['run', '--script', script])).toMatchObject({code: 1, stderr: expect.stringContaining('exit code 1')});
  });

  it('says one clear sentence for a folder', () => {
    expect(podyssey(['run', '-f', home])).toMatchObject({code: 1, stderr: expect.stringMatching(/folder/)});
  });
});

describe.concurrent('the program in a terminal', () => {
  it('opens the map, plays, and gives the terminal back', async () => {
    const t = openTerminal([], 120, 36);
    await t.shows('First breath');
    expect(t.alternate()).toBe(true);
    t.type('\r');
    await t.shows('Lesson 1.1');
    t.type('\u001b');
    await t.shows(/\$/);
    t.type('kubectl get nodes\r');
    await t.shows(/node-3\s+Ready/);
    t.type('quit\r');
    expect(await t.ended).toBe(0);
    expect(t.alternate()).toBe(false);
  });

  it('loses no key that is pressed while it is still being loaded', async () => {
    const t = openTerminal([], 120, 36);
    await t.shows('podyssey');
    t.type('\r');
    t.type('kubectl get nodes\r');
    await t.shows(/node-3\s+Ready/);
    t.type('quit\r');
    expect(await t.ended).toBe(0);
  });

  it.each(['SIGTERM', 'SIGINT', 'SIGHUP'])('gives the terminal back on %s', async signal => {
    const t = openTerminal(['sandbox'], 80, 24);
    await t.shows('Welcome');
    expect(t.alternate()).toBe(true);
    t.kill(signal);
    expect(await t.ended).not.toBe(0);
    expect(t.alternate()).toBe(false);
  });

  it('survives nonsense and every size', async () => {
    const t = openTerminal(['sandbox'], 160, 45);
    await t.shows('Welcome');
    t.type('\u001b');
    await t.shows(/\$/);
    for (const [columns, rows] of [
      [80, 24],
      [40, 10],
      [200, 60],
      [120, 36],
    ] as const) {
      t.resize(columns, rows);
      t.type('%$§ \u0007\u001b[31m"unclosed\r');
      await new Promise(resolve => setTimeout(resolve, 150));
    }
    await t.shows(/\$/);
    t.type('quit\r');
    expect(await t.ended).toBe(0);
  });
});
