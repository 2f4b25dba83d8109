/** The learner's own editor, as `kubectl edit` opens it. upstream: staging/src/k8s.io/kubectl/pkg/cmd/util/editor/editor.go */
import {spawnSync} from 'node:child_process';
import {mkdtempSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {basename, join} from 'node:path';

interface Environment {
  readonly [variable: string]: string | undefined;
}

/** The command line of the editor to use. */
export function editorCommand(env: Environment, platform: NodeJS.Platform): string {
  return env['KUBE_EDITOR'] || env['VISUAL'] || env['EDITOR'] || (platform === 'win32' ? 'notepad' : 'vi');
}

/**
 * Lets the learner edit a text; the terminal must be free. Returns the text as it was left.
 * Throws with a sentence for people when the editor cannot be started or fails.
 */
export function editText(text: string, fileName: string, command: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'podyssey-'));
  const file = join(folder, basename(fileName));
  try {
    writeFileSync(file, text, {mode: 0o600});
    // The variable holds a command line (`code --wait`), so a shell has to read it.
    const {status, error} = spawnSync(`${command} "${file}"`, {shell: true, stdio: 'inherit'});
    if (error || status !== 0)
      throw new Error(`the editor "${command}" failed${status === null ? '' : ` with exit code ${status}`}; set EDITOR to another one`);
    return readFileSync(file, 'utf8');
  } finally {
    rmSync(folder, {recursive: true, force: true});
  }
}
