import fc from 'fast-check';
import {describe, expect, it} from 'vitest';
import {createMachine, type Machine, type MachineOptions, resumeMachine} from '../../../src/engine/machine/machine.ts';
import type {Tx} from '../../../src/engine/machine/types.ts';

interface Thing {
  name: string;
  group: string;
  n: number;
}

/** A small world: things are made, changed and removed; some changes come later by themselves. */
const world = (seed = 1): Machine => createMachine(small(seed));

function small(seed = 1): MachineOptions {
  const slotOf = (tx: Tx, name: string): number => tx.table<Thing>('things').slotOf('name', name);
  return {
    seed,
    indexes: [
      {table: 'things', name: 'name', type: 'ordered', keys: (t: Thing) => t.name},
      {table: 'things', name: 'group', type: 'many', keys: (t: Thing) => t.group},
    ] as never,
    handlers: {
      make(tx, event) {
        const {name, group} = event.data as Thing;
        if (slotOf(tx, name) < 0) tx.insert('things', {name, group, n: Math.floor(tx.random() * 100)});
        tx.schedule(tx.now + 5, {type: 'grow', key: name, data: name});
      },
      grow(tx, event) {
        const slot = slotOf(tx, event.data as string);
        if (slot < 0) return;
        const {n} = tx.update<Thing>('things', slot, t => void t.n++);
        if (n % 3) tx.schedule(tx.now + 7, {type: 'grow', key: event.data as string, data: event.data});
      },
      move(tx, event) {
        const {name, group} = event.data as Thing;
        const slot = slotOf(tx, name);
        if (slot >= 0) tx.update<Thing>('things', slot, t => void (t.group = group));
      },
      drop(tx, event) {
        const slot = slotOf(tx, event.data as string);
        if (slot >= 0) tx.remove('things', slot);
      },
      fail(tx, event) {
        tx.insert('things', {name: `lost-${event.data}`, group: 'x', n: 0});
        throw new Error('no');
      },
    },
  };
}

const names = ['p', 'q', 'r', 's', 't'];

const view = (m: Machine): unknown => ({
  now: m.now,
  things: [...m.table<Thing>('things').entries()],
  order: [...m.table<Thing>('things').range('name', '')].map(t => t.name),
  groups: ['a', 'b'].map(g => m.table<Thing>('things').all('group', g)),
  next: m.next(),
  grows: names.map(n => m.table('due').slotAt('key', 'grow', '', n)),
  idle: m.idle,
  hash: m.hash(),
});

const name = fc.constantFrom(...names);
const group = fc.constantFrom('a', 'b');
const command = fc.oneof(
  fc.record({type: fc.constant('make'), data: fc.record({name, group})}),
  fc.record({type: fc.constant('move'), data: fc.record({name, group})}),
  fc.record({type: fc.constant('drop'), data: name}),
  fc.record({type: fc.constant('wait'), data: fc.integer({min: 0, max: 40})}),
);
type Command = {type: string; data: unknown};

const play = (m: Machine, commands: readonly Command[]): void => {
  for (const c of commands) {
    if (c.type === 'wait') m.runUntil(m.now + (c.data as number));
    else m.dispatch(c);
  }
};

describe('the machine', () => {
  it('gives the same states for the same log, byte for byte', () => {
    fc.assert(
      fc.property(fc.array(command), fc.integer(), (commands, seed) => {
        const [a, b] = [world(seed), world(seed)];
        play(a, commands);
        play(b, commands);
        expect(view(a)).toEqual(view(b));
      }),
    );
  });

  it('comes back to every moment: seek there and on again changes nothing', () => {
    fc.assert(
      fc.property(fc.array(command, {maxLength: 30}), fc.array(fc.nat(60), {maxLength: 6}), (commands, places) => {
        const m = world();
        play(m, commands);
        m.runUntil(m.now);
        const end = m.journal.position;
        m.seek(end);
        const there = view(m);
        for (const place of places) {
          m.seek(Math.min(place, end));
          const fresh = m.fork();
          expect(view(fresh)).toEqual(view(m));
        }
        m.seek(end);
        expect(view(m)).toEqual(there);
      }),
    );
  });

  it('lives on from the past as if the future had never been', () => {
    fc.assert(
      fc.property(fc.array(command, {minLength: 1, maxLength: 15}), fc.array(command, {maxLength: 15}), fc.nat(), (first, second, cut) => {
        const m = world();
        play(m, first);
        m.seek(cut % (m.journal.length + 1));
        const other = m.fork();
        play(m, second);
        play(other, second);
        expect(view(m)).toEqual(view(other));
      }),
    );
  });

  it('shares what it has derived with its branches, and neither sees what the other writes', () => {
    const commands = fc.array(command, {maxLength: 15});
    fc.assert(
      fc.property(commands, commands, commands, commands, (first, second, third, fourth) => {
        const m = world();
        play(m, first);
        const branch = m.fork();
        play(m, second);
        const twig = branch.fork();
        play(branch, third);
        play(twig, fourth);
        for (const one of [m, branch, twig]) {
          const anew = resumeMachine(one.state(), small());
          expect(view(one)).toEqual(view(anew));
          play(one, [...third, ...second]);
          play(anew, [...third, ...second]);
          expect(view(one)).toEqual(view(anew));
        }
      }),
    );
  });

  it('branches do not disturb one another', () => {
    const m = world();
    play(m, [{type: 'make', data: {name: 'p', group: 'a'}}]);
    const before = view(m);
    const branch = m.fork();
    play(branch, [
      {type: 'make', data: {name: 'q', group: 'b'}},
      {type: 'wait', data: 100},
    ]);
    expect(view(m)).toEqual(before);
    m.settle(1000);
    expect(m.table<Thing>('things').count).toBe(1);
    expect(branch.table<Thing>('things').count).toBe(2);
  });

  it('keeps nothing of a handler that threw', () => {
    const m = world();
    play(m, [{type: 'make', data: {name: 'p', group: 'a'}}]);
    const before = view(m);
    expect(() => m.dispatch({type: 'fail', data: 1})).toThrow('no');
    expect(view(m)).toEqual(before);
  });

  it('follows causes back to the outside world', () => {
    const m = world();
    m.dispatch({type: 'make', data: {name: 'p', group: 'a'}});
    m.settle(1000);
    const last = m.journal.past().at(-1)!;
    let step = last;
    while (step.cause) step = m.journal.find(step.cause)!;
    expect(last.event.type).toBe('grow');
    expect(step.event).toMatchObject({type: 'make', data: {name: 'p'}});
  });

  it('a hash found out little by little is that of the state it was begun at', () => {
    const m = world();
    for (let i = 0; i < 130; i++) m.dispatch({type: 'make', data: {name: `n${i}`, group: 'a'}});
    const before = m.hash();
    const {entities, goOn} = m.hashing();
    expect(entities).toBeGreaterThanOrEqual(130);
    expect(goOn()).toBeUndefined();
    m.dispatch({type: 'drop', data: 'n129'});
    let hash: string | undefined;
    while (hash === undefined) hash = goOn();
    expect(hash).toBe(before);
    expect(m.hash()).not.toBe(before);
  });
});
