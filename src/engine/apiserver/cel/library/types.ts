/** How a library says what its functions do. */
import type {CelValue} from '../values.ts';

/** Takes the arguments, of a member first what it is called on. Throws CelError. */
export type Implementation = (...args: never[]) => CelValue;

/** Name of the function -> types of the arguments (`string,int`; `*` is any) -> what it does. */
export type Implementations = Readonly<Record<string, Readonly<Record<string, Implementation>>>>;

/** The same for several names. */
export const named = (names: string, ways: (name: string) => Implementations[string]): Record<string, Implementations[string]> =>
  Object.fromEntries(names.split(' ').map(name => [name, ways(name)]));
