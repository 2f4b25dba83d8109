/** One frame as a pure function of what the session shows and what the screen knows: rows of exactly the terminal's width, and the cursor's cell. */
import {numberOf, panelOf} from '../selectors/panels/table.ts';
import {as, dim, type PanelRow, type Row, row} from '../selectors/styled.ts';
import {fitRow, pad} from '../selectors/text.ts';
import {cardRows, courseRows} from '../session/rows/course-map.ts';
import {lessonRows} from '../session/rows/lesson.ts';
import {firstCard} from '../session/rows/ordering.ts';
import {editorOf} from './editor.ts';
import {frameRows} from './frame.ts';
import {keyText} from './keymap.ts';
import {type Layout, type Rect, smallest} from './layout.ts';
import {drawEditor} from './rows/editor.ts';
import {footerRow} from './rows/footer.ts';
import {headerRow} from './rows/header.ts';
import {shellRows} from './rows/shell.ts';
import {stripRows} from './rows/strip.ts';
import {timelineRow} from './rows/timeline.ts';
import {tour} from './rows/tour.ts';
import {border, cardsOf, openRect, openRows, panelRows, selectionOf} from './shown.ts';
import {layoutOf, type OpenView, stepPanel, type UiState} from './ui-state.ts';
import type {View} from './view.ts';

export interface Frame {
  readonly rows: readonly Row[];
  /** Where the terminal's cursor stands; undefined hides it. */
  readonly cursor: {readonly x: number; readonly y: number} | undefined;
}

/** A rectangle and the rows that fill it exactly. */
interface Drawn {
  readonly rect: Rect;
  readonly rows: readonly Row[];
}

type Placement = Extract<Layout, {kind: 'screen'}>;

/** Takes the two states; returns the frame. Never more rows than the terminal has, never a row of another width. */
export function drawScreen(view: View, ui: UiState): Frame {
  const placed = layoutOf(view, ui);
  if (placed.kind === 'too-small') return tooSmall(ui.columns, ui.rows);
  const {header, strip, timeline, footer} = placed;
  const lines = [
    {rect: header, rows: [headerRow(view, header.width)]},
    {rect: footer, rows: [footerRow(view, ui, footer.width)]},
  ];
  if (view.place === 'map') {
    const whole = openRect(view, ui);
    return compose([...lines, ...(ui.open ? [openBox(view, ui, whole)] : mapBoxes(view, ui, whole))], ui);
  }
  const {drawn, cursor} = bodyBoxes(view, ui, placed);
  return compose(
    [
      ...lines,
      {rect: strip, rows: stripRows(view.facts.pipeline, strip.width, strip.height)},
      {rect: timeline, rows: [timelineRow(view.time, timeline.width)]},
      ...drawn,
    ],
    ui,
    cursor,
  );
}

function tooSmall(columns: number, rows: number): Frame {
  const text = [
    `podyssey needs ${smallest.columns} x ${smallest.rows},`,
    `this terminal has ${columns} x ${rows}.`,
    'Make it larger, or run',
    'podyssey --plain',
  ];
  return {rows: Array.from({length: rows}, (_, index) => fitRow(row(text[index] ?? ''), columns)), cursor: undefined};
}

function bodyBoxes(view: View, ui: UiState, placed: Placement): {drawn: Drawn[]; cursor: Frame['cursor']} {
  const shell = !placed.shell
    ? undefined
    : ui.open?.kind === 'tour'
      ? {drawn: openBox(view, ui, placed.shell), cursor: undefined}
      : shellBox(view, ui, placed.shell);
  const lower = shell ? [shell.drawn] : [];
  const beside = placed.lesson && placed.panels.length > 0 ? [lessonBox(view, ui, placed.lesson, placed.tabs)] : [];
  const editor = editorOf(view, ui);
  if (editor) {
    const {rows, cursor} = drawEditor(editor, openRect(view, ui));
    return {drawn: [{rect: openRect(view, ui), rows}, ...beside], cursor};
  }
  if (ui.open && ui.open.kind !== 'tour') {
    return {drawn: [openBox(view, ui, openRect(view, ui)), ...(ui.open.kind === 'beside' ? [] : beside)], cursor: undefined};
  }
  return {
    drawn: [
      ...(placed.lesson ? [lessonBox(view, ui, placed.lesson, placed.tabs)] : []),
      ...placed.panels.map(panel => panelBox(view, ui, panel.id, panel.rect, placed.tabs)),
      ...lower,
    ],
    cursor: shell?.cursor,
  };
}

function box(rect: Rect, rows: readonly PanelRow[], options: Parameters<typeof frameRows>[2]): Drawn {
  return {rect, rows: frameRows(rows, rect, options)};
}

function panelBox(view: View, ui: UiState, id: string, rect: Rect, tabs: readonly string[]): Drawn {
  const panel = panelOf(id)!;
  const focused = ui.focus === id || spokenOf(ui) === 'panels';
  const filter = ui.filters[id] ? `/${ui.filters[id]}` : '';
  const note = [filter, panel.note?.(view.facts) ?? ''].filter(text => text !== '').join('  ');
  const rows = panelRows(view, ui, id);
  const selected = ui.focus === id ? selectionOf(ui, id, rows) : -1;
  return box(rect, rows, {
    title: panel.title,
    number: numberOf(id),
    note,
    keys:
      tabs.length > 0 ? [tabText(tabs, id), ...(tabs.includes('lesson') ? [`${keyText('alt+t')} › Lesson`] : [])].join('   ') : undefined,
    focused,
    selected,
  });
}

function lessonBox(view: View, ui: UiState, rect: Rect, tabs: readonly string[]): Drawn {
  const lesson = view.lesson!;
  const panel = stepPanel(lesson);
  return box(rect, lessonRows(lesson, rect.width - border.columns, rect.height - border.rows), {
    title: lesson.isTest ? `Test ${lesson.number}, no hints` : `Lesson ${lesson.number}`,
    note: `step ${Math.min(lesson.current + 1, lesson.steps.length)} of ${lesson.steps.length}`,
    keys: tabs.length === 0 ? undefined : panel === undefined ? tabText(tabs, 'lesson') : panelText(panel),
    focused: ui.focus === 'lesson' || spokenOf(ui) === 'lesson',
    offset: ui.lessonScroll,
    onward: `${keyText('pagedown')} reads on`,
  });
}

/** The part of the screen that the tour is at. */
function spokenOf({open}: UiState): 'lesson' | 'panels' | undefined {
  return open?.kind === 'tour' ? tour[open.card]?.part : undefined;
}

/** Where one panel is shown at a time: what Tab shows next. */
function tabText(tabs: readonly string[], id: string): string {
  const next = tabs[tabs.indexOf(id) + 1];
  return `Tab › ${next === undefined ? 'Terminal' : (panelOf(next)?.title ?? 'Lesson')}`;
}

/** Where the step at hand is seen in one of the panels: the key that shows it. */
const panelText = (id: string): string => `${keyText(`alt+${numberOf(id)}`)} › ${panelOf(id)!.title}`;

function shellBox(view: View, ui: UiState, rect: Rect): {drawn: Drawn; cursor: Frame['cursor']} {
  const {rows, cursor, above} = shellRows(view, ui, rect.width - border.columns, rect.height - border.rows);
  return {
    drawn: box(rect, rows, {
      title: 'Terminal',
      focused: ui.focus === 'shell',
      ...(above > 0 && {more: `${above} more above: ${keyText('alt+up')}`}),
    }),
    cursor: cursor && {x: rect.x + 2 + cursor.x, y: rect.y + 1 + cursor.y},
  };
}

function openBox(view: View, ui: UiState, rect: Rect): Drawn {
  const open = ui.open!;
  const rows = openRows(view, ui, open, rect.width - border.columns);
  return box(rect, rows, {
    title: titleOf(open),
    note: open.kind === 'tour' ? 'Esc skips' : 'Esc closes',
    focused: true,
    ...(open.kind === 'order' && view.ordering
      ? {selected: firstCard(view.ordering, rect.width - border.columns) + open.at}
      : {offset: open.scroll}),
  });
}

function titleOf(open: OpenView): string {
  if (open.kind === 'tour') return `Tour ${open.card + 1} of ${tour.length}`;
  if (open.kind === 'beside') return 'Two timelines';
  if (open.kind === 'order') return 'Cards';
  return open.kind === 'help' ? 'Keys' : open.detail.title;
}

const banner = ['From a line of YAML to a running pod:', 'cause it, watch every part of Kubernetes at work, stop time, turn it back.'];

function mapBoxes(view: View, ui: UiState, rect: Rect): Drawn[] {
  const cards = cardsOf(view);
  const card = cards[ui.card];
  const chapter = card && view.course.chapters.find(each => each.lessons.includes(card));
  const top: Rect = {...rect, height: 3};
  const lower: Rect = {...rect, y: rect.y + 3, height: rect.height - 3};
  const wide = Math.max(40, Math.floor(rect.width * 0.6));
  const left: Rect = {...lower, width: wide};
  const right: Rect = {...lower, x: lower.x + wide, width: lower.width - wide};
  const rows = courseRows(view.course, left.width - border.columns);
  const selected = rows.findIndex(each => each.ref?.kind === 'lesson' && each.ref.id === card?.id);
  const words = [[], ...banner.map((text, index) => row(' ', index === 0 ? as('strong', text) : dim(text)))];
  return [
    {rect: top, rows: words.map(each => fitRow(each, top.width))},
    box(left, rows, {title: 'Course', focused: true, selected}),
    box(right, cardRows(card, chapter, right.width - border.columns), {title: 'Lesson', focused: false}),
  ];
}

/** Lays rectangles side by side into whole rows of the screen. */
function compose(drawn: readonly Drawn[], size: Pick<UiState, 'columns' | 'rows'>, cursor?: Frame['cursor']): Frame {
  const inOrder = drawn.toSorted((one, other) => one.rect.x - other.rect.x);
  const rows = Array.from({length: size.rows}, (_, y): Row => {
    let used = 0;
    const parts: Row[] = [];
    for (const {rect, rows: inner} of inOrder) {
      if (y < rect.y || y >= rect.y + rect.height) continue;
      if (rect.x > used) parts.push([as('text', pad('', rect.x - used))]);
      parts.push(inner[y - rect.y] ?? [as('text', pad('', rect.width))]);
      used = rect.x + rect.width;
    }
    if (used < size.columns) parts.push([as('text', pad('', size.columns - used))]);
    return row(...parts);
  });
  return {rows, cursor};
}
