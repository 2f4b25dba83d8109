/** Long tests run in a short form; PODYSSEY_FULL=1 runs them whole. */
export const FULL = process.env['PODYSSEY_FULL'] === '1';

/** How often, or how long: a part of it by default. */
export const scaled = (part: number, whole: number): number => (FULL ? whole : part);
