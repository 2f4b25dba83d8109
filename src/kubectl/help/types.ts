/** What a command's help says beyond its one line and its options. */
export interface Page {
  /** Paragraphs. */
  readonly long?: readonly string[];
  /** What it does, and the line without `kubectl`. */
  readonly examples?: readonly (readonly [what: string, line: string])[];
}

/** Path without `kubectl` (`create deployment`) -> its page. */
export type Pages = Readonly<Record<string, Page>>;
