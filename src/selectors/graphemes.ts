let segmenter: Intl.Segmenter | undefined;

/** The characters of a text as a reader counts them. The first segmenter of a process takes milliseconds to build: it waits until there is something to part. */
export function graphemesOf(text: string): Intl.Segments {
  segmenter ??= new Intl.Segmenter('en', {granularity: 'grapheme'});
  return segmenter.segment(text);
}
