import type {Reader} from '../reader.ts';
import type {Effects} from '../types.ts';
import type {Page} from './page.ts';

export interface DescribeContext {
  reader: Reader;
  showEvents: boolean;
}

/** Writes the page of one object, reading what stands around it. */
export type Describer<T> = (object: T, page: Page, context: DescribeContext) => Effects<void>;

/** A describer that reads nothing but the object. */
export const still = <T>(write: (object: T, page: Page) => void): Describer<T> =>
  // biome-ignore lint/correctness/useYield: that is the point
  function* (object, page) {
    write(object, page);
  };
