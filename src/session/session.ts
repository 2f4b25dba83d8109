/**
 * The store behind every front end: a world, a lesson played in it, the learner's shell, a place in time. It knows no screen; what it needs of the real world
 * comes through ports.
 */
import {CHAPTERS, chapterOf, findLesson, inOrder, needsOf, nextLesson} from '../course/course.ts';
import {type Progress, withResult} from '../course/progress.ts';
import type {Lesson} from '../course/types.ts';
import type {Cluster} from '../engine/cluster/cluster.ts';
import {detailOf} from '../selectors/detail.ts';
import {readFacts} from '../selectors/read-facts.ts';
import type {Ref} from '../selectors/styled.ts';
import {completeLine} from './complete.ts';
import {ADMIN_USER, KUBECONFIG_PATH} from './kubeconfig.ts';
import {beginLesson, type Commands, foresee, freshMistake, type LessonRun, objectivesOf, STARS, starsOf} from './lesson-run.ts';
import {program} from './line.ts';
import {newShell, type ProgramEnv, proceed, type Running, runToEnd, type ShellState, start} from './shell.ts';
import {createTicker, FOLLOW_SPEEDS, type Ticker} from './ticker.ts';
import {landmarks, nextPlace} from './time-travel.ts';
import type {
  Completion,
  CourseView,
  DetailKind,
  DetailView,
  LessonView,
  PredictionView,
  Session,
  SessionAction,
  TimeView,
  Tone,
  TranscriptEntry,
  View,
} from './types.ts';
import {createWorld, lessonWorld, type WorldOptions, type WorldState} from './world.ts';

/** What a session needs of the real world. */
export interface Ports {
  /** Milliseconds that only go forward. */
  now(): number;
  /** Calls back once, later; returns what prevents it. */
  later(ms: number, callback: () => void): () => void;
  /** Shows a text to the learner's editor; the new text, or undefined when it is left as it was. */
  edit(text: string, file: string): Promise<string | undefined>;
  saveProgress(progress: Progress): void;
  quit(): void;
}

export interface SessionOptions {
  readonly lessons: readonly Lesson[];
  readonly progress: Progress;
  readonly ports: Ports;
  /** A free world's set-up. */
  readonly sandbox: WorldOptions;
}

/** A line that was entered, with what is needed to take it back. */
interface Entry extends TranscriptEntry {
  readonly position: number;
  readonly exitCode: number;
  readonly filesBefore: Readonly<Record<string, string>>;
}

interface Branch {
  readonly name: string;
  readonly cluster: Cluster;
  readonly entries: readonly Entry[];
  readonly undone: readonly {readonly entry: Entry; readonly end: number; readonly filesAfter: Readonly<Record<string, string>>}[];
}

/** Everything that is a session's own. Replaced, never changed. */
interface State {
  readonly place: View['place'];
  readonly world: WorldState | undefined;
  readonly branch: Branch | undefined;
  readonly others: readonly Branch[];
  readonly shell: ShellState;
  readonly run: LessonRun | undefined;
  readonly progress: Progress;
  readonly paused: boolean;
  readonly speed: number;
  readonly walk: TimeView['walk'];
  readonly selected: Ref | undefined;
  readonly toast: View['toast'];
  /** A command given in the past, waiting to be given again. */
  readonly forkAsked: string | undefined;
  readonly entries: number;
}

/** Words that the session itself understands, each an action. */
export const SESSION_WORDS: Readonly<Record<string, {about: string; action(args: readonly string[]): SessionAction | undefined}>> = {
  next: {about: 'go on to the next step', action: () => ({type: 'next'})},
  hint: {about: 'a hint for this step', action: () => ({type: 'hint'})},
  predict: {about: 'predict NUMBER: commit to an answer', action: ([n]) => ({type: 'predict', option: Number(n) - 1})},
  solution: {about: 'have the solution played', action: () => ({type: 'solution'})},
  undo: {about: 'take back your last command and all it caused', action: () => ({type: 'undo'})},
  redo: {about: 'do it again', action: () => ({type: 'redo'})},
  back: {about: 'one event back in time', action: () => ({type: 'step', by: -1, unit: 'event'})},
  step: {about: 'one event forward', action: () => ({type: 'step', by: 1, unit: 'event'})},
  present: {about: 'return to the present', action: () => ({type: 'present'})},
  pause: {about: 'stop or start the clock', action: () => ({type: 'toggle'})},
  faster: {about: 'double the speed', action: () => ({type: 'speed', by: 1})},
  slower: {about: 'halve it', action: () => ({type: 'speed', by: -1})},
  reset: {about: 'begin the lesson again', action: () => ({type: 'reset'})},
  map: {about: 'the course map', action: () => ({type: 'map'})},
  play: {about: 'play NUMBER: open a lesson', action: ([word]) => (word ? {type: 'open', lesson: word} : undefined)},
  sandbox: {about: 'free play', action: () => ({type: 'sandbox'})},
  quit: {about: 'leave', action: () => ({type: 'quit'})},
};

/** Commands that read and never write: in the past they show the past. */
const onlyLooks = (line: string): boolean =>
  /^(cat|ls|etcdctl)\b|^(kubectl|k) (get|describe|logs|events|explain|api-resources|api-versions|version|cluster-info|config view)\b(?!.*(-w\b|--watch|-f\b|--follow))/.test(
    line,
  );

export function createSession(options: SessionOptions): Session & {close(): void} {
  const {ports, lessons} = options;
  const listeners = new Set<() => void>();
  let view: View | undefined;
  let running:
    | {live: Running; env: ProgramEnv; line: string; position: number; filesBefore: ShellState['files']; output: string; id: number}
    | undefined;
  let state: State = {
    place: 'map',
    world: undefined,
    branch: undefined,
    others: [],
    shell: newShell(),
    run: undefined,
    progress: options.progress,
    paused: false,
    speed: 1,
    walk: undefined,
    selected: undefined,
    toast: undefined,
    forkAsked: undefined,
    entries: 0,
  };

  const set = (change: Partial<State>): void => {
    state = {...state, ...change};
    view = undefined;
  };
  const tell = (): void => {
    for (const listener of listeners) listener();
  };
  const remark = (tone: Tone, text: string): void => set({toast: {id: (state.toast?.id ?? 0) + 1, tone, text}});
  const cluster = (): Cluster | undefined => state.branch?.cluster;
  const inPast = (): boolean => {
    const history = cluster()?.history;
    return history !== undefined && history.position < history.length;
  };
  /** What a line prints, run on a branch so that looking leaves no trace. */
  const looked = (line: string): string => {
    const branch = cluster()!.history.branch();
    return runToEnd(program(line, {cluster: branch, state: state.shell, disabled: []}), branch).output;
  };
  const commandsOf = (branch: Branch | undefined): Commands =>
    (branch?.entries ?? []).map(e => ({line: e.line, exitCode: e.exitCode, position: e.position}));

  // ---- the lesson ----

  const enter = (place: View['place'], world: WorldState, run: LessonRun | undefined): void => {
    running = undefined;
    set({
      place,
      world,
      run,
      branch: {name: 'main', cluster: world.cluster, entries: [], undone: []},
      others: [],
      shell: newShell(world.files, world.variables),
      paused: false,
      speed: 1,
      walk: undefined,
      selected: undefined,
      forkAsked: undefined,
      toast: undefined,
    });
  };

  const open = (word: string): void => {
    const lesson = findLesson(lessons, word);
    if (!lesson) return remark('error', `there is no lesson ${word}`);
    const needs = needsOf(lesson, lessons, state.progress);
    const world = lessonWorld(lesson);
    enter('lesson', world, beginLesson(lesson, world.from));
    if (needs.length) remark('warn', `this lesson builds on: ${needs.join(', ')}`);
    set({progress: {...state.progress, last: lesson.id}});
    ports.saveProgress(state.progress);
  };

  /** Looks at the lesson after anything happened: mistakes speak at once; nothing goes on by itself. */
  const judge = (): void => {
    const {run, branch} = state;
    if (!run || !branch || run.solved || inPast()) return;
    const mistake = freshMistake(run, branch.cluster, commandsOf(branch));
    if (mistake === undefined) return;
    set({run: {...run, mistakes: [...run.mistakes, mistake]}});
    remark('warn', run.lesson.mistakes[mistake]!.say);
  };

  const stepDone = (): boolean => {
    const {run, branch} = state;
    const step = run?.lesson.steps[run.step];
    if (!run || !branch || !step) return false;
    if (step.predict && !run.predictions[step.id]) return false;
    return objectivesOf(run, step, branch.cluster, commandsOf(branch)).every(v => v.met);
  };

  const goOn = (): void => {
    const {run, branch} = state;
    if (!run || !branch) return;
    if (run.solved) {
      const next = nextLesson(lessons, state.progress);
      if (next) open(next.id);
      else set({place: 'map'});
      return;
    }
    if (!stepDone()) return remark('warn', 'not yet: see what is missing on the left');
    if (run.step + 1 < run.lesson.steps.length) return set({run: {...run, step: run.step + 1}});
    const solved = {...run, step: run.step + 1, solved: true};
    const commands = commandsOf(branch);
    set({run: solved});
    if (run.shown) return remark('ok', 'that was the solution at work; do it yourself to earn the stars');
    const stars = starsOf(solved, commands);
    set({progress: withResult(state.progress, run.lesson.id, {solved: true, stars, commands: commands.length})});
    ports.saveProgress(state.progress);
    remark('ok', `solved, ${stars} of ${STARS} stars`);
  };

  const hint = (): void => {
    const {run} = state;
    const step = run?.lesson.steps[run.step];
    if (!run || !step) return remark('warn', 'there is nothing to hint at');
    const shown = run.hints[step.id] ?? 0;
    if (shown >= step.hints.length) return remark('warn', 'that was the last hint; solution plays the answer');
    set({run: {...run, hints: {...run.hints, [step.id]: shown + 1}}});
  };

  const predict = (option: number): void => {
    const {run, branch} = state;
    const step = run?.lesson.steps[run.step];
    if (!run || !branch || !step?.predict) return remark('warn', 'nothing is being asked');
    if (run.predictions[step.id]) return remark('warn', 'your prediction stands');
    if (!step.predict.options[option]) return remark('warn', `choose 1 to ${step.predict.options.length}`);
    const truth = foresee(step.predict, run, branch.cluster, commandsOf(branch), playOn);
    set({run: {...run, predictions: {...run.predictions, [step.id]: {chosen: option, truth, told: false}}}});
    remark('accent', 'noted. Now make it happen');
  };

  const playOn = (branch: Cluster, lines: readonly string[]): void => {
    const env: ProgramEnv = {cluster: branch, state: state.shell, disabled: []};
    for (const line of lines) runToEnd(program(line, env), branch);
  };

  /** Runs the lesson's own solution, a command a line, as if typed. */
  const solution = (): void => {
    const {run} = state;
    if (!run) return remark('warn', 'there is no lesson here');
    if (state.forkAsked !== 'solution') {
      set({forkAsked: 'solution'});
      return remark('warn', 'the solution earns no stars. Ask once more to see it played');
    }
    set({forkAsked: undefined, run: {...run, shown: true}});
    const branch = state.branch!;
    for (const line of run.lesson.solution) {
      const position = branch.cluster.history.position;
      const env: ProgramEnv = {cluster: branch.cluster, state: state.shell, disabled: []};
      const ended = runToEnd(program(line, env), branch.cluster);
      set({shell: env.state});
      remember({line, output: ended.output, exitCode: ended.exitCode, position, filesBefore: env.state.files});
    }
  };

  // ---- the shell ----

  const remember = (entry: Omit<Entry, 'id' | 'failed'>): void => {
    const branch = state.branch!;
    const whole: Entry = {...entry, id: state.entries, failed: entry.exitCode !== 0};
    set({entries: state.entries + 1, branch: {...branch, entries: [...branch.entries, whole], undone: []}});
  };

  const finishCommand = (): void => {
    if (!running) return;
    const {line, position, filesBefore, output, live, env} = running;
    running = undefined;
    set({shell: env.state});
    remember({line, output, exitCode: live.exitCode ?? 130, position, filesBefore});
    const {run} = state;
    const step = run?.lesson.steps[run.step];
    const guess = step && run?.predictions[step.id];
    if (run && step && guess && !guess.told) set({run: {...run, predictions: {...run.predictions, [step.id]: {...guess, told: true}}}});
    judge();
  };

  /** Lets the command at hand go on as far as it can now. */
  const pump = (): void => {
    if (!running || state.walk) return;
    const {live} = running;
    if (live.wakeAt !== undefined) {
      if (live.wakeAt > cluster()!.now) return;
      live.wakeAt = undefined;
    }
    const before = cluster()!.history.position;
    const effect = proceed(live, cluster()!, (_stream, text) => {
      running!.output += text;
    });
    watchRequest(before);
    if (effect?.kind === 'edit') {
      const {text, file} = effect;
      void ports.edit(text, file).then(edited => {
        if (!running) return;
        live.reply = edited;
        pump();
        tell();
      });
      return;
    }
    if (live.exitCode !== undefined && !state.walk) finishCommand();
    view = undefined;
  };

  /** The learner's last write is walked through its stages before their eyes, while the clock of the cluster stands. */
  const watchRequest = (before: number): void => {
    if (state.speed > 1 || state.paused) return;
    const {journal} = cluster()!.machine;
    for (let at = journal.position - 1; at >= before; at--) {
      const note = journal.steps[at - journal.first]!.notes.find(n => n.kind === 'request') as {id: string; verb: string} | undefined;
      if (note && !['get', 'list', 'watch'].includes(note.verb)) return set({walk: {request: note.id, passed: 0}});
    }
  };

  const command = (line: string): void => {
    const text = line.trim();
    if (!text) return;
    const [word = '', ...args] = text.split(/\s+/);
    const own = SESSION_WORDS[word];
    if (own) {
      const action = own.action(args);
      if (action) return act(action);
      return remark('warn', own.about);
    }
    if (word === 'help') return help();
    const now = cluster();
    if (!now) return remark('warn', 'open a lesson first: play 1.1');
    if (running) return remark('warn', 'a command is still running; Ctrl-C ends it');
    if (inPast() && !onlyLooks(text)) {
      if (state.forkAsked !== text) {
        set({forkAsked: text});
        return remark('warn', 'you are looking at the past: enter it again to branch off here, or type present');
      }
      fork();
    }
    set({forkAsked: undefined});
    const env: ProgramEnv = {cluster: cluster()!, state: state.shell, disabled: state.run?.lesson.disable ?? []};
    running = {
      live: start(program(text, env, Object.keys(SESSION_WORDS))),
      env,
      line: text,
      position: cluster()!.history.position,
      filesBefore: state.shell.files,
      output: '',
      id: state.entries,
    };
    pump();
  };

  const help = (): void => {
    const words = Object.entries(SESSION_WORDS).map(([name, w]) => `${name.padEnd(10)} ${w.about}`);
    const branch = state.branch;
    if (!branch) return remark('accent', 'play 1.1 opens the first lesson; ? shows all keys');
    remember({
      line: 'help',
      output: `${words.join('\n')}\n`,
      exitCode: 0,
      position: branch.cluster.history.position,
      filesBefore: state.shell.files,
    });
  };

  const interrupt = (): void => {
    if (!running) return;
    running.output += '^C\n';
    running.live.exitCode = 130;
    finishCommand();
  };

  // ---- time ----

  const fork = (): void => {
    const branch = state.branch!;
    const {position} = branch.cluster.history;
    const name = `branch-${state.others.length + 1}`;
    set({
      others: [...state.others, branch],
      branch: {name, cluster: branch.cluster.history.branch(), entries: branch.entries.filter(e => e.position < position), undone: []},
    });
    remark('accent', `a new timeline begins here: ${name}`);
  };

  const seek = (position: number): void => {
    const history = cluster()?.history;
    if (!history) return;
    const back = position < history.position;
    history.seek(position);
    const {run} = state;
    set({walk: undefined, forkAsked: undefined, ...(back && run && {run: {...run, rewound: run.rewound + 1}})});
  };

  const undo = (): void => {
    const branch = state.branch;
    const last = branch?.entries.at(-1);
    if (!branch || !last) return remark('warn', 'there is nothing to take back');
    const end = branch.cluster.history.position;
    branch.cluster.history.seek(last.position);
    set({
      branch: {
        ...branch,
        entries: branch.entries.slice(0, -1),
        undone: [...branch.undone, {entry: last, end, filesAfter: state.shell.files}],
      },
      shell: {...state.shell, files: last.filesBefore},
      walk: undefined,
    });
    remark('ok', `taken back: ${last.line}`);
  };

  const redo = (): void => {
    const branch = state.branch;
    const next = branch?.undone.at(-1);
    if (!branch || !next || branch.cluster.history.length < next.end) return remark('warn', 'there is nothing to do again');
    branch.cluster.history.seek(next.end);
    set({
      branch: {...branch, entries: [...branch.entries, next.entry], undone: branch.undone.slice(0, -1)},
      shell: {...state.shell, files: next.filesAfter},
    });
    remark('ok', `done again: ${next.entry.line}`);
  };

  const step = (by: 1 | -1, unit: 'event' | 'stage' | 'revision'): void => {
    const now = cluster();
    if (!now) return;
    set({paused: true});
    if (by > 0 && !inPast()) {
      if (now.machine.step()) judge();
      return set({});
    }
    seek(nextPlace(now, by, unit));
  };

  // ---- actions ----

  const actions: {[T in SessionAction['type']]: (action: Extract<SessionAction, {type: T}>) => void} = {
    command: ({line}) => command(line),
    interrupt,
    toggle: () => set({paused: !state.paused, walk: undefined}),
    step: ({by, unit}) => step(by, unit),
    seek: ({step: position}) => {
      set({paused: true});
      seek(position);
    },
    present: () => seek(cluster()?.history.length ?? 0),
    speed: ({by}) => {
      const at = FOLLOW_SPEEDS.indexOf(state.speed);
      set({speed: FOLLOW_SPEEDS[Math.max(0, Math.min(FOLLOW_SPEEDS.length - 1, at + by))]!, paused: false});
    },
    undo,
    redo,
    next: goOn,
    hint,
    solution,
    predict: ({option}) => predict(option),
    select: ({ref}) => set({selected: ref}),
    open: ({lesson}) => open(lesson),
    sandbox: () => enter('sandbox', createWorld(options.sandbox), undefined),
    map: () => set({place: 'map'}),
    reset: () => {
      if (state.run) open(state.run.lesson.id);
      else if (state.place === 'sandbox') act({type: 'sandbox'});
    },
    quit: () => ports.quit(),
  };

  const act = (action: SessionAction): void => (actions[action.type] as (a: SessionAction) => void)(action);

  // ---- the ticker ----

  const ticker: Ticker = createTicker({
    ports,
    speed: () => state.speed,
    flows: () => cluster() !== undefined && state.place !== 'map' && !state.paused && !inPast(),
    walking: () => state.walk !== undefined,
    advance(ms, budget) {
      const now = cluster()!;
      const until = ports.now() + budget;
      const target = now.now + ms;
      now.machine.runUntil(target, () => {
        pump();
        return ports.now() > until;
      });
      pump();
      judge();
      set({});
    },
    walk() {
      const {walk} = state;
      if (!walk) return;
      const total = stagesOf(walk.request);
      if (walk.passed < total) set({walk: {...walk, passed: walk.passed + 1}});
      else {
        set({walk: undefined});
        if (running?.live.exitCode !== undefined) finishCommand();
        else pump();
      }
    },
    tell,
  });

  const stagesOf = (id: string): number => {
    const {journal} = cluster()!.machine;
    const found = journal.find(Number(id.split('.')[0]))?.notes.find(n => n.kind === 'request' && (n as unknown as {id: string}).id === id);
    return (found as unknown as {stages: unknown[]} | undefined)?.stages.length ?? 0;
  };

  // ---- the view ----

  const courseView = (): CourseView => {
    const ordered = inOrder(lessons);
    const chapters = [...new Set(ordered.map(chapterOf))].map(number => ({
      number,
      title: CHAPTERS[number] ?? '',
      lessons: ordered
        .filter(l => chapterOf(l) === number)
        .map(l => {
          const done = state.progress.lessons[l.id];
          const needs = needsOf(l, ordered, state.progress);
          return {
            id: l.id,
            number: l.number,
            title: l.title,
            about: l.about,
            minutes: l.minutes,
            state: done?.solved
              ? ('solved' as const)
              : state.run?.lesson.id === l.id
                ? ('started' as const)
                : needs.length
                  ? ('locked' as const)
                  : ('open' as const),
            stars: done?.stars ?? 0,
            starsOf: STARS,
            needs,
          };
        }),
    }));
    return {chapters, resume: nextLesson(lessons, state.progress)?.id};
  };

  const lessonView = (): LessonView | undefined => {
    const {run, branch} = state;
    if (!run || !branch) return undefined;
    const {lesson} = run;
    const commands = commandsOf(branch);
    const current = lesson.steps[run.step];
    const shown = current ? (run.hints[current.id] ?? 0) : 0;
    return {
      id: lesson.id,
      number: lesson.number,
      title: lesson.title,
      panels: lesson.panels,
      current: run.step,
      steps: lesson.steps.map((s, i) => {
        const verdicts = i === run.step ? objectivesOf(run, s, branch.cluster, commands) : [];
        return {
          id: s.id,
          say: s.say,
          command: s.do,
          state: i < run.step ? 'done' : i === run.step ? 'current' : 'later',
          objectives: s.objectives.map((o, k) => ({
            text: o.text,
            met: i < run.step || Boolean(verdicts[k]?.met),
            gap: verdicts[k]?.met === false ? [verdicts[k].gap, o.look].filter(Boolean).join('. ') : '',
          })),
        };
      }),
      hints: current?.hints.slice(0, shown) ?? [],
      hintsLeft: (current?.hints.length ?? 0) - shown,
      mistake: run.mistakes.length ? lesson.mistakes[run.mistakes.at(-1)!]!.say : undefined,
      debrief: run.solved ? debriefOf(lesson) : undefined,
      solved: run.solved,
      stepDone: stepDone(),
      next: run.solved ? nextLesson(lessons, state.progress)?.id : undefined,
    };
  };

  const predictionView = (): PredictionView | undefined => {
    const {run} = state;
    const current = run?.lesson.steps[run.step];
    if (!run || !current?.predict) return undefined;
    const guess = run.predictions[current.id];
    const truth = guess?.told ? guess.truth : undefined;
    return {
      id: current.id,
      ask: current.predict.ask,
      options: current.predict.options,
      chosen: guess?.chosen,
      truth,
      verdict: truth === undefined ? '' : truth === guess?.chosen ? 'you saw it coming' : `it was ${current.predict.options[truth]}`,
    };
  };

  const timeView = (): TimeView => {
    const now = cluster();
    const {paused, speed, walk, branch} = state;
    if (!now)
      return {now: 0, end: 0, step: 0, firstStep: 0, lastStep: 0, past: false, paused, idle: true, speed, marks: [], branch: '', walk};
    const {history, machine} = now;
    return {
      now: now.now,
      end: inPast() ? (machine.journal.steps.at(-1)?.after.now ?? now.now) : now.now,
      step: history.position,
      firstStep: state.world?.from ?? history.first,
      lastStep: history.length,
      past: inPast(),
      paused,
      idle: machine.idle,
      speed,
      marks: landmarks(now, branch!.entries),
      branch: branch!.name,
      walk,
    };
  };

  const getSnapshot = (): View => {
    if (view) return view;
    const now = cluster();
    const {current} = contextOf(state.shell.files[KUBECONFIG_PATH] ?? '');
    const transcript: TranscriptEntry[] = (state.branch?.entries ?? []).map(({id, line, output, failed}) => ({id, line, output, failed}));
    if (running) transcript.push({id: running.id, line: running.line, output: running.output, failed: false});
    view = {
      place: state.place,
      course: courseView(),
      lesson: lessonView(),
      time: timeView(),
      facts: readFacts(now, {from: state.world?.from ?? 0, selected: state.selected, walk: state.walk}),
      transcript,
      busy: running !== undefined,
      prediction: predictionView(),
      toast: state.toast,
      context: current.user,
      namespace: current.namespace,
    };
    return view;
  };

  return {
    getSnapshot,
    subscribe(listener) {
      listeners.add(listener);
      ticker.start();
      return () => {
        listeners.delete(listener);
        if (listeners.size === 0) ticker.stop();
      };
    },
    dispatch(action) {
      act(action);
      view = undefined;
      tell();
    },
    busy: () => running !== undefined,
    complete: (line, cursor): Completion => {
      const now = cluster();
      return completeLine(line, cursor, now ? {cluster: now, state: state.shell, disabled: []} : undefined, SESSION_WORDS, lessons);
    },
    detail: (ref, kind: DetailKind): DetailView => detailOf(cluster(), ref, kind, looked),
    close: () => ticker.stop(),
  };
}

const debriefOf = ({debrief, myth}: Lesson): string =>
  myth ? `${debrief}\n\n**Myth** (${myth.source}): ${myth.claim}\n\n**Truth**: ${myth.truth}` : debrief;

/** User and namespace of a kubeconfig's current context. */
function contextOf(text: string): {current: {user: string; namespace: string}} {
  const name = /^current-context:\s*(\S+)/m.exec(text)?.[1] ?? '';
  const user = name.split('@')[0] || ADMIN_USER;
  const namespace = new RegExp(`context:\\n(?:\\s+\\w+: .*\\n)*?\\s+user: ${user}\\n\\s+namespace: (\\S+)`).exec(text)?.[1] ?? 'default';
  return {current: {user, namespace}};
}
