/** Keys for time: what a key does that stands for one of time's words, and scrubbing, the mode in which the arrows move through time. */
import type {Around} from './around.ts';
import type {UiState} from './ui-state.ts';

/** How much of the way one page of scrubbing is. */
const page = 0.05;

/** Actions by their names in the keymap. */
export function timeKeys({session, ui, say}: Around) {
  const time = () => session.getSnapshot().time;
  const set = (change: Partial<UiState>): void => ui.set({...ui.get(), ...change});
  const scrubTo = (step: number): void => {
    const {firstStep, lastStep} = time();
    session.dispatch({type: 'seek', step: Math.max(firstStep, Math.min(lastStep, step))});
  };
  const scrubPage = (by: 1 | -1): void => {
    const {firstStep, lastStep, step} = time();
    scrubTo(step + by * Math.max(1, Math.round((lastStep - firstStep) * page)));
  };
  return {
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
    nextLandmark: () => session.dispatch({type: 'landmark', by: 1}),
    previousLandmark: () => session.dispatch({type: 'landmark', by: -1}),
    breaks: () => session.dispatch({type: 'breaks', words: []}),
    mark: () => session.dispatch({type: 'mark', name: undefined}),
    compare() {
      const mark = time().marks.findLast(each => each.kind === 'bookmark');
      if (!mark) return say('warn', 'There is no bookmark to compare with: M makes one.');
      session.dispatch({type: 'compare', words: [mark.label]});
    },
    beside: () => session.dispatch({type: 'beside', name: undefined}),
    skip: () => session.dispatch({type: 'skip'}),
    scrub: () => (time().lastStep > time().firstStep ? set({scrubbing: true}) : say('warn', 'Nothing has happened yet.')),
    scrubBack: () => scrubTo(time().step - 1),
    scrubForward: () => scrubTo(time().step + 1),
    scrubPageBack: () => scrubPage(-1),
    scrubPageForward: () => scrubPage(1),
    scrubHome: () => scrubTo(time().firstStep),
    scrubEnd: () => scrubTo(time().lastStep),
    scrubStay: () => set({scrubbing: false}),
    scrubLeave() {
      set({scrubbing: false});
      if (time().past) session.dispatch({type: 'present'});
    },
  };
}
