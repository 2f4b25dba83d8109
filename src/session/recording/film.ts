/** Plays a recording into a film. */
import type {Film, Scene} from '../../course/film.ts';
import type {LearnerAction, Recording} from '../../course/recording.ts';
import type {Lesson, Prediction} from '../../course/types.ts';
import {storyLines} from '../../selectors/story.ts';
import {type Divergence, replay} from '../lesson/grading/replay.ts';
import {objectivesOf} from '../lesson/lesson-run.ts';
import type {OwnSession} from '../session.ts';
import {clusterOf, commandsOf} from '../state.ts';
import {lessonWorld} from '../world.ts';

/** A film, and where the recording could not be followed: it ends there. */
export interface PlayedFilm extends Film {
  readonly divergence: Divergence | undefined;
}

/** Plays a recording and keeps what could be seen. Throws TooMuch. */
export function filmOf(recording: Recording, lesson: Lesson): PlayedFilm {
  const world = lessonWorld(lesson);
  const begin = world.cluster.now;
  const scenes: Scene[] = [];
  let open: {title: string; atMs: number; from: number; line: string | undefined; toast: number | undefined} | undefined;

  const close = ({core}: OwnSession): void => {
    if (!open) return;
    const {run, branch, toast} = core.state;
    const cluster = clusterOf(core)!;
    const entry = open.line === undefined ? undefined : branch!.entries.findLast(each => each.line === open!.line);
    const step = run!.lesson.steps[run!.step];
    scenes.push({
      atMs: open.atMs,
      title: open.title,
      output: entry?.output ?? (toast && toast.id !== open.toast ? toast.text : ''),
      story: cluster.history.position > open.from ? storyLines(cluster, open.from, begin) : [],
      revision: cluster.machine.root.revision,
      objectives: step
        ? objectivesOf(run!, step, cluster, commandsOf(branch)).map((v, i) => ({text: step.objectives[i]!.text, met: v.met}))
        : [],
    });
    open = undefined;
  };

  const {session, divergence} = replay(recording, lesson, {
    world,
    before(entry, played) {
      close(played);
      const line = entry.action.type === 'command' ? entry.action.line.trim() : undefined;
      open = {
        title: titleOf(entry.action, lesson.steps[played.core.state.run!.step]?.predict),
        atMs: entry.at - begin,
        from: entry.step,
        line,
        toast: played.core.state.toast?.id,
      };
    },
  });
  close(session);
  const {number, title, about} = lesson;
  return {lesson: {number, title, about}, scenes, divergence};
}

/** What a learner did, in words; `asked`: the question of the step at hand. */
function titleOf(action: LearnerAction, asked: Prediction | undefined): string {
  switch (action.type) {
    case 'command':
      return `$ ${action.line}`;
    case 'edited':
      return action.text === undefined ? 'left the editor' : 'saved the text in the editor';
    case 'predict':
      return `predicted: ${asked?.options[action.option] ?? action.option + 1}${action.sure === undefined ? '' : `, ${action.sure} % sure`}`;
    case 'step':
      return `one ${action.unit} ${action.by > 0 ? 'forward' : 'back'}`;
    case 'seek':
      return 'went to another moment';
    case 'present':
      return 'returned to the present';
    case 'interrupt':
      return '^C';
    default:
      return action.type;
  }
}
