/** `sed -i 's/old/new/g' FILE`: enough of a stream editor to mend a manifest without leaving the prompt; without a file it reads what a pipe brings. */
import {stderr, stdout} from '../../../kubectl/effects.ts';
import type {Program} from '../shell.ts';
import {cat} from './files.ts';

const SCRIPT = /^s(.)(.*)$/s;

/** Pattern, replacement and flags of an s command; undefined where it is none. */
function parse(script: string): {pattern: RegExp; replacement: string; global: boolean} | undefined {
  const [, mark, rest = ''] = SCRIPT.exec(script) ?? [];
  if (!mark) return undefined;
  const parts = rest.split(mark);
  if (parts.length !== 3 || !/^[gi]*$/.test(parts[2]!)) return undefined;
  try {
    return {pattern: new RegExp(parts[0]!, parts[2]!.includes('i') ? 'gi' : 'g'), replacement: parts[1]!, global: parts[2]!.includes('g')};
  } catch {
    return undefined;
  }
}

export const sed: Program = {
  name: 'sed',
  usage: "sed [-i] 's/old/new/g' [FILE]",
  about: 'replace text in a file, or in what a pipe brings',
  *run(argv, env) {
    const inPlace = argv.includes('-i');
    const [script = '', name = ''] = argv.filter(a => a !== '-i');
    const command = parse(script);
    if (!command) {
      yield* stderr(`sed: -e expression #1: it must be s/old/new/ or s/old/new/g, not ${script || 'nothing'}\n`);
      return 1;
    }
    const text = name === '' ? env.stdin : env.state.files[name];
    if (text === undefined) {
      yield* stderr(name === '' ? 'sed: no input file\n' : `sed: can't read ${name}: No such file or directory\n`);
      return 2;
    }
    const edited = text
      .split('\n')
      .map(line => {
        let done = false;
        return line.replace(command.pattern, found => {
          if (done && !command.global) return found;
          done = true;
          return command.replacement;
        });
      })
      .join('\n');
    if (inPlace && name !== '') env.state = {...env.state, files: {...env.state.files, [name]: edited}};
    else yield* stdout(edited);
    return 0;
  },
  complete: (argv, env) => (argv.filter(a => a !== '-i').length === 1 ? (cat.complete?.(argv, env) ?? []) : []),
};
