/** A shell in a container at a terminal: keys become a line, a line is run, its output comes back. The place and the variables are kept between two lines. */

/** Runs a script in the container's shell. */
export type RunScript = (
  script: string,
  done: (answer: {stdout: string; stderr: string; exitCode: number} | {error: string}) => void,
) => void;

export interface Terminal {
  write(text: string): void;
  exit(code: number): void;
  fail(message: string): void;
}

const PROMPT = '/ # ';
/** Stands before the working directory in what a script prints last. */
const PLACE = '\u0001pwd=';
const ASSIGNMENT = /^(export\s+)?[A-Za-z_]\w*=\S*$/;

const INTERRUPT = '\x03';
const END_OF_INPUT = '\x04';
const ERASERS = new Set(['\b', '\x7f']);

/** Returns what takes the keys. */
export function createShell(terminal: Terminal, run: RunScript): (keys: string) => void {
  let line = '';
  let place = '/';
  let variables: string[] = [];
  let last = 0;
  let busy = false;
  let waiting = '';
  const prompt = (): void => terminal.write(PROMPT.replace('/', place));

  const enter = (): void => {
    const command = line.trim();
    line = '';
    if (!command) return prompt();
    const exit = /^exit(?:\s+(\d+))?$/.exec(command);
    if (exit) return terminal.exit(Number(exit[1] ?? last));
    busy = true;
    const script = [`cd '${place}'`, ...variables, command, 'code=$?', `echo "${PLACE}$(pwd)"`, 'exit $code'].join('\n');
    run(script, answer => {
      busy = false;
      if ('error' in answer) return terminal.fail(answer.error);
      const at = answer.stdout.lastIndexOf(PLACE);
      const output = at < 0 ? answer.stdout : answer.stdout.slice(0, at);
      terminal.write((output + answer.stderr).replaceAll('\n', '\r\n'));
      last = answer.exitCode;
      if (at < 0) return terminal.exit(last);
      place = answer.stdout.slice(at + PLACE.length).trim() || place;
      if (ASSIGNMENT.test(command)) variables = [...variables, command];
      prompt();
      const keys = waiting;
      waiting = '';
      type(keys);
    });
  };

  const press = (key: string): void => {
    if (key === '\r' || key === '\n') {
      terminal.write('\r\n');
      enter();
    } else if (key === INTERRUPT) {
      line = '';
      terminal.write('^C\r\n');
      prompt();
    } else if (key === END_OF_INPUT) {
      if (line === '') terminal.exit(last);
    } else if (ERASERS.has(key)) {
      if (line === '') return;
      line = line.slice(0, -1);
      terminal.write('\b \b');
    } else if (key >= ' ') {
      line += key;
      terminal.write(key);
    }
  };

  const type = (keys: string): void => {
    for (const [at, key] of [...keys].entries()) {
      if (busy) {
        waiting += [...keys].slice(at).join('');
        return;
      }
      press(key);
    }
  };
  prompt();
  return type;
}
