/** Where a kubeconfig goes that no one named a place for, and what takes it away. */
import {homedir} from 'node:os';
import {join} from 'node:path';
import {dataFolder} from '../platform/paths.ts';

/** One a process, so that two games do not disturb each other. */
export const ownKubeconfig = (): string => join(dataFolder(process.env, process.platform, homedir()), `kubeconfig-${process.pid}`);

/** What tells a program to end. */
export const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
