/** Virtual milliseconds as the timestamps that objects carry. Every cluster begins at the same instant. */
import {parseRfc3339, rfc3339, rfc3339Micro} from './time.ts';

/** The instant at which virtual time 0 stands: the day v1.36.0 came out. */
export const EPOCH = Date.UTC(2026, 3, 22, 9, 0, 0);

/** metav1.Time of a virtual time. */
export const timeText = (ms: number): string => rfc3339(EPOCH + ms);

/** metav1.MicroTime of a virtual time. */
export const microTimeText = (ms: number): string => rfc3339Micro(EPOCH + ms);

/** Virtual milliseconds of a timestamp; NaN when it is none. */
export const timeOf = (text: string | undefined): number => (text === undefined ? Number.NaN : (parseRfc3339(text) ?? Number.NaN) - EPOCH);
