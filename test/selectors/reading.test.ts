import {describe, expect, it} from 'vitest';
import {createMachine, type Machine} from '../../src/engine/machine/machine.ts';
import {type Account, balanceOf, chosen} from '../../src/selectors/reading.ts';

interface Sheep {
  readonly name: string;
  readonly wool: number;
}

const flock = (): Machine =>
  createMachine({
    seed: 1,
    indexes: [],
    handlers: {
      born: (tx, {data}) => void tx.insert('sheep', data as Sheep),
      shorn: (tx, {data}) => void tx.update<{wool: number}>('sheep', data as number, sheep => void (sheep.wool = 0)),
      sold: (tx, {data}) => tx.remove('sheep', data as number),
    },
  });

/** Says how often it had to look. */
const wool = (): Account<number> & {looks: number} => ({
  table: 'sheep',
  looks: 0,
  begin: () => 0,
  put(sum, _slot, old, now) {
    this.looks++;
    return sum + ((now as Sheep | undefined)?.wool ?? 0) - ((old as Sheep | undefined)?.wool ?? 0);
  },
});
const woolly = chosen<Sheep>('sheep', sheep => sheep.wool > 0);
const names = (machine: Machine): string[] => [...balanceOf(machine, woolly).values()].map(({name}) => name).sort();

describe('what is kept beside a journal', () => {
  it('follows the machine forth and back, and into another future', () => {
    const machine = flock();
    for (const name of ['Ada', 'Bea', 'Cleo']) machine.dispatch({type: 'born', data: {name, wool: 2}});
    expect(names(machine)).toEqual(['Ada', 'Bea', 'Cleo']);
    machine.dispatch({type: 'shorn', data: 1});
    machine.dispatch({type: 'sold', data: 0});
    expect(names(machine)).toEqual(['Cleo']);
    machine.seek(2);
    expect(names(machine)).toEqual(['Ada', 'Bea']);
    machine.seek(4);
    expect(names(machine)).toEqual(['Ada', 'Cleo']);
    machine.seek(1);
    machine.dispatch({type: 'born', data: {name: 'Dot', wool: 1}});
    expect(names(machine)).toEqual(['Ada', 'Dot']);
    expect(names(machine.fork())).toEqual(['Ada', 'Dot']);
  });

  it('costs what has happened since the last look', () => {
    const machine = flock();
    for (let i = 0; i < 100; i++) machine.dispatch({type: 'born', data: {name: `sheep-${i}`, wool: 1}});
    const all = wool();
    expect(balanceOf(machine, all)).toBe(100);
    machine.dispatch({type: 'shorn', data: 7});
    expect(balanceOf(machine, all)).toBe(99);
    expect(balanceOf(machine, all)).toBe(99);
    expect(all.looks).toBe(101);
  });

  it('costs a branch what has happened since it left', () => {
    const machine = flock();
    for (let i = 0; i < 100; i++) machine.dispatch({type: 'born', data: {name: `sheep-${i}`, wool: 1}});
    const all = Object.assign(wool(), {copy: (sum: number) => sum});
    expect(balanceOf(machine, all)).toBe(100);
    machine.seek(90);
    const branch = machine.fork();
    machine.seek(100);
    branch.dispatch({type: 'shorn', data: 7});
    expect(balanceOf(branch, all)).toBe(89);
    expect(all.looks).toBe(111);
    expect(balanceOf(machine, all)).toBe(100);
    expect(balanceOf(flock(), all)).toBe(0);
  });
});
