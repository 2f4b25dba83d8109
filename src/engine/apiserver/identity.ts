/** Identifiers that the server makes up, from the seeded generator in the state. */
import type {Tx} from '../machine/types.ts';

const ALPHABET = 'bcdfghjklmnpqrstvwxz2456789';

/** A version-4 UUID. */
export function newUid(tx: Tx): string {
  const hex = (digits: number): string =>
    Math.floor(tx.random() * 16 ** digits)
      .toString(16)
      .padStart(digits, '0');
  const variant = '89ab'[Math.floor(tx.random() * 4)]!;
  return `${hex(8)}-${hex(4)}-4${hex(3)}-${variant}${hex(3)}-${hex(8)}${hex(4)}`;
}

/** Five characters. upstream: apimachinery/pkg/util/rand/rand.go */
export function randomSuffix(tx: Tx): string {
  let text = '';
  for (let i = 0; i < 5; i++) text += ALPHABET[Math.floor(tx.random() * ALPHABET.length)]!;
  return text;
}
