/** A session that lives in another thread, as the screen sees it: what was told last of it, and a way to send it what keys ask for. */
import type {Facts} from '../../selectors/facts/facts.ts';
import {nothing} from '../../selectors/nothing.ts';
import type {Session, View} from '../types.ts';
import {changed} from './change.ts';
import type {Answers, FactName, FromSession, Question, SeenView, ToSession} from './messages.ts';

type Sent = ToSession extends infer Message ? (Message extends unknown ? Omit<Message, 'id'> : never) : never;

export interface FarSession {
  readonly session: Session;
  /** Takes what the session tells. */
  receive(message: FromSession): void;
}

/** `before` is shown until the session tells something; it is not to be looked at earlier where there is none. */
export function farSession(post: (message: ToSession) => void, before?: View): FarSession {
  const listeners = new Set<() => void>();
  const questions = new Map<number, (answer: never) => void>();
  let view = before;
  let told: SeenView | undefined;
  /** Ids of the last message that was sent, of the last that the view must show, and of the last that it does. */
  let sent = 0;
  let wanted = 0;
  let seen = 0;
  /** Facts that the session tells of, and those that were looked at since it told something. */
  let followed = new Set<FactName>();
  let looked = new Set<FactName>();
  let following = false;

  const send = (message: Sent): number => {
    sent++;
    post({...message, id: sent} as ToSession);
    return sent;
  };
  const tell = (): void => {
    for (const listener of listeners) listener();
  };
  const ask = <A extends keyof Answers>(question: Question & {ask: A}, then: (answer: Answers[A]) => void): number => {
    const id = send({kind: 'ask', question});
    questions.set(id, then);
    return id;
  };

  /** A frame looks at several facts: they are asked for together. */
  const follow = (name: FactName): void => {
    followed.add(name);
    if (following) return;
    following = true;
    queueMicrotask(() => {
      following = false;
      wanted = send({kind: 'look', at: [...followed]});
    });
  };
  const fact = (name: FactName): Facts[FactName] => {
    looked.add(name);
    if (!followed.has(name)) follow(name);
    const known = told?.facts ?? {};
    return name in known ? known[name] : nothing[name];
  };
  const facts = Object.defineProperties(
    {},
    Object.fromEntries(Object.keys(nothing).map(name => [name, {enumerable: true, get: () => fact(name as FactName)}])),
  ) as Facts;

  const receive = (message: FromSession): void => {
    if (message.kind === 'answer') {
      const then = questions.get(message.to);
      questions.delete(message.to);
      then?.(message.answer as never);
    } else {
      seen = message.seen;
      // What is not looked at any more need not be told; while answers are awaited nothing is drawn, so nothing is looked at.
      if (seen >= wanted && looked.size > 0 && looked.size < followed.size) send({kind: 'look', at: [...(followed = looked)]});
      if (seen >= wanted) looked = new Set();
      if (message.change) {
        told = changed(told, message.change) as SeenView;
        view = {...told, facts};
      }
    }
    tell();
  };

  return {
    receive,
    session: {
      getSnapshot() {
        if (!view) throw new Error('the session has not told anything yet');
        return view;
      },
      subscribe(listener) {
        listeners.add(listener);
        return () => listeners.delete(listener);
      },
      dispatch(action) {
        wanted = send({kind: 'act', action});
      },
      awaits: () => told === undefined || seen < wanted || following,
      complete(line, cursor, then) {
        wanted = ask({ask: 'complete', line, cursor}, then);
      },
      check: (text, then) => void ask({ask: 'check', text}, then),
      detail(ref, kind, then) {
        wanted = ask({ask: 'detail', ref, kind}, then);
      },
    },
  };
}
