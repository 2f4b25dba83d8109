/** What the README says is so. */
import fs from 'node:fs';
import path from 'node:path';
import {fileURLToPath} from 'node:url';
import {expect, it} from 'vitest';
import {createCluster} from '../src/engine/index.ts';
import {SESSION_WORDS} from '../src/session/own-words.ts';
import {programs} from '../src/session/shell/programs/table.ts';
import {keymap} from '../src/tui/keymap.ts';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');
const readme = fs.readFileSync(path.join(root, 'README.md'), 'utf8');

it('every key it names does what it says', () => {
  const rows = [...readme.matchAll(/^\| (`.+`) +\| (.+?) +\|$/gm)].map(m => ({
    keys: [...m[1]!.matchAll(/`([^`]+)`/g)].map(k => k[1]!),
    help: m[2]!,
  }));
  expect(rows.length).toBeGreaterThan(10);
  const known = keymap.map(b => ({keys: [...b.keys] as string[], help: b.help as string}));
  for (const row of rows) expect(known).toContainEqual(row);
});

it('it names every word that the prompt takes', () => {
  const [, list] = /The prompt has the focus and takes ([\s\S]*?)Tab completes/.exec(readme)!;
  const named = [...list!.matchAll(/`([^`]+)`/g)].flatMap(([, words]) => words!.split(' ')[0]!);
  const taken = [...programs.flatMap(({name, aliases = []}) => [name, ...aliases]), ...Object.keys(SESSION_WORDS), 'help'];
  expect(named.toSorted()).toEqual(taken.toSorted());
});

it('its example of the library runs', () => {
  const [, example] = /```js\n([\s\S]*?)```/.exec(readme)!;
  const pod = {apiVersion: 'v1', kind: 'Pod', metadata: {name: 'web'}, spec: {containers: [{name: 'web', image: 'nginx'}]}};
  const body = example!.replace(/^import .*$/m, '');
  const cluster = new Function('createCluster', 'pod', `${body}\nreturn cluster;`)(createCluster, pod) as ReturnType<typeof createCluster>;
  expect(cluster.request({method: 'GET', path: '/api/v1/namespaces/default/pods/web'}).code).toBe(404);
  cluster.history.redo();
  expect(cluster.request({method: 'GET', path: '/api/v1/namespaces/default/pods/web'}).body).toMatchObject({status: {phase: 'Running'}});
});

it('the commands it shows exist', () => {
  for (const [, file] of readme.matchAll(/podyssey run -f (\S+\.yaml)/g)) expect(fs.existsSync(path.join(root, file!))).toBe(true);
});
