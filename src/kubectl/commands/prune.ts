/** What an apply made that the files no longer name. upstream: staging/src/k8s.io/kubectl/pkg/util/prune/prune.go, pkg/cmd/apply/prune.go */
import {type Info, listed} from '../builder.ts';
import type {Context} from '../context.ts';
import {Failure} from '../failure.ts';
import type {FlagTable} from '../flags.ts';
import {lastApplied} from '../patch/last-applied.ts';
import type {Effects} from '../types.ts';

export const ALLOWLIST_FLAG = {
  'prune-allowlist': {type: 'list', usage: 'Overwrite the default allowlist with <group/version/kind> for --prune'},
} satisfies FlagTable;

const PRUNED = [
  ...['ConfigMap', 'Endpoints', 'Namespace', 'PersistentVolumeClaim', 'PersistentVolume', 'Pod'].map(kind => `core/v1/${kind}`),
  ...['ReplicationController', 'Secret', 'Service'].map(kind => `core/v1/${kind}`),
  ...['batch/v1/Job', 'batch/v1/CronJob', 'networking.k8s.io/v1/Ingress'],
  ...['DaemonSet', 'Deployment', 'ReplicaSet', 'StatefulSet'].map(kind => `apps/v1/${kind}`),
];

/** The kinds that --prune looks at. Throws Failure. */
export function prunedKinds({flags}: Context): {group: string; kind: string}[] {
  const given = flags.list('prune-allowlist');
  return (given.length > 0 ? given : PRUNED).map(text => {
    const [group, version, kind, ...more] = text.split('/');
    if (!group || !version || !kind || more.length > 0)
      throw new Failure(`invalid GroupVersionKind format: ${text}, please follow <group/version/kind>`);
    return {group: group === 'core' ? '' : group, kind};
  });
}

/** What was applied with this selector and is not among the files. Throws Failure. */
export function* leftOver(context: Context, kept: readonly Info[]): Effects<Info[]> {
  const selector = context.flags.string('selector');
  const namespaces = [...new Set(kept.filter(one => one.kind.namespaced).map(one => one.namespace))];
  const found: Info[] = [];
  for (const {group, kind} of prunedKinds(context)) {
    const row = yield* context.kind(group ? `${kind}.${group}` : kind);
    const infos: Info[] = [];
    for (const namespace of row.namespaced ? namespaces : ['']) infos.push(...(yield* listed(context, row, namespace, {selector})));
    const isKept = ({kind: own, namespace, name}: Info): boolean =>
      kept.some(
        one => one.kind.resource === own.resource && one.kind.group === own.group && one.namespace === namespace && one.name === name,
      );
    found.push(...infos.filter(info => lastApplied(info.object!) && !isKept(info)));
  }
  return found;
}
