/** Answers as of 1.20 that are not those of the recording, and why. */

const TOKENS =
  'tokens of service accounts in secrets (until 1.24) were made by a controller, and the programs of the cluster are those of today';

export const STILL_TODAY: Readonly<Record<string, string>> = {
  r007: 'the address of the recorded server is its own',
  r022: 'the cluster has a metrics server, and its index tells so; the recorded one had none',
  r331: 'the chain of structures names one that the label is not in: an accident of what json-iterator had cached',
  r495: TOKENS,
  r620: TOKENS,
  r628: TOKENS,
  r631: 'a job without labels takes those of its template when it is read from the store, in every release; here it does not',
};
