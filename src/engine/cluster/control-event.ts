/** The type of the events that are controls; their data is one. By itself, for whoever only reads a journal needs no cluster. */
export const CONTROL = 'control';
