/** What registries hold and how the programs in their images behave, as data. */
import {normalizeImageName, parseImageName} from '../../api/image-name.ts';

/** How long a registry takes, and whether it answers at all. */
export interface Registry {
  /** Bytes a second, as a quantity. */
  bandwidth: string;
  /** Milliseconds until the first byte. */
  latency: number;
  /** `down` refuses connections; absent: fine. May be overridden at runtime. */
  state?: RegistryState;
  /** What a repository is that the catalogue does not list: official ones (`library`) and the rest. */
  unknownRepositories: {library?: 'missing' | 'generic'; other: 'missing' | 'generic'};
  /** Names and passwords that open its private repositories. */
  users?: Readonly<Record<string, string>>;
}

export type RegistryState = 'ok' | 'slow' | 'down' | 'unauthorized' | 'rate-limited';

export interface ServeProgram {
  ports: readonly number[];
  /** Milliseconds from start to the first accepted connection. */
  startup: number;
  /** Working set once started, as a quantity. */
  memory: string;
  protocol?: 'http' | 'tcp';
  /** Text with `{pod}`, `{node}`, `{ip}`, `{path}`, or the name of a page of process/pages.ts. */
  body?: string;
  /** What it writes to its log when it starts: a name of process/greetings.ts. */
  greeting?: string;
  /** Answers of single paths. */
  paths?: Readonly<Record<string, {status?: number; body?: string; failAfter?: number}>>;
  /** How it takes SIGTERM: exit code, after so many milliseconds. */
  term?: {exitCode: number; after: number};
  /** One of these must be set, or it complains and exits with 1. */
  requireEnv?: readonly string[];
  complaint?: string;
  /** Arguments that set the answer and the port. */
  textArg?: string;
  portArg?: string;
}

/** What an image's own program does; exactly one of them. */
export interface ProgramSpec {
  serve?: ServeProgram;
  /** Says something and exits. */
  run?: {output: string; exitCode: number};
  /** Waits for a signal. */
  idle?: {memory: string; term?: {exitCode: number; after: number}};
  /** The course's own program, told by its arguments. */
  demo?: Record<string, never>;
}

export interface ImageEntry {
  /** Patterns; one must match the whole tag. */
  tags: readonly string[];
  /** Bytes to pull, as a quantity. */
  size: string;
  entrypoint?: readonly string[];
  cmd?: readonly string[];
  /** Who the image runs as, if not root. */
  user?: string | number;
  program?: ProgramSpec;
  /** False: there is no shell and no coreutils in it. */
  shell?: false;
  /** Programs beyond those of the shell. */
  tools?: readonly string[];
  /** Nothing is known of what is in it: whatever a manifest wants executed is taken for its program. */
  anyProgram?: true;
  files?: Readonly<Record<string, string>>;
  stopSignal?: string;
  private?: true;
  signature?: 'invalid';
}

export interface ImageCatalogue {
  registries: Readonly<Record<string, Registry>>;
  images: Readonly<Record<string, ImageEntry>>;
  generic: ImageEntry;
  preloaded: readonly string[];
}

export type Lookup =
  | {found: true; name: string; repository: string; entry: ImageEntry; registry: Registry}
  | {found: false; name: string; domain: string; why: 'host' | 'repository' | 'tag'; registry?: Registry};

/** Answers depend on the catalogue and the name alone. */
const answers = new WeakMap<ImageCatalogue, Map<string, Lookup>>();
const ANSWERS_KEPT = 1000;

/** Finds an image by any of its names. Throws an Error on a name that is none. */
export function lookUp(catalogue: ImageCatalogue, image: string): Lookup {
  let known = answers.get(catalogue);
  if (!known || known.size > ANSWERS_KEPT) answers.set(catalogue, (known = new Map()));
  let answer = known.get(image);
  if (!answer) known.set(image, (answer = search(catalogue, image)));
  return answer;
}

function search(catalogue: ImageCatalogue, image: string): Lookup {
  const {domain, path, tag, digest} = parseImageName(image);
  const name = normalizeImageName(image);
  const registry = catalogue.registries[domain];
  const repository = `${domain}/${path}`;
  if (!registry) return {found: false, name, domain, why: 'host'};
  const listed = catalogue.images[repository];
  const kind = registry.unknownRepositories[path.startsWith('library/') ? 'library' : 'other'] ?? registry.unknownRepositories.other;
  const entry = listed ?? (kind === 'generic' ? catalogue.generic : undefined);
  if (!entry) return {found: false, name, domain, why: 'repository', registry};
  const known = digest !== undefined || entry.tags.some(pattern => new RegExp(`^(?:${pattern})$`).test(tag ?? 'latest'));
  return known ? {found: true, name, repository, entry, registry} : {found: false, name, domain, why: 'tag', registry};
}
