import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import {afterEach, beforeEach, describe, expect, test} from 'vitest';
import {createManualClock} from '../../src/plain/clock.ts';
import {openWorkspace, type Workspace} from '../../src/platform/workspace.ts';
import {realSession} from '../tui/real-session.ts';

let outside: string;
let folder: string;
const at = (...names: string[]): string => path.join(folder, ...names);
const put = (name: string, text: string | Buffer): void => {
  fs.mkdirSync(path.dirname(at(name)), {recursive: true});
  fs.writeFileSync(at(name), text);
};

beforeEach(() => {
  outside = fs.mkdtempSync(path.join(os.tmpdir(), 'podyssey-outside-'));
  folder = path.join(outside, 'work');
  fs.mkdirSync(folder);
  fs.writeFileSync(path.join(outside, 'secret.yaml'), 'secret: true\n');
});
afterEach(() => fs.rmSync(outside, {recursive: true, force: true}));

/** What the workspace says of its files when it is first watched. */
function problemsOf(workspace: Workspace): string[] {
  let said: readonly string[] = [];
  workspace.watch(problems => {
    said = problems;
  })();
  return [...said];
}

describe('a workspace', () => {
  test('holds what lies below its folder, hidden files and packages left out', () => {
    put('web.yaml', 'a: 1\n');
    put('app/svc.yaml', 'b: 2\n');
    put('.git/config', 'x');
    put('node_modules/x/y.yaml', 'x');
    expect(openWorkspace(folder).files()).toEqual({'app/svc.yaml': 'b: 2\n', 'web.yaml': 'a: 1\n'});
  });

  test('follows no link, neither reading nor writing', () => {
    fs.symlinkSync(path.join(outside, 'secret.yaml'), at('link.yaml'));
    fs.symlinkSync(outside, at('up'));
    const workspace = openWorkspace(folder);
    expect(workspace.files()).toEqual({});
    expect(problemsOf(workspace)).toEqual([
      'link.yaml: is a symbolic link, which is not followed',
      'up: is a symbolic link, which is not followed',
    ]);
    expect(() => workspace.write('link.yaml', 'gone')).toThrow(/symbolic link/);
    expect(() => workspace.write('up/new.yaml', 'gone')).toThrow(/no folder of the workspace/);
    expect(fs.readFileSync(path.join(outside, 'secret.yaml'), 'utf8')).toBe('secret: true\n');
    expect(fs.readdirSync(outside).sort()).toEqual(['secret.yaml', 'work']);
  });

  test.each(['../new.yaml', '/tmp/new.yaml', 'a/../../new.yaml', '', 'a//b', 'a\\..\\b', './x'])('writes to no place such as %j', name => {
    expect(() => openWorkspace(folder).write(name, 'x')).toThrow(/no place inside the workspace/);
    expect(fs.readdirSync(outside).sort()).toEqual(['secret.yaml', 'work']);
    expect(fs.readdirSync(folder)).toEqual([]);
  });

  test('says one sentence for each file that cannot be used', () => {
    put('binary.yaml', Buffer.from([1, 0, 2]));
    put('latin.yaml', Buffer.from([0xe4, 0x0a]));
    put('large.yaml', 'x'.repeat(3 * 1024 * 1024 + 1));
    put('fine.yaml', 'a: 1\n');
    const workspace = openWorkspace(folder);
    expect(Object.keys(workspace.files())).toEqual(['fine.yaml']);
    expect(problemsOf(workspace)).toEqual([
      'binary.yaml: is a binary file, not YAML or JSON',
      'large.yaml: is larger than 3 MiB',
      'latin.yaml: is not UTF-8 text',
    ]);
    expect(() => openWorkspace(at('none'))).toThrow(/none: no such folder/);
    expect(() => openWorkspace(at('fine.yaml'))).toThrow(/is no folder/);
  });

  test('does not read a whole disk', () => {
    for (let index = 0; index < 320; index += 1) put(`f${index}.txt`, 'x');
    const workspace = openWorkspace(folder);
    expect(Object.keys(workspace.files())).toHaveLength(300);
    expect(problemsOf(workspace).at(-1)).toMatch(/more than 300 files/);
  });
});

describe('a session in a workspace', () => {
  const open = (lesson = true) => {
    const game = realSession(createManualClock(), undefined, undefined, {}, openWorkspace(folder));
    game.session.dispatch(lesson ? {type: 'open', lesson: '1.1'} : {type: 'sandbox'});
    const run = (line: string): string => {
      game.session.dispatch({type: 'command', line});
      return game.session.getSnapshot().transcript.at(-1)?.output ?? '';
    };
    return {...game, run};
  };

  test('puts the lesson’s files there, and takes the learner’s own', () => {
    put('own.yaml', 'mine: true\n');
    put('myapp-pod.yaml', 'changed: true\n');
    const {session, run} = open();
    expect(run('cat own.yaml')).toBe('mine: true\n');
    expect(run('cat myapp-pod.yaml')).toBe('changed: true\n');
    fs.rmSync(at('myapp-pod.yaml'));
    session.close();
    const again = open();
    expect(fs.readFileSync(at('myapp-pod.yaml'), 'utf8')).toContain('kind: Pod');
    expect(fs.readdirSync(folder).sort()).toEqual(['myapp-pod.yaml', 'own.yaml']);
    again.session.close();
  });

  test('hears of a change, writes what is edited, and takes back only what a command did', async () => {
    const {session, run} = open(false);
    run('edit web.yaml');
    session.dispatch({type: 'edited', text: 'one: 1\n'});
    expect(fs.readFileSync(at('web.yaml'), 'utf8')).toBe('one: 1\n');
    put('other.yaml', 'by: editor\n');
    put('web.yaml', 'two: 22\n');
    await expect.poll(() => session.getSnapshot().toast?.text, {timeout: 30_000}).toBe('read again: other.yaml, web.yaml');
    expect(run('cat web.yaml')).toBe('two: 22\n');
    run('sed -i s/by/from/ other.yaml');
    expect(fs.readFileSync(at('other.yaml'), 'utf8')).toBe('from: editor\n');
    session.dispatch({type: 'undo'});
    expect(fs.readFileSync(at('other.yaml'), 'utf8')).toBe('by: editor\n');
    expect(run('cat web.yaml')).toBe('two: 22\n');
    session.close();
  });
});
