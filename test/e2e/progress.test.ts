/** `podyssey progress`, as a learner with two machines uses it. */
import {spawnSync} from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import {describe, expect, it} from 'vitest';
import {program} from './terminal.ts';

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'podyssey-progress-'));
const at = (name: string): string => path.join(folder, name);
const own = at('home/progress.json');

const progress = (...args: string[]): {stdout: string; stderr: string; code: number | null} => {
  const {stdout, stderr, status} = spawnSync(process.execPath, [program, 'progress', ...args], {
    encoding: 'utf8',
    env: {...process.env, PODYSSEY_HOME: at('home')},
  });
  return {stdout, stderr, code: status};
};

const solved = {solved: true, tested: false, stars: ['solved'], commands: 3};
const write = (name: string, lessons: object): void =>
  fs.writeFileSync(at(name), `${JSON.stringify({version: 1, last: 'first-breath', lessons}, null, 2)}\n`);

describe('progress', () => {
  it('is taken in, carried away, and begun anew without being lost', () => {
    write('one.json', {'first-breath': solved});
    write('two.json', {'desired-not-done': {...solved, stars: ['unaided']}});
    expect(progress('import', at('one.json'), at('two.json'))).toMatchObject({code: 0, stdout: `${own}: 2 lessons solved\n`});
    expect(progress('export', at('out.json'))).toMatchObject({code: 0});
    expect(fs.readFileSync(at('out.json'), 'utf8')).toBe(fs.readFileSync(own, 'utf8'));
    expect(progress('merge', at('two.json'), at('one.json')).stdout).toBe(progress('merge', at('one.json'), at('two.json')).stdout);
    expect(progress('reset', '1.1').stdout).toContain(`${own}.before-1`);
    expect(Object.keys(JSON.parse(fs.readFileSync(own, 'utf8')).lessons)).toEqual(['desired-not-done']);
    expect(Object.keys(JSON.parse(fs.readFileSync(`${own}.before-1`, 'utf8')).lessons)).toEqual(['desired-not-done', 'first-breath']);
  });

  it('changes nothing where a file is none, and says which', () => {
    fs.writeFileSync(at('bad.json'), '{"version": 1, "lessons": {"first-breath": {}}}');
    const before = fs.readFileSync(own, 'utf8');
    const {stderr, code} = progress('import', at('one.json'), at('bad.json'));
    expect({code, stderr}).toEqual({
      code: 1,
      stderr: `podyssey: ${at('bad.json')}: is no progress file: lessons.first-breath is not whole\n`,
    });
    expect(fs.readFileSync(own, 'utf8')).toBe(before);
    expect(progress('export', at('one.json'))).toMatchObject({code: 1, stderr: expect.stringContaining('exists already')});
    expect(progress('nonsense')).toMatchObject({code: 2});
  });

  it('of its own that is damaged is kept aside, and said so', () => {
    fs.writeFileSync(own, 'not JSON');
    const {stderr, code} = progress('show');
    expect(code).toBe(0);
    expect(stderr).toContain(`it is kept as ${own}.damaged-1`);
    expect(fs.readFileSync(`${own}.damaged-1`, 'utf8')).toBe('not JSON');
  });
});
