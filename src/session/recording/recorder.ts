/** Keeps what a learner does in a lesson, from its opening until it is solved or left. */
import {FREE_RULES, isLearnerAction, type LearnerAction, type Place, type RecordedEntry} from '../../course/recording.ts';
import {SESSION_WORDS} from '../own-words.ts';
import {type Core, clusterOf} from '../state.ts';

export interface Recorder {
  /** Notes an action that is about to be taken. */
  note(action: {readonly type: string}): void;
  /** Hands over what has been kept, when the lesson went on by a step or another one began. */
  look(): void;
  /** The lesson is left: where it stands is sealed, and nothing is left to do. */
  seal(): void;
}

/** A state of more entities than this is hashed between two frames; smaller ones are within one. */
const LARGE = 5000;
/** How long hashing goes on at a time, and how long keys and frames have until it does so again. */
const BUDGET_MS = 6;
const PAUSE_MS = 16;

/** The place in time where the learner stands. */
function placeOf(core: Core): Place {
  const {history, now} = clusterOf(core)!;
  return {step: history.position, at: now};
}

/** A word of the session stands for an action that is taken, and noted, in its turn. */
const isOwnWord = (action: LearnerAction): boolean => action.type === 'command' && action.line.trim().split(/\s+/)[0]! in SESSION_WORDS;

export function createRecorder(core: Core): Recorder {
  let world = core.state.world;
  let done = 0;
  let entries: RecordedEntry[] = [];

  /** Brings the seal under way to its end. */
  let finish: (() => void) | undefined;

  const save = (): void => {
    const {run} = core.state;
    if (!run || run.tests !== undefined) return;
    core.options.ports.saveRecording?.(run.lesson, {rules: core.options.rules ?? FREE_RULES, done, entries, end: undefined});
  };

  /** The recording with the hash of the state as it is now, as soon as that is known. */
  const saveSealed = (): void => {
    const {run} = core.state;
    if (!run || run.tests !== undefined) return;
    const {ports, rules = FREE_RULES} = core.options;
    const kept = {rules, done, entries};
    const place = placeOf(core);
    const {entities, goOn} = clusterOf(core)!.hashing();
    let cancel = (): void => undefined;
    const work = (enough: () => boolean): void => {
      let hash = goOn();
      while (hash === undefined && !enough()) hash = goOn();
      if (hash === undefined) {
        cancel = ports.later(PAUSE_MS, slice);
        return;
      }
      finish = undefined;
      ports.saveRecording?.(run.lesson, {...kept, end: {...place, hash}});
    };
    const slice = (): void => {
      const begun = ports.now();
      work(() => ports.now() - begun >= BUDGET_MS);
    };
    finish = () => {
      cancel();
      work(() => false);
    };
    if (entities <= LARGE) return finish();
    save();
    slice();
  };
  const playing = (): boolean =>
    core.state.place === 'lesson' && core.state.world === world && core.state.run?.solved === false && core.state.run.tests === undefined;

  return {
    note(action) {
      if (!playing() || !isLearnerAction(action) || isOwnWord(action)) return;
      entries = [...entries, {...placeOf(core), action}];
      save();
    },
    look() {
      if (core.state.world !== world) {
        finish?.();
        ({world} = core.state);
        [done, entries] = [0, []];
        save();
      } else if (core.state.run && core.state.run.step !== done) {
        done = core.state.run.step;
        if (core.state.run.solved) saveSealed();
        else save();
      }
    },
    seal() {
      if (playing() && entries.length > 0) saveSealed();
      finish?.();
    },
  };
}
