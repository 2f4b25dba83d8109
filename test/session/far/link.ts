import {farSession} from '../../../src/session/far/far-session.ts';
import {hostSession} from '../../../src/session/far/host.ts';
import type {FromSession, ToSession} from '../../../src/session/far/messages.ts';
import type {OwnSession} from '../../../src/session/session.ts';
import type {Session, View} from '../../../src/session/types.ts';

export interface Link {
  readonly session: Session;
  /** Bytes, as text, of all that the session told. */
  told(): number;
}

/** The session as a screen in another thread sees it: whatever goes between the two is a copy, and comes later. */
export function linkTo(near: OwnSession, before?: View): Link {
  let told = 0;
  let take: ((message: ToSession) => void) | undefined;
  const {session, receive} = farSession(message => void setImmediate(copy => take?.(copy), structuredClone(message)), before);
  take = hostSession(near, (message: FromSession) => {
    told += JSON.stringify(message).length;
    setImmediate(receive, structuredClone(message));
  });
  return {session, told: () => told};
}

/** Resolves when all that was sent has been answered. */
export async function answered(session: Session): Promise<void> {
  do await new Promise(resolve => setImmediate(resolve));
  while (session.awaits());
}
