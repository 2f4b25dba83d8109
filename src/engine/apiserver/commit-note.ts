/** What the journal keeps of a commit. */
export interface CommitNote {
  kind: 'commit';
  revision: number;
  key: string;
  type: 'create' | 'update' | 'delete';
  /** The revision that the object had before; 0: there was none. */
  based: number;
  /** Who wrote it: a component, kubectl. */
  client: string;
  user: string;
}

/** The transaction in words. */
export function commitText({type, key, based, revision}: CommitNote): string {
  if (type === 'delete') return `txn: ${key} deleted at revision ${revision}`;
  return `txn: ${key} ${type === 'create' ? 'did not exist' : `still at ${based}`}, put at revision ${revision}`;
}
