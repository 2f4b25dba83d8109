/** From keys to changes: looks keys up in the keymap and carries their actions out, on the screen's own state or through the session. */

import {isOwnWord, isTimeWord, withoutColon} from '../session/own-words.ts';
import {commandsOf} from '../session/shell/unfinished.ts';
import type {Around} from './around.ts';
import {editorActions} from './editor-actions.ts';
import {type ActionName, bindingOf, keyText} from './keymap.ts';
import {keyOf, keysIn, printable} from './keys.ts';
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
import {mapKeys} from './map-keys.ts';
import {orderKeys} from './order-keys.ts';
import {fill, panelKeys} from './panel-keys.ts';
import {cardsOf, hiddenRows, selectedRef, suggestionsOf} from './shown.ts';
import {createStore, type Store} from './store.ts';
import {timeKeys} from './time-keys.ts';
import {typedAhead} from './typed-ahead.ts';
import {contextsOf, initialUi, layoutOf, ordering, panelOrder, predicting, stepPanel, type UiState} from './ui-state.ts';
import type {Completion, Session, Tone, View} from './view.ts';

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
  /** Calls back when there may be something new to draw, with what has changed. Returns what ends it. */
  subscribe(listener: (what: 'session' | 'ui') => void): () => void;
  /** One key press by its name; `undefined` with a burst of text. It waits for what the keys before it have led to. */
  key(name: string | undefined, text: string): void;
  paste(text: string): void;
  resize(columns: number, rows: number): void;
  /** This stands before the learner's eyes now. */
  drew(frame: {readonly lastWord?: string | undefined}): void;
}

/** Joins a session, the screen's own state and a terminal. */
export function createScreen(session: Session, terminal: TerminalPort, initial: Partial<UiState> = {}): Screen {
  const ui = createStore<UiState>({...initialUi, ...initial});
  const view = (): View => session.getSnapshot();
  const set = (change: Partial<UiState>): void => ui.set({...ui.get(), ...change});
  const say = (tone: Tone, text: string): void => set({notice: {tone, text}});
  const setLine = (change: (line: LineEditor) => LineEditor): void => set({line: change(ui.get().line)});

  const around: Around = {session, ui, say};
  const panel = panelKeys(around);
  const {focus, filterKey} = panel;
  const course = mapKeys(around);

  const ahead = typedAhead(around, line => {
    if (!isOwnWord(withoutColon(line)) || isTimeWord(line)) watchStep();
  });

  /** Where one thing is shown at a time: what a command does is seen in the panel that the step is about. The lesson comes back with the next step. */
  const watchStep = (): void => {
    const panel = stepPanel(view().lesson);
    if (panel && ui.get().shown === 'lesson') set({shown: panel});
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

  const accept = (otherwise: LineOperation) => {
    const {line} = ui.get();
    const ghost = predicting(view()) ? '' : ghostOf(line, suggestionsOf(view()));
    setLine(current => (ghost === '' ? operations[otherwise](current) : insert(current, ghost)));
  };

  const complete = (by: 1 | -1) => {
    const {line} = ui.get();
    const offer = (completion: Completion): void => {
      if (completion.items.length === 0) say('warn', 'Nothing completes this.');
      else setLine(current => cycleCompletion(current, completion, by));
    };
    if (line.cycle) offer(line.cycle.completion);
    else session.complete(line.text, line.cursor, offer);
  };

  const back = () => {
    const {line, filters, focus: focused, zoom} = ui.get();
    if (focused === 'shell') {
      if (line.cycle) return setLine(operations.cancelCycle);
      if (line.text !== '' || line.begun !== '') return setLine(operations.clear);
      if (zoom) return set({zoom: false});
      if (view().time.past) return session.dispatch({type: 'present'});
      return focus(panelOrder(view()).find(id => id === ui.get().shown) ?? panelOrder(view())[0]!);
    }
    if (filters[focused]) return set({filters: {...filters, [focused]: ''}});
    if (zoom) return set({zoom: false});
    focus('shell');
  };

  const leave = (why: string): void => {
    if (ui.get().leaving) return terminal.exit();
    set({leaving: true, notice: {tone: 'warn', text: `${why}^C again quits; your progress is kept.`}});
  };

  const interrupt = () => {
    if (view().busy) {
      ahead.giveBack();
      return session.dispatch({type: 'interrupt'});
    }
    if (ui.get().line.text !== '') return setLine(operations.clear);
    leave('');
  };

  const quit = () => {
    if (view().place === 'map') return terminal.exit();
    session.dispatch({type: 'map'});
    set({focus: 'shell', zoom: false, open: undefined});
  };

  const chooseOption = (by: 1 | -1) => {
    const count = view().prediction?.options.length ?? 1;
    set({option: (ui.get().option + by + count) % count});
  };

  /** The lesson whose last word was to be read in the frame drawn last. */
  let lastWord: string | undefined;

  const submitLine = () => {
    const {line, editor, awaits} = submit(ui.get().line);
    set({line: editor, lessonScroll: 0, shellScroll: 0});
    if (awaits) return say('accent', `The command goes on: it waits for ${awaits}. ^C drops it.`);
    if (line !== '') return ahead.enter(line);
    const {lesson} = view();
    // Pressed before a lesson's last word could be read, it was meant for the last step.
    if (lesson?.solved && lesson.id !== lastWord) return;
    if (lesson?.stepDone || lesson?.solved) session.dispatch({type: 'next'});
    else if (ordering(view())) actions.orderOpen('');
  };

  const lineActions = Object.fromEntries(
    Object.entries(operations).map(([name, operation]) => [`line:${name}`, () => setLine(operation)]),
  ) as unknown as Record<`line:${LineOperation}`, () => void>;

  const editor = editorActions({...around, edit: terminal.edit});

  const actions: Record<ActionName, (key: string) => void> = {
    ...lineActions,
    ...editor.actions,
    ...panel.actions,
    ...course,
    ...timeKeys(around),
    ...orderKeys(around),
    submit: submitLine,
    complete: () => complete(1),
    completeBack: () => complete(-1),
    rightOrAccept: () => accept('right'),
    endOrAccept: () => accept('end'),
    searchBackspace: () => setLine(line => searchFor(line, 'backspace')),
    startTyping(key) {
      focus('shell');
      typed(key);
    },
    back,
    hint: () => session.dispatch({type: 'hint'}),
    map: () => session.dispatch({type: 'map'}),
    closeView: () => set({open: undefined}),
    optionUp: () => chooseOption(-1),
    optionDown: () => chooseOption(1),
    predict: () => {
      session.dispatch({type: 'predict', option: ui.get().option});
      set({option: 0});
    },
    help: () => set({open: {kind: 'help', scroll: 0}}),
    quit,
    interrupt,
    redraw: terminal.redraw,
    suspend: terminal.suspend,
  };

  /** The first of several keys that came at once, then the others, wherever that one has led. */
  const inTurn = (text: string): void => {
    const [first = ''] = text;
    const rest = text.slice(first.length);
    if (rest === '') return;
    waiting.unshift(() => press(keyOf(rest), rest));
    press(keyOf(first), first);
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
    // A line at a time: what it has led to decides whether the next one can run.
    const [, whole = text, rest = ''] = /^([^\r\n]*(?:\r\n|\r|\n))(.+)$/s.exec(text) ?? [];
    const result = type(line, whole);
    if (rest !== '') waiting.unshift(() => press(keyOf(rest), rest));
    set({line: result.editor});
    for (const each of result.lines) ahead.enter(each);
  };

  const resume = cardsOf(view()).findIndex(card => card.id === view().course.resume);
  if (view().place === 'map') set({card: Math.max(0, resume)});
  else if (ui.get().tourDue) course.tour();
  set({shownOpened: view().shown?.id ?? 0});

  const press = (name: string | undefined, text: string): void => {
    const {notice, leaving, filtering} = ui.get();
    const {editing} = view();
    const toastRead = view().toast?.id ?? -1;
    if (toastRead !== ui.get().toastRead) set({toastRead});
    if (ui.get().echo !== '') set({echo: ''});
    if (notice || leaving) set({notice: undefined, leaving: leaving && name === 'ctrl+c'});
    if (filtering && !name?.startsWith('ctrl+')) return name === undefined && /[\r\n]/.test(text) ? inTurn(text) : filterKey(name, text);
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
    const {line} = ui.get();
    const commands = commandsOf([line.begun + line.text, ...line.queue]).length;
    if (line.queue.length > 0)
      say(
        'accent',
        commands > 1
          ? `${line.queue.length + 1} lines pasted, ${commands} commands: Enter runs them one by one, ^C drops them.`
          : `${line.queue.length + 1} lines pasted, one command: Enter runs it, ^C drops it.`,
      );
  };

  /**
   * Where one thing is shown at a time, the next step of the lesson is what to look at, and so are its last word, what went wrong, and a hint; a hint stands at the end of
   * the lesson. Where there is room for more, the panel that the step is about is among what is shown. Nothing stands before the last word.
   */
  const followLesson = (before: View['lesson']): void => {
    const {lesson} = view();
    const known = before?.id === lesson?.id ? before : undefined;
    if (lesson?.solved && known && !known.solved && ui.get().zoom) set({zoom: false});
    const placed = layoutOf(view(), ui.get());
    if (!lesson || placed.kind !== 'screen') return;
    const helped = known !== undefined && lesson.hints.length > known.hints.length;
    const erred = known !== undefined && lesson.mistake !== undefined && lesson.mistake !== known.mistake;
    const moved = lesson.current !== known?.current || lesson.solved !== known.solved;
    const panel = stepPanel(lesson);
    if ((moved || helped || erred) && placed.tabs.includes('lesson')) set({shown: 'lesson', lessonScroll: 0});
    else if (moved && panel) set({shown: panel});
    if (helped) set({lessonScroll: hiddenRows(view(), {...ui.get(), focus: 'lesson'})});
  };

  /** Whoever leaves a lesson for the map finds it chosen there. */
  const followPlace = (before: View['place']): void => {
    const {place, lesson} = view();
    const card = cardsOf(view()).findIndex(({id}) => id === lesson?.id);
    if (place === 'map' && before !== 'map' && card >= 0) set({card});
  };

  let followed = view();
  const follow = (): void => {
    const before = followed;
    followed = view();
    openShown();
    followLesson(before.lesson);
    followPlace(before.place);
    ahead.follow(before);
  };

  /** What keys ask for and has not been done yet, in their order. */
  const waiting: (() => void)[] = [];
  let atWork = false;

  /** Does what can be done by now. Whatever goes wrong behind a key is said on the screen, and the screen stays. */
  const goOn = (): void => {
    if (atWork) return;
    atWork = true;
    try {
      follow();
      while (!session.awaits()) {
        const next = ahead.next() ?? waiting.shift();
        if (!next) break;
        next();
        follow();
      }
    } catch (error) {
      say('error', `This is a fault of podyssey: ${error instanceof Error ? error.message : String(error)}`);
    } finally {
      atWork = false;
    }
  };

  return {
    session,
    ui,
    subscribe(listener) {
      const ends = [
        session.subscribe(() => {
          goOn();
          listener('session');
        }),
        ui.subscribe(() => listener('ui')),
      ];
      return () => {
        for (const end of ends) end();
      };
    },
    key(name, text) {
      // Who wants to leave need not wait for what takes too long.
      if (name === 'ctrl+c' && session.awaits()) return leave('Still computing. ');
      for (const key of name === undefined ? keysIn(text) : [{name, text}]) waiting.push(() => press(key.name, key.text));
      goOn();
    },
    paste(text) {
      waiting.push(() => pasteText(text));
      goOn();
    },
    resize: (columns, rows) => set({columns, rows}),
    drew: frame => {
      ({lastWord} = frame);
    },
  };
}
