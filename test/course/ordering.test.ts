import fc from 'fast-check';
import {describe, expect, test} from 'vitest';
import {allFaults, lessonFile} from '../../src/cli/course.ts';
import {lessonTemplate} from '../../src/cli/lesson-template.ts';
import {dealt, inOrder, scoreOf} from '../../src/course/ordering.ts';

const order = (cards: string): string =>
  lessonTemplate.replace(
    '    objectives:\n',
    `    order:\n      ask: What comes first?\n      cards:\n${cards}      run: [kubectl create -f web.yaml]\n      wait: 20000\n    objectives:\n`,
  );
const card = (text: string, when: string): string => `        - {text: ${text}, when: ${when}}\n`;
const bound = card('bound', '{request: {resource: pods/binding}}');
const stored = card('stored', '{stage: {client: kubectl, verb: create, resource: pods, stage: etcd}}');
const allowed = card('allowed', '{stage: {client: kubectl, verb: create, resource: pods, stage: authorization}}');
const running = card('running', '{object: {kind: Pod, metadata: {name: web}, status: {phase: Running}}}');
const faultsOf = (text: string): string[] => allFaults(lessonFile('lesson.yaml', text)).map(f => `${f.line}: ${f.message.split('\n')[0]}`);
const lineOf = (text: string, part: string): number => text.slice(0, text.indexOf(part)).split('\n').length;

describe('cards in a lesson', () => {
  test('are in order as the run has them', () => expect(faultsOf(order(bound + running + stored + allowed))).toEqual([]));

  test.each([
    ['a card that never happens', bound + stored + card('evicted', '{trace: {stage: Eviction}}'), /"evicted" never happens in the run/],
    ['two cards of one moment', bound + stored + card('bound too', '{request: {resource: pods/binding}}'), /are the same moment/],
    ['two cards of one text', bound + stored + stored, /there is a card stored already/],
    ['too few cards', bound + stored, /3 to 24 cards can be ordered, these are 2/],
    ['an unknown kind of record', bound + stored + card('odd', '{dream: {}}'), /when must have one of object/],
  ])('refuses %s, at its line', (_name, cards, message) => {
    const text = order(cards);
    const fault = faultsOf(text).find(each => message.test(each));
    expect(fault).toBeDefined();
    expect(Number(fault!.split(':')[0])).toBeGreaterThanOrEqual(lineOf(text, 'order:'));
    expect(Number(fault!.split(':')[0])).toBeLessThanOrEqual(lineOf(text, 'run: ['));
  });
});

describe('how much is in order', () => {
  const permutation = (n: number) => fc.shuffledSubarray([...Array(n).keys()], {minLength: n, maxLength: n});

  test('all of the truth, and of the truth turned round one card', () =>
    fc.assert(
      fc.property(permutation(9), truth => {
        expect(scoreOf(truth, truth)).toBe(100);
        expect(inOrder(truth.toReversed(), truth)).toBe(1);
      }),
    ));

  test('moving one card costs one card at most', () =>
    fc.assert(
      fc.property(permutation(9), fc.nat(8), fc.nat(8), (truth, from, to) => {
        const moved = truth.toSpliced(from, 1).toSpliced(to, 0, truth[from]!);
        expect(inOrder(moved, truth)).toBeGreaterThanOrEqual(8);
      }),
    ));

  test('cards are dealt each once, and never nearly in the order of the file', () => {
    for (let count = 3; count <= 24; count += 1) {
      const cards = dealt(count);
      expect(cards.toSorted((a, b) => a - b)).toEqual([...Array(count).keys()]);
      if (count > 5) expect(scoreOf(cards, [...Array(count).keys()])).toBeLessThan(90);
    }
  });
});
