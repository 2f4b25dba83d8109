import type {Facts} from '../facts/facts.ts';
import type {PanelRow} from '../styled.ts';

export interface Size {
  readonly width: number;
  readonly height: number;
}

/** A panel: one way to look at the cluster. Pure, so it is drawn in a box of a screen and printed line by line alike. */
export interface Panel {
  readonly id: string;
  readonly title: string;
  /** One sentence for the help: what can be seen here. */
  readonly about: string;
  /** Takes what can be seen and the room there is; returns all rows, more than fit too (they scroll). */
  rows(facts: Facts, size: Size): readonly PanelRow[];
  /** A resource whose rows are looked into as soon as the cursor is on one. */
  readonly follows?: string;
  /** What stands right of the title, in few cells. */
  note?(facts: Facts): string;
}
