/** Styled text without a screen: rows of segments, each with a meaning instead of a colour. The theme of a front end gives meanings their looks. */

/** What a piece of text means. Colour is never the only sign: where a token matters, a word or a mark says the same. */
export type Token =
  | 'text'
  | 'dim'
  | 'ghost'
  | 'strong'
  | 'title'
  | 'border'
  | 'focus'
  | 'accent'
  | 'key'
  | 'value'
  | 'name'
  | 'number'
  | 'command'
  | 'ok'
  | 'warn'
  | 'error'
  | 'new'
  | 'changed'
  | 'gone'
  | 'active'
  | 'past'
  | 'select'
  | 'bar';

export interface Segment {
  readonly text: string;
  readonly token: Token;
}

export type Row = readonly Segment[];

/** What a row stands for, so that a key pressed on it (describe, yaml, logs, why) knows its object or its moment. */
export type Ref =
  | {readonly kind: 'object'; readonly resource: string; readonly namespace: string; readonly name: string}
  | {readonly kind: 'step'; readonly step: number}
  | {readonly kind: 'lesson'; readonly id: string};

/** A row of a panel, with what it stands for. */
export interface PanelRow {
  readonly row: Row;
  readonly ref?: Ref;
  /** What `why` asks about, where that is something else: the Event of a row that stands for a pod, the revision of a key that is gone. */
  readonly cause?: Ref;
  /** The row to keep in sight while nobody scrolls: where things happen now. */
  readonly here?: boolean;
}

type Part = string | Segment | Row | false | undefined;

/** Builds a row; bare strings are plain text, falsy parts are left out. */
export function row(...parts: Part[]): Row {
  const segments: Segment[] = [];
  for (const part of parts) {
    if (part === false || part === undefined || part === '') continue;
    if (typeof part === 'string') segments.push({text: part, token: 'text'});
    else if (Array.isArray(part)) segments.push(...part);
    else segments.push(part as Segment);
  }
  return segments;
}

/** A segment with a meaning. */
export function as(token: Token, text: string | number): Segment {
  return {text: String(text), token};
}

/** Text that stands back. */
export const dim = (text: string | number): Segment => as('dim', text);
/** Text that stands out. */
export const strong = (text: string | number): Segment => as('strong', text);

/** The row's characters without their meanings: what a line printer, a screen reader or a test reads. */
export function plainText(segments: Row): string {
  return segments.map(segment => segment.text).join('');
}
