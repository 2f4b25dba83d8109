/** Where everything stands: one pure function from the terminal's size and what is looked at to rectangles. */

export interface Rect {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** What can hold the focus: the shell with its prompt, the lesson's text, a panel by its id. */
export type FocusId = string;

export interface LayoutInput {
  readonly columns: number;
  readonly rows: number;
  readonly hasLesson: boolean;
  /** All panels, those that matter most first. */
  readonly panels: readonly string[];
  readonly focus: FocusId;
  /** The lesson or panel looked at last; where there is room for one only, this one is shown. */
  readonly shown: string;
  readonly zoom: boolean;
  /** A question stands above the prompt: what commands print must still have room. */
  readonly asking?: boolean;
  /** The lesson is solved and has its last word: where there is room for one thing only, it gets more of it. */
  readonly reading?: boolean;
  /** For an audience: two panels at most, each as wide as the terminal. */
  readonly projector?: boolean;
}

export interface Placed {
  readonly id: string;
  readonly rect: Rect;
}

export type Layout =
  | {readonly kind: 'too-small'; readonly columns: number; readonly rows: number}
  | {
      readonly kind: 'screen';
      readonly header: Rect;
      readonly strip: Rect;
      readonly timeline: Rect;
      readonly footer: Rect;
      readonly shell: Rect | undefined;
      readonly lesson: Rect | undefined;
      readonly panels: readonly Placed[];
      /** Everything between the strip and the timeline: help, the course map and detail views cover it. */
      readonly body: Rect;
      /** What the tab line names, where not everything fits; empty otherwise. */
      readonly tabs: readonly string[];
    };

export const smallest = {columns: 60, rows: 16};
const complete = {columns: 120, rows: 36};
/** A panel smaller than this shows too little to be worth its border. */
const panelAtLeast = {width: 54, height: 9};

const tiles = (length: number, count: number): number[] => {
  const base = Math.floor(length / count);
  return Array.from({length: count}, (_, index) => base + (index < length - base * count ? 1 : 0));
};

/** Places panels in a grid that fills the rectangle; a last row with fewer panels makes them wider. */
function grid(area: Rect, ids: readonly string[], across: number): Placed[] {
  const placed: Placed[] = [];
  const rows = tiles(area.height, Math.ceil(ids.length / across));
  let y = area.y;
  rows.forEach((height, index) => {
    const inRow = ids.slice(index * across, (index + 1) * across);
    let x = area.x;
    tiles(area.width, inRow.length).forEach((width, column) => {
      placed.push({id: inRow[column]!, rect: {x, y, width, height}});
      x += width;
    });
    y += height;
  });
  return placed;
}

/** The first `count` panels, the one looked at always among them. */
function chosen(panels: readonly string[], count: number, shown: string): string[] {
  const first = panels.slice(0, count);
  return first.includes(shown) || !panels.includes(shown) ? first : [...first.slice(0, -1), shown];
}

/** Takes the terminal's size and what is looked at; returns the rectangles, which never overlap and never leave the terminal. */
export function layout(input: LayoutInput): Layout {
  const {columns, rows, hasLesson, panels, focus, shown, zoom, asking = false, reading = false, projector = false} = input;
  if (columns < smallest.columns || rows < smallest.rows) return {kind: 'too-small', columns, rows};
  const roomy = columns >= complete.columns && rows >= complete.rows;

  // 1. Lines over the whole width: header and strip on top, timeline and footer at the bottom.
  const line = (y: number, height = 1): Rect => ({x: 0, y, width: columns, height});
  const stripHeight = roomy ? 3 : 1;
  const header = line(0);
  const strip = line(1, stripHeight);
  const timeline = line(rows - 2);
  const footer = line(rows - 1);
  const body: Rect = {x: 0, y: 1 + stripHeight, width: columns, height: rows - 3 - stripHeight};
  const frame = {kind: 'screen', header, strip, timeline, footer, body} as const;
  const tabs = hasLesson ? ['lesson', ...panels] : panels;

  // 2. Zoom: one thing takes the body; the prompt stays reachable under it.
  if (zoom && focus === 'shell') return {...frame, shell: body, lesson: undefined, panels: [], tabs: []};

  // 3. The shell takes the lower end of the body, under the panels and beside the lesson.
  const shellHeight = zoom
    ? 4
    : roomy
      ? Math.max(9, Math.floor(body.height * 0.3))
      : Math.max(asking ? 9 : 5, Math.floor(body.height * (asking ? 0.55 : reading && shown === 'lesson' ? 0.25 : 0.4)));
  const upper: Rect = {...body, height: body.height - shellHeight};
  const lower: Rect = {...body, y: body.y + upper.height, height: shellHeight};
  if (zoom || !roomy) {
    const one = tabs.includes(shown) ? shown : tabs[0]!;
    return one === 'lesson'
      ? {...frame, shell: lower, lesson: upper, panels: [], tabs}
      : {...frame, shell: lower, lesson: undefined, panels: [{id: one, rect: upper}], tabs};
  }

  // 4. With room for all: the lesson on the left from top to bottom, as many panels as fit on the right.
  const lessonWidth = hasLesson ? Math.min(56, Math.max(42, Math.floor(columns * 0.3))) : 0;
  const right: Rect = {...upper, x: lessonWidth, width: columns - lessonWidth};
  const across = projector ? 1 : Math.max(1, Math.floor(right.width / panelAtLeast.width));
  const down = projector ? 2 : Math.max(1, Math.floor(right.height / panelAtLeast.height));
  return {
    ...frame,
    shell: {...lower, x: lessonWidth, width: columns - lessonWidth},
    lesson: hasLesson ? {...body, width: lessonWidth} : undefined,
    panels: grid(right, chosen(panels, across * down, shown), across),
    tabs: [],
  };
}
