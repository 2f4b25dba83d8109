/**
 * Ink 8.0 takes every line of the screen apart anew for each frame. Between two frames of podyssey few lines differ, so what was found out about a line is kept:
 * the same output, for a fraction of the work. To be dropped when Ink does so itself; fails the build when Ink's source no longer reads as expected.
 */
import fs from 'node:fs';

const changes = [
  // The caches outlive a frame, within bounds.
  ['    caches = new OutputCaches();', '    caches = keptCaches();'],
  [
    'export default class Output {',
    `let kept = new OutputCaches();
const keptCaches = () => {
    if (kept.styledChars.size > 4096 || kept.widths.size > 16384) kept = new OutputCaches();
    return kept;
};
const emptyCell = Object.freeze({type: 'char', value: ' ', fullWidth: false, styles: Object.freeze([])});
export default class Output {`,
  ],
  // Cells are replaced, never changed: all empty ones can be one.
  [
    `                row.push({
                    type: 'char',
                    value: ' ',
                    fullWidth: false,
                    styles: [],
                });`,
    '                row.push(emptyCell);',
  ],
];

/** Most of what is measured is ASCII, box drawing, the screen's marks and colours: one cell a character, once the colours are taken out. */
const quickWidth = `
const colours = /\\u001b\\[[\\d;]*m/g;
const oneCellEach = /^[\\x20-\\x7e\\u00b7\\u2026\\u203a\\u2190-\\u2193\\u2206\\u2500-\\u25fc\\u2713-\\u2717\\u2726\\u2727]*$/;
export default function stringWidth(input, options) {
  if (options === undefined && typeof input === 'string') {
    const bare = input.includes('\\u001b') ? input.replace(colours, '') : input;
    if (oneCellEach.test(bare)) return bare.length;
  }
  return measuredWidth(input, options);
}
`;
const measured = ['export default function stringWidth(', 'function measuredWidth('];

export const inkKeepsItsCaches = {
  name: 'ink-keeps-its-caches',
  setup(build) {
    const patched = (path, replacements) => {
      let contents = fs.readFileSync(path, 'utf8');
      for (const [before, after] of replacements) {
        if (!contents.includes(before)) throw new Error(`${path} has changed: look at .ci/ink-caches.mjs`);
        contents = contents.replace(before, after);
      }
      return contents;
    };
    build.onLoad({filter: /[\\/]ink[\\/]build[\\/]output\.js$/}, ({path}) => ({contents: patched(path, changes), loader: 'js'}));
    build.onLoad({filter: /[\\/]string-width[\\/]index\.js$/}, ({path}) => ({
      contents: patched(path, [measured]) + quickWidth,
      loader: 'js',
    }));
  },
};
