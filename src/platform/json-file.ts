/** A JSON file that survives crashes: written whole or not at all, and kept aside when it is damaged. */
import {copyFileSync, existsSync, mkdirSync, readFileSync, renameSync} from 'node:fs';
import {dirname} from 'node:path';
import writeFileAtomic from 'write-file-atomic';

export interface JsonFile<T> {
  readonly value: T | undefined;
  /** Where the file went that could not be used; undefined when it was fine or missing. */
  readonly keptAside: string | undefined;
}

/** Reads a file that `parse` accepts (it throws on what it does not). A damaged file is renamed, never deleted and never overwritten. */
export function readJsonFile<T>(path: string, parse: (value: unknown) => T): JsonFile<T> {
  if (!existsSync(path)) return {value: undefined, keptAside: undefined};
  try {
    return {value: parse(JSON.parse(readFileSync(path, 'utf8'))), keptAside: undefined};
  } catch {
    const aside = freeName(path, 'damaged');
    renameSync(path, aside);
    return {value: undefined, keptAside: aside};
  }
}

export interface HowWritten {
  /** Readable by its owner only, if nothing else is said. */
  readonly mode?: number;
  /** False: the disk need not have it before the program goes on. It is whole all the same; a power cut may bring back the one before. */
  readonly fsync?: boolean;
}

/** Readable by everybody: a file that is to be handed in or shared. */
export const SHARED: HowWritten = {mode: 0o644};

/** Writes the value, making its folder if need be. */
export function writeJsonFile(path: string, value: unknown, {mode = 0o600, fsync = true}: HowWritten = {}): void {
  mkdirSync(dirname(path), {recursive: true});
  writeFileAtomic.sync(path, `${JSON.stringify(value, null, 2)}\n`, {mode, fsync});
}

/** Copies a file beside itself; returns where, or undefined where there was none. */
export function copyAside(path: string): string | undefined {
  if (!existsSync(path)) return undefined;
  const aside = freeName(path, 'before');
  copyFileSync(path, aside);
  return aside;
}

function freeName(path: string, why: string): string {
  for (let count = 1; ; count += 1) {
    const name = `${path}.${why}-${count}`;
    if (!existsSync(name)) return name;
  }
}
