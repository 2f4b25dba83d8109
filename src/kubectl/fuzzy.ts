/** Which words an unfinished one may become. */
import {byLengthAsc, Fzf} from 'fzf';

/** Fewer letters are in too many words. */
const enough = 2;

/** Items whose text begins with the part, as they stand; where none does, those that hold its letters in order, the best first. */
export function matching<T extends {readonly text: string}>(items: readonly T[], part: string): T[] {
  const beginning = items.filter(({text}) => text.startsWith(part));
  if (beginning.length > 0 || part.length < enough) return beginning;
  const texts = [...new Set(items.map(item => item.text))];
  const found = new Fzf(texts, {casing: 'case-insensitive', tiebreakers: [(one, other) => byLengthAsc(one, other, text => text)]}).find(
    part,
  );
  return found.map(({item: text}) => items.find(item => item.text === text)!);
}
