/** The text programs that a container's shell has, on the learner's own machine: what stands behind a pipe. */

import {type TextFiles, textBinaries} from '../../../engine/runtime/process/binaries/text.ts';
import {resolvePath} from '../../../engine/runtime/process/system.ts';
import {stderr, stdout} from '../../../kubectl/effects.ts';
import type {Program, ProgramEnv} from '../shell.ts';
import {fileWords} from './files.ts';

/** Name, how it is called, what it does. */
const TEXT_PROGRAMS: readonly (readonly [name: string, usage: string, about: string])[] = [
  ['awk', "awk '{print $1}' [FILE]", 'print columns'],
  ['base64', 'base64 [-d] [FILE]', 'encode or decode'],
  ['cut', 'cut -d: -f1 [FILE]', 'print fields of each line'],
  ['echo', 'echo WORD...', 'print words'],
  ['false', 'false', 'fail'],
  ['grep', 'grep [-ivcnowE] [-A 3] PATTERN [FILE]', 'keep the lines that match'],
  ['head', 'head [-n 5] [FILE]', 'the first lines'],
  ['printf', 'printf FORMAT WORD...', 'print words in a format'],
  ['sed', "sed [-i] [-n] 's/old/new/g' [FILE]", 'change or choose lines, of a file or of what a pipe brings'],
  ['seq', 'seq 1 3', 'print numbers'],
  ['sort', 'sort [-nr] [FILE]', 'sort lines'],
  ['tail', 'tail [-n 5] [FILE]', 'the last lines'],
  ['tee', 'tee FILE', 'write what passes into a file too'],
  ['test', 'test -f FILE', 'compare; an exit code'],
  ['[', '[ "$A" = b ]', 'the same'],
  ['tr', 'tr a-z A-Z', 'replace characters'],
  ['true', 'true', 'succeed'],
  ['uniq', 'uniq [-c]', 'one of equal lines'],
  ['wc', 'wc [-l] [FILE]', 'count lines, words, letters'],
];

const HOME = '/';

/** The learner's files as those of a small machine whose working directory is the root. */
export function textFiles(env: ProgramEnv): TextFiles {
  const keyOf = (path: string): string => resolvePath(HOME, path).slice(1);
  return {
    read: path => env.state.files[keyOf(path)],
    list: path => (keyOf(path) === '' ? Object.keys(env.state.files).sort() : undefined),
    write(path, text, append = false) {
      const key = keyOf(path);
      const before = append ? (env.state.files[key] ?? '') : '';
      env.state = {...env.state, files: {...env.state.files, [key]: before + text}};
      return 'ok';
    },
  };
}

export const textPrograms: readonly Program[] = TEXT_PROGRAMS.map(([name, usage, about]) => ({
  name,
  usage,
  about,
  *run(argv, env) {
    const outcome = textBinaries[name]!({argv: [name, ...argv], stdin: env.stdin ?? '', cwd: HOME, system: {files: textFiles(env)}});
    yield* stdout(outcome.stdout ?? '');
    yield* stderr(outcome.stderr ?? '');
    return outcome.status ?? 0;
  },
  complete: (_argv, env) => fileWords(env.state.files),
}));
