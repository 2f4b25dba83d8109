/** How often a loop looks at something with many parts. A real turn over them takes its time, and what happens meanwhile falls into the next one: so does it here. */
import type {KubeObject} from '../../api/types.ts';

/** How many parts a turn gets through in a millisecond. */
const PARTS_PER_MS = 25;

/** How long a turn over so many parts takes, in milliseconds: none where they are few. */
export const turnMs = (parts: number | undefined): number => Math.floor((parts ?? 0) / PARTS_PER_MS);

/** A change that only tells of how far it has come: mostly the loop's own report. */
export const isReport = (object: KubeObject, old: KubeObject | undefined): boolean =>
  old !== undefined &&
  object['status'] !== old['status'] &&
  object.metadata.uid === old.metadata.uid &&
  object.metadata.generation === old.metadata.generation &&
  object.metadata.deletionTimestamp === old.metadata.deletionTimestamp;
