/**
 * Runs the benchmarks: bundled as the published program is, since a loader that keeps the names of functions makes every closure dearer than it is for a learner.
 * What is named on the command line is passed on (see test/bench/main.ts).
 */
import path from 'node:path';
import {fileURLToPath, pathToFileURL} from 'node:url';
import * as esbuild from 'esbuild';

const root = fileURLToPath(new URL('..', import.meta.url));
const outdir = path.join(root, 'dist/bench');
await esbuild.build({
  absWorkingDir: root,
  // Those of `scale` are run in processes of their own.
  entryPoints: {main: 'test/bench/main.ts', play: 'test/bench/scale/play.ts', pieces: 'test/bench/scale/pieces.ts'},
  outdir,
  outExtension: {'.js': '.mjs'},
  bundle: true,
  packages: 'external',
  platform: 'node',
  target: 'node20.19',
  format: 'esm',
  jsx: 'automatic',
  logLevel: 'warning',
  define: {'process.env.NODE_ENV': '"production"', PODYSSEY_VERSION: '"bench"'},
});
await import(pathToFileURL(path.join(outdir, 'main.mjs')).href);
