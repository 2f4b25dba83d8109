/** What only the screen knows: where the focus is, what is scrolled and selected, the line being typed, what is open on top. */
import {numberOf, panels} from '../selectors/panels/table.ts';
import type {EditorState} from './editor.ts';
import type {Context} from './keymap.ts';
import {type FocusId, type Layout, layout} from './layout.ts';
import {emptyLine, type LineEditor} from './line-editor.ts';
import {tour} from './rows/tour.ts';
import type {RowMark} from './selection.ts';
import type {DetailView, Tone, View} from './view.ts';

export type OpenView =
  | {readonly kind: 'help'; readonly scroll: number}
  | {readonly kind: 'detail'; readonly detail: DetailView; readonly scroll: number}
  /** The other timeline beside this one, as the session shows it. */
  | {readonly kind: 'beside'; readonly scroll: number}
  /** Cards to be put in order: where the cursor is, and whether it holds the card. */
  | {readonly kind: 'order'; readonly at: number; readonly held: boolean; readonly scroll: number}
  | {readonly kind: 'tour'; readonly card: number; readonly scroll: number};

export interface UiState {
  readonly columns: number;
  readonly rows: number;
  readonly focus: FocusId;
  /** The lesson or panel looked at last. */
  readonly shown: string;
  readonly zoom: boolean;
  readonly line: LineEditor;
  /** Lines entered while a command runs: each runs when those before it have ended. */
  readonly ahead: readonly string[];
  /** For an audience: few panels, large. */
  readonly projector: boolean;
  /** By panel: its selected row. */
  readonly selected: Readonly<Record<string, RowMark>>;
  /** By step: how the learner has laid its cards so far, by their numbers. */
  readonly lies: Readonly<Record<string, readonly number[]>>;
  /** The arrows move through time. */
  readonly scrubbing: boolean;
  /** The command that the key pressed last stands for, as the footer says it; '' where it stands for none. */
  readonly echo: string;
  /** Id of what the session asked to be looked at and was opened. */
  readonly shownOpened: number;
  readonly lessonScroll: number;
  /** How many rows of what commands printed lie below what is shown of it. */
  readonly shellScroll: number;
  /** By panel: only rows with this text are shown. */
  readonly filters: Readonly<Record<string, string>>;
  /** True while keys go to the filter of the focused panel. */
  readonly filtering: boolean;
  readonly open: OpenView | undefined;
  /** The text that is being edited, since it was first touched. */
  readonly editor: EditorState | undefined;
  /** Index of the lesson on the course map. */
  readonly card: number;
  /** Index of the option of a prediction. */
  readonly option: number;
  /** A remark of the screen itself: the command a key stands for, the reason why it did nothing. */
  readonly notice: {readonly tone: Tone; readonly text: string} | undefined;
  /** Id of the session's last remark that was there when a key was pressed: it has been read. */
  readonly toastRead: number;
  /** Show the tour when the first lesson opens. */
  readonly tourDue: boolean;
  /** What was asked for once and is done the second time. */
  readonly insisted: string | undefined;
  /** True after one ^C: the next one quits. */
  readonly leaving: boolean;
}

export const initialUi: UiState = {
  columns: 80,
  rows: 24,
  focus: 'shell',
  shown: 'lesson',
  zoom: false,
  projector: false,
  line: emptyLine,
  ahead: [],
  selected: {},
  lies: {},
  scrubbing: false,
  echo: '',
  shownOpened: 0,
  lessonScroll: 0,
  shellScroll: 0,
  filters: {},
  filtering: false,
  open: undefined,
  editor: undefined,
  card: 0,
  option: 0,
  notice: undefined,
  toastRead: -1,
  tourDue: false,
  insisted: undefined,
  leaving: false,
};

/** How a screen for an audience begins: on the first panel, where the keys act at once. */
export const projectorUi: Partial<UiState> = {projector: true, focus: 'pipeline', shown: 'pipeline'};

/** What free play shows first: the strip already tells the pipeline's part. */
const freePlay = ['request', 'store', 'scheduler', 'containers', 'kubelet', 'controllers', 'events', 'network'];

/** All panels, the lesson's own first. */
export function panelOrder(view: View): readonly string[] {
  const named = (view.lesson?.panels ?? freePlay).filter(id => numberOf(id) !== '');
  return [...named, ...panels.map(panel => panel.id).filter(id => !named.includes(id))];
}

/** The panel in which the step at hand is seen, where it is about one. */
export const stepPanel = (lesson: View['lesson']): string | undefined => lesson?.steps[lesson.current]?.panel;

export function layoutOf(view: View, ui: UiState): Layout {
  const {columns, rows, focus, zoom, projector} = ui;
  const ofPanels = ui.open?.kind === 'tour' && tour[ui.open.card]?.part === 'panels';
  const shown = ofPanels && ui.shown === 'lesson' ? panelOrder(view)[0]! : ui.shown;
  return layout({
    columns,
    rows,
    focus,
    shown,
    zoom,
    projector,
    hasLesson: hasLesson(view, ui),
    panels: panelOrder(view),
    asking: predicting(view),
    reading: view.lesson?.solved ?? false,
  });
}

/** The lesson's text has a place. An audience reads it on its own screens. */
const hasLesson = (view: View, ui: UiState): boolean => view.lesson !== undefined && !ui.projector;

/** What Tab walks through: the prompt, the lesson, the panels. */
export function focusOrder(view: View, ui: UiState): readonly FocusId[] {
  return ['shell', ...(hasLesson(view, ui) ? ['lesson'] : []), ...panelOrder(view)];
}

/** True while a prediction waits for its answer. */
export function predicting(view: View): boolean {
  return view.prediction !== undefined && view.prediction.chosen === undefined;
}

/** True while cards wait to be put in order, or did not come out well when their true order was told. */
export function ordering({ordering: cards, lesson, time}: View): boolean {
  return (
    cards !== undefined &&
    time.walk === undefined &&
    lesson?.stepDone === false &&
    (cards.answer === undefined || cards.truth !== undefined)
  );
}

/** The contexts that hold, the most special first. */
export function contextsOf(view: View, ui: UiState): readonly Context[] {
  if (view.editing) return ['edit'];
  if (ui.open) return [ui.open.kind === 'tour' || ui.open.kind === 'order' ? ui.open.kind : 'view', 'anywhere'];
  if (view.place === 'map') return ['map', 'anywhere'];
  if (ui.scrubbing) return ['scrub', 'anywhere'];
  if (ui.focus !== 'shell') return ui.projector ? ['presenter', 'panel', 'anywhere'] : ['panel', 'anywhere'];
  if (ui.line.search) return ['search', 'anywhere'];
  if (ui.line.text !== '') return ['prompt', 'anywhere'];
  if (view.waiting) return ['waiting', 'start', 'prompt', 'anywhere'];
  return predicting(view) ? ['predict', 'start', 'prompt', 'anywhere'] : ['start', 'prompt', 'anywhere'];
}
