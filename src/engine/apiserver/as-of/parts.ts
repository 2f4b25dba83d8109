/** Parts of objects by the paths of field errors. */
import type {Fields} from '../validation/fields.ts';

/** What stands at a path (`spec.ports[0].name`, `spec.limits[0].min[cpu]`); undefined where nothing does. */
export const partAt = (object: unknown, path: string): unknown =>
  [...path.matchAll(/[^.[\]]+/g)].reduce<unknown>((part, [key]) => (part as Fields | undefined)?.[key], object);
