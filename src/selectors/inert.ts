/** What came from outside must not act on a terminal, whether it is drawn into cells or printed as lines. */

const controls = /[\x00-\x1f\x7f]/g;
/** C1 controls act as escape sequences on some terminals, bidirectional marks reorder the line. */
const hidden = /[\x80-\x9f]|\p{Bidi_Control}/gu;

/** Shows control characters as carets (`^[`) and drops those that would act unseen; line breaks are controls too. */
export const inert = (line: string): string =>
  line
    .replaceAll('\t', '    ')
    .replace(controls, control => `^${String.fromCharCode(control.charCodeAt(0) ^ 64)}`)
    .replace(hidden, '');

/** The same for a text of many lines. */
export const inertLines = (text: string): string => text.split('\n').map(inert).join('\n');

/** The same for a JSON text, which goes on meaning what it meant: its strings escape what would act. */
export const inertJson = (json: string): string =>
  json.replace(/[\x7f-\x9f]|\p{Bidi_Control}/gu, c => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`);
