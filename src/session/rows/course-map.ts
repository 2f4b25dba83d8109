import {as, dim, type PanelRow, type Row, row} from '../../selectors/styled.ts';
import {pad, wrapRow} from '../../selectors/text.ts';
import type {ChapterView, CourseView, LessonCard} from '../types.ts';

const states = {
  solved: {mark: '✓', token: 'ok'},
  started: {mark: '◉', token: 'accent'},
  open: {mark: '▹', token: 'text'},
  skipped: {mark: '›', token: 'dim'},
  locked: {mark: '·', token: 'ghost'},
} as const;

const invitations = {
  open: ' begins',
  started: ' goes on',
  solved: ' plays it again',
  skipped: ' plays it (the test skipped it)',
  locked: ' twice plays it all the same',
} as const;

/** The course as rows: a heading for each chapter, a row for each lesson. */
export function courseRows(course: CourseView, width: number): readonly PanelRow[] {
  return course.chapters.flatMap((chapter, index) => [
    ...(index > 0 ? [{row: []}] : []),
    {
      row: row(
        as('title', `${chapter.number}  ${chapter.title}`),
        dim(`  ${chapter.lessons.filter(card => card.state === 'solved').length}/${chapter.lessons.length}`),
        chapter.lessons.some(card => card.state === 'skipped') && dim('  skipped by its test'),
      ),
    },
    ...chapter.lessons.map(card => ({row: cardRow(card, width, card.id === course.resume), ref: {kind: 'lesson', id: card.id} as const})),
  ]);
}

function cardRow(card: LessonCard, width: number, resume: boolean): Row {
  const {mark, token} = states[card.state];
  const roomy = width >= 56;
  return row(
    as(token, ` ${mark} `),
    dim(pad(card.number, 5)),
    as(card.state === 'locked' ? 'ghost' : 'value', pad(card.title, Math.max(12, width - (roomy ? 30 : 17)))),
    as('warn', ` ${stars(card)} `),
    roomy && dim(pad(`${card.minutes} min`, 6, 'right')),
    resume && as('accent', roomy ? ' ← go on' : ' ←'),
  );
}

/** Stars got and stars to get, each in its place: `✦✦✧✦`. */
const stars = (card: Pick<LessonCard, 'stars'>): string => card.stars.map(star => (star.earned ? '✦' : '✧')).join('');

/** What stands beside the map: the selected lesson, how to begin, and how to skip its chapter. */
export function cardRows(card: LessonCard | undefined, chapter: ChapterView | undefined, width: number): readonly PanelRow[] {
  if (!card) return [{row: row(dim('There are no lessons in this folder.'))}];
  const lines: Row[] = [
    ...wrapRow(row(as('strong', `${card.number} ${card.title}`)), width),
    [],
    ...wrapRow([as('text', card.about)], width),
    ...wrapRow(row(dim(`about ${card.minutes} minutes`), card.needs.length > 0 && row(dim(', first: '), card.needs.join(', '))), width),
    [],
    ...wrapRow(row(as('key', 'Enter'), as('strong', invitations[card.state])), width),
    ...(chapter && card.state !== 'solved' ? testRows(chapter, width) : []),
    [],
    ...card.stars.map(({name, earned}) => row(as(earned ? 'warn' : 'ghost', earned ? '✦ ' : '✧ '), earned ? name : dim(name))),
    [],
    ...wrapRow(row(key('↑ ↓', 'another lesson'), key('s', 'free play'), key('?', 'all keys'), key('q', 'quit')), width),
  ];
  return lines.map(each => ({row: each}));
}

const key = (name: string, about: string): Row => row(as('key', name), dim(` ${about}  `));

/** What a chapter is skipped with, and what is asked of whoever skips it. */
const testRows = ({number, tests}: ChapterView, width: number): Row[] =>
  wrapRow(
    row(as('key', 't'), dim(` skips chapter ${number}: solve `), tests.join(' and '), dim(' without hints, all predictions right')),
    width,
  );
