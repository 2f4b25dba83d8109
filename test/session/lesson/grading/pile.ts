/** A pile of sixty submissions: right, partly right, cheated, damaged; and what is to be made of each. */
import {mkdirSync, truncateSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {type Class, variantFor} from '../../../../src/course/class-file.ts';
import type {FlagKind} from '../../../../src/course/grading.ts';
import {type HandedInLesson, type Submission, sealed} from '../../../../src/course/submission.ts';
import type {Lesson} from '../../../../src/course/types.ts';
import {type Doing, handedInLesson, handIn, lessonSource} from './student.ts';

export const CLASS: Class = {
  name: 'k8s-101',
  lessons: ['2.3'],
  deadline: undefined,
  variants: 'student',
  seed: 7,
  hints: 3,
  solutions: 'always',
  share: undefined,
};
export const CLASS_FILE = "apiVersion: podyssey.dev/v1\nkind: Class\nname: k8s-101\nlessons: ['2.3']\nseed: 7\nsolutions: always\n";

/** What is expected of a submission that is graded. */
export interface Expected {
  readonly student: string;
  readonly points: number;
  readonly solved: boolean;
  readonly hints: number;
  readonly mistakes: number;
  readonly flags: readonly FlagKind[];
}

export interface Pile {
  readonly graded: readonly Expected[];
  /** File name -> what is said of it. */
  readonly refused: Readonly<Record<string, RegExp>>;
}

const source = lessonSource('discovery');

type Behaviour = (lesson: Lesson) => readonly Doing[];
const app = (lesson: Lesson): string => Object.keys(lesson.world.files)[0]!;
const name = (lesson: Lesson): string => app(lesson).replace('.yaml', '');
const predict = (option: number, sure?: number): Doing => ({type: 'predict', option, ...(sure !== undefined && {sure})});

const old = (lesson: Lesson): Doing[] => [predict(2), `kubectl create -f ${app(lesson)}`, 'next'];
const ask = (): Doing[] => ['kubectl api-resources --api-group=apps', 'next'];
const version = (lesson: Lesson): Doing => `sed -i 's#extensions/v1beta1#apps/v1#' ${app(lesson)}`;
const selector = (lesson: Lesson): Doing =>
  `sed -i 's/  replicas: 1/  selector: { matchLabels: { app: ${name(lesson)} } }/' ${app(lesson)}`;
const create = (lesson: Lesson): Doing[] => [`kubectl create -f ${app(lesson)}`, 15_000];
const wrong: Doing[] = [predict(2), 'kubectl get --raw /apis/apps/v2', 'kubectl get --raw /openapi/v3', 'next'];

interface Way {
  readonly does: Behaviour;
  readonly expect: Omit<Expected, 'student' | 'flags'>;
}

const RIGHT: readonly Way[] = [
  {
    does: l => [...old(l), ...ask(), predict(2), version(l), selector(l), ...create(l), 'next', ...wrong],
    expect: {points: 6, solved: true, hints: 0, mistakes: 0},
  },
  {
    // Helped, and once mistaken in what would come.
    does: l => ['hint', 'hint', ...old(l), ...ask(), predict(0, 60), 'hint', version(l), selector(l), ...create(l), 'next', ...wrong],
    expect: {points: 6, solved: true, hints: 3, mistakes: 0},
  },
  {
    // Makes the mistake, goes on, is right in the end.
    does: l => [...old(l), ...ask(), predict(2), version(l), ...create(l), selector(l), ...create(l), 'next', ...wrong],
    expect: {points: 6, solved: true, hints: 0, mistakes: 1},
  },
  {
    // Takes a naked pod back, and types what is none.
    does: l => [
      ...old(l),
      ...ask(),
      predict(2),
      `kubectl run ${name(l)} --image=nginx:1.27`,
      'undo',
      version(l),
      version(l),
      'kubectl gte pods',
      selector(l),
      ...create(l),
      'next',
      ...wrong,
    ],
    expect: {points: 6, solved: true, hints: 0, mistakes: 1},
  },
];

const PARTLY: readonly Way[] = [
  {does: l => [...old(l), ...ask()], expect: {points: 2, solved: false, hints: 0, mistakes: 0}},
  {
    // Tried it, with a file that is not there, and stopped: a command counts though it reached no server.
    does: () => [predict(2), 'kubectl create -f nothing.yaml'],
    expect: {points: 1, solved: false, hints: 0, mistakes: 0},
  },
  {
    // The pod runs, but the step was not ended; a hint was of no use.
    does: l => [...old(l), ...ask(), predict(2), version(l), selector(l), ...create(l), 'hint', 2000],
    expect: {points: 3, solved: false, hints: 1, mistakes: 0},
  },
  {
    does: l => [...old(l), ...ask(), predict(2), `kubectl run ${name(l)} --image=nginx:1.27 -l app=${name(l)}`, 15_000, 'next'],
    expect: {points: 2, solved: false, hints: 0, mistakes: 1},
  },
  {
    // The solution was played after the first step: it earns nothing.
    does: l => [...old(l), 'solution', 'solution', 15_000, 'next', predict(2), 'next', predict(2), 'next'],
    expect: {points: 1, solved: false, hints: 0, mistakes: 0},
  },
  {
    // Half of the last step.
    does: l => [
      ...old(l),
      ...ask(),
      predict(2),
      version(l),
      selector(l),
      ...create(l),
      'next',
      predict(0),
      'kubectl get --raw /apis/apps/v2',
    ],
    expect: {points: 5, solved: false, hints: 0, mistakes: 0},
  },
];

const lessonOf = (student: string, way: Way, wait: number): HandedInLesson => handedInLesson(CLASS, source, student, way.does, {wait});
const variantOf = (lesson: HandedInLesson): string => lesson.variant['app']!;
const withEntries = (
  lesson: HandedInLesson,
  change: (entries: HandedInLesson['recording']['entries']) => HandedInLesson['recording']['entries'],
): HandedInLesson => ({
  ...lesson,
  recording: {...lesson.recording, entries: change(lesson.recording.entries)},
});

/** Writes the sixty files into a folder. */
export function writePile(folder: string): Pile {
  mkdirSync(folder, {recursive: true});
  const graded: Expected[] = [];
  const refused: Record<string, RegExp> = {};
  let wait = 400;
  const write = (file: string, submission: Submission): void => writeFileSync(join(folder, `${file}.pody`), JSON.stringify(submission));
  const expected = (student: string, expect: Omit<Expected, 'student' | 'flags'>, flags: readonly FlagKind[] = []): void =>
    void graded.push({student, ...expect, flags});
  const hand = (student: string, way: Way): HandedInLesson => {
    const lesson = lessonOf(student, way, (wait += 37));
    write(student, handIn(CLASS, student, [lesson]));
    return lesson;
  };

  // 1. Twenty that are right, fifteen partly, each at a pace of their own
  const rights = Array.from({length: 20}, (_, i) => {
    const student = `right-${String(i).padStart(2, '0')}`;
    const way = RIGHT[i % RIGHT.length]!;
    expected(student, way.expect);
    return hand(student, way);
  });
  for (let i = 0; i < 15; i++) {
    const student = `partly-${String(i).padStart(2, '0')}`;
    const way = PARTLY[i % PARTLY.length]!;
    expected(student, way.expect);
    hand(student, way);
  }

  // 2. Fifteen that cheat, three in each of five ways
  const [model] = rights as [HandedInLesson];
  const nobody = {points: 0, solved: false, hints: 0, mistakes: 0};
  const whose = (prefix: string, fits: (variant: string) => boolean, count: number): string[] => {
    const found: string[] = [];
    for (let i = 0; found.length < count; i++) {
      const student = `${prefix}-${i}`;
      if (fits(variantFor(CLASS, student, source.id, source.vary)['app']!)) found.push(student);
    }
    return found;
  };
  //    a. The neighbour's file with another name on it
  for (const [i, student] of whose('borrows', v => v !== variantOf(rights[4]!), 3).entries()) {
    const stolen = i === 0 ? rights[4]! : lessonOf('right-04', RIGHT[i]!, (wait += 37));
    write(student, handIn(CLASS, student, [stolen]));
    expected(student, nobody, i === 0 ? ['variant', 'identical'] : ['variant']);
  }
  //    b. The same, where both have the same variant: it replays, and lies beside its twin
  for (const student of whose('copies', v => v === variantOf(model), 3)) {
    write(student, handIn(CLASS, student, [model]));
    expected(student, RIGHT[0]!.expect, ['identical']);
  }
  //    c. Work left out, the end kept
  for (const student of ['skips-0', 'skips-1', 'skips-2']) {
    const whole = lessonOf(student, RIGHT[0]!, (wait += 37));
    write(
      student,
      handIn(CLASS, student, [
        withEntries(whole, all => all.filter(e => !(e.action.type === 'command' && e.action.line.startsWith('sed')))),
      ]),
    );
    expected(student, {points: 2, solved: false, hints: 0, mistakes: 0}, ['replay']);
  }
  //    d. Faster than it was
  for (const student of ['hurries-0', 'hurries-1', 'hurries-2']) {
    const whole = lessonOf(student, RIGHT[0]!, (wait += 37));
    write(student, handIn(CLASS, student, [withEntries(whole, all => all.map((e, i) => (i < 5 ? e : {...e, at: e.at - 1000})))]));
    expected(student, {points: 2, solved: false, hints: 0, mistakes: 0}, ['replay']);
  }
  //    e. Predictions mended afterwards, by hand
  for (const student of ['foresees-0', 'foresees-1', 'foresees-2']) {
    const whole = handIn(CLASS, student, [lessonOf(student, RIGHT[1]!, (wait += 37))]);
    const mended = withEntries(whole.lessons[0]!, all =>
      all.map(e => (e.action.type === 'predict' ? {...e, action: {type: 'predict', option: 2}} : e)),
    );
    write(student, {...whole, lessons: [mended]});
    expected(student, RIGHT[1]!.expect, ['edited']);
  }

  // 3. Ten that are damaged or hostile, two in each of five ways
  const sound = handIn(CLASS, 'sound', [model]);
  const text = JSON.stringify(sound);
  const spoilt = (file: string, content: string, why: RegExp): void => {
    writeFileSync(join(folder, `${file}.pody`), content);
    refused[`${file}.pody`] = why;
  };
  const resealed = (change: Partial<Submission>): string => JSON.stringify(sealed({...sound, ...change}));
  spoilt('version-0', resealed({format: 'podyssey/submission/v9' as never}), /another format/);
  spoilt('version-1', JSON.stringify({hello: 'world'}), /not a submission/);
  spoilt('cut-0', text.slice(0, text.length / 2), /not whole JSON/);
  spoilt('cut-1', '', /not whole JSON/);
  spoilt('huge-0', text, /larger than/);
  truncateSync(join(folder, 'huge-0.pody'), 100 * 1024 * 1024);
  spoilt('huge-1', JSON.stringify({...sound, padding: 'x'.repeat(3 * 1024 * 1024)}), /larger than/);
  const endless = (change: (last: HandedInLesson['recording']['entries'][number]) => HandedInLesson['recording']['entries']): string =>
    resealed({
      student: 'endless',
      lessons: [
        withEntries({...model, variant: variantFor(CLASS, 'endless', source.id, source.vary)}, all => [all[0]!, ...change(all[1]!)]),
      ],
    });
  spoilt(
    'endless-0',
    endless(last => [{...last, at: 1e15, step: 1_000_000_000}]),
    /virtual hours/,
  );
  spoilt(
    'endless-1',
    endless(last => Array.from({length: 5000}, () => ({...last, action: {type: 'undo'} as const}))),
    /actions/,
  );
  spoilt('evil-0', resealed({student: '../../etc/passwd'}), /control characters or slashes/);
  spoilt('evil-1', resealed({student: '\u001b[2J\u001b]0;owned\u0007'}), /control characters or slashes/);

  const twins = new Set(graded.filter(e => e.flags.includes('identical')).map(e => e.student));
  return {
    graded: graded.map(e => (twins.size && (e.student === 'right-00' || e.student === 'right-04') ? {...e, flags: ['identical']} : e)),
    refused,
  };
}
