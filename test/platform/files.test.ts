import {existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterAll, describe, expect, test} from 'vitest';
import {editorCommand, editText} from '../../src/platform/editor.ts';
import {readJsonFile, writeJsonFile} from '../../src/platform/json-file.ts';
import {dataFolder} from '../../src/platform/paths.ts';
import {largestFile, readText} from '../../src/platform/read-text.ts';

const folder = mkdtempSync(join(tmpdir(), 'podyssey-test-'));
const file = (name: string, content: string | Buffer): string => {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
};
afterAll(() => rmSync(folder, {recursive: true, force: true}));

describe('readText', () => {
  test('reads UTF-8', () => expect(readText(file('pod.yaml', 'kind: Pod # 世界\n'))).toBe('kind: Pod # 世界\n'));

  test.each([
    ['a missing file', () => join(folder, 'no.yaml'), /no\.yaml: no such file/],
    ['a folder', () => folder, /is a folder, not a file/],
    ['a path through a file', () => join(file('f.yaml', ''), 'x'), /a part of the path is not a folder/],
    ['a binary file', () => file('image.png', Buffer.from([0x89, 0x50, 0, 1])), /image\.png: is a binary file, not YAML or JSON/],
    ['Latin-1', () => file('old.yaml', Buffer.from([0x6e, 0xe9, 0x0a])), /is not UTF-8 text/],
    ['too much', () => file('big.yaml', 'a'.repeat(largestFile + 1)), /is larger than 3 MiB/],
  ])('refuses %s in one sentence', (_, path, message) => expect(() => readText(path())).toThrow(message));
});

describe('progress', () => {
  test('is written whole and read back', () => {
    const path = join(folder, 'deep', 'progress.json');
    writeJsonFile(path, {solved: ['first-breath']});
    expect(readJsonFile(path, value => value)).toEqual({value: {solved: ['first-breath']}, keptAside: undefined});
    expect(readdirSync(join(folder, 'deep'))).toEqual(['progress.json']);
  });

  test('is empty before there is any', () =>
    expect(readJsonFile(join(folder, 'none.json'), value => value)).toEqual({value: undefined, keptAside: undefined}));

  test('that is damaged is kept aside, each time under a new name', () => {
    mkdirSync(join(folder, 'damaged'));
    const path = join(folder, 'damaged', 'progress.json');
    for (const text of ['{"solved": [', '{"solved": 7}']) {
      writeFileSync(path, text);
      const {value, keptAside} = readJsonFile(path, read => {
        if (!Array.isArray((read as {solved: unknown}).solved)) throw new Error('not progress');
        return read;
      });
      expect(value).toBeUndefined();
      expect(readFileSync(keptAside!, 'utf8')).toBe(text);
      expect(existsSync(path)).toBe(false);
    }
    expect(readdirSync(join(folder, 'damaged'))).toEqual(['progress.json.damaged-1', 'progress.json.damaged-2']);
  });
});

describe('paths', () => {
  test.each([
    ['linux', {}, '/home/me/.local/share/podyssey'],
    ['linux', {XDG_DATA_HOME: '/data'}, '/data/podyssey'],
    ['darwin', {}, '/home/me/Library/Application Support/podyssey'],
    ['linux', {PODYSSEY_HOME: '/here', XDG_DATA_HOME: '/data'}, '/here'],
  ] as const)('%s %j', (platform, env, expected) => expect(dataFolder(env, platform, '/home/me')).toBe(expected));
});

describe('editor', () => {
  test('is chosen as kubectl chooses it', () => {
    expect(editorCommand({KUBE_EDITOR: 'a', EDITOR: 'b'}, 'linux')).toBe('a');
    expect(editorCommand({EDITOR: 'code --wait'}, 'linux')).toBe('code --wait');
    expect(editorCommand({}, 'linux')).toBe('vi');
    expect(editorCommand({}, 'win32')).toBe('notepad');
  });

  test('gives back the text as it was left', () => expect(editText('replicas: 1\n', 'web.yaml', "sed -i 's/1/3/'")).toBe('replicas: 3\n'));

  test('that fails is named', () =>
    expect(() => editText('', 'web.yaml', 'false')).toThrow('the editor "false" failed with exit code 1; set EDITOR to another one'));
});
