/** The kubeconfig as the sub-commands of `config` read and change it. upstream: staging/src/k8s.io/client-go/tools/clientcmd/config.go */
import {byName} from '../../engine/api/order.ts';
import type {Context} from '../context.ts';
import {Failure} from '../failure.ts';
import {type Kubeconfig, kubeconfigPaths, loadKubeconfig, readKubeconfig, saveKubeconfig} from '../kubeconfig.ts';

/** What the files say together. Throws Failure. */
export const load = ({env, flags}: Context): Kubeconfig => loadKubeconfig(env, flags);

/** Changes the file that holds a thing (the first of the list, where none does) and writes it back. */
export function change(context: Context, holds: (config: Kubeconfig) => boolean, edit: (config: Kubeconfig) => Kubeconfig): void {
  const {env, flags} = context;
  const paths = kubeconfigPaths(env, flags);
  const path =
    paths.find(p => {
      const config = readKubeconfig(env, p);
      return config !== undefined && holds(config);
    }) ?? paths[0]!;
  const config = readKubeconfig(env, path) ?? {
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': '',
    clusters: [],
    users: [],
    contexts: [],
  };
  saveKubeconfig(env, path, edit(config));
}

/** The one argument. Throws Failure. */
export function oneArgument(context: Context): string {
  const [name] = context.args;
  if (!name || context.args.length !== 1) throw new Failure(`Unexpected args: [${context.args.join(' ')}]`);
  return name;
}

/** With the entry, in the place of another of its name: in the order of their names, as files are written. */
export const put = <T extends {name: string}>(list: readonly T[], entry: T): T[] =>
  [...list.filter(({name}) => name !== entry.name), entry].sort(byName);
