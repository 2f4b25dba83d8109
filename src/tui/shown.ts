/** What is shown where: rows derived from the session's snapshot and the screen's own state. Drawing and keys both ask here, so they cannot disagree. */
import {panelOf} from '../selectors/panels/table.ts';
import {type PanelRow, plainText, type Ref} from '../selectors/styled.ts';
import {besideRows} from '../session/rows/beside.ts';
import {lessonRows} from '../session/rows/lesson.ts';
import {orderingRows} from '../session/rows/ordering.ts';
import {keptRows} from './kept-rows.ts';
import type {Context} from './keymap.ts';
import type {Rect} from './layout.ts';
import {lieOf} from './order-keys.ts';
import {detailRows} from './rows/detail.ts';
import {helpRows} from './rows/help.ts';
import {tourRows} from './rows/tour.ts';
import {indexOf} from './selection.ts';
import {layoutOf, type OpenView, type UiState} from './ui-state.ts';
import type {LessonCard, View} from './view.ts';

/** Cells that a box's border takes, both sides together. */
export const border = {columns: 4, rows: 2};

/** What free play begins with. */
const firstSteps = ['kubectl get nodes', 'kubectl create deployment shop --image=nginx --replicas=3', 'kubectl get pods -o wide'];

/** Whole lines worth suggesting: the command of the step at hand, once its cards are in order; in free play, a beginning. */
export function suggestionsOf(view: View): readonly string[] {
  if (view.place === 'sandbox' && view.transcript.length < firstSteps.length)
    return firstSteps.filter(line => !view.transcript.some(entry => entry.line === line)).slice(0, 1);
  if (view.place === 'sandbox') return [];
  const command = view.lesson?.steps[view.lesson.current]?.command;
  const done = view.transcript.some(entry => entry.line === command && !entry.failed);
  const cardsWait = view.ordering !== undefined && view.ordering.answer === undefined;
  return command && !done && !cardsWait && !view.lesson?.stepDone ? [command] : [];
}

/** The lessons of the course map in the order they are drawn. */
export function cardsOf(view: View): readonly LessonCard[] {
  return view.course.chapters.flatMap(chapter => chapter.lessons);
}

/** The rows of a panel as they are drawn in its place: cut to its width, filtered. */
export function panelRows(view: View, ui: UiState, id: string): readonly PanelRow[] {
  const placed = layoutOf(view, ui);
  const rect = placed.kind === 'screen' ? placed.panels.find(each => each.id === id)?.rect : undefined;
  const panel = panelOf(id);
  if (!panel || !rect) return [];
  const rows = keptRows(panel, view.facts, {width: rect.width - border.columns, height: rect.height - border.rows});
  const wanted = ui.filters[id]?.toLowerCase() ?? '';
  return wanted === '' ? rows : rows.filter(each => plainText(each.row).toLowerCase().includes(wanted));
}

/** Index of the selected row: where it was left; at first where things happen, else on the first row that stands for something. -1 where there are no rows. */
export function selectionOf(ui: UiState, id: string, rows: readonly PanelRow[]): number {
  const beginnings = [rows.findIndex(each => each.here), rows.findIndex(each => each.ref), 0];
  const mark = ui.selected[id];
  return mark ? indexOf(rows, mark) : Math.min(beginnings.find(index => index >= 0)!, rows.length - 1);
}

/** What `why` asks about on the selected row. */
export function selectedCause(view: View, ui: UiState): Ref | undefined {
  const rows = panelRows(view, ui, ui.focus);
  return rows[selectionOf(ui, ui.focus, rows)]?.cause ?? selectedRef(view, ui);
}

/** What the selected row stands for; a row without an object of its own belongs to the nearest one above that has one. */
export function selectedRef(view: View, ui: UiState): Ref | undefined {
  const rows = panelRows(view, ui, ui.focus);
  return rows.slice(0, selectionOf(ui, ui.focus, rows) + 1).findLast(each => each.ref !== undefined)?.ref;
}

/** The rectangle of the view that is open on top: the map's whole screen, all of the body (two timelines need it), or what lies beside the lesson. */
export function openRect(view: View, ui: UiState): Rect {
  const placed = layoutOf(view, ui);
  if (placed.kind === 'too-small' || view.place === 'map') return {x: 0, y: 1, width: ui.columns, height: ui.rows - 2};
  const {body, lesson, panels} = placed;
  if (ui.open?.kind === 'beside') return body;
  return lesson && panels.length > 0 ? {...body, x: lesson.width, width: body.width - lesson.width} : body;
}

/** Where one is, as the help tells it. */
const placeOf = (view: View, ui: UiState): Context =>
  view.place === 'map' ? 'map' : ui.projector ? 'presenter' : ui.focus === 'shell' ? 'start' : 'panel';

/** The rows of a view that is open on top. */
export function openRows(view: View, ui: UiState, open: OpenView, width: number): readonly PanelRow[] {
  if (open.kind === 'tour') return tourRows(open.card, width);
  if (open.kind === 'order')
    return view.ordering ? orderingRows(view.ordering, lieOf(view.ordering, ui), open.held ? open.at : undefined, width) : [];
  if (open.kind === 'beside') return view.beside ? besideRows(view.beside, width) : [];
  return open.kind === 'help' ? helpRows(width, placeOf(view, ui)) : detailRows(open.detail, width);
}

/** How many rows of what scrolls (an open view, else the lesson) do not fit: the furthest one can scroll. */
export function hiddenRows(view: View, ui: UiState): number {
  if (ui.open) {
    const rect = openRect(view, ui);
    return Math.max(0, openRows(view, ui, ui.open, rect.width - border.columns).length - (rect.height - border.rows));
  }
  const placed = layoutOf(view, ui);
  const rect = placed.kind === 'screen' ? placed.lesson : undefined;
  if (!rect || !view.lesson) return 0;
  const height = rect.height - border.rows;
  return Math.max(0, lessonRows(view.lesson, rect.width - border.columns, height).length - height);
}
