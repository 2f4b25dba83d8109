/**
 * Ink 8.0 takes every line of the screen apart anew for each frame, and what it stands on builds at its loading what a start seldom needs. Between two frames of podyssey
 * few lines differ, so what was found out about a line is kept; what is dear waits until it is asked. The same output, for a fraction of the work. Each change is to be dropped
 * when the package does so itself; the build fails when its source no longer reads as expected.
 */
import fs from 'node:fs';

/** Most of what is drawn and measured is ASCII, box drawing, the screen's marks and colours: one cell a character, once the colours are taken out. */
const plainText = `
const colours = /\\u001b\\[[\\d;]*m/g;
const oneCellEach = /^[\\x20-\\x7e\\u00b5\\u00b7\\u00bb\\u2013\\u2019\\u2026\\u203a\\u2190-\\u2193\\u2206\\u2500-\\u25fc\\u2713-\\u2717\\u2726\\u2727]*$/;
`;

/** The runs of one style of a line, and its cells, without a segmenter; cells of one style share it, so that they are seen to be alike at a glance. */
const quickCells = `${plainText}
/** A theme has a few dozen. */
const known = new Map();
const codesOf = colour => known.get(colour) ?? known.set(colour, tokenize(colour)).get(colour);
function runsOf(line) {
  if (!oneCellEach.test(line.replace(colours, ''))) return undefined;
  const runs = [];
  let styles = [];
  let at = 0;
  const put = end => {
    if (end > at) runs.push({value: line.slice(at, end), styles});
  };
  for (const match of line.matchAll(colours)) {
    put(match.index);
    styles = reduceAnsiCodesIncremental(styles, codesOf(match[0]));
    at = match.index + match[0].length;
  }
  put(line.length);
  return runs;
}
const cellsOf = line =>
  runsOf(line)?.flatMap(({value: text, styles}) => Array.from(text, value => ({type: 'char', value, fullWidth: false, styles})));
`;

/** Caches that outlive a frame, within bounds; and one empty cell for all: cells are replaced, never changed. */
const keptCaches = `
let kept = new OutputCaches();
const keptCaches = () => {
  if (kept.styledChars.size > 4096 || kept.widths.size > 16384) kept = new OutputCaches();
  return kept;
};
const emptyCell = Object.freeze({type: 'char', value: ' ', fullWidth: false, styles: Object.freeze([])});
const isInside = (clip, x, y, width) =>
  !clip || !((x < clip.x1) || (x + width > clip.x2) || (y < clip.y1) || (y + 1 > clip.y2));
`;

/** A screen of whole lines that lie below each other and nothing cuts needs no grid of cells; what a line comes to is found out once. Undefined where it is another one. */
const wholeLines = `
const keptLines = new Map();
function lineOf(text, caches) {
  const known = keptLines.get(text);
  if (known !== undefined) return known;
  let parts = runsOf(text);
  if (!parts) {
    parts = caches.getStyledChars(text);
    if (parts.some(({value}) => caches.getStringWidth(value) !== 1)) return undefined;
  }
  if (keptLines.size > 4096) keptLines.clear();
  const line = styledCharsToString(parts).trimEnd();
  keptLines.set(text, line);
  return line;
}
function wholeLines({operations, caches, height}) {
  const lines = Array.from({length: height});
  const clips = [];
  for (const {type, clip, x, y, text, transformers} of operations) {
    if (type === 'clip') clips.push(intersectClips(clips.at(-1), clip));
    else if (type === 'unclip') clips.pop();
    else {
      if (x !== 0 || !(y in lines) || lines[y] !== undefined || text.includes('\\n')) return undefined;
      if (!isInside(clips.at(-1), x, y, caches.getWidestLine(text))) return undefined;
      lines[y] = lineOf(transformers.reduce((line, transformer) => transformer(line, 0), text), caches);
      if (lines[y] === undefined) return undefined;
    }
  }
  return {output: lines.map(line => line ?? '').join('\\n'), height};
}
`;

/** Text in colours and nothing else is clean already. */
const cleanAlready = `${plainText}
export default function clean(text) {
  return oneCellEach.test(text.replace(colours, '')) ? text : sanitizeAnsi(text);
}
`;

const quickWidth = `${plainText}
export default function stringWidth(input, options) {
  if (options === undefined && typeof input === 'string') {
    const bare = input.includes('\\u001b') ? input.replace(colours, '') : input;
    if (oneCellEach.test(bare)) return bare.length;
  }
  return measuredWidth(input, options);
}
`;

/** Expressions over whole properties of Unicode, and the first segmenter, take milliseconds to build. */
const whenAsked = `
function whenAsked(make) {
  let made;
  const real = () => (made ??= make());
  return {
    test: text => real().test(text),
    segment: text => real().segment(text),
    [Symbol.search]: text => real()[Symbol.search](text),
  };
}
`;
const lateSegmenter = [/const (\w+) = (new Intl\.Segmenter\([^)]*\));/, 'const $1 = whenAsked(() => $2);'];

/** Package files, what is changed in them, and what is added. */
const patches = [
  {
    file: /[\\/]ink[\\/]build[\\/]output\.js$/,
    changes: [
      ['styledCharsFromTokens, styledCharsToString,', 'reduceAnsiCodesIncremental, styledCharsFromTokens, styledCharsToString,'],
      ['cached = styledCharsFromTokens', 'cached = cellsOf(line) ?? styledCharsFromTokens'],
      ['    caches = new OutputCaches();', '    caches = keptCaches();'],
      ['    get() {', '    get() {\n        const whole = wholeLines(this);\n        if (whole) return whole;'],
      [/row\.push\(\{\s+type: 'char',\s+value: ' ',\s+fullWidth: false,\s+styles: \[\],\s+\}\);/, 'row.push(emptyCell);'],
      // A single line that no edge cuts needs not be made into text, cut, and taken apart again.
      [
        /let lines = characterLines\.map\(line => styledCharsToString\(line\)\);\s+if \(clip\) \{/,
        `const uncut = characterLines.length === 1 && isInside(clip, x, y, this.caches.getWidestLine(text));
        let lines = uncut ? [text] : characterLines.map(line => styledCharsToString(line));
        if (clip && !uncut) {`,
      ],
    ],
    added: quickCells + keptCaches + wholeLines,
  },
  {
    file: /[\\/]ink[\\/]build[\\/]sanitize-ansi\.js$/,
    changes: [['export default sanitizeAnsi;', '']],
    added: cleanAlready,
  },
  {
    file: /[\\/]string-width[\\/]index\.js$/,
    changes: [
      ['export default function stringWidth(', 'function measuredWidth('],
      [/const (\w+) = (\/.*\/v);/g, 'const $1 = whenAsked(() => $2);'],
      lateSegmenter,
    ],
    added: whenAsked + quickWidth,
  },
  {
    file: /[\\/]ansi-tokenize[\\/]build[\\/]tokenize\.js$/,
    changes: [
      // A colour code by itself has no graphemes.
      [
        'of segmenter.segment(str)',
        "of str[0] === '\\u001b' && !/\\P{ASCII}/u.test(str) ? [...str].map((segment, index) => ({segment, index})) : segmenter.segment(str)",
      ],
      lateSegmenter,
    ],
    added: whenAsked,
  },
  {
    // What has one cell a character is compared character by character.
    file: /[\\/]ink[\\/]build[\\/]line-update\.js$/,
    changes: [lateSegmenter, [/const printableAscii = .*;/, ''], [/printableAscii/g, 'oneCellEach']],
    added: whenAsked + plainText,
  },
  ...['slice-ansi/tokenize-ansi', 'wrap-ansi/index'].map(name => ({
    file: new RegExp(`[\\\\/]${name.replaceAll('/', '[\\\\/]')}\\.js$`),
    changes: [lateSegmenter],
    added: whenAsked,
  })),
  {
    // Yoga's WebAssembly stands in its own source: fetch would only load Node's HTTP client.
    file: /[\\/]yoga-wasm-base64-esm\.js$/,
    changes: [[/"function"!=typeof fetch/g, 'true']],
    added: '',
  },
];

/** The source of a package's file as it is to be, or undefined for one that stays as it is. */
function quicker(path, source) {
  const patch = patches.find(({file}) => file.test(path));
  if (!patch) return undefined;
  let contents = source;
  for (const [before, after] of patch.changes) {
    const changed = contents.replace(before, after);
    if (changed === contents) throw new Error(`${path} has changed: look at .ci/quick-ink.mjs`);
    contents = changed;
  }
  return contents + patch.added;
}

/** For esbuild, which builds the program. */
export const quickInk = {
  name: 'quick-ink',
  setup(build) {
    build.onLoad({filter: new RegExp(patches.map(({file}) => file.source).join('|'))}, ({path}) => ({
      contents: quicker(path, fs.readFileSync(path, 'utf8')),
      loader: 'js',
    }));
  },
};

/** For Vite, which loads the tests; the packages that it has to load itself for it. Without their maps, which lead to sources that are not there. */
export const inline = ['ink', 'string-width', '@alcalzone/ansi-tokenize'];
const ofInline = new RegExp(`[\\\\/]node_modules[\\\\/](?:${inline.join('|')})[\\\\/].*\\.js$`);
export const quickInkTested = {
  name: 'quick-ink',
  enforce: 'pre',
  load(path) {
    if (!ofInline.test(path)) return undefined;
    const source = fs.readFileSync(path, 'utf8');
    return {code: (quicker(path, source) ?? source).replace(/^\/\/# sourceMappingURL=.*$/m, ''), map: null};
  },
};
