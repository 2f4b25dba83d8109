/** Patterns for names of files: `*`, `?` and `[...]`. */

/** A text that stands for itself in a pattern. */
export const escaped = (text: string): string => text.replace(/[*?[\]\\]/g, '\\$&');

const globs = new Map<string, RegExp | undefined>();

/** What a pattern looks for; undefined where it is none. A dot at the beginning of a name has to be written. */
export function globOf(pattern: string): RegExp | undefined {
  if (!globs.has(pattern)) globs.set(pattern, regexOf(pattern));
  return globs.get(pattern);
}

function regexOf(pattern: string): RegExp | undefined {
  let special = false;
  const regex = pattern.replace(/\\([\s\S])|\[([!^]?)(\]?[^\]]*)\]|[\s\S]/g, (whole, quoted?: string, not?: string, set?: string) => {
    if (quoted !== undefined) return literal(quoted);
    special ||= whole === '*' || whole === '?' || set !== undefined;
    if (set !== undefined) return `[${not ? '^' : ''}${set.replace(/[\]\\^]/g, '\\$&')}]`;
    return whole === '*' ? '[^/]*' : whole === '?' ? '[^/]' : literal(whole);
  });
  if (!special) return undefined;
  try {
    return new RegExp(`^${/^[*?[]/.test(pattern) ? '(?!\\.)' : ''}${regex}$`);
  } catch {
    // Such as [z-a]: to a shell it is no pattern.
    return undefined;
  }
}

const literal = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
