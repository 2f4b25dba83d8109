/** From keys to changes: looks keys up in the keymap and carries their actions out, on the screen's own state or through the session. */
import {panelOf, panels} from '../selectors/panels/table.ts';
import type {Ref} from '../selectors/styled.ts';
import {editorActions} from './editor-actions.ts';
import {type ActionName, bindingOf, keyText} from './keymap.ts';
import {keyOf, keysIn} from './keys.ts';
import {
  cycleCompletion,
  ghostOf,
  insert,
  type LineEditor,
  type LineOperation,
  operations,
  paste,
  searchFor,
  submit,
  type,
} from './line-editor.ts';
import {orderKeys} from './order-keys.ts';
import {tour} from './rows/tour.ts';
import {markOf} from './selection.ts';
import {cardsOf, hiddenRows, panelRows, selectedCause, selectedRef, selectionOf, suggestionsOf} from './shown.ts';
import {createStore, type Store} from './store.ts';
import {timeKeys} from './time-keys.ts';
import {contextsOf, focusOrder, initialUi, ordering, panelOrder, predicting, type UiState} from './ui-state.ts';
import type {LookKind, Session, Tone, View} from './view.ts';

/** What the screen asks of its terminal. */
export interface TerminalPort {
  redraw(): void;
  suspend(): void;
  /** Lets the learner's own editor change a text. Rejects with a sentence for people. */
  edit(text: string, file: string): Promise<string>;
  exit(): void;
}

export interface Screen {
  readonly session: Session;
  readonly ui: Store<UiState>;
  /** One key press by its name; `undefined` with a burst of text. */
  key(name: string | undefined, text: string): void;
  paste(text: string): void;
  resize(columns: number, rows: number): void;
}

/** Joins a session, the screen's own state and a terminal. */
export function createScreen(session: Session, terminal: TerminalPort, initial: Partial<UiState> = {}): Screen {
  const ui = createStore<UiState>({...initialUi, ...initial});
  const view = (): View => session.getSnapshot();
  const set = (change: Partial<UiState>): void => ui.set({...ui.get(), ...change});
  const say = (tone: Tone, text: string): void => set({notice: {tone, text}});
  const setLine = (change: (line: LineEditor) => LineEditor): void => set({line: change(ui.get().line)});

  const run = (lines: readonly string[]) => {
    for (const line of lines) session.dispatch({type: 'command', line});
  };

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

  const look = (kind: Exclude<LookKind, 'why'>) => {
    const ref = selectedRef(view(), ui.get());
    if (!ref) return say('warn', 'Nothing is selected here: the arrows go to a row that stands for something, Esc returns to the prompt.');
    if (ref.kind === 'step') return session.dispatch({type: 'seek', step: ref.step});
    set({open: {kind: 'detail', detail: session.detail(ref, kind), scroll: 0}});
  };

  const askWhy = () => {
    const ref = selectedCause(view(), ui.get());
    if (!ref) return say('warn', 'Nothing is selected here: the arrows go to a row that stands for something, Esc returns to the prompt.');
    session.dispatch({type: 'why', ref});
  };

  /** Opens what the session was asked to show since it was last looked. */
  const openShown = () => {
    const {shown} = view();
    if (!shown || shown.id === ui.get().shownOpened) return;
    set({shownOpened: shown.id});
    const {what} = shown;
    if ('panel' in what) focus(what.panel);
    else set({open: 'detail' in what ? {kind: 'detail', detail: what.detail, scroll: 0} : {kind: 'beside', scroll: 0}});
  };

  const runOnSelected = (template: string) => {
    const ref = selectedRef(view(), ui.get());
    if (ref?.kind !== 'object') return say('warn', 'Nothing is selected here that could be edited.');
    run([fill(template, ref)]);
  };

  const accept = (otherwise: LineOperation) => {
    const {line} = ui.get();
    const ghost = predicting(view()) ? '' : ghostOf(line, suggestionsOf(view()));
    setLine(current => (ghost === '' ? operations[otherwise](current) : insert(current, ghost)));
  };

  const complete = (by: 1 | -1) => {
    const {line} = ui.get();
    const completion = line.cycle?.completion ?? session.complete(line.text, line.cursor);
    if (completion.items.length === 0) return say('warn', 'Nothing completes this.');
    setLine(current => cycleCompletion(current, completion, by));
  };

  const back = () => {
    const {line, filters, focus: focused, zoom} = ui.get();
    if (focused === 'shell') {
      if (line.cycle) return setLine(operations.cancelCycle);
      if (line.text !== '') return setLine(operations.clear);
      if (zoom) return set({zoom: false});
      if (view().time.past) return session.dispatch({type: 'present'});
      return focus(panelOrder(view()).find(id => id === ui.get().shown) ?? panelOrder(view())[0]!);
    }
    if (filters[focused]) return set({filters: {...filters, [focused]: ''}});
    if (zoom) return set({zoom: false});
    focus('shell');
  };

  const interrupt = () => {
    const {line, leaving} = ui.get();
    if (session.busy()) return session.dispatch({type: 'interrupt'});
    if (line.text !== '') return setLine(operations.clear);
    if (leaving) return terminal.exit();
    set({leaving: true, notice: {tone: 'warn', text: 'Press ^C again to quit; your progress is kept.'}});
  };

  const quit = () => {
    if (view().place === 'map') return terminal.exit();
    session.dispatch({type: 'map'});
    set({focus: 'shell', zoom: false, open: undefined});
  };

  const openCard = () => {
    const card = cardsOf(view())[ui.get().card];
    if (!card) return;
    const play = () => {
      session.dispatch({type: 'open', lesson: card.id});
      lessonOpened();
    };
    if (card.state !== 'locked') return play();
    insisting(`play ${card.id}`, `It builds on: ${card.needs.join(', ')}. Enter again plays it all the same.`, play);
  };

  const lessonOpened = () => {
    set({focus: 'shell', shown: 'lesson', lessonScroll: 0, zoom: false, notice: undefined, option: 0});
    if (ui.get().tourDue) showTour();
  };

  /** What cannot be taken back is done when its key is pressed a second time. */
  const insisting = (what: string, question: string, act: () => void) => {
    if (ui.get().insisted === what) {
      set({insisted: undefined});
      return act();
    }
    set({insisted: what});
    say('warn', question);
  };

  const testChapter = () => {
    const chapter = view().course.chapters.find(each => each.lessons.includes(cardsOf(view())[ui.get().card]!));
    if (!chapter) return;
    insisting(
      `test ${chapter.number}`,
      `Chapter ${chapter.number} is skipped by solving its test without hints. t again begins it.`,
      () => {
        session.dispatch({type: 'testOut', chapter: chapter.number});
        lessonOpened();
      },
    );
  };

  const forgetCard = () => {
    const card = cardsOf(view())[ui.get().card];
    if (!card) return;
    if (card.state !== 'solved' && card.state !== 'skipped') return say('warn', `${card.number} has no result to forget.`);
    insisting(`forget ${card.id}`, `x again takes the result of ${card.number} ${card.title} away.`, () =>
      session.dispatch({type: 'forget', lesson: card.id}),
    );
  };

  const showTour = () => set({open: {kind: 'tour', card: 0, scroll: 0}, tourDue: false});

  const turnCard = (by: 1 | -1) => {
    const {open} = ui.get();
    if (open?.kind !== 'tour') return;
    const card = Math.max(0, open.card + by);
    set({open: card < tour.length ? {...open, card} : undefined});
  };

  const chooseOption = (by: 1 | -1) => {
    const count = view().prediction?.options.length ?? 1;
    set({option: (ui.get().option + by + count) % count});
  };

  const submitLine = () => {
    const typed = ui.get().line.text.trim();
    if (typed !== '' && session.mustWait(typed))
      return say('warn', 'A command is still running: your line waits here. skip runs time to its end, ^C ends it.');
    const {line, editor} = submit(ui.get().line);
    set({line: editor, lessonScroll: 0});
    if (line !== '') return run([line]);
    const {lesson} = view();
    if (lesson?.stepDone || lesson?.solved) session.dispatch({type: 'next'});
    else if (ordering(view())) actions.orderOpen('');
  };

  const lineActions = Object.fromEntries(
    Object.entries(operations).map(([name, operation]) => [`line:${name}`, () => setLine(operation)]),
  ) as unknown as Record<`line:${LineOperation}`, () => void>;

  const editor = editorActions({session, ui, edit: terminal.edit, say});

  const actions: Record<ActionName, (key: string) => void> = {
    ...lineActions,
    ...editor.actions,
    ...timeKeys({session, ui, say}),
    ...orderKeys({session, ui}),
    breakHere: () => runOnSelected('break {resource}/{name} -n {namespace}'),
    submit: submitLine,
    complete: () => complete(1),
    completeBack: () => complete(-1),
    rightOrAccept: () => accept('right'),
    endOrAccept: () => accept('end'),
    searchBackspace: () => setLine(line => searchFor(line, 'backspace')),
    toggle: () => session.dispatch({type: 'toggle'}),
    stepForward: () => session.dispatch({type: 'step', by: 1, unit: 'event'}),
    stepBack: () => session.dispatch({type: 'step', by: -1, unit: 'event'}),
    nextStage: () => session.dispatch({type: 'step', by: 1, unit: 'stage'}),
    previousStage: () => session.dispatch({type: 'step', by: -1, unit: 'stage'}),
    nextRevision: () => session.dispatch({type: 'step', by: 1, unit: 'revision'}),
    previousRevision: () => session.dispatch({type: 'step', by: -1, unit: 'revision'}),
    faster: () => session.dispatch({type: 'speed', by: 1}),
    slower: () => session.dispatch({type: 'speed', by: -1}),
    present: () => session.dispatch({type: 'present'}),
    undo: () => session.dispatch({type: 'undo'}),
    redo: () => session.dispatch({type: 'redo'}),
    describe: () => look('describe'),
    yaml: () => look('yaml'),
    logs: () => look('logs'),
    diff: () => look('diff'),
    why: askWhy,
    edit: () => runOnSelected('kubectl edit {resource} {name} -n {namespace}'),
    filter: () => set({filtering: true}),
    up: () => move(-1),
    down: () => move(1),
    pageUp: () => move(-page()),
    pageDown: () => move(page()),
    top: () => move(-100_000),
    bottom: () => move(100_000),
    scrollShown: key =>
      set({
        lessonScroll: Math.max(
          0,
          Math.min(hiddenRows(view(), {...ui.get(), focus: 'lesson'}), ui.get().lessonScroll + (key === 'pageup' ? -5 : 5)),
        ),
      }),
    focusNext: () => walkFocus(1),
    focusPrevious: () => walkFocus(-1),
    panelByNumber: key => {
      const digit = Number(key.replace('alt+', ''));
      const panel = panels[(digit + 9) % 10];
      if (panel) focus(panel.id);
    },
    zoom: () => set({zoom: !ui.get().zoom}),
    'focus:lesson': () => (view().lesson ? focus('lesson') : say('warn', 'There is no lesson in free play.')),
    'focus:shell': () => focus('shell'),
    startTyping(key) {
      focus('shell');
      typed(key);
    },
    back,
    hint: () => session.dispatch({type: 'hint'}),
    map: () => session.dispatch({type: 'map'}),
    closeView: () => set({open: undefined}),
    tour: showTour,
    tourNext: () => turnCard(1),
    tourBack: () => turnCard(-1),
    optionUp: () => chooseOption(-1),
    optionDown: () => chooseOption(1),
    predict: () => {
      session.dispatch({type: 'predict', option: ui.get().option});
      set({option: 0});
    },
    openLesson: openCard,
    testOut: testChapter,
    forget: forgetCard,
    sandbox: () => {
      session.dispatch({type: 'sandbox'});
      set({focus: 'shell', shown: 'pipeline', zoom: false});
      if (ui.get().tourDue) showTour();
    },
    help: () => set({open: {kind: 'help', scroll: 0}}),
    quit,
    interrupt,
    redraw: terminal.redraw,
    suspend: terminal.suspend,
  };

  const filterKey = (name: string | undefined, text: string) => {
    const {focus: id, filters, selected} = ui.get();
    const wanted = filters[id] ?? '';
    if (name === 'enter' || name === 'esc') return set({filtering: false, filters: {...filters, [id]: name === 'esc' ? '' : wanted}});
    const next = name === 'backspace' ? wanted.slice(0, -1) : wanted + printable(text);
    const {[id]: _, ...others} = selected;
    set({filters: {...filters, [id]: next}, selected: others});
  };

  /** The first of several keys that came at once, then the others, wherever that one has led. */
  const inTurn = (text: string): void => {
    const [first = ''] = text;
    const rest = text.slice(first.length);
    if (rest === '') return;
    press(keyOf(first), first);
    press(keyOf(rest), rest);
  };

  const typed = (text: string): void => {
    // Who types a command during the tour has seen enough of it.
    if (ui.get().open?.kind === 'tour' && printable(text) !== '') set({open: undefined});
    const {focus: focused, line} = ui.get();
    if (ui.get().open || view().place === 'map') return inTurn(text);
    // More than a key at once was pasted, or typed ahead: it is meant for the prompt.
    if (focused !== 'shell' && printable(text).length > 1) focus('shell');
    else if (focused !== 'shell') return say('warn', `${keyText(text)} does nothing here; : returns to the prompt, ? lists the keys.`);
    if (line.search) return setLine(current => searchFor(current, {add: printable(text)}));
    if (predicting(view()) && line.text === '' && /^[1-9]$/.test(text))
      return set({option: Math.min(Number(text), view().prediction!.options.length) - 1});
    // Several keys at once at an empty prompt: those that act there do.
    const [first = ''] = text;
    const acts = bindingOf(keyOf(first)!, ['start']) !== undefined || (predicting(view()) && /[1-9]/.test(first));
    if (line.text === '' && text.length > first.length && acts) return inTurn(text);
    const result = type(line, text);
    set({line: result.editor});
    run(result.lines);
  };

  const resume = cardsOf(view()).findIndex(card => card.id === view().course.resume);
  if (view().place === 'map') set({card: Math.max(0, resume)});
  else if (ui.get().tourDue) showTour();
  set({shownOpened: view().shown?.id ?? 0});

  const press = (name: string | undefined, text: string): void => {
    const {notice, leaving, filtering} = ui.get();
    const {editing} = view();
    const toastRead = view().toast?.id ?? -1;
    if (toastRead !== ui.get().toastRead) set({toastRead});
    if (ui.get().echo !== '') set({echo: ''});
    if (notice || leaving) set({notice: undefined, leaving: leaving && name === 'ctrl+c'});
    if (filtering && name !== 'ctrl+c') return filterKey(name, text);
    const binding = name === undefined ? undefined : bindingOf(name, contextsOf(view(), ui.get()));
    if (editing && !binding) return name?.startsWith('ctrl+') || name?.startsWith('alt+') ? undefined : editor.insert(text);
    if (!binding) return text === '' || name?.startsWith('ctrl+') || name?.startsWith('alt+') ? undefined : typed(text);
    const ref = binding.contexts.includes('panel') ? selectedRef(view(), ui.get()) : undefined;
    actions[binding.action](name!);
    const command = binding.command && (!binding.command.includes('{') || ref?.kind === 'object' ? fill(binding.command, ref) : undefined);
    if (command) set({echo: `${keyText(name!)} stands for: ${command}`});
  };

  const pasteText = (text: string) => {
    if (view().editing) return editor.insert(text);
    if (ui.get().focus !== 'shell') focus('shell');
    setLine(line => paste(line, text));
    const waiting = ui.get().line.queue.length;
    if (waiting > 0) say('accent', `${waiting + 1} lines pasted: Enter runs them one by one, ^C drops them.`);
  };

  /** Whatever goes wrong behind a key is said on the screen, and the screen stays. */
  const guarded = (act: () => void) => {
    try {
      act();
      openShown();
    } catch (error) {
      say('error', `This is a fault of podyssey: ${error instanceof Error ? error.message : String(error)}`);
    }
  };

  return {
    session,
    ui,
    key: (name, text) =>
      guarded(() => {
        for (const key of name === undefined ? keysIn(text) : [{name, text}]) press(key.name, key.text);
      }),
    paste: text => guarded(() => pasteText(text)),
    resize: (columns, rows) => set({columns, rows}),
  };
}

function printable(text: string): string {
  return text.replace(/[\x00-\x1f\x7f]/g, '');
}

function fill(template: string, ref: Ref | undefined): string {
  if (ref?.kind !== 'object') return template;
  return template
    .replace('{resource}', ref.resource)
    .replace('{name}', ref.name)
    .replace(' -n {namespace}', ref.namespace === '' ? '' : ` -n ${ref.namespace}`);
}
