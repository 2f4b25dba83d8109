/**
 * Who may write a shared piece in place. Each piece bears the edit during which it was made; a snapshot or a fork begins a new edit, so that what both see is copied
 * before it is written. Ownership must never collide between machines that share pieces, so edits are counted once for all of them; the count is no part of any state.
 */
let edits = 0;

export const newEdit = (): number => ++edits;
