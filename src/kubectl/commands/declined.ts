/** Commands of kubectl that need what a simulated cluster does not have: they say so, and fail. */
import type {Command} from '../command.ts';
import {Failure} from '../failure.ts';

const declined = (name: string, use: string, short: string, why: string): Command => ({
  name,
  use,
  short,
  interspersed: false,
  // biome-ignore lint/correctness/useYield: it only refuses
  *run() {
    throw new Failure(`${name} is not part of this kubectl: ${why}`);
  },
});

export const cp = declined(
  'cp',
  'cp <file-spec-src> <file-spec-dest>',
  'Copy files and directories to and from containers',
  'containers here have no tar; look into them with exec and logs',
);
export const proxy = declined(
  'proxy',
  'proxy [--port=PORT] [--www=static-dir] [--www-prefix=prefix] [--api-prefix=prefix]',
  'Run a proxy to the Kubernetes API server',
  'the cluster opens no port here; podyssey serve does',
);
export const kustomize = declined(
  'kustomize',
  'kustomize DIR [flags]',
  'Build a kustomization target from a directory or URL',
  'build the manifests elsewhere and pass them with -f',
);
export const plugin = declined(
  'plugin',
  'plugin [flags]',
  'Provides utilities for interacting with plugins',
  'there is no PATH to look for plugins in',
);
export const completion = declined(
  'completion',
  'completion SHELL',
  'Output shell completion code for the specified shell (bash, zsh, fish, or powershell)',
  'this prompt completes by itself: press Tab',
);
