/**
 * The store behind every front end: a world, a lesson played in it, the learner's shell, a place in time. It knows no screen; what it needs of the real world
 * comes through ports.
 */

import {isLearnerAction, type Place} from '../course/recording.ts';
import type {RequestNote} from '../engine/apiserver/request.ts';
import type {Cluster} from '../engine/cluster/cluster.ts';
import {detailOf} from '../selectors/detail.ts';
import {lessonActions} from './lesson/lesson-actions.ts';
import {lookingAhead} from './lesson/lesson-run.ts';
import {attachedClients} from './outside/attached.ts';
import {SESSION_WORDS, withoutColon} from './own-words.ts';
import {createRecorder} from './recording/recorder.ts';
import {completeLine} from './shell/complete.ts';
import {checkEdited} from './shell/editing.ts';
import {joinFolder} from './shell/folder.ts';
import {program} from './shell/line.ts';
import {contextOf} from './shell/prompt-context.ts';
import {apart, runToEnd} from './shell/shell.ts';
import {shellActions} from './shell/shell-actions.ts';
import {wordArguments} from './shell/word-arguments.ts';
import {type Core, clusterOf, initialState, inPast, type SessionOptions, type State} from './state.ts';
import {askAction} from './time/ask.ts';
import {bookmarkActions} from './time/bookmarks.ts';
import {branchActions} from './time/branches.ts';
import {breakpointActions} from './time/breakpoint-actions.ts';
import {createTicker, FOLLOW_SPEEDS} from './time/ticker.ts';
import {timeActions} from './time/time-actions.ts';
import type {Session, SessionAction, View} from './types.ts';
import {viewOf} from './view.ts';

export type {Ports, SessionOptions} from './state.ts';

/** A session as its owner has it. */
export interface OwnSession extends Session {
  /** A command is still running, or waits for virtual time. */
  busy(): boolean;
  /** Virtual time, in milliseconds, until which the command at hand sleeps; undefined: it does not. */
  wakesAt(): number | undefined;
  /** Time does not flow until what is returned is called: what is looked at in parts is of one moment. */
  hold(): () => void;
  /** Seals what was recorded, and stops the clock. */
  close(): void;
  readonly core: Core;
  /** Lets time flow to a place that a recording names; false when this session does not come by there. */
  flowTo(place: Place): boolean;
}

/** A learner at a cluster: the state behind a store, its view, and the actions that change it. */
export function createSession(options: SessionOptions): OwnSession {
  const listeners = new Set<() => void>();
  let view: View | undefined;
  let state: State = initialState(options.progress, options.begun);
  let seen = state.world;
  let holding = 0;

  const core: Core = {
    options,
    get state() {
      return state;
    },
    set(change) {
      const {files} = state.shell;
      state = {...state, ...change};
      view = undefined;
      if (state.shell.files !== files && state.world === seen) folder.keep();
    },
    print(line, output) {
      const {branch} = state;
      if (!branch) return core.remark('accent', output.split('\n')[0]!);
      shell.remember({
        line,
        output: `${output}\n`,
        exitCode: 0,
        position: branch.cluster.history.position,
        filesBefore: state.shell.files,
        aside: true,
      });
    },
    show: what => core.set({shown: {id: (state.shown?.id ?? 0) + 1, what}}),
    remark: (tone, text) => core.set({toast: {id: (state.toast?.id ?? 0) + 1, tone, text}}),
    tell() {
      for (const listener of listeners) listener();
    },
    act(asked) {
      const action = asked.type === 'command' ? {...asked, line: withoutColon(asked.line)} : asked;
      // While a request is being watched, the next stage is its next one; whatever else the learner does, it has arrived.
      if (state.walk && action.type === 'step' && action.by > 0 && action.unit !== 'revision') return holdAndWalkOn();
      if (state.walk && isLearnerAction(action)) arrive();
      recorder.note(action);
      (actions[action.type] as (a: SessionAction) => void)(action);
      recorder.look();
      if (state.world === seen) return;
      seen = state.world;
      folder.enter();
      if (action.type !== 'open' || !action.anew) takeUp();
    },
  };

  /** Goes on with a lesson where the learner left it: what was done is done again, as far as it can be followed. */
  const takeUp = (): void => {
    const {run} = state;
    const entries = run && run.tests === undefined ? options.ports.unfinished?.(run.lesson)?.entries : undefined;
    if (!entries?.length) return;
    for (const entry of entries) {
      if (!flowTo(entry)) break;
      core.act(entry.action);
    }
    core.remark('accent', `taken up where you left it, at step ${state.run!.step + 1}; reset begins anew`);
  };

  /** After something happened: breakpoints stop the clock, the lesson is judged. */
  const judge = (): void => lesson.judge();
  const recorder = createRecorder(core);
  const namespace = (): string => contextOf(state.shell).namespace;
  const breakpoints = breakpointActions(core, namespace);
  const time = timeActions(core, {
    stepped(from) {
      shell.pump();
      breakpoints.check(from);
      lesson.judge();
    },
    arrive: () => core.state.walk && arrive(),
    interrupt: () => shell.interrupt(),
  });
  const branches = branchActions(core, () => shell.settle());
  const bookmarks = bookmarkActions(core, branches.visit);
  const shell = shellActions(core, branches.fork, breakpoints.check, judge);
  const lesson = lessonActions(core, shell.remember);
  const ask = askAction(core, namespace);
  const folder = joinFolder(core, options.ports.folder);
  const outside = attachedClients(core, shell, judge);

  const actions: {[T in SessionAction['type']]: (action: Extract<SessionAction, {type: T}>) => void} = {
    command: ({line}) => shell.command(line),
    interrupt: shell.interrupt,
    edited: ({text}) => shell.edited(text),
    files: ({files}) => shell.filesChanged(files),
    toggle() {
      if (inPast(core)) return core.remark('warn', 'the past does not flow: present (=) returns, step (.) goes on in it');
      core.set({paused: !core.state.paused, skipping: false, ...(core.state.hit !== undefined && {hit: undefined, selected: undefined})});
    },
    step: ({by, unit}) => time.step(by, unit),
    seek: ({step: position}) => time.seek(position),
    flow() {
      if (inPast(core)) time.present();
      core.set({paused: false, hit: undefined, ...(core.state.hit !== undefined && {selected: undefined})});
    },
    present: time.present,
    speed: ({by}) => {
      const at = FOLLOW_SPEEDS.indexOf(core.state.speed);
      core.set({speed: FOLLOW_SPEEDS[Math.max(0, Math.min(FOLLOW_SPEEDS.length - 1, at + by))]!, paused: false});
    },
    undo: time.undo,
    redo: time.redo,
    next: lesson.goOn,
    hint: lesson.hint,
    solution: lesson.solution,
    predict: ({option, sure}) => lesson.predict(option, sure),
    order: ({numbers}) => lesson.order(numbers),
    select: ({ref}) => core.set({selected: ref}),
    request: ({request}) => outside.enter(request),
    attach: outside.attach,
    detach: outside.detach,
    why: ({ref, field}) => ask.about(ref, field),
    ask: ({words}) => ask.inWords(words),
    break: ({words}) => breakpoints.add(words),
    breaks: ({words}) => breakpoints.list(words),
    mark: ({name}) => bookmarks.mark(name),
    marks: bookmarks.marks,
    goto: ({words}) => bookmarks.goTo(words),
    landmark: ({by}) => time.landmark(by),
    compare: ({words}) => bookmarks.compare(words),
    branch: ({name}) => branches.fork(name),
    branches: branches.list,
    switch: ({name}) => branches.switchTo(name),
    beside: ({name}) => branches.beside(name),
    skip: shell.skip,
    arrive: () => state.walk && arrive(),
    open({lesson: word}) {
      recorder.seal();
      shell.drop();
      // Another world has other people.
      outside.detach();
      lesson.open(word);
    },
    testOut({chapter}) {
      recorder.seal();
      shell.drop();
      lesson.testOut(chapter);
    },
    forget: ({lesson: word}) => lesson.forget(word),
    sandbox() {
      recorder.seal();
      shell.drop();
      outside.detach();
      lesson.sandbox();
    },
    map() {
      recorder.seal();
      core.set({place: 'map'});
    },
    reset: () => {
      const {run} = core.state;
      if (run?.tests !== undefined) core.act({type: 'testOut', chapter: run.tests});
      else if (run) core.act({type: 'open', lesson: run.lesson.id, anew: true});
      else if (core.state.place === 'sandbox') core.act({type: 'sandbox'});
    },
    quit: () => core.options.ports.quit(),
  };

  const arrive = (): void => {
    core.set({walk: undefined});
    shell.arrived();
  };

  /** The request that is watched passes its next stage; after the last it has arrived. */
  const walkOn = (): void => {
    const {walk} = core.state;
    if (!walk) return;
    if (walk.passed < stagesOf(clusterOf(core)!, walk.request)) core.set({walk: {...walk, passed: walk.passed + 1}});
    else arrive();
  };

  const holdAndWalkOn = (): void => {
    core.set({paused: true});
    walkOn();
  };

  /**
   * Lets time flow until a virtual time; a program that sleeps goes on at its very moment, so what happens does not depend on how the time is sliced. Stops early
   * when `enough` says so after a step, at a breakpoint, when what was skipped is over, or when there is a request to be watched.
   */
  const flow = (until: number, enough: () => boolean): void => {
    const {history, machine} = clusterOf(core)!;
    const {hit, skipping} = core.state;
    let from = history.position;
    let stopped = false;
    const pumped = (): boolean => {
      shell.pump();
      breakpoints.check(from);
      from = history.position;
      stopped = core.state.walk !== undefined || core.state.hit !== hit || core.state.skipping !== skipping || enough();
      return stopped;
    };
    do {
      machine.runUntil(Math.min(until, shell.underway()?.live.wakeAt ?? until), pumped);
      if (!stopped) pumped();
    } while (!stopped && machine.now < until);
  };

  const flowTo: OwnSession['flowTo'] = ({step, at}) => {
    if (core.state.walk) arrive();
    const cluster = clusterOf(core)!;
    const here = (): boolean => cluster.history.position === step && cluster.now === at;
    if (here()) return true;
    if (inPast(core) || cluster.history.position > step || cluster.now > at) return false;
    const enough = (): boolean => cluster.history.position > step || here();
    do {
      if (core.state.walk) arrive();
      core.set({hit: undefined});
      flow(at, enough);
    } while ((core.state.walk || core.state.hit !== undefined) && !enough());
    lesson.judge();
    return here();
  };

  const ticker = createTicker({
    ports: options.ports,
    speed: () => (core.state.skipping ? Number.POSITIVE_INFINITY : core.state.speed),
    flows: () => clusterOf(core) !== undefined && core.state.place !== 'map' && !core.state.paused && !core.state.editing && !inPast(core),
    held: () => holding > 0,
    walking: () => core.state.walk !== undefined && !core.state.paused,
    lookAhead(budget) {
      // Who has foreseen something waits until it is known what of: the clock stands, the keys do not.
      const until = core.options.ports.now() + budget;
      const ahead = state.run && lookingAhead(state.run);
      ahead?.goOn(() => core.options.ports.now() > until);
      if (ahead?.isOver) core.set({});
      return ahead !== undefined;
    },
    advance(ms, budget) {
      const until = core.options.ports.now() + budget;
      const from = clusterOf(core)!.now;
      const late = (): boolean => core.options.ports.now() > until;
      flow(from + ms, late);
      const went = late() ? clusterOf(core)!.now - from : ms;
      outside.flush();
      lesson.judge();
      core.set({});
      return went;
    },
    walk: walkOn,
    tell(pace) {
      if (pace !== core.state.pace) core.set({pace});
      core.tell();
    },
  });

  /** What a line prints, run on a branch so that looking leaves no trace. */
  const looked = (line: string): string => {
    const branch = clusterOf(core)!.history.branch();
    return runToEnd(program(line, {cluster: branch, state: apart(state.shell), disabled: []}), branch).output;
  };

  return {
    getSnapshot: () => (view ??= viewOf(core, shell.underway(), outside.waiting())),
    subscribe(listener) {
      listeners.add(listener);
      ticker.start();
      return () => {
        listeners.delete(listener);
        if (listeners.size === 0) ticker.stop();
      };
    },
    dispatch(action) {
      core.act(action);
      core.set({});
      core.tell();
    },
    busy: () => shell.underway() !== undefined,
    awaits: () => false,
    wakesAt: () => shell.underway()?.live.wakeAt,
    complete(line, cursor, then) {
      const cluster = clusterOf(core);
      const env = cluster && {cluster, state: apart(state.shell), disabled: []};
      const completion = completeLine(line, cursor, env, SESSION_WORDS, options.lessons, (word, before) =>
        cluster ? wordArguments(word, before, {state, cluster, namespace: namespace()}) : [],
      );
      then(completion);
    },
    check: (text, then) => then(checkEdited(core, text)),
    detail: (ref, kind, then) => then(detailOf(clusterOf(core), ref, kind, looked)),
    hold() {
      holding++;
      return () => void holding--;
    },
    close() {
      recorder.seal();
      folder.close();
      ticker.stop();
    },
    core,
    flowTo,
  };
}

/** How many stages a request passed. */
function stagesOf(cluster: Cluster, id: string): number {
  const step = cluster.machine.journal.find(Number(id.split('.')[0]));
  return step?.notes.find((n): n is RequestNote => n.kind === 'request' && (n as RequestNote).id === id)?.stages.length ?? 0;
}
