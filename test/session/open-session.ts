/** A session as the program makes it, for tests: these lessons, a small sandbox, and ports that lead nowhere unless a test gives others. */
import {DEFAULT_WORLD} from '../../src/course/lesson-shape.ts';
import {NO_PROGRESS} from '../../src/course/progress.ts';
import type {Lesson} from '../../src/course/types.ts';
import {createSession, type OwnSession, type Ports} from '../../src/session/session.ts';
import type {SessionOptions} from '../../src/session/state.ts';
import {createWorld, type WorldOptions, type WorldState} from '../../src/session/world.ts';

export interface Given extends Partial<Omit<SessionOptions, 'lessons' | 'readLesson' | 'ports' | 'sandbox'>> {
  readonly ports: Pick<Ports, 'now' | 'later'> & Partial<Ports>;
  readonly nodes?: number;
  readonly files?: Readonly<Record<string, string>>;
}

const built = new Map<string, WorldState>();

/** A world of the same options is built once; each session plays on a branch of it. */
function worldOf(options: WorldOptions): WorldState {
  const key = JSON.stringify(options);
  const world = built.get(key) ?? createWorld(options);
  built.set(key, world);
  return {...world, cluster: world.cluster.history.branch()};
}

/** Nobody watches it yet: a clock runs only for a session that somebody has subscribed to. */
export const openSession = (lessons: readonly Lesson[], {ports, nodes = 1, files = {}, ...rest}: Given): OwnSession =>
  createSession({
    lessons,
    readLesson: head => lessons.find(lesson => lesson.id === head.id)!,
    progress: NO_PROGRESS,
    ports: {changeProgress: change => change(NO_PROGRESS), quit: () => undefined, ...ports},
    sandbox: {...DEFAULT_WORLD, nodes, files},
    worldOf,
    ...rest,
  });
