/** The classroom through the built program: files in, reports out, the page in a real browser. */
import {spawnSync} from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import {afterAll, describe, expect, it} from 'vitest';
import {CLASS_FILE, writePile} from '../session/lesson/grading/pile.ts';
import {otherNodes} from './other-nodes.ts';
import {program} from './terminal.ts';

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'podyssey-class-'));
afterAll(() => fs.rmSync(folder, {recursive: true, force: true}));
const inFolder = (name: string): string => path.join(folder, name);
fs.writeFileSync(inFolder('class.yaml'), CLASS_FILE);

interface Ran {
  readonly stdout: string;
  readonly stderr: string;
  readonly code: number | null;
}

const podyssey = (
  args: readonly string[],
  {env = {}, input = '', node = process.execPath}: {env?: Record<string, string>; input?: string; node?: string} = {},
): Ran => {
  const {stdout, stderr, status} = spawnSync(node, [program, ...args], {
    cwd: folder,
    input,
    encoding: 'utf8',
    maxBuffer: 256 * 1024 * 1024,
    env: {...process.env, PODYSSEY_HOME: inFolder('home'), ...env},
  });
  return {stdout, stderr, code: status};
};

describe('podyssey grade', () => {
  const pile = writePile(inFolder('pile'));
  const grade = (what: string, format: string, options = {}): Ran =>
    podyssey(['grade', what, '--class', 'class.yaml', '-o', format], options);
  // Of each kind one, for what would only take longer with sixty.
  fs.mkdirSync(inFolder('few'));
  for (const name of ['right-00', 'right-02', 'partly-02', 'borrows-0', 'copies-4', 'skips-0', 'huge-1', 'evil-1'])
    fs.copyFileSync(inFolder(`pile/${name}.pody`), inFolder(`few/${name}.pody`));
  const all = (options = {}): string[] => ['json', 'csv', 'html'].map(format => grade('few', format, options).stdout);
  const here = all();

  it('grades sixty files in one run; damaged ones are named and do not stop it', () => {
    const json = grade('pile', 'json');
    const book = JSON.parse(json.stdout);
    expect(json).toMatchObject({code: 1, stderr: expect.stringContaining('10 of 60 files could not be graded')});
    const found = Object.fromEntries(
      book.submissions.map((s: {student: string; points: number; flags: {kind: string}[]}) => [
        s.student,
        [s.points, s.flags.map(f => f.kind)],
      ]),
    );
    expect(found).toEqual(Object.fromEntries(pile.graded.map(e => [e.student, [e.points, e.flags]])));
    expect(book.refused.map((r: {file: string}) => path.basename(r.file))).toEqual(Object.keys(pile.refused).sort());
  });

  it('says the same bytes in any place and language', () => {
    for (const env of [
      {TZ: 'Asia/Kolkata', LANG: 'tr_TR.UTF-8', LC_ALL: 'tr_TR.UTF-8'},
      {TZ: 'America/St_Johns', LANG: 'C', LC_ALL: 'C'},
    ])
      expect(all({env})).toEqual(here);
  });

  const others = otherNodes();
  it.runIf(others.length).each(others.map(({version, path}) => [version, path] as const))(
    'says the same bytes on Node.js %s',
    (_version, node) => {
      expect(all({node})).toEqual(here);
    },
  );
  it.skipIf(others.length)(
    `says the same bytes on another Node.js than ${process.version}: there is none; PODYSSEY_NODES=path:path names some`,
    () => {},
  );

  it('prints a table and a spreadsheet, in which nothing can act', () => {
    const table = grade('few', 'table').stdout;
    expect(table).toContain('class k8s-101: 6 submissions graded, 2 could not be');
    expect(table).toMatch(/^right-00 +6\/6 +6\/6 ✓ +7 +0 +\d+:\d\d +0\.00 +identical$/m);
    expect(table).toMatch(/few\/huge-1\.pody: is larger than 2 MiB/);
    const csv = here[1]!.split('\r\n');
    expect(csv[0]).toBe('student,lesson,title,points,of,solved,commands,hints,seconds,brier,mistakes,flags,file');
    expect(csv.find(line => line.startsWith('partly-02'))).toMatch(/^partly-02,2\.3,"Discovery, groups, versions",3,6,no,/);
    expect(table + csv.join('')).not.toMatch(/[\x00-\x09\x0b-\x1f\x7f]/);
  });

  const chromium = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find(each => fs.existsSync(each));
  /** The page as the browser has it after loading, and what it complained of. */
  const opened = (file: string): {dom: string; complaints: string} => {
    const flags = ['--headless', '--no-sandbox', '--disable-gpu', '--enable-logging=stderr', `--user-data-dir=${inFolder('browser')}`];
    const {stdout, stderr} = spawnSync(chromium!, [...flags, '--dump-dom', `file://${inFolder(file)}`], {
      encoding: 'utf8',
      maxBuffer: 64 * 1024 * 1024,
      timeout: 100_000,
    });
    return {
      dom: stdout,
      complaints: stderr
        .split('\n')
        .filter(line => /CONSOLE|Refused|Content Security Policy/.test(line))
        .join('\n'),
    };
  };

  it.skipIf(!chromium)('makes a page that opens from disk in a real browser', () => {
    fs.writeFileSync(inFolder('book.html'), here[2]!);
    const {dom, complaints} = opened('book.html');
    expect(dom).toMatch(/<h1>k8s-101<\/h1>/);
    expect(dom.match(/<details id="s-/g)).toHaveLength(6);
    expect(dom).toMatch(/apps\/v1 fills in no selector for you.*?<td class="n" title="right-02[^"]*"[^>]*>\d+ \(\d+ %\)/s);
    expect(dom).toContain('id="guide"');
    expect(dom).not.toMatch(/<script|<img|<link|https?:\/\/[^<]*\.(?:js|css)/);
    expect(complaints).toBe('');
  });

  it.skipIf(!chromium)('makes a film that turns its scenes in a real browser', () => {
    expect(podyssey(['replay', 'few/right-02.pody', '--html', 'film.html'])).toMatchObject({code: 0, stdout: 'film.html: 15 scenes\n'});
    const {dom, complaints} = opened('film.html');
    expect(dom).toContain('<body class="one">');
    expect(dom).toMatch(/<span id="place">1 \/ 15<\/span>/);
    expect(dom.match(/<section class="now">/g)).toHaveLength(1);
    expect(complaints).toBe('');
  });

  it('tells a film as text', () => {
    const {stdout, code} = podyssey(['replay', 'few/right-02.pody', '--plain']);
    expect(code).toBe(0);
    expect(stdout).toMatch(/\$ kubectl create -f \w+\.yaml\n {6}deployment\.apps\/\w+ created\n {2}\| /);
    expect(podyssey(['replay', 'few/skips-0.pody', '--plain'])).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('does not replay'),
    });
  });
});

describe('a class', () => {
  it('is begun, played, handed in and graded without a network', () => {
    expect(podyssey(['class', 'new', 'mine.yaml', '--name', 'mine'])).toMatchObject({code: 0});
    expect(podyssey(['class', 'new', 'mine.yaml'])).toMatchObject({code: 1, stderr: expect.stringContaining('exists already')});
    expect(podyssey(['class', 'check', 'class.yaml', 'Ada'])).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/^Ada {2}2\.3 +app=(shop|blog|mail)$/m),
    });
    const who = ['--class', 'class.yaml', '--student', 'Ada Lovelace'];
    const [, app] = /app=(\w+)/.exec(podyssey(['class', 'check', 'class.yaml', 'Ada Lovelace']).stdout)!;
    const lines = [`predict 3 80`, `kubectl create -f ${app}.yaml`, 'next', 'kubectl api-versions', 'next', 'quit'];
    const play = podyssey(['play', '2.3', ...who, '--plain', '--share', 'room'], {input: `${lines.join('\n')}\n`});
    expect(play).toMatchObject({code: 0, stderr: ''});
    expect(podyssey(['submit', ...who, '-o', 'ada.pody'])).toMatchObject({code: 0, stdout: expect.stringContaining('2 of 4 steps')});
    const graded = podyssey(['grade', 'ada.pody', '--class', 'class.yaml']);
    expect(graded).toMatchObject({code: 0, stdout: expect.stringMatching(/^Ada Lovelace +2\/6 +2\/6 /m)});
    expect(podyssey(['grade', 'ada.pody']).stdout).toBe(graded.stdout);
    expect(podyssey(['class', 'watch', 'room', '--once']).stdout).toMatch(/▸ Ada Lovelace +2\.3 +2\/4 +works 0:\d\d +Its pod runs/);
  });

  it('says what is wrong with its file and with names', () => {
    fs.writeFileSync(inFolder('bad.yaml'), `${CLASS_FILE}colour: red\n`);
    expect(podyssey(['class', 'check', 'bad.yaml'])).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/bad\.yaml:7:1: the file has no field colour/),
    });
    expect(podyssey(['play', '--class', 'class.yaml', '--student', '../x', '--plain'])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('slashes'),
    });
    expect(podyssey(['submit', '--class', 'class.yaml', '--student', 'Nobody'])).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('has not played'),
    });
    expect(podyssey(['grade', 'nowhere.pody'])).toMatchObject({code: 1, stdout: expect.stringContaining('nowhere.pody: is not there')});
  });
});

describe('then and now', () => {
  it('tells what became of one manifest in three clusters', () => {
    fs.writeFileSync(
      inFolder('old.yaml'),
      'apiVersion: extensions/v1beta1\nkind: Deployment\nmetadata: {name: shop}\nspec:\n  template:\n    metadata: {labels: {app: shop}}\n    spec:\n      containers: [{name: nginx, image: nginx}]\n',
    );
    const {stdout, code} = podyssey(['then-now', 'old.yaml', '-o', 'json']);
    expect(code).toBe(0);
    const outcomes: {version: string; manifests: {answer: string; filledIn: string[]}[]; pods: {state: string}[]}[] = JSON.parse(stdout);
    expect(outcomes.map(o => [o.version, o.manifests[0]!.filledIn, o.pods.map(p => p.state)])).toEqual([
      ['1.9', ['spec.selector'], ['Running']],
      ['1.18', [], []],
      ['1.36', [], []],
    ]);
    expect(outcomes.map(o => o.manifests[0]!.answer.includes('no matches for kind "Deployment"'))).toEqual([false, true, true]);
    expect(podyssey(['then-now', 'old.yaml']).stdout).toMatch(
      /Kubernetes 1\.9 \(2017\) +Kubernetes 1\.18 \(2020\) +Kubernetes 1\.36 \(2026\)/,
    );
    expect(podyssey(['run', '-f', 'old.yaml', '--profile', '1.9'])).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('Running, Ready'),
    });
    expect(podyssey(['run', '-f', 'old.yaml', '--profile', '1.18'])).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('unable to recognize'),
    });
    expect(podyssey(['run', '-f', 'old.yaml', '--profile', '1.7'])).toMatchObject({code: 2});
    expect(podyssey(['serve', '--as-of', '1.21'])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining("argument '1.21' is invalid. Allowed choices are 1.9, 1.18, 1.20, 1.36."),
    });
  });

  it('lists what is taught where', () => {
    expect(podyssey(['lessons', 'coverage'])).toMatchObject({code: 0, stdout: expect.stringMatching(/^C3 +2\.3 .*discovery$/m)});
  });
});
