/** Identifiers that the server makes up, from the seeded generator in the state. */
import type {Tx} from '../machine/types.ts';

/** A version-4 UUID. */
export function newUid(tx: Tx): string {
  const hex = (digits: number): string =>
    Math.floor(tx.random() * 16 ** digits)
      .toString(16)
      .padStart(digits, '0');
  const variant = '89ab'[Math.floor(tx.random() * 4)]!;
  return `${hex(8)}-${hex(4)}-4${hex(3)}-${variant}${hex(3)}-${hex(8)}${hex(4)}`;
}
