/** The session's end of the way to a screen in another thread. */
import type {Facts} from '../../selectors/facts/facts.ts';
import type {OwnSession} from '../session.ts';
import type {View} from '../types.ts';
import {changeOf} from './change.ts';
import type {FactName, FromSession, Question, SeenView, ToSession} from './messages.ts';

/** Tells what the session shows, at once and whenever it changes. Returns what takes the messages of the screen. */
export function hostSession(session: OwnSession, post: (message: FromSession) => void): (message: ToSession) => void {
  let told: {readonly view: SeenView; readonly seen: number} | undefined;
  let seen = 0;
  let looked: readonly FactName[] = [];
  let handling = false;

  const tell = (): void => {
    const view = seenView(session.getSnapshot(), looked);
    const change = changeOf(told?.view, view);
    if (change || seen !== told?.seen) post({kind: 'view', seen, change});
    told = {view, seen};
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
    if (!handling) tell();
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
