/** What the dialogue says: the map, the lesson, and every panel as lines. */

import {PANELS} from '../course/schema.ts';
import {panels} from '../selectors/panels/table.ts';
import type {View} from '../session/types.ts';

/** The course map. */
export function mapLines({course}: View): string[] {
  const lines = course.chapters.flatMap(c => [
    `Chapter ${c.number}: ${c.title}`,
    ...c.lessons.map(
      l => `  ${l.number} ${l.title}: ${l.state}${l.state === 'solved' ? `, ${l.stars} of ${l.starsOf} stars` : ''}. ${l.about}`,
    ),
  ]);
  return [
    ...lines,
    `Type play and a number${course.resume ? `, for example play ${course.chapters.flatMap(c => c.lessons).find(l => l.id === course.resume)?.number ?? '1.1'}` : ''}; or sandbox, help, quit.`,
  ];
}

/** Where the learner is in the lesson, and what is missing. */
export function lessonLines({lesson, prediction}: View): string[] {
  if (!lesson) return ['There is no lesson here: this is free play. show PANEL looks at the cluster.'];
  const step = lesson.steps[lesson.current];
  if (!step) return [`Lesson ${lesson.number}, ${lesson.title}: solved.`, lesson.debrief ?? '', 'Type next to go on, or map.'];
  return [
    `Lesson ${lesson.number}, ${lesson.title}. Step ${lesson.current + 1} of ${lesson.steps.length}.`,
    step.say,
    ...(step.command ? [`Try: ${step.command}`] : []),
    ...(prediction && prediction.chosen === undefined
      ? [`Predict first: ${prediction.ask}`, ...prediction.options.map((o, i) => `  predict ${i + 1}: ${o}`)]
      : []),
    ...(prediction?.verdict ? [`Your prediction: ${prediction.verdict}`] : []),
    ...step.objectives.map(o => `${o.met ? 'done' : 'open'}: ${o.text}${o.gap && ` (${o.gap})`}`),
    ...lesson.hints.map(h => `Hint: ${h}`),
    ...(lesson.stepDone ? ['All done: type next.'] : []),
  ];
}

const WIDTH = 110;
const HEIGHT = 60;

/** A panel as text. */
export function panelLines(view: View, id: string): string[] {
  const panel = panels.find(p => p.id === id);
  if (!panel) return [`show what? ${PANELS.join(', ')}`];
  return panel.rows(view.facts, {width: WIDTH, height: HEIGHT}).map(({row}) =>
    row
      .map(s => s.text)
      .join('')
      .trimEnd(),
  );
}
