/** One line of a POSIX shell as words: quotes, escapes, variables, a here-document. No pipes, no globbing: the prompt is kubectl's. */

export class ShellError extends Error {}

export interface ShellLine {
  words: string[];
  /** Text of a here-document (`<<EOF`). */
  stdin?: string;
  /** File that `<` names. */
  input?: string;
}

const VARIABLE = /^\$(?:\{(\w+)\}|(\w+))/;

/** Splits `line`; more lines are the body of a here-document. Throws ShellError on an open quote. */
export function parseShellLine(line: string, variables: Readonly<Record<string, string | undefined>> = {}): ShellLine {
  const heredoc = /<<-?\s*(['"]?)(\w+)\1\s*(?:\n|$)/.exec(line);
  if (heredoc) {
    const {words} = parseShellLine(line.slice(0, heredoc.index), variables);
    const body = line.slice(heredoc.index + heredoc[0].length);
    const end = new RegExp(`^\\s*${heredoc[2]}\\s*$`, 'm').exec(body);
    return {words, stdin: end ? body.slice(0, end.index) : body};
  }
  const words: string[] = [];
  let word: string | undefined;
  let input: string | undefined;
  let redirect = false;
  const finish = (): void => {
    if (word === undefined) return;
    if (redirect) input = word;
    else words.push(word);
    redirect = false;
    word = undefined;
  };
  for (let i = 0; i < line.length; i++) {
    const c = line[i]!;
    if (c === "'") {
      const end = line.indexOf("'", i + 1);
      if (end < 0) throw new ShellError("unexpected EOF while looking for matching `''");
      word = (word ?? '') + line.slice(i + 1, end);
      i = end;
    } else if (c === '"') {
      word ??= '';
      for (i++; line[i] !== '"'; i++) {
        if (i >= line.length) throw new ShellError('unexpected EOF while looking for matching `"\'');
        if (line[i] === '\\' && '"\\$`\n'.includes(line[i + 1] ?? ' ')) word += line[++i];
        else if (line[i] === '$' && VARIABLE.test(line.slice(i))) {
          const match = VARIABLE.exec(line.slice(i))!;
          word += variables[match[1] ?? match[2]!] ?? '';
          i += match[0].length - 1;
        } else word += line[i];
      }
    } else if (c === '\\') {
      if (line[i + 1] === '\n') i++;
      else word = (word ?? '') + (line[++i] ?? '');
    } else if (c === '$' && VARIABLE.test(line.slice(i))) {
      const match = VARIABLE.exec(line.slice(i))!;
      const value = variables[match[1] ?? match[2]!] ?? '';
      if (value !== '') word = (word ?? '') + value;
      i += match[0].length - 1;
    } else if (c === '<' && word === undefined) redirect = true;
    else if (c === '#' && word === undefined) break;
    else if (/\s/.test(c)) finish();
    else word = (word ?? '') + c;
  }
  finish();
  return {words, ...(input !== undefined && {input})};
}
