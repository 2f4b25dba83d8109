/** Lines entered while a command runs: they wait for its end and run in their order, as in a shell. */
import {mustWait} from '../session/own-words.ts';
import type {Around} from './around.ts';
import {putBack} from './line-editor.ts';
import type {UiState} from './ui-state.ts';
import type {View} from './view.ts';

/** `ran` is told each line that was sent. */
export function typedAhead({session, ui, say}: Around, ran: (line: string) => void) {
  const view = (): View => session.getSnapshot();
  const set = (change: Partial<UiState>): void => ui.set({...ui.get(), ...change});

  const send = (line: string): void => {
    session.dispatch({type: 'command', line});
    ran(line);
  };

  return {
    /** Runs a line, or lets it wait. Who types on while a request is being watched has seen enough of it. */
    enter(line: string): void {
      const {ahead} = ui.get();
      if (!mustWait(view(), line, ahead.length > 0)) return send(line);
      set({ahead: [...ahead, line]});
      if (view().time.walk) session.dispatch({type: 'arrive'});
    },
    /** Sends the first line that waits, where its turn has come. */
    next(): (() => void) | undefined {
      const [line, ...ahead] = ui.get().ahead;
      if (line === undefined || view().busy) return undefined;
      return () => {
        set({ahead});
        send(line);
      };
    },
    /** The command was ended by hand: what was meant to follow it is the learner's to decide on. */
    giveBack(): void {
      const {ahead, line} = ui.get();
      if (ahead.length === 0) return;
      set({ahead: [], line: putBack(line, ahead)});
      say('accent', 'What was to follow stands at the prompt again: Enter runs it, ^C drops it.');
    },
    /** Nothing follows into another world. */
    follow({lesson, place, transcript}: View): void {
      const now = view();
      const [first] = transcript;
      const sameWorld = now.lesson?.id === lesson?.id && now.place === place && (!first || now.transcript[0]?.id === first.id);
      if (!sameWorld && ui.get().ahead.length > 0) set({ahead: []});
    },
  };
}
