/** Parts of objects by the paths of field errors. */
import type {Fields} from '../validation/fields.ts';

/** A step of a path: to a field, or to an item of a list or a map. */
export interface Step {
  readonly key: string;
  readonly item: boolean;
}

/** The steps of a path. What stands in brackets is one key, whatever is in it. */
export const stepsOf = (path: string): Step[] =>
  [...path.matchAll(/([^.[\]]+)|\[([^\]]*)\]/g)].map(([, name, key]) => ({key: key ?? name!, item: key !== undefined}));

/** What stands at a path (`spec.ports[0].name`, `spec.limits[0].min[cpu]`); undefined where nothing does. */
export const partAt = (object: unknown, path: string): unknown =>
  stepsOf(path).reduce<unknown>((part, step) => (part as Fields | undefined)?.[step.key], object);
