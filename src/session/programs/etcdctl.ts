/** The store's own client, reading. upstream: etcd-io/etcd etcdctl/ctlv3/command */

import type {KubeObject} from '../../engine/api/types.ts';
import {etcdStatus, type KeyValue, KV} from '../../engine/apiserver/storage.ts';
import {stderr, stdout} from '../../kubectl/effects.ts';
import type {Program, ProgramEnv} from '../shell.ts';

/** What the store holds of an object: everything but its resourceVersion, which is the key's mod revision. */
const stored = (value: KubeObject): string => {
  const {resourceVersion: _revision, ...metadata} = value.metadata;
  return JSON.stringify({...value, metadata});
};

function* get(argv: readonly string[], {cluster}: ProgramEnv) {
  const flags = argv.filter(a => a.startsWith('-'));
  const [key = ''] = argv.filter(a => !a.startsWith('-'));
  const unknown = flags.find(f => !['--prefix', '--keys-only', '--count-only', '-w=json', '--write-out=json'].includes(f));
  if (unknown) {
    yield* stderr(`Error: unknown flag: ${unknown}\n`);
    return 1;
  }
  if (!key) {
    yield* stderr('Error: get command needs one argument as key and an optional argument as range_end\n');
    return 128;
  }
  const table = cluster.machine.table<KeyValue<KubeObject>>(KV);
  const found = flags.includes('--prefix') ? [...table.range('key', key)] : [table.find('key', key)].filter(kv => kv !== undefined);
  if (flags.some(f => f.endsWith('json'))) {
    const kvs = found.map(kv => ({
      key: btoa(kv.key),
      create_revision: kv.createRevision,
      mod_revision: kv.modRevision,
      version: kv.version,
      ...(!flags.includes('--keys-only') && {value: btoa(unescape(encodeURIComponent(stored(kv.value))))}),
    }));
    yield* stdout(`${JSON.stringify({header: {revision: cluster.machine.root.revision}, kvs, count: found.length})}\n`);
  } else if (flags.includes('--keys-only')) yield* stdout(found.map(kv => `${kv.key}\n\n`).join(''));
  else yield* stdout(found.map(kv => `${kv.key}\n${stored(kv.value)}\n`).join(''));
  return 0;
}

function* members({cluster}: ProgramEnv) {
  const status = etcdStatus(cluster.machine);
  yield* stdout(
    status.members
      .map(
        (m, i) =>
          `${(i + 1).toString(16).padStart(16, '0')}, ${m.up ? 'started' : 'unreachable'}, ${m.name}, https://${m.name}:2380, https://${m.name}:2379, false\n`,
      )
      .join(''),
  );
  return 0;
}

function* endpoints({cluster}: ProgramEnv) {
  const {members: all, leader, raftTerm} = etcdStatus(cluster.machine);
  for (const m of all) {
    if (m.up) yield* stdout(`https://${m.name}:2379, 3.6.8, ${m.name === leader}, ${raftTerm}, ${cluster.machine.root.revision}\n`);
    else yield* stderr(`Failed to get the status of endpoint https://${m.name}:2379 (context deadline exceeded)\n`);
  }
  return all.every(m => m.up) ? 0 : 1;
}

export const etcdctl: Program = {
  name: 'etcdctl',
  usage: 'etcdctl get KEY [--prefix] [--keys-only] | member list | endpoint status',
  about: 'look into the store',
  *run(argv, env) {
    const [command, ...rest] = argv;
    if (command === 'get') return yield* get(rest, env);
    if (command === 'member' && rest[0] === 'list') return yield* members(env);
    if (command === 'endpoint' && rest[0] === 'status') return yield* endpoints(env);
    yield* stderr(`Error: unknown command "${argv.join(' ')}" for "etcdctl"\n`);
    return 1;
  },
  complete: argv => (argv.length === 0 ? ['get', 'member list', 'endpoint status'].map(text => ({text, about: 'command'})) : []),
};
