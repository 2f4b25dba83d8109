/** Rows of panels, made anew only where a fact that they were made of is another one: a key that is typed changes none. */
import type {Facts} from '../selectors/facts/facts.ts';
import type {Panel, Size} from '../selectors/panels/types.ts';
import type {PanelRow} from '../selectors/styled.ts';

interface Kept {
  readonly read: ReadonlyMap<keyof Facts, unknown>;
  readonly rows: readonly PanelRow[];
}

/** More than a screen shows, over a few changes of its size. */
const MOST = 64;
const kept = new Map<string, Kept>();

/** The rows of a panel for the room there is. */
export function keptRows(panel: Panel, facts: Facts, size: Size): readonly PanelRow[] {
  const key = `${panel.id} ${size.width} ${size.height}`;
  const known = kept.get(key);
  if (known && [...known.read].every(([name, value]) => Object.is(facts[name], value))) return known.rows;
  const read = new Map<keyof Facts, unknown>();
  const watched = new Proxy(facts, {
    get(target, name: keyof Facts) {
      const value = target[name];
      read.set(name, value);
      return value;
    },
  });
  const rows = panel.rows(watched, size);
  if (kept.size >= MOST) kept.clear();
  kept.set(key, {read, rows});
  return rows;
}
