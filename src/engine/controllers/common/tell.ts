/** How loops tell what they do. */
import type {ComponentContext} from '../../client/types.ts';

/** The three beats of a control loop. */
export type Beat = 'observe' | 'difference' | 'act';

/** One line of a loop's story; the words are only put together where somebody listens. */
export function tell(ctx: ComponentContext, beat: Beat, subject: string, detail: () => string): void {
  if (ctx.tx.noting) ctx.trace(beat, subject, detail());
}
