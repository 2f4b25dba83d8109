import type {Reader} from '../reader.ts';
import type {Effects} from '../types.ts';
import type {Page} from './page.ts';

export interface DescribeContext {
  reader: Reader;
  showEvents: boolean;
}

/** Writes the page of one object, reading what stands around it. */
export type Describer<T> = (object: T, page: Page, context: DescribeContext) => Effects<void>;
