/** Other majors of Node.js on this machine. */
import {spawnSync} from 'node:child_process';
import {existsSync} from 'node:fs';
import {delimiter, join} from 'node:path';

export interface OtherNode {
  /** `v22.12.0`. */
  readonly version: string;
  readonly path: string;
}

/** The oldest that the package runs on. */
const OLDEST = 20;

const majorOf = (version: string): number => Number(/^v(\d+)\./.exec(version)?.[1] ?? 0);

/** One of each major but this one: of those that PODYSSEY_NODES names (`path:path`), or else of those called `node` on the PATH. */
export function otherNodes(): OtherNode[] {
  const {PODYSSEY_NODES: named, PATH = ''} = process.env;
  const paths = named?.split(delimiter) ?? PATH.split(delimiter).map(folder => join(folder, 'node'));
  const found = new Map<number, OtherNode>();
  for (const path of paths.filter(each => existsSync(each))) {
    const version = spawnSync(path, ['--version'], {encoding: 'utf8'}).stdout.trim();
    const major = majorOf(version);
    if (major >= OLDEST && major !== majorOf(process.version) && !found.has(major)) found.set(major, {version, path});
  }
  return [...found.values()];
}
