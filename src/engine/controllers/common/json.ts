/** The object less its zeros, empty lists and undefined fields: what Go's `omitempty` leaves out. */
import {isJsonObject} from '../../api/clone.ts';
import {byKey} from '../../api/order.ts';

export const omitEmpty = <T extends object>(object: T): T =>
  Object.fromEntries(
    Object.entries(object).filter(
      ([, value]) => value !== 0 && value !== undefined && value !== '' && !(Array.isArray(value) && value.length === 0),
    ),
  ) as T;

/** JSON with sorted keys: equal objects give equal texts. */
export const canonicalJson = (value: unknown): string =>
  JSON.stringify(value, (_key, v) => (isJsonObject(v) ? Object.fromEntries(Object.entries(v).sort(byKey)) : v));
