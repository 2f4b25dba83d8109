/**
 * Bundles the program into dist/: podyssey.js (the command), prover.js (a thread of `lessons test`), game-thread.js (the thread a game is played in) and engine.js (the library), with the parts they load lazily;
 * no dependency is left for run time.
 * --minify for the published package.
 */
import fs from 'node:fs';
import path from 'node:path';
import {fileURLToPath} from 'node:url';
import * as esbuild from 'esbuild';
import {parse} from 'yaml';
import {quickInk} from './quick-ink.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const {version} = JSON.parse(fs.readFileSync(path.join(root, 'package.json'), 'utf8'));

/** React's and other packages' CommonJS parts call require for Node's own modules and ask for their own file name. */
const banner = [
  "import {createRequire as podysseyRequire} from 'node:module';",
  "import {fileURLToPath as podysseyPath} from 'node:url';",
  'const require = podysseyRequire(import.meta.url); const __filename = podysseyPath(import.meta.url);',
].join(' ');

/** Ink asks for its developer tools only when DEV is set; nothing of them belongs into the bundle. */
const noDevtools = {
  name: 'no-devtools',
  setup(build) {
    build.onResolve({filter: /^react-devtools-core$/}, () => ({path: 'react-devtools-core', namespace: 'empty'}));
    build.onLoad({filter: /.*/, namespace: 'empty'}, () => ({contents: 'export default {}'}));
  },
};

fs.rmSync(path.join(root, 'dist'), {recursive: true, force: true});
await esbuild.build({
  absWorkingDir: root,
  entryPoints: {
    podyssey: 'src/cli/main.ts',
    prover: 'src/cli/prover.ts',
    'game-thread': 'src/cli/game-thread.ts',
    engine: 'src/engine/index.ts',
  },
  outdir: 'dist',
  bundle: true,
  splitting: true,
  chunkNames: 'chunks/[name]-[hash]',
  platform: 'node',
  target: 'node20.19',
  format: 'esm',
  jsx: 'automatic',
  minify: process.argv.includes('--minify'),
  legalComments: 'none',
  logLevel: 'warning',
  define: {'process.env.NODE_ENV': '"production"', 'process.env.DEV': '"false"', PODYSSEY_VERSION: JSON.stringify(version)},
  banner: {js: banner},
  plugins: [noDevtools, quickInk],
});
const bin = path.join(root, 'dist/podyssey.js');
fs.writeFileSync(bin, `#!/usr/bin/env node\n${fs.readFileSync(bin, 'utf8')}`);
fs.chmodSync(bin, 0o755);

// The map of the course opens without reading the course: what it tells of the lessons is read here. Faults are for `lessons check` to find.
const heads = fs
  .readdirSync(path.join(root, 'lessons'), {recursive: true, encoding: 'utf8'})
  .filter(name => name.endsWith('.yaml'))
  .sort()
  .map(name => {
    const file = path.join('lessons', name);
    const text = fs.readFileSync(path.join(root, file), 'utf8');
    const {apiVersion, kind, ...head} = parse(text.slice(0, text.search(/^world:/m)));
    return [file, {prerequisites: [], ...head, file}];
  });
fs.writeFileSync(path.join(root, 'dist/lesson-heads.json'), JSON.stringify(Object.fromEntries(heads)));
