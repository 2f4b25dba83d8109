/**
 * The command `podyssey`; the only caller of process.exit. Called by its bare name it paints before it loads so much as the reading of arguments: there are none that could
 * wish for something else.
 */
import {setFlagsFromString} from 'node:v8';
import {firstPaint, onScreen} from './front-end.ts';

// Expressions come from manifests, prompts and what is handed in. Go and grep match theirs in linear time; so does V8 with this, once one has been tried in too many ways.
setFlagsFromString('--enable-experimental-regexp-engine-on-excessive-backtracks');

// Who reads only the beginning (`| head`) has what he wanted.
process.stdout.on('error', error => {
  if ((error as NodeJS.ErrnoException).code !== 'EPIPE') throw error;
  process.exit(0);
});

const argv = process.argv.slice(2);
if (argv.length === 0 && onScreen({})) firstPaint({});
const {runCommandLine} = await import('./command-line.ts');
const code = await runCommandLine(argv);
// What was written to a pipe must be out before the process is gone.
process.stdout.write('', () => process.exit(code));
