/** The learner's prompt: a line is run, waits for virtual time, is watched on its way, is ended. */

import {follows, onlyLooks, SESSION_WORDS} from '../own-words.ts';
import {type Core, clusterOf, type Entry, inPast} from '../state.ts';
import {beginEditing} from './editing.ts';
import {helpOn, helpText} from './help.ts';
import {program} from './line.ts';
import {type ProgramEnv, proceed, type Running, type ShellState, start} from './shell.ts';

/** A command under way. */
export interface Underway {
  readonly live: Running;
  readonly env: ProgramEnv;
  readonly line: string;
  readonly position: number;
  readonly filesBefore: ShellState['files'];
  output: string;
  readonly id: number;
}

export interface ShellActions {
  command(line: string): void;
  interrupt(): void;
  /** The text that the command at hand wanted edited; undefined: given up. */
  edited(text: string | undefined): void;
  /** Lets the command at hand go on as far as it can now. */
  pump(): void;
  /** The watched request has arrived: the command goes on, or is over. */
  arrived(): void;
  /** Whether the prompt is free; says so where it is not. */
  settle(): boolean;
  /** Lets time run as fast as it can until the command at hand is over, or a watch prints something. */
  skip(): void;
  /** Forgets the command at hand: its world is gone. */
  drop(): void;
  /** Files were changed outside. */
  filesChanged(files: ShellState['files']): void;
  remember(entry: Omit<Entry, 'id' | 'failed' | 'filesAfter'>): void;
  /** Lets the last write since a position be seen on its way. */
  watchRequest(before: number): void;
  underway(): Underway | undefined;
}

/** `fork` begins a branch where the learner stands; `stepped` looks for breakpoints, `judge` at the lesson, after something happened. */
export function shellActions(core: Core, fork: () => void, stepped: (from: number) => void, judge: () => void): ShellActions {
  let running: Underway | undefined;

  /** `id`: the one that the line was given when it was entered. */
  const remember = (entry: Omit<Entry, 'id' | 'failed' | 'filesAfter'>, id?: number): void => {
    const branch = core.state.branch!;
    const whole: Entry = {...entry, id: id ?? core.state.entries, failed: entry.exitCode !== 0, filesAfter: core.state.shell.files};
    const undone = entry.aside ? branch.undone : [];
    const entries = core.state.entries + (id === undefined ? 1 : 0);
    core.set({entries, branch: {...branch, entries: [...branch.entries, whole], undone}});
  };

  const finishCommand = (): void => {
    if (!running) return;
    const {line, position, filesBefore, output, live, env, id} = running;
    running = undefined;
    core.set({shell: env.state, skipping: false});
    remember({line, output, exitCode: live.exitCode ?? 130, position, filesBefore}, id);
    judge();
  };

  /** Lets the command at hand go on as far as it can now. */
  const pump = (): void => {
    if (!running || core.state.walk || core.state.editing) return;
    const {live, line} = running;
    if (live.exitCode !== undefined) return finishCommand();
    if (live.wakeAt !== undefined) {
      if (live.wakeAt > clusterOf(core)!.now) return;
      live.wakeAt = undefined;
    }
    const before = clusterOf(core)!.history.position;
    const effect = proceed(live, clusterOf(core)!, (_stream, text) => {
      running!.output += text;
      if (core.state.skipping && follows(line)) core.set({skipping: false});
    });
    watchRequest(before);
    stepped(before);
    if (effect?.kind === 'edit') {
      const {text, file} = effect;
      return core.set({editing: beginEditing(core, file, text)});
    }
    if (live.exitCode !== undefined && !core.state.walk) finishCommand();
    core.set({});
  };

  /** The learner's last write is walked through its stages before their eyes, while the clock of the cluster stands. */
  const watchRequest = (before: number): void => {
    if (core.state.speed > 1 || core.state.paused) return;
    const {journal} = clusterOf(core)!.machine;
    for (let at = journal.position - 1; at >= before; at--) {
      const note = journal.steps[at - journal.first]!.notes.find(n => n.kind === 'request') as {id: string; verb: string} | undefined;
      if (note && !['get', 'list', 'watch'].includes(note.verb)) return core.set({walk: {request: note.id, passed: 0}});
    }
  };

  const command = (line: string): void => {
    const text = line.trim();
    if (!text) return;
    const [word = '', ...args] = text.split(/\s+/);
    const own = SESSION_WORDS[word];
    if (own) {
      const action = own.action(args);
      if (action) return core.act(action);
      return core.remark('warn', `${own.usage ?? word}: ${own.about}`);
    }
    if (word === 'help') return help(args);
    const now = clusterOf(core);
    if (!now) return core.remark('warn', 'open a lesson first: play 1.1');
    if (running) return core.remark('warn', 'a command is still running; Ctrl-C ends it');
    if (inPast(core) && !onlyLooks(text)) {
      if (core.state.forkAsked !== text) {
        core.set({forkAsked: text});
        return core.remark(
          'warn',
          `you are looking at the past. Enter it again to begin a new timeline here (${core.state.branch!.name} is kept), or type present`,
        );
      }
      fork();
    }
    core.set({forkAsked: undefined, hit: undefined});
    const env: ProgramEnv = {cluster: clusterOf(core)!, state: core.state.shell, disabled: core.state.run?.lesson.disable ?? []};
    running = {
      live: start(program(text, env, Object.keys(SESSION_WORDS))),
      env,
      line: text,
      position: clusterOf(core)!.history.position,
      filesBefore: core.state.shell.files,
      output: '',
      id: core.state.entries,
    };
    core.set({entries: core.state.entries + 1});
    pump();
  };

  const help = ([about]: readonly string[]): void => {
    if (!core.state.branch) return core.remark('accent', 'play 1.1 opens the first lesson; ? shows all keys');
    const found = about === undefined ? {text: helpText()} : helpOn(about);
    if ('line' in found) return command(found.line);
    core.print(['help', about].filter(Boolean).join(' '), found.text);
  };

  const edited = (text: string | undefined): void => {
    const {editing} = core.state;
    if (!running || !editing) return;
    running.live.reply = text === editing.text ? undefined : text;
    core.set({editing: undefined});
    pump();
  };

  const interrupt = (): void => {
    if (!running) return;
    core.set({editing: undefined});
    running.output += '^C\n';
    running.live.exitCode = 130;
    finishCommand();
  };

  return {
    command,
    interrupt,
    edited,
    pump,
    arrived: pump,
    settle() {
      if (running) pump();
      if (running) core.remark('warn', 'a command is still running; Ctrl-C ends it');
      return running === undefined;
    },
    skip() {
      if (!running) return core.remark('warn', 'nothing is being waited for');
      core.set({skipping: true, paused: false, hit: undefined});
    },
    drop() {
      running = undefined;
      core.set({editing: undefined});
    },
    filesChanged(files) {
      const changed = (shell: ShellState): ShellState => ({...shell, files: {...shell.files, ...files}});
      if (running) running.env.state = changed(running.env.state);
      core.set({shell: changed(core.state.shell)});
    },
    remember,
    watchRequest,
    underway: () => running,
  };
}
