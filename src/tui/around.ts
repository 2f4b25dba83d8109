import type {Store} from './store.ts';
import type {UiState} from './ui-state.ts';
import type {Session, Tone} from './view.ts';

/** What the actions of keys work on. */
export interface Around {
  readonly session: Session;
  /** What only the screen knows. */
  readonly ui: Store<UiState>;
  /** A remark to the learner. */
  say(tone: Tone, text: string): void;
}
