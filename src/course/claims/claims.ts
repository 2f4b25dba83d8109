/** The thirty claims of lesson 10.3, in the order of a pod's birth: six rooms of five. */
import {deciderRoom} from './deciders.ts';
import {gatekeeperRoom} from './gatekeepers.ts';
import {kubectlRoom} from './kubectl.ts';
import {lifeRoom} from './life.ts';
import {nodeRoom} from './node.ts';
import {storeRoom} from './store.ts';
import type {Claim, ClaimVerdict, Room} from './types.ts';

export const ROOMS: readonly Room[] = [kubectlRoom, gatekeeperRoom, storeRoom, deciderRoom, nodeRoom, lifeRoom];

/** A claim with the number under which it is spoken of. */
export interface NumberedClaim {
  readonly number: number;
  readonly room: string;
  readonly claim: Claim;
}

export const CLAIMS: readonly NumberedClaim[] = ROOMS.flatMap(({name, claims}) => claims.map(claim => ({room: name, claim}))).map(
  (each, i) => ({
    number: i + 1,
    ...each,
  }),
);

/** The claims of a room. */
export const claimsOf = (room: string): readonly NumberedClaim[] => CLAIMS.filter(each => each.room === room);

/** What the trials of a claim say together: `today`, and in clusters of the past, as far as it was tried there. */
export const verdictOf = (today: boolean, past: readonly boolean[]): ClaimVerdict =>
  today ? 'true' : past.includes(true) ? 'was' : 'never';
