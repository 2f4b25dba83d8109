/** A lesson as its file says it. The format is described for authors in CONTRIBUTING.md; schema.ts checks it. */

/** What the course map tells of a lesson: its file begins with it. */
export interface LessonHead {
  readonly id: string;
  /** `3.2`: chapter and place in it. */
  readonly number: string;
  readonly title: string;
  /** One sentence for the course map. */
  readonly about: string;
  readonly minutes: number;
  readonly concepts: readonly string[];
  /** Ids of lessons to be solved before. */
  readonly prerequisites: readonly string[];
  /** Rows of the checklist of mechanisms (`D6a`) that are taught here. */
  readonly covers: readonly string[];
  /** Where it was loaded from, for messages. */
  readonly file: string;
}

export interface Lesson extends LessonHead {
  readonly world: World;
  readonly panels: readonly string[];
  /** Commands and flags that are switched off here, so that the new idea is the only way. */
  readonly disable: readonly string[];
  readonly steps: readonly LessonStep[];
  readonly mistakes: readonly Mistake[];
  /** One way to solve it, a command a line. */
  readonly solution: readonly string[];
  readonly alternatives: readonly (readonly string[])[];
  /** Markdown, shown after success. */
  readonly debrief: string;
  readonly myth: Myth | undefined;
}

/** What there is before the learner's first keystroke. */
export interface World {
  readonly seed: number;
  readonly nodes: number;
  /** How many members etcd has. */
  readonly etcdMembers: number;
  /** How many schedulers stand ready, of which one leads: on `control-plane`, `control-plane-2`. */
  readonly schedulers: number;
  /** The same of controller managers. */
  readonly controllerManagers: number;
  /** People with an entry in the kubeconfig, beside the administrator: name -> groups. */
  readonly users: Readonly<Record<string, readonly string[]>>;
  /** Entries of the kubeconfig that are no sound certificate: name -> what it is. Each has its context. */
  readonly credentials: Readonly<Record<string, Credential>>;
  /** Differences from kubeadm's set-up of the API server (a Partial<ServerConfig>). */
  readonly server: Readonly<Record<string, unknown>>;
  /** Who the learner is, and where, at first. */
  readonly context: {readonly user: string; readonly namespace: string};
  /** The learner's files: name -> text. */
  readonly files: Readonly<Record<string, string>>;
  /** Variables of the learner's shell (KUBECONFIG). */
  readonly variables: Readonly<Record<string, string>>;
  /** Manifests applied by the administrator beforehand, as YAML texts. */
  readonly apply: readonly string[];
  /** Lines that somebody typed beforehand, as the administrator. */
  readonly run: readonly string[];
  /** Programs present but stopped. */
  readonly off: readonly string[];
  /** Virtual milliseconds that have passed before the lesson begins. */
  readonly age: number;
  /** Names that differ from learner to learner: `{{name}}` in the file stands for one of the values. */
  readonly vary: Readonly<Record<string, readonly string[]>>;
}

/** What a person proves with who they are; `expires` in virtual milliseconds since the cluster began (less than 0: it never held). */
export type Credential =
  | {readonly certificate: {readonly groups: readonly string[]; readonly issuer?: string; readonly expires?: number}}
  /** Of an identity provider, signed with this key. */
  | {readonly idToken: {readonly claims: Readonly<Record<string, unknown>>; readonly key: string; readonly expires: number}}
  | {readonly token: string}
  | {readonly password: string};

export interface LessonStep {
  readonly id: string;
  /** Markdown, at most sixty words, one thing to do. */
  readonly say: string;
  /** A command worth typing, shown as such. */
  readonly do: string | undefined;
  /** The panel in which this step is seen. */
  readonly panel: string | undefined;
  readonly predict: Prediction | undefined;
  readonly order: Ordering | undefined;
  readonly objectives: readonly Objective[];
  /** Observe, where, how. */
  readonly hints: readonly string[];
}

export interface Objective {
  readonly text: string;
  readonly check: Check;
  /** Where to look next, said beside what is missing. */
  readonly look: string;
}

export interface Prediction {
  readonly ask: string;
  readonly options: readonly string[];
  /** The command that is run ahead on a branch; the learner's own input follows the same way. */
  readonly run: readonly string[];
  /** Virtual milliseconds after it. */
  readonly wait: number;
  /** What is read off then; it must be one of the options. */
  readonly answer: Query;
}

/** Cards that the learner puts in the order in which things happen; the true one is read off a run. */
export interface Ordering {
  readonly ask: string;
  readonly cards: readonly {readonly text: string /** Its moment: the first record that matches. */; readonly when: Match}[];
  /** The lines that are run ahead on a branch; the learner's own input follows the same way. */
  readonly run: readonly string[];
  /** Virtual milliseconds after them. */
  readonly wait: number;
}

export interface Mistake {
  readonly when: Check;
  /** One sentence. */
  readonly say: string;
  /** Commands that make the mistake: the lesson's test runs them. */
  readonly example: readonly string[];
}

export interface Myth {
  /** Document and line: `003:71`. */
  readonly source: string;
  readonly claim: string;
  readonly truth: string;
}

/** A condition over the state and the whole history since the lesson began. Exactly one key. */
export type Check =
  | {readonly all: readonly Check[]}
  | {readonly any: readonly Check[]}
  | {readonly not: Check}
  /** True of the cluster as it stands. */
  | {readonly now: Match}
  /** Was true of something at some time; with `after`, when that had happened. */
  | {readonly eventually: Match; readonly after?: Match}
  | {readonly never: Match}
  /** Was true of every version of what `of` picks out, from its first on. */
  | {readonly always: Match; readonly of: Match}
  /** `never` holds as long as `then` has not happened. */
  | {readonly before: Match; readonly never: Match}
  | {readonly count: Match; readonly atLeast?: number; readonly atMost?: number}
  /** A place in time was looked at: the learner went back. */
  | {readonly rewound: number}
  /** The step's prediction has been made. */
  | {readonly predicted: true}
  /** So many percent of the step's cards, at least, are in order. */
  | {readonly ordered: number}
  /** All claims of a room have been judged; or so many of them rightly, by the last word on each. */
  | {readonly judged: string; readonly right?: number};

/** What is looked for: a partial pattern over one kind of record. Exactly one key. */
export type Match =
  | {readonly object: Pattern}
  | {readonly request: Pattern}
  | {readonly event: Pattern}
  | {readonly trace: Pattern}
  | {readonly decision: Pattern}
  | {readonly commit: Pattern}
  | {readonly failure: Pattern}
  | {readonly command: Pattern}
  | {readonly packet: Pattern}
  | {readonly lookup: Pattern}
  /** A stage that a request passes: `stage`, `verdict`, `detail`, with the request's `client`, `user`, `verb`, `resource`, `name`. */
  | {readonly stage: Pattern}
  /** What was done to the machine itself (`chaos`): `action`, and what it is done to. */
  | {readonly control: Pattern};

/** Partial: every field named must match; a list's items must each be found; `/text/` is a regular expression; `{gte: 2}` and the like compare. */
export type Pattern = unknown;

/** A value: a field, by its path, of the last record that matches (`of`: of objects, as they stand) or of the first ever written; or how many match. */
export type Query =
  | {readonly of: Match; readonly field: string; readonly otherwise?: string}
  | {readonly first: Match; readonly field: string; readonly otherwise?: string}
  | {readonly count: Match};
