import fs from 'node:fs';
import path from 'node:path';
import {fileURLToPath} from 'node:url';
import {afterAll, describe, expect, it} from 'vitest';
import {type Adapters, type Case, difference} from './harness.ts';

const here = path.dirname(fileURLToPath(import.meta.url));
const root = path.resolve(here, '../..');
const fallback = path.resolve(root, '../shared/conformance/cases');
const folders = (process.env['CONFORMANCE_CASES'] ?? (fs.existsSync(fallback) ? fallback : '')).split(':').filter(Boolean);
/** Only these kinds, for work on one of them: CONFORMANCE_KINDS=score,filter */
const only = process.env['CONFORMANCE_KINDS']?.split(',');

const modules = import.meta.glob<{adapters: Adapters}>('./adapters/*.ts', {eager: true});
const adapters: Adapters = Object.assign({}, ...Object.values(modules).map(m => m.adapters));

const gaps = new Map(
  fs
    .readFileSync(path.join(here, 'known-gaps.txt'), 'utf8')
    .split('\n')
    .filter(line => line.trim() && !line.startsWith('#'))
    .map(line => {
      const [id, ...reason] = line.trim().split(/\s+/);
      return [id!, reason.join(' ')] as const;
    }),
);

const cases: Case[] = folders.flatMap(folder =>
  fs
    .readdirSync(folder)
    .filter(f => f.endsWith('.json'))
    .sort()
    .flatMap(f => JSON.parse(fs.readFileSync(path.join(folder, f), 'utf8')) as Case[]),
);
const kinds = [...new Set(cases.map(c => c.kind))].filter(k => !only || only.includes(k)).sort();

function differs(c: Case): string | undefined {
  const adapter = adapters[c.kind]!;
  const {expect: want, id: _id, source: _source, ...input} = structuredClone(c);
  try {
    const got = adapter.answer(input as never);
    return adapter.differs ? adapter.differs(want, got) : difference(want, got);
  } catch (error) {
    return `threw ${error instanceof Error ? (error.stack ?? error.message).split('\n').slice(0, 4).join(' | ') : String(error)}`;
  }
}

describe.skipIf(cases.length === 0)('conformance', () => {
  const totals: [string, number, number][] = [];
  for (const kind of kinds.filter(k => adapters[k])) {
    it(kind, () => {
      const all = cases.filter(c => c.kind === kind);
      const failures = all.map(c => [c.id, differs(c)] as const).filter(([, d]) => d);
      totals.push([kind, all.length - failures.length, all.length]);
      const unlisted = failures.filter(([id]) => !gaps.has(id));
      expect(unlisted.map(([id, d]) => `${id}\n    ${d}`).join('\n')).toBe('');
    });
  }
  it('every gap has a reason', () => {
    expect([...gaps].filter(([, reason]) => !reason)).toEqual([]);
  });
  afterAll(() => {
    for (const [kind, passed, total] of totals) console.log(`conformance ${kind} ${passed}/${total}`);
    const missing = kinds.filter(k => !adapters[k]);
    for (const kind of missing) console.log(`conformance ${kind} 0/${cases.filter(c => c.kind === kind).length} (no adapter yet)`);
    const passed = totals.reduce((n, t) => n + t[1], 0);
    console.log(`conformance ALL ${passed}/${cases.filter(c => kinds.includes(c.kind)).length}`);
  });
});
