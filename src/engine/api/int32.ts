/** The largest int32 of Go: no bound at all, where a field has to hold a number. */
export const MAX_INT32 = 2 ** 31 - 1;
