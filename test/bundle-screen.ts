import {join} from 'node:path';
import {build} from 'esbuild';

/** Bundles a script that draws with Ink into a folder, as the program is bundled; returns the file. `plugins` are those of the build that are tried. */
export async function bundleScreen(entry: string, folder: string, name: string, plugins: readonly object[]): Promise<string> {
  const outfile = join(folder, `${name}.mjs`);
  await build({
    entryPoints: [entry],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    jsx: 'automatic',
    logLevel: 'error',
    alias: {'react-devtools-core': './test/bench/frames/no-devtools.ts'},
    define: {'process.env.NODE_ENV': '"production"', 'process.env.DEV': '"false"'},
    banner: {js: "import {createRequire as r} from 'node:module'; const require = r(import.meta.url);"},
    plugins: [...(plugins as [])],
  });
  return outfile;
}
