/** The public key that belongs to a seed of Ed25519. upstream: RFC 8032; SHA-512 of FIPS 180-4 */
import {inverse, mod} from './curves.ts';
import {numberOf} from './der.ts';

const MASK = 2n ** 64n - 1n;
const WORD_BITS = 64n;

function primes(count: number): bigint[] {
  const found: bigint[] = [];
  for (let n = 2n; found.length < count; n++) if (found.every(p => n % p !== 0n)) found.push(n);
  return found;
}

/** The largest whole number whose power is at most n. */
function root(n: bigint, power: bigint): bigint {
  let low = 0n;
  let high = 2n ** 70n;
  while (low < high) {
    const middle = (low + high + 1n) / 2n;
    if (middle ** power <= n) low = middle;
    else high = middle - 1n;
  }
  return low;
}

/** The first 64 binary places of a prime's root. */
const fraction = (prime: bigint, power: bigint): bigint => root(prime << (WORD_BITS * power), power) & MASK;

const rotate = (word: bigint, by: bigint): bigint => ((word >> by) | (word << (WORD_BITS - by))) & MASK;

function sha512(message: Uint8Array): Uint8Array {
  const padded = new Uint8Array(Math.ceil((message.length + 17) / 128) * 128);
  padded.set(message);
  padded[message.length] = 0x80;
  new DataView(padded.buffer).setBigUint64(padded.length - 8, BigInt(message.length * 8));
  const constants = primes(80).map(p => fraction(p, 3n));
  const hash = primes(8).map(p => fraction(p, 2n));
  for (let block = 0; block < padded.length; block += 128) {
    const view = new DataView(padded.buffer, block, 128);
    const words = Array.from({length: 16}, (_, i) => view.getBigUint64(i * 8));
    for (let i = 16; i < 80; i++) {
      const [near, far] = [words[i - 2]!, words[i - 15]!];
      const small = rotate(far, 1n) ^ rotate(far, 8n) ^ (far >> 7n);
      const large = rotate(near, 19n) ^ rotate(near, 61n) ^ (near >> 6n);
      words.push((words[i - 16]! + small + words[i - 7]! + large) & MASK);
    }
    let [a, b, c, d, e, f, g, h] = hash as [bigint, bigint, bigint, bigint, bigint, bigint, bigint, bigint];
    for (let i = 0; i < 80; i++) {
      const chosen = (e & f) ^ (~e & MASK & g);
      const one = h + (rotate(e, 14n) ^ rotate(e, 18n) ^ rotate(e, 41n)) + chosen + constants[i]! + words[i]!;
      const two = (rotate(a, 28n) ^ rotate(a, 34n) ^ rotate(a, 39n)) + ((a & b) ^ (a & c) ^ (b & c));
      [h, g, f, e, d, c, b, a] = [g, f, e, (d + one) & MASK, c, b, a, (one + two) & MASK];
    }
    for (const [i, value] of [a, b, c, d, e, f, g, h].entries()) hash[i] = (hash[i]! + value) & MASK;
  }
  const digest = new DataView(new ArrayBuffer(64));
  for (const [i, word] of hash.entries()) digest.setBigUint64(i * 8, word);
  return new Uint8Array(digest.buffer);
}

const P = 2n ** 255n - 19n;
const D = mod(-121665n * inverse(121666n, P), P);
const BASE: Point = [
  15112221349535400772501151409588531511454012693041857206046113283949847762202n,
  46316835694926478169428394003475163141307993866256225615783033603165251855960n,
];

type Point = readonly [x: bigint, y: bigint];

function add([x1, y1]: Point, [x2, y2]: Point): Point {
  const twist = mod(D * x1 * x2 * y1 * y2, P);
  return [mod((x1 * y2 + x2 * y1) * inverse(1n + twist, P), P), mod((y1 * y2 + x1 * x2) * inverse(1n - twist, P), P)];
}

/** The number that 32 bytes stand for in the key's little-endian form. */
export const littleEndian = (bytes: Uint8Array): bigint => numberOf(Uint8Array.from(bytes).reverse());

/** The public key as the number its bytes stand for. */
export function ed25519PublicKey(seed: Uint8Array): bigint {
  const half = sha512(seed).subarray(0, 32);
  const scalar = (littleEndian(half) & (2n ** 254n - 8n)) | (2n ** 254n);
  let result: Point = [0n, 1n];
  for (let point = BASE, left = scalar; left > 0n; left >>= 1n, point = add(point, point)) if (left & 1n) result = add(result, point);
  return result[1] | ((result[0] & 1n) << 255n);
}
