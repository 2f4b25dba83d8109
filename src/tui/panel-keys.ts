/** What keys do in the panels: the focus goes from one to the next, a row is selected, what it stands for is looked at. */
import {panelOf, panels} from '../selectors/panels/table.ts';
import type {Ref} from '../selectors/styled.ts';
import type {Around} from './around.ts';
import {printable} from './keys.ts';
import {printedRows} from './rows/shell.ts';
import {markOf} from './selection.ts';
import {border, cardsOf, hiddenRows, panelRows, selectedCause, selectedRef, selectionOf} from './shown.ts';
import {focusOrder, layoutOf, type UiState} from './ui-state.ts';
import type {LookKind, View} from './view.ts';

export function panelKeys({session, ui, say}: Around) {
  const view = (): View => session.getSnapshot();
  const set = (change: Partial<UiState>): void => ui.set({...ui.get(), ...change});
  const focus = (id: string): void => set({focus: id, shown: id === 'shell' ? ui.get().shown : id, filtering: false});

  const walkFocus = (by: 1 | -1) => {
    const order = focusOrder(view(), ui.get());
    focus(order[(order.indexOf(ui.get().focus) + by + order.length) % order.length]!);
  };

  /** How far the page keys and the ends go. */
  const page = (): number => Math.max(1, ui.get().rows - 14);

  const move = (by: number) => {
    const {open, focus: focused, lessonScroll, selected, card} = ui.get();
    const scrolled = (from: number): number => Math.max(0, Math.min(hiddenRows(view(), ui.get()), from + by));
    if (open) return set({open: {...open, scroll: scrolled(open.scroll)}});
    if (view().place === 'map') return set({card: Math.max(0, Math.min(cardsOf(view()).length - 1, card + by))});
    if (focused === 'lesson') return set({lessonScroll: scrolled(lessonScroll)});
    const rows = panelRows(view(), ui.get(), focused);
    const last = Math.max(0, rows.length - 1);
    const to = Math.max(0, Math.min(last, selectionOf(ui.get(), focused, rows) + by));
    set({selected: {...selected, [focused]: markOf(rows, to)}});
    follow();
  };

  /** Some panels tell more of the row under the cursor. */
  const follow = () => {
    const {focus: focused} = ui.get();
    const {follows} = panelOf(focused) ?? {};
    if (follows === undefined) return;
    const ref = selectedRef(view(), ui.get());
    if (ref?.kind === 'object' && ref.resource === follows) session.dispatch({type: 'select', ref});
  };

  const nothing = (): void =>
    say('warn', 'Nothing is selected here: the arrows go to a row that stands for something, Esc returns to the prompt.');

  const look = (kind: Exclude<LookKind, 'why'>) => {
    const ref = selectedRef(view(), ui.get());
    if (!ref) return nothing();
    if (ref.kind === 'step') return session.dispatch({type: 'seek', step: ref.step});
    session.detail(ref, kind, detail => set({open: {kind: 'detail', detail, scroll: 0}}));
  };

  const askWhy = () => {
    const ref = selectedCause(view(), ui.get());
    if (!ref) return nothing();
    session.dispatch({type: 'why', ref});
  };

  const runOnSelected = (template: string) => {
    const ref = selectedRef(view(), ui.get());
    if (ref?.kind !== 'object') return say('warn', 'Nothing is selected here that could be edited.');
    session.dispatch({type: 'command', line: fill(template, ref)});
  };

  /** The lesson scrolls while the prompt has the focus. */
  const scrollLesson = (by: number) => {
    const furthest = hiddenRows(view(), {...ui.get(), focus: 'lesson'});
    set({lessonScroll: Math.max(0, Math.min(furthest, ui.get().lessonScroll + by))});
  };

  /** What commands printed scrolls, half a screen at a time. */
  const scrollShell = (by: 1 | -1) => {
    const placed = layoutOf(view(), ui.get());
    const shell = placed.kind === 'screen' ? placed.shell : undefined;
    if (!shell) return;
    // Beside the task and the prompt.
    const room = shell.height - border.rows - 2;
    const furthest = Math.max(0, printedRows(view().transcript, shell.width - border.columns) - room);
    const next = ui.get().shellScroll + by * Math.max(1, Math.floor(room / 2));
    set({shellScroll: Math.max(0, Math.min(furthest, next))});
  };

  /** A key while the filter of a panel is typed. */
  const filterKey = (name: string | undefined, text: string) => {
    const {focus: id, filters, selected} = ui.get();
    const wanted = filters[id] ?? '';
    if (name === 'enter' || name === 'esc') return set({filtering: false, filters: {...filters, [id]: name === 'esc' ? '' : wanted}});
    const next = name === 'backspace' ? wanted.slice(0, -1) : wanted + printable(text);
    const {[id]: _, ...others} = selected;
    set({filters: {...filters, [id]: next}, selected: others});
  };

  return {
    focus,
    filterKey,
    /** Actions by their names in the keymap. */
    actions: {
      up: () => move(-1),
      down: () => move(1),
      pageUp: () => move(-page()),
      pageDown: () => move(page()),
      top: () => move(-100_000),
      bottom: () => move(100_000),
      scrollShown: (key: string) => scrollLesson(key === 'pageup' ? -5 : 5),
      scrollShell: (key: string) => scrollShell(key === 'alt+up' ? 1 : -1),
      focusNext: () => walkFocus(1),
      focusPrevious: () => walkFocus(-1),
      panelByNumber(key: string) {
        const digit = Number(key.replace('alt+', ''));
        const panel = panels[(digit + 9) % 10];
        if (panel) focus(panel.id);
      },
      zoom: () => set({zoom: !ui.get().zoom}),
      'focus:lesson': () => (view().lesson ? focus('lesson') : say('warn', 'There is no lesson in free play.')),
      'focus:shell': () => focus('shell'),
      filter: () => set({filtering: true}),
      describe: () => look('describe'),
      yaml: () => look('yaml'),
      logs: () => look('logs'),
      diff: () => look('diff'),
      why: askWhy,
      edit: () => runOnSelected('kubectl edit {resource} {name} -n {namespace}'),
      breakHere: () => runOnSelected('break {resource}/{name} -n {namespace}'),
    },
  };
}

/** The command that a key stands for, on what is selected. */
export function fill(template: string, ref: Ref | undefined): string {
  if (ref?.kind !== 'object') return template;
  return template
    .replace('{resource}', ref.resource)
    .replace('{name}', ref.name)
    .replace(' -n {namespace}', ref.namespace === '' ? '' : ` -n ${ref.namespace}`);
}
