/** The learner's own folder: read again when something in it changes. No link is followed, so nothing outside of it is ever read or written. */
import {closeSync, constants, fstatSync, lstatSync, mkdirSync, openSync, readdirSync, readFileSync, realpathSync, writeSync} from 'node:fs';
import {join, sep} from 'node:path';
import {decodeText, FileError, largestFile} from './read-text.ts';

/** As session/shell/folder.ts wants it. */
export interface Workspace {
  files(): Readonly<Record<string, string>>;
  write(name: string, text: string): void;
  watch(listener: (problems: readonly string[]) => void): () => void;
}

/** How often the folder is looked at, in milliseconds. Watching by the system's events misses some on network folders and shared ones. */
const pollMs = 400;
/** More is a whole disk, not a lesson's folder. */
const mostFiles = 300;
const deepest = 6;

/** Windows has no such flag, and makes links only for administrators. */
const noFollow = constants.O_NOFOLLOW ?? 0;

interface Seen {
  /** Tells versions of a file apart. */
  readonly stamp: string;
  readonly text?: string;
  readonly problem?: string;
}

/** Opens a folder. Throws FileError where there is none. */
export function openWorkspace(folder: string): Workspace {
  const root = rootOf(folder);
  let seen = look(root, new Map());
  const files = (): Record<string, string> =>
    Object.fromEntries([...seen].flatMap(([name, {text}]) => (text === undefined ? [] : [[name, text]])));
  return {
    files,
    write(name, text) {
      writeInside(root, name, text);
      seen = look(root, seen);
    },
    watch(listener) {
      const tell = (before: ReadonlyMap<string, Seen>): void => {
        const problems = [...seen].flatMap(([name, {problem}]) =>
          problem !== undefined && before.get(name)?.problem !== problem ? [problem] : [],
        );
        const changed = [...seen].some(([name, {text}]) => before.get(name)?.text !== text);
        if (changed || problems.length > 0) listener(problems);
      };
      tell(new Map());
      const timer = setInterval(() => {
        const before = seen;
        seen = look(root, before);
        tell(before);
      }, pollMs).unref();
      return () => clearInterval(timer);
    },
  };
}

function rootOf(folder: string): string {
  try {
    const root = realpathSync(folder);
    if (lstatSync(root).isDirectory()) return root;
  } catch {
    throw new FileError(folder, 'no such folder');
  }
  throw new FileError(folder, 'is no folder');
}

/** Every file below the folder by its name there; what has not changed is not read again. */
function look(root: string, before: ReadonlyMap<string, Seen>): Map<string, Seen> {
  const found = new Map<string, Seen>();
  const visit = (below: readonly string[]): void => {
    for (const entry of namesIn(join(root, ...below))) {
      const path = [...below, entry];
      const name = path.join('/');
      if (found.size >= mostFiles) {
        found.set('', {stamp: '', problem: `${root} holds more than ${mostFiles} files: the rest is not read`});
        return;
      }
      const stat = lstatSync(join(root, ...path), {throwIfNoEntry: false});
      if (!stat) continue;
      if (stat.isDirectory()) {
        if (path.length < deepest) visit(path);
        continue;
      }
      const stamp = `${stat.ino} ${stat.mtimeMs} ${stat.size}`;
      const known = before.get(name);
      found.set(name, known?.stamp === stamp ? known : {stamp, ...readInside(root, path)});
    }
  };
  visit([]);
  return found;
}

/** Names in a folder, sorted; hidden ones and what package managers put there are left out. */
function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder)
      .filter(name => !name.startsWith('.') && name !== 'node_modules')
      .sort();
  } catch {
    return [];
  }
}

function readInside(root: string, path: readonly string[]): Pick<Seen, 'text' | 'problem'> {
  const name = path.join('/');
  try {
    return {
      text: withFile(root, path, constants.O_RDONLY, file => {
        const stat = fstatSync(file);
        if (!stat.isFile()) throw new FileError(name, 'is no file');
        if (stat.size > largestFile) throw new FileError(name, `is larger than ${largestFile / 1024 / 1024} MiB`);
        return decodeText(name, readFileSync(file));
      }),
    };
  } catch (error) {
    if (error instanceof FileError) return {problem: error.message};
    return {problem: `${name}: ${sayOf(error)}`};
  }
}

function writeInside(root: string, name: string, text: string): void {
  const path = name.split('/');
  if (name.startsWith('/') || name.includes('\\') || path.some(part => part === '' || part === '.' || part === '..' || part.includes('\0')))
    throw new FileError(name, 'is no place inside the workspace: it is kept in this session only');
  try {
    for (let depth = 1; depth < path.length; depth += 1) {
      const folder = join(root, ...path.slice(0, depth));
      const stat = lstatSync(folder, {throwIfNoEntry: false});
      if (!stat) mkdirSync(folder);
      else if (!stat.isDirectory()) throw new FileError(name, `${path.slice(0, depth).join('/')} is no folder of the workspace`);
    }
    withFile(root, path, constants.O_WRONLY | constants.O_CREAT | constants.O_TRUNC, file => writeSync(file, text));
  } catch (error) {
    if (error instanceof FileError) throw error;
    throw new FileError(name, `cannot be written: ${sayOf(error)}`);
  }
}

/** Opens a file whose folder truly lies below the root. Throws where it, or a part of the way to it, is a link. */
function withFile<T>(root: string, path: readonly string[], flags: number, use: (file: number) => T): T {
  const folder = join(root, ...path.slice(0, -1));
  if (realpathSync(folder) !== folder || !`${folder}${sep}`.startsWith(`${root}${sep}`))
    throw new FileError(path.join('/'), 'leads out of the workspace');
  const file = openSync(join(folder, path.at(-1)!), flags | noFollow | (constants.O_NONBLOCK ?? 0), 0o644);
  try {
    return use(file);
  } finally {
    closeSync(file);
  }
}

const reasons: Readonly<Record<string, string>> = {
  ELOOP: 'is a symbolic link, which is not followed',
  EACCES: 'not allowed',
  EPERM: 'not allowed',
  EISDIR: 'is a folder',
  EROFS: 'the disk cannot be written to',
  ENOSPC: 'the disk is full',
  ENXIO: 'is no file',
};

const sayOf = (error: unknown): string => {
  const {code = '', message} = error as NodeJS.ErrnoException;
  return reasons[code] ?? message;
};
