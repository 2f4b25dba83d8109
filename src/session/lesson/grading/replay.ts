/** A recording played again, in a session whose clock it turns. */
import {DEFAULT_WORLD} from '../../../course/lesson-shape.ts';
import {NO_PROGRESS} from '../../../course/progress.ts';
import type {LearnerAction, RecordedEntry, Recording} from '../../../course/recording.ts';
import type {Lesson} from '../../../course/types.ts';
import {createSession, type OwnSession} from '../../session.ts';
import type {Ports} from '../../state.ts';
import {createWorld, type WorldState} from '../../world.ts';

/** How much a recording may ask for; nobody's lesson comes near. */
const LIMITS = {
  entries: 2000,
  /** Characters of a line, or of a file that was edited. */
  text: 200_000,
  /** Virtual milliseconds since the cluster began. */
  virtualMs: 24 * 3_600_000,
  /** Steps of the journal handled or looked through, in all. */
  work: 8_000_000,
} as const;

/** A recording asks for more than anybody does; the message says of what. */
class TooMuch extends Error {}

/** Where a recording could not be followed, and why. */
export interface Divergence {
  /** Index of the entry; the number of entries: the end. */
  readonly entry: number;
  readonly why: string;
}

export interface ReplayOptions {
  /** A world of the lesson as it begins; it is played in. Default: it is built. */
  readonly world?: WorldState;
  /** A clock for those who want to play on from where the recording ends. */
  readonly ports?: Partial<Ports>;
  /** Is told of every entry when its time has come, before it is played. */
  before?(entry: RecordedEntry, session: OwnSession): void;
  /** Is told of every entry that has been played. */
  visit?(entry: RecordedEntry, session: OwnSession): void;
}

export interface Replayed {
  readonly session: OwnSession;
  readonly divergence: Divergence | undefined;
}

/** A session has no clock and no files of its own here. */
const PORTS: Ports = {
  now: () => 0,
  later: () => () => undefined,
  changeProgress: change => change(NO_PROGRESS),
  quit: () => undefined,
};

/** Plays a recording of a lesson. Throws TooMuch; stops where it cannot be followed. */
export function replay(recording: Recording, lesson: Lesson, {world, ports, before, visit}: ReplayOptions = {}): Replayed {
  checkSize(recording);
  const session = createSession({
    lessons: [lesson],
    readLesson: () => lesson,
    progress: NO_PROGRESS,
    ports: {...PORTS, ...ports},
    sandbox: {...DEFAULT_WORLD, nodes: 0},
    worldOf: options => world ?? createWorld(options),
    rules: recording.rules,
  });
  session.dispatch({type: 'open', lesson: lesson.id});
  const {core} = session;
  const journal = () => core.state.branch!.cluster.machine.journal;
  let work = 0;
  const spend = (amount: number): void => {
    work += amount;
    if (work > LIMITS.work) throw new TooMuch('it asks for more work than a lesson takes');
  };
  const lost = (entry: number, why: string): Replayed => ({session, divergence: {entry, why}});

  for (const [i, entry] of recording.entries.entries()) {
    spend(Math.max(0, entry.step - journal().position));
    if (!session.flowTo(entry)) return lost(i, 'at this time something else has happened');
    before?.(entry, session);
    const {position} = journal();
    session.core.act(entry.action);
    // Going back costs what is undone; checks and branches read the whole journal.
    spend(Math.abs(journal().position - position) + journal().length);
    visit?.(entry, session);
    if (core.state.run!.solved) break;
  }
  const {end, entries} = recording;
  if (!end) return {session, divergence: undefined};
  if (!core.state.run!.solved && !session.flowTo(end)) return lost(entries.length, 'at its end something else has happened');
  const cluster = core.state.branch!.cluster;
  if (cluster.hash() !== end.hash) return lost(entries.length, 'the state of the cluster at its end is another one');
  return {session, divergence: undefined};
}

/** Characters of all texts in an action. */
function lengthOf(action: LearnerAction): number {
  if (action.type === 'command') return action.line.length;
  if (action.type === 'edited') return action.text?.length ?? 0;
  if (action.type === 'request') return JSON.stringify(action.request).length;
  return action.type === 'files' ? Object.values(action.files).reduce((sum, text) => sum + text.length, 0) : 0;
}

function checkSize({entries, end}: Recording): void {
  if (entries.length > LIMITS.entries) throw new TooMuch(`it has ${entries.length} actions; ${LIMITS.entries} are the limit`);
  for (const {at, step, action} of [...entries, ...(end ? [{...end, action: undefined}] : [])]) {
    if (at > LIMITS.virtualMs) throw new TooMuch(`it lasts more than ${LIMITS.virtualMs / 3_600_000} virtual hours`);
    if (step > LIMITS.work) throw new TooMuch('it has more steps than a lesson takes');
    if (action && lengthOf(action) > LIMITS.text) throw new TooMuch(`a text in it is longer than ${LIMITS.text} characters`);
  }
}
