/** grep, as far as output of kubectl and logs are searched with it. */

export interface Search {
  /** A line is found where one of them matches. */
  readonly expression: RegExp;
  readonly files: readonly string[];
  readonly inverted: boolean;
  readonly quiet: boolean;
  readonly counted: boolean;
  readonly numbered: boolean;
  readonly onlyMatching: boolean;
  /** Lines shown around each that is found. */
  readonly before: number;
  readonly after: number;
  /** No more than so many lines are found. */
  readonly most: number;
}

const WITH_VALUE = 'eABCm';

/** What the words ask for; undefined where the pattern is no regular expression. */
export function parseGrep(argv: readonly string[]): Search | undefined {
  const letters = new Set<string>();
  const values: Record<string, string> = {};
  const patterns: string[] = [];
  const words: string[] = [];
  const args = argv.slice(1);
  for (let i = 0; i < args.length; i++) {
    const arg = args[i]!;
    if (!/^-[a-zA-Z0-9]/.test(arg)) {
      words.push(arg);
      continue;
    }
    for (let at = 1; at < arg.length; at++) {
      const letter = arg[at]!;
      if (!WITH_VALUE.includes(letter)) {
        letters.add(letter);
        continue;
      }
      const value = arg.slice(at + 1) || (args[++i] ?? '');
      if (letter === 'e') patterns.push(value);
      else values[letter] = value;
      break;
    }
  }
  if (patterns.length === 0) patterns.push(words.shift() ?? '');
  const literal = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  // Without -E an alternative is \|, as GNU and busybox have it.
  const source = (text: string): string =>
    letters.has('F') ? literal(text) : letters.has('E') ? text : text.replace(/\\([|+?(){}])/g, '$1');
  const whole = (text: string): string => (letters.has('x') ? `^(?:${text})$` : letters.has('w') ? `\\b(?:${text})\\b` : text);
  const around = Number(values['C'] ?? 0);
  try {
    return {
      expression: new RegExp(patterns.map(pattern => whole(source(pattern))).join('|'), letters.has('i') ? 'i' : ''),
      files: words,
      inverted: letters.has('v'),
      quiet: letters.has('q'),
      counted: letters.has('c'),
      numbered: letters.has('n'),
      onlyMatching: letters.has('o'),
      before: Number(values['B'] ?? around),
      after: Number(values['A'] ?? around),
      most: Number(values['m'] ?? Number.POSITIVE_INFINITY),
    };
  } catch {
    return undefined;
  }
}

/** The lines shown, and how many were found. */
export function search(
  lines: readonly string[],
  {expression, inverted, counted, numbered, onlyMatching, before, after, most}: Search,
): {shown: string[]; found: number} {
  const found = lines.flatMap((line, i) => (expression.test(line) !== inverted ? [i] : [])).slice(0, most);
  if (counted) return {shown: [String(found.length)], found: found.length};
  if (onlyMatching) {
    const every = new RegExp(expression, `${expression.flags}g`);
    return {shown: found.flatMap(i => (inverted ? [] : (lines[i]!.match(every) ?? []))), found: found.length};
  }
  const hits = new Set(found);
  const shown: string[] = [];
  let last = -1;
  for (const i of found)
    for (let at = Math.max(i - before, last + 1); at <= Math.min(i + after, lines.length - 1); at++) {
      if (before + after > 0 && last >= 0 && at > last + 1) shown.push('--');
      shown.push(numbered ? `${at + 1}${hits.has(at) ? ':' : '-'}${lines[at]}` : lines[at]!);
      last = at;
    }
  return {shown, found: found.length};
}
