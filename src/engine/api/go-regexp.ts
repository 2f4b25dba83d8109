/** What Go has to say about a pattern that it cannot read. upstream: Go's regexp/syntax */

const UNKNOWN_GROUP = /\(\?(?![imsU-]*[:)]|P?<[A-Za-z_]\w*>)[^)]{0,2}/;
const BACK_REFERENCE = /(?<!\\)(?:\\\\)*(\\[1-9k])/;
const COMPLAINTS: readonly (readonly [RegExp, (pattern: string) => string])[] = [
  [/Unterminated group/, pattern => `missing closing ): \`${pattern}\``],
  [/Unmatched '\)'/, pattern => `unexpected ): \`${pattern}\``],
  [/Unterminated character class/, pattern => `missing closing ]: \`${pattern.slice(pattern.lastIndexOf('['))}\``],
  [/[Nn]othing to repeat/, pattern => `missing argument to repetition operator: \`${/[*+?]/.exec(pattern)?.[0] ?? pattern}\``],
  [/out of order in character class/, pattern => `invalid character class range: \`${/.-./.exec(pattern)?.[0] ?? pattern}\``],
  [/at end of pattern/, () => 'trailing backslash at end of expression: ``'],
];

/** The pattern as JavaScript reads it: flags in front mean the same to both and are left out, Go's names of groups are rewritten. */
const translated = (pattern: string): string =>
  pattern
    .replace(/\(\?[imsU-]+\)/g, '')
    .replace(/\(\?[imsU-]+:/g, '(?:')
    .replaceAll('(?P<', '(?<');

/** undefined: Go reads it. */
export function patternProblem(pattern: string): string | undefined {
  const group = UNKNOWN_GROUP.exec(pattern)?.[0];
  if (group) return `error parsing regexp: invalid or unsupported Perl syntax: \`${group.slice(0, group.startsWith('(?<') ? 4 : 3)}\``;
  const reference = BACK_REFERENCE.exec(pattern)?.[1];
  if (reference) return `error parsing regexp: invalid escape sequence: \`${reference}\``;
  try {
    new RegExp(translated(pattern));
    return undefined;
  } catch (error) {
    const {message} = error as Error;
    const complaint = COMPLAINTS.find(([known]) => known.test(message))?.[1](pattern) ?? message;
    return `error parsing regexp: ${complaint}`;
  }
}

const regexes = new Map<string, RegExp>();

/** A pattern that Go reads, with what is said in front of it (`(?i)`); `more`: further flags of JavaScript's. */
export function regexOf(pattern: string, more = ''): RegExp {
  const key = `${more}/${pattern}`;
  let regex = regexes.get(key);
  if (!regex) {
    const flags = /^\(\?([ims]+)\)/.exec(pattern)?.[1] ?? '';
    regexes.set(key, (regex = new RegExp(translated(pattern), [...new Set(flags + more)].join(''))));
  }
  regex.lastIndex = 0;
  return regex;
}
