/** The runtimes a node may have: the same calls, other programs behind them, and other words when something fails. */
import type {Host} from '../client/hosts.ts';
import {containerdPullError, crioPullError, type PullTarget, type PullTrouble} from './pull-errors.ts';

export type RuntimeName = 'containerd' | 'cri-o';

/** A sandbox whose network could not be set up. */
export interface FailedSandbox {
  readonly id: string;
  readonly name: string;
  readonly namespace: string;
  readonly uid: string;
  readonly attempt: number;
}

export interface RuntimeFlavour {
  readonly name: RuntimeName;
  readonly version: string;
  /** Name of the process, and of its unit. */
  readonly program: string;
  networkFailed(sandbox: FailedSandbox, why: string): string;
  sandboxStopped(sandboxId: string): string;
  pullFailed(trouble: PullTrouble, target: PullTarget): string;
  /** When a program that is not in the image is noticed, and what is said then. */
  readonly programMissing: {readonly at: 'create' | 'start'; message(program: string): string};
}

const notFound = (program: string): string =>
  program.includes('/') ? `stat ${program}: no such file or directory` : 'executable file not found in $PATH';

/** upstream: github.com/containerd/containerd v2.1, with runc */
const containerd: RuntimeFlavour = {
  name: 'containerd',
  version: '2.1.4',
  program: 'containerd',
  networkFailed: ({id}, why) => `failed to setup network for sandbox "${id}": ${why}`,
  sandboxStopped: id => `failed to get sandbox container task: no running task found: task ${id} not found: not found`,
  pullFailed: containerdPullError,
  programMissing: {
    at: 'start',
    message: program =>
      `failed to create containerd task: failed to create shim task: OCI runtime create failed: runc create failed: unable to start container process: error during container init: exec: "${program}": ${notFound(program)}: unknown`,
  },
};

/** upstream: github.com/cri-o/cri-o v1.36, with crun */
const crio: RuntimeFlavour = {
  name: 'cri-o',
  version: '1.36.0',
  program: 'crio',
  networkFailed: ({id, name, namespace, uid, attempt}, why) =>
    `failed to create pod network sandbox k8s_${name}_${namespace}_${uid}_${attempt}(${id}): error adding pod ${namespace}_${name} to CNI network "cbr0": ${why}`,
  sandboxStopped: id => `CreateContainer failed as the sandbox was stopped: ${id}`,
  pullFailed: crioPullError,
  programMissing: {
    at: 'create',
    message: program => `container create failed: executable file \`${program}\` not found in $PATH: No such file or directory`,
  },
};

export const flavours: Readonly<Record<RuntimeName, RuntimeFlavour>> = {containerd, 'cri-o': crio};

/** How the runtime of a machine words things; containerd where none is named. */
export const flavourOf = (host: Host | undefined): RuntimeFlavour => flavours[host?.runtime ?? 'containerd'];
