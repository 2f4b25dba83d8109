/**
 * The command `podyssey`; the only caller of process.exit. Called by its bare name it paints before it loads so much as the reading of arguments: there are none that could
 * wish for something else.
 */
import {firstPaint, onScreen} from './front-end.ts';

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
