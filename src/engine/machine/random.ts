/** Seeded randomness as a value: sfc32 (Chris Doty-Humphrey's small fast counter generator), its four words kept in the state. */

export type RandomState = readonly [number, number, number, number];

/** The first state for a seed (any finite number). */
export function seedRandom(seed: number): RandomState {
  let state: RandomState = [0x9e3779b9 ^ (seed | 0), 0x243f6a88 ^ Math.trunc(seed / 4294967296), 0xb7e15162, 1];
  for (let i = 0; i < 12; i++) state = nextRandom(state)[1];
  return state;
}

/** A number in [0, 1) and the state after it. */
export function nextRandom([a, b, c, d]: RandomState): [value: number, next: RandomState] {
  const t = (((a + b) | 0) + d) | 0;
  return [(t >>> 0) / 4294967296, [b ^ (b >>> 9), (c + (c << 3)) | 0, (((c << 21) | (c >>> 11)) + t) | 0, (d + 1) | 0]];
}
