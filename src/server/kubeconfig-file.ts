/** The kubeconfig on disk: readable by its owner only, and never another one overwritten. */
import {existsSync, mkdirSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {dirname} from 'node:path';

const MARK = '# Written by podyssey; it is removed when podyssey ends.\n';

/** The file is somebody else's. The message names it and is meant for people. */
export class KubeconfigError extends Error {}

/** Writes a kubeconfig. What an earlier run left behind is replaced. Throws KubeconfigError where another file stands. */
export function writeKubeconfig(path: string, text: string): void {
  mkdirSync(dirname(path), {recursive: true});
  if (existsSync(path)) {
    if (!readFileSync(path, 'utf8').startsWith(MARK))
      throw new KubeconfigError(`${path}: there is a file already, and it is not podyssey's; name another one`);
    rmSync(path);
  }
  writeFileSync(path, MARK + text, {mode: 0o600, flag: 'wx'});
}
