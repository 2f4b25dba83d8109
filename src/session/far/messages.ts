/** What a session and a screen in another thread tell each other. All of it is plain data. */
import type {Facts} from '../../selectors/facts/facts.ts';
import type {Ref} from '../../selectors/styled.ts';
import type {Completion, DetailView, LookKind, ManifestFault, SessionAction, View} from '../types.ts';
import type {Change} from './change.ts';

export type FactName = keyof Facts;

/** A view with those of its facts that are looked at. */
export type SeenView = Omit<View, 'facts'> & {readonly facts: Partial<Facts>};

/** What may be asked, and what is answered. */
export interface Answers {
  readonly complete: Completion;
  readonly check: readonly ManifestFault[];
  readonly detail: DetailView;
}

export type Question =
  | {readonly ask: 'complete'; readonly line: string; readonly cursor: number}
  | {readonly ask: 'check'; readonly text: string}
  | {readonly ask: 'detail'; readonly ref: Ref; readonly kind: LookKind};

/** `id` counts what is sent. */
export type ToSession = {readonly id: number} & (
  | {readonly kind: 'act'; readonly action: SessionAction}
  | {readonly kind: 'ask'; readonly question: Question}
  /** These facts are looked at from now on. */
  | {readonly kind: 'look'; readonly at: readonly FactName[]}
);

export type FromSession =
  /** What the view has become; it shows all that was sent up to `seen`. */
  | {readonly kind: 'view'; readonly seen: number; readonly change: Change | undefined}
  | {readonly kind: 'answer'; readonly to: number; readonly answer: Answers[Question['ask']]};
