/** What keys do on the course map, and with the tour that its first lesson begins with. */
import type {Around} from './around.ts';
import {tour} from './rows/tour.ts';
import {cardsOf} from './shown.ts';
import type {UiState} from './ui-state.ts';
import type {LessonCard, View} from './view.ts';

/** Actions by their names in the keymap. */
export function mapKeys({session, ui, say}: Around) {
  const view = (): View => session.getSnapshot();
  const set = (change: Partial<UiState>): void => ui.set({...ui.get(), ...change});
  const chosen = (): LessonCard | undefined => cardsOf(view())[ui.get().card];

  const showTour = () => set({open: {kind: 'tour', card: 0, scroll: 0}, tourDue: false});

  const turnCard = (by: 1 | -1) => {
    const {open} = ui.get();
    if (open?.kind !== 'tour') return;
    const card = Math.max(0, open.card + by);
    set({open: card < tour.length ? {...open, card} : undefined});
  };

  const openCard = () => {
    const card = chosen();
    if (!card) return;
    const play = () => {
      session.dispatch({type: 'open', lesson: card.id});
      lessonOpened();
    };
    if (card.state !== 'locked') return play();
    insisting(`play ${card.id}`, `It builds on: ${card.needs.join(', ')}. Enter again plays it all the same.`, play);
  };

  const lessonOpened = () => {
    set({focus: 'shell', shown: 'lesson', lessonScroll: 0, zoom: false, notice: undefined, option: 0});
    if (ui.get().tourDue) showTour();
  };

  /** What cannot be taken back is done when its key is pressed a second time. */
  const insisting = (what: string, question: string, act: () => void) => {
    if (ui.get().insisted === what) {
      set({insisted: undefined});
      return act();
    }
    set({insisted: what});
    say('warn', question);
  };

  const testChapter = () => {
    const chapter = view().course.chapters.find(each => each.lessons.includes(chosen()!));
    if (!chapter) return;
    const numbers = chapter.tests.map(test => test.split(' ')[0]).join(' and ');
    const asked = `t again: ${numbers} without hints, predicted rightly, skip chapter ${chapter.number}.`;
    insisting(`test ${chapter.number}`, asked, () => {
      session.dispatch({type: 'testOut', chapter: chapter.number});
      lessonOpened();
    });
  };

  const forgetCard = () => {
    const card = chosen();
    if (!card) return;
    if (card.state !== 'solved' && card.state !== 'skipped') return say('warn', `${card.number} has no result to forget.`);
    insisting(`forget ${card.id}`, `x again takes the result of ${card.number} ${card.title} away.`, () =>
      session.dispatch({type: 'forget', lesson: card.id}),
    );
  };

  return {
    openLesson: openCard,
    testOut: testChapter,
    forget: forgetCard,
    sandbox() {
      session.dispatch({type: 'sandbox'});
      set({focus: 'shell', shown: 'request', zoom: false});
      if (ui.get().tourDue) showTour();
    },
    tour: showTour,
    tourNext: () => turnCard(1),
    tourBack: () => turnCard(-1),
  };
}
