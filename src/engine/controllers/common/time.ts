import type {ComponentContext} from '../../client/types.ts';

/** The cluster's time in Unix milliseconds, to compare with timestamps in objects. */
export const unixNow = (ctx: ComponentContext): number => Date.parse(ctx.microTime());
