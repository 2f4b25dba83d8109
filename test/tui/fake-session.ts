import {NO_PROGRESS} from '../../src/course/progress.ts';
import type {Facts} from '../../src/selectors/facts/facts.ts';
import {mapView, NOWHERE} from '../../src/session/map-view.ts';
import type {LessonCard, LessonView, Session, SessionAction, View} from '../../src/tui/view.ts';
import {fakeFacts} from './fake-facts.ts';

const fakeStars = (...earned: string[]): LessonCard['stars'] =>
  ['solved', 'without hints', 'predictions right', 'few commands'].map(name => ({name, earned: earned.includes(name)}));

export const fakeLesson: LessonView = {
  id: 'first-breath',
  number: '1.1',
  title: 'First breath',
  isTest: false,
  panels: ['pipeline', 'store', 'scheduler', 'kubelet', 'containers', 'events'],
  steps: [
    {
      id: 'look',
      say: 'Look around.',
      command: undefined,
      panel: undefined,
      state: 'done',
      questionFirst: false,
      askedLate: false,
      objectives: [{text: 'Look at the nodes', met: true, gap: ''}],
    },
    {
      id: 'create',
      say: 'A **pod** is born when its manifest reaches `etcd`, but nothing runs yet.\n\n1. create it\n2. watch the strip on top\n\n```\nkubectl create -f myapp-pod.yaml\n```',
      command: 'kubectl create -f myapp-pod.yaml',
      panel: undefined,
      state: 'current',
      questionFirst: false,
      askedLate: false,
      objectives: [{text: 'Pod myapp-pod is Running', met: false, gap: 'it is Pending'}],
    },
  ],
  current: 1,
  hints: [],
  hintsLeft: 3,
  mistake: undefined,
  debrief: undefined,
  solved: false,
  stepDone: false,
  next: undefined,
};

export function fakeView(change: Partial<View> = {}): View {
  return {
    ...mapView({lessons: [], progress: NO_PROGRESS, begun: []}),
    place: 'lesson',
    course: {
      resume: 'first-breath',
      chapters: [
        {
          number: 1,
          title: 'Birth certificate',
          tests: ['1.1 First breath', '1.2 Desired, not done'],
          lessons: [
            {
              id: 'first-breath',
              number: '1.1',
              title: 'First breath',
              about: 'Run one pod and watch every stage of its birth.',
              minutes: 6,
              state: 'started',
              stars: fakeStars('solved'),
              needs: [],
            },
            {
              id: 'desired',
              number: '1.2',
              title: 'Desired, not done',
              about: 'Apply twice, create twice.',
              minutes: 5,
              state: 'locked',
              stars: fakeStars(),
              needs: ['First breath'],
            },
          ],
        },
      ],
    },
    lesson: fakeLesson,
    time: {
      ...NOWHERE,
      now: 21,
      end: 21,
      step: 9,
      lastStep: 12,
      idle: false,
      marks: [{step: 3, atMs: 12, label: 'kubectl create', kind: 'command'}],
    },
    facts: fakeFacts(),
    transcript: [
      {
        id: 1,
        line: 'kubectl get nodes',
        output: 'NAME     STATUS   ROLES    AGE   VERSION\nnode-1   Ready    <none>   5s    v1.36.0\n',
        failed: false,
      },
    ],
    context: 'podyssey',
    ...change,
  };
}

export interface FakeSession extends Session {
  readonly actions: SessionAction[];
  change(change: Partial<View>): void;
  facts(change: Partial<Facts>): void;
}

/** A session that shows what it is told to and remembers what it is asked. */
export function fakeSession(initial: Partial<View> = {}): FakeSession {
  let view = fakeView(initial);
  const listeners = new Set<() => void>();
  const actions: SessionAction[] = [];
  const change = (next: Partial<View>): void => {
    view = {...view, ...next};
    for (const listener of listeners) listener();
  };
  return {
    actions,
    change,
    facts: next => change({facts: {...view.facts, ...next}}),
    getSnapshot: () => view,
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    dispatch(action) {
      actions.push(action);
      if (action.type !== 'command') return;
      change({
        transcript: [
          ...view.transcript,
          {id: view.transcript.length + 1, line: action.line, output: `ran ${action.line}\n`, failed: false},
        ],
      });
    },
    awaits: () => false,
    check: (_text, then) => then([]),
    complete(line, cursor, then) {
      const from = line.slice(0, cursor).lastIndexOf(' ') + 1;
      const word = line.slice(from, cursor);
      const items = ['pods', 'podtemplates', 'nodes'].filter(text => text.startsWith(word)).map(text => ({text, about: 'core/v1'}));
      then({from, items});
    },
    detail: (ref, kind, then) =>
      then({
        title: `${kind} ${ref.kind === 'object' ? ref.name : ''}`,
        kind,
        lines: ['apiVersion: v1', 'kind: Pod', 'metadata:', '  name: web'],
      }),
  };
}
