/** The arrows of ARCHITECTURE.md, read off the import lines. */
import fs from 'node:fs';
import path from 'node:path';
import {fileURLToPath} from 'node:url';
import {describe, expect, it} from 'vitest';

const src = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../src');

/** Each room may import those in its list, and itself. */
const below: Record<string, readonly string[]> = (() => {
  const order: readonly (readonly string[])[] = [
    ['engine/machine'],
    ['engine/generated'],
    ['engine/api'],
    ['engine/etcd'],
    ['engine/apiserver'],
    ['engine/client'],
    ['engine/controllers', 'engine/scheduler', 'engine/network', 'engine/kubelet'],
    ['engine/runtime'],
    ['engine/cluster'],
    ['engine'],
    ['selectors'],
    ['kubectl', 'course'],
    ['session'],
    ['platform'],
    ['tui', 'plain', 'server'],
    ['cli'],
  ];
  const rooms: Record<string, string[]> = {};
  const seen: string[] = [];
  for (const level of order) {
    for (const room of level) rooms[room] = [...seen];
    seen.push(...level);
  }
  return rooms;
})();

/** Exceptions of the rule "what stands left may be imported". */
const never: readonly (readonly [from: string, to: string])[] = [
  ['engine/runtime', 'engine/controllers'],
  ['engine/runtime', 'engine/scheduler'],
  ['engine/runtime', 'engine/network'],
  ['session', 'platform'],
];

const roomOf = (file: string): string => {
  const [top, sub] = path.relative(src, file).split(path.sep);
  return top === 'engine' && sub && !sub.endsWith('.ts') ? `engine/${sub}` : top!;
};

interface Import {
  file: string;
  from: string;
  what: string;
  /** Nothing but types. */
  types: boolean;
}

const files = fs
  .readdirSync(src, {recursive: true, encoding: 'utf8'})
  .filter(f => /\.tsx?$/.test(f))
  .map(f => path.join(src, f));
const imports: Import[] = files.flatMap(file =>
  [
    ...fs
      .readFileSync(file, 'utf8')
      .matchAll(/^\s*(?:import|export)\s+(type\s)?([^'"]*?)from\s+['"]([^'"]+)['"]|import\(\s*['"]([^'"]+)['"]\s*\)/gm),
  ].map(([, type, names = '', from, asked]) => ({
    file: path.relative(src, file),
    from: roomOf(file),
    what: from ?? asked!,
    types: type !== undefined || /^\{(?:\s*type\s[^,}]*,?)+\s*\}\s*$/.test(names),
  })),
);
const local = imports.filter(i => i.what.startsWith('.')).map(i => ({...i, to: roomOf(path.resolve(src, path.dirname(i.file), i.what))}));
const said = (i: Import): string => `${i.file} imports ${i.what}`;

/** What a file imports when it runs: types are gone by then. */
const runs = new Map<string, string[]>();
for (const {file, what, types} of imports) {
  if (types || !what.startsWith('.')) continue;
  const to = path.join(path.dirname(file), what);
  runs.set(file, [...(runs.get(file) ?? []), to]);
}

/** A way from a file through its imports back to it. */
function wayBack(from: string): readonly string[] | undefined {
  const cameFrom = new Map<string, string>();
  const next = [from];
  for (let file = next.pop(); file !== undefined; file = next.pop())
    for (const to of (runs.get(file) ?? []).filter(each => !cameFrom.has(each))) {
      cameFrom.set(to, file);
      next.push(to);
    }
  if (!cameFrom.has(from)) return undefined;
  const way = [from];
  do way.unshift(cameFrom.get(way[0]!)!);
  while (way[0] !== from);
  return way;
}

describe('the house', () => {
  it('has only the rooms of the plan', () => {
    expect([...new Set(files.map(roomOf))].filter(room => !(room in below))).toEqual([]);
  });
  it('imports go one way', () => {
    const wrong = local.filter(
      i => i.from !== i.to && (!below[i.from]?.includes(i.to) || never.some(([a, b]) => a === i.from && b === i.to)),
    );
    expect(wrong.map(said)).toEqual([]);
  });
  it('no file comes back to itself through what it imports', () => {
    expect([...runs.keys()].map(wayBack).filter(way => way !== undefined)).toEqual([]);
  });
  it('only the API server touches etcd', () => {
    expect(local.filter(i => i.to === 'engine/etcd' && !['engine/apiserver', 'engine/etcd'].includes(i.from)).map(said)).toEqual([]);
  });
  it('ink and react stay on the screen', () => {
    expect(imports.filter(i => /^(ink|react)(\/|$)/.test(i.what) && i.from !== 'tui').map(said)).toEqual([]);
  });
  it('one file reads YAML, and refuses what nests without end', () => {
    const reads = (file: string): boolean => /import \{[^}]*\bparse\w*\b[^}]*\} from 'yaml'/.test(fs.readFileSync(file, 'utf8'));
    expect(files.filter(reads).map(file => path.relative(src, file))).toEqual([path.join('engine', 'api', 'yaml.ts')]);
  });
  it('node stays at the edge', () => {
    expect(imports.filter(i => i.what.startsWith('node:') && !['platform', 'server', 'plain', 'cli'].includes(i.from)).map(said)).toEqual(
      [],
    );
  });
  it('the real clock and real chance stay at the edge', () => {
    // A board is drawn every so often; frames are drawn in turns of the event loop.
    const mayWait = [path.join('tui', 'board.tsx'), path.join('tui', 'frames.ts')];
    const wrong = files
      .filter(file => !['platform', 'server', 'cli'].includes(roomOf(file)) && !mayWait.includes(path.relative(src, file)))
      .filter(file =>
        /\bDate\.now\(|\bMath\.random\(|\bset(Timeout|Interval|Immediate)\(|\bperformance\.now\(/.test(fs.readFileSync(file, 'utf8')),
      );
    expect(wrong.map(f => path.relative(src, f))).toEqual([]);
  });
});
