/** `kubectl get pods -o name | xargs kubectl delete`: what a pipe brings, as the words of another command. */
import {stderr} from '../../../kubectl/effects.ts';
import type {Program} from '../shell.ts';

/** Some of the calls failed, as xargs says it. */
const SOME_FAILED = 123;

const quoted = (word: string): string => `'${word.replaceAll("'", String.raw`'\''`)}'`;

const inParts = <T>(items: readonly T[], size: number): T[][] =>
  Array.from({length: Math.max(1, Math.ceil(items.length / size))}, (_, i) => items.slice(i * size, (i + 1) * size));

export const xargs: Program = {
  name: 'xargs',
  usage: 'xargs [-n N | -I MARK] COMMAND...',
  about: 'run a command with the words that a pipe brings',
  *run(argv, env, type) {
    const [, flag, joined] = /^-([nI])(.*)$/.exec(argv[0] ?? '') ?? [];
    const value = joined || (argv[1] ?? '');
    const command = flag ? argv.slice(joined ? 1 : 2) : argv;
    if (command.length === 0 || (flag === 'n' && !(Number(value) > 0))) {
      yield* stderr(`usage: ${xargs.usage}\n`);
      return 1;
    }
    const text = env.stdin ?? '';
    const words = text.split(/\s+/).filter(Boolean);
    const calls =
      flag === 'I'
        ? text
            .split('\n')
            .filter(Boolean)
            .map(line => command.map(word => word.replaceAll(value, line)))
        : inParts(words, flag === 'n' ? Number(value) : words.length || 1).map(part => [...command, ...part]);
    let failed = false;
    for (const call of calls) if ((yield* type(call.map(quoted).join(' '), env)) !== 0) failed = true;
    return failed ? SOME_FAILED : 0;
  },
};
