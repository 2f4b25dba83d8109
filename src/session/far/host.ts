/** The session's end of the way to a screen in another thread. */
import type {Facts} from '../../selectors/facts/facts.ts';
import type {OwnSession} from '../session.ts';
import type {View} from '../types.ts';
import {changeOf} from './change.ts';
import type {FactName, FromSession, Question, SeenView, ToSession} from './messages.ts';

/** How long, in milliseconds, is looked at a time: what is begun is brought to its end. */
const LOOK_MS = 3;

/**
 * Tells what the session shows, at once and whenever it changes. Returns what takes the messages of the screen: they are answered at once. What only the clock has moved is
 * looked at in a few turns of the event loop, while the cluster stands still, and told in another, so that a message never waits long.
 */
export function hostSession(session: OwnSession, post: (message: FromSession) => void): (message: ToSession) => void {
  let told: {readonly view: SeenView; readonly seen: number} | undefined;
  let seen = 0;
  let looked: readonly FactName[] = [];
  let handling = false;
  let tellings = 0;
  let due = false;

  const {now, later} = session.core.options.ports;
  const tell = (view = seenView(session.getSnapshot(), looked)): void => {
    const change = changeOf(told?.view, view);
    if (change || seen !== told?.seen) post({kind: 'view', seen, change});
    told = {view, seen};
    tellings++;
  };
  const tellSoon = (): void => {
    if (due) return;
    due = true;
    const before = tellings;
    const letGo = session.hold();
    const turn = (work: () => void): void =>
      void later(0, () => {
        // A message that came between has been answered with what is newer.
        if (tellings === before) return work();
        due = false;
        letGo();
      });
    const look = (view: View, rest: readonly FactName[]): void => {
      const until = now() + LOOK_MS;
      let next = 0;
      for (; next < rest.length && now() < until; next++) view.facts[rest[next]!];
      if (next < rest.length) return turn(() => look(view, rest.slice(next)));
      turn(() => {
        due = false;
        letGo();
        tell(seenView(view, looked));
      });
    };
    turn(() => {
      const view = session.getSnapshot();
      turn(() => look(view, looked));
    });
  };

  const answer = (to: number, question: Question): void => {
    const then = (given: Extract<FromSession, {kind: 'answer'}>['answer']): void => post({kind: 'answer', to, answer: given});
    if (question.ask === 'complete') session.complete(question.line, question.cursor, then);
    else if (question.ask === 'check') session.check(question.text, then);
    else session.detail(question.ref, question.kind, then);
  };

  const handle = (message: ToSession): void => {
    if (message.kind === 'act') session.dispatch(message.action);
    else if (message.kind === 'ask') answer(message.id, message.question);
    else looked = message.at;
  };

  tell();
  session.subscribe(() => {
    if (!handling) tellSoon();
  });
  return message => {
    handling = true;
    try {
      handle(message);
    } catch (error) {
      session.core.remark('error', `This is a fault of podyssey: ${error instanceof Error ? error.message : String(error)}`);
    } finally {
      handling = false;
      seen = message.id;
      tell();
    }
  };
}

function seenView(view: View, looked: readonly FactName[]): SeenView {
  const {facts, ...others} = view;
  return {...others, facts: Object.fromEntries(looked.map(name => [name, facts[name]])) as Partial<Facts>};
}
