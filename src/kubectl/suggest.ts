/** "Did you mean this?" upstream: github.com/spf13/cobra SuggestionsFor */

/** Levenshtein distance. */
export function distance(a: string, b: string): number {
  let row = Array.from({length: b.length + 1}, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) next[j] = a[i - 1] === b[j - 1] ? row[j - 1]! : 1 + Math.min(row[j]!, row[j - 1]!, next[j - 1]!);
    row = next;
  }
  return row[b.length]!;
}

const MAX_DISTANCE = 2;

/** The names that a mistyped word may have meant: at most two letters away, or begun by it. */
export const suggestions = (word: string, names: readonly string[]): string[] =>
  names.filter(
    name => distance(word.toLowerCase(), name.toLowerCase()) <= MAX_DISTANCE || name.toLowerCase().startsWith(word.toLowerCase()),
  );

/** The lines below an unknown command; '' when nothing is near. */
export function didYouMean(word: string, names: readonly string[]): string {
  const found = suggestions(word, names);
  return found.length > 0 ? `\n\nDid you mean this?\n${found.map(name => `\t${name}\n`).join('')}` : '';
}
