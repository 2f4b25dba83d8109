/** The store's own client. upstream: etcd-io/etcd etcdctl/ctlv3/command */

import type {KubeObject} from '../../../engine/api/types.ts';
import {etcdStatus, historyEntry, type KeyValue, KV} from '../../../engine/apiserver/storage.ts';
import {ControlError} from '../../../engine/cluster/control.ts';
import {sleep, stderr, stdout} from '../../../kubectl/effects.ts';
import type {Effects} from '../../../kubectl/types.ts';
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

/** How often a watch looks at the store, in milliseconds. */
const WATCH_MS = 100;

/** Splits words into flags and others; complains about flags that are not known. */
function* wordsOf(argv: readonly string[], known: readonly string[]) {
  const flags = argv.filter(a => a.startsWith('-'));
  const unknown = flags.find(f => !known.includes(f));
  if (unknown) yield* stderr(`Error: unknown flag: ${unknown}\n`);
  return unknown ? undefined : {flags, words: argv.filter(a => !a.startsWith('-'))};
}

function* write({cluster}: ProgramEnv, control: Parameters<ProgramEnv['cluster']['control']>[0]) {
  try {
    cluster.control(control);
    return true;
  } catch (error) {
    if (!(error instanceof ControlError)) throw error;
    yield* stderr(`Error: ${error.message}\n`);
    return false;
  }
}

function* put(argv: readonly string[], env: ProgramEnv) {
  const [key, ...value] = argv;
  if (!key || !value.length) {
    yield* stderr('Error: put command needs 1 argument and input from stdin or 2 arguments\n');
    return 128;
  }
  if (!(yield* write(env, {action: 'etcd-put', key, value: value.join(' ')}))) return 1;
  yield* stdout('OK\n');
  return 0;
}

function* del(argv: readonly string[], env: ProgramEnv) {
  const given = yield* wordsOf(argv, ['--prefix']);
  if (!given) return 1;
  const [key] = given.words;
  if (!key) {
    yield* stderr('Error: del command needs one argument as key and an optional argument as range_end\n');
    return 128;
  }
  const prefix = given.flags.includes('--prefix');
  const table = env.cluster.machine.table<KeyValue<KubeObject>>(KV);
  const count = prefix ? [...table.range('key', key)].length : Number(table.find('key', key) !== undefined);
  if (count && !(yield* write(env, {action: 'etcd-del', key, prefix}))) return 1;
  yield* stdout(`${count}\n`);
  return 0;
}

/** Goes on until it is interrupted. */
function* watch(argv: readonly string[], {cluster}: ProgramEnv) {
  const given = yield* wordsOf(argv, ['--prefix']);
  if (!given) return 1;
  const [key] = given.words;
  if (!key) {
    yield* stderr('Error: watch in non-interactive mode requires an argument as key or prefix\n');
    return 128;
  }
  const prefix = given.flags.includes('--prefix');
  let {revision} = cluster.machine.root;
  for (;;) {
    for (; revision < cluster.machine.root.revision; ) {
      const entry = historyEntry(cluster.machine, ++revision);
      if (!entry || !(prefix ? entry.key.startsWith(key) : entry.key === key)) continue;
      yield* stdout(entry.value ? `PUT\n${entry.key}\n${stored(entry.value.value as KubeObject)}\n` : `DELETE\n${entry.key}\n\n`);
    }
    yield* sleep(WATCH_MS);
  }
}

const commands: Record<string, (argv: readonly string[], env: ProgramEnv) => Effects<number>> = {get, put, del, watch};

export const etcdctl: Program = {
  name: 'etcdctl',
  usage:
    'etcdctl get KEY [--prefix] [--keys-only] | put KEY VALUE | del KEY [--prefix] | watch KEY [--prefix] | member list | endpoint status',
  about: 'look into the store, and write behind the API server',
  *run(argv, env) {
    const [command, ...rest] = argv;
    const act = commands[command ?? ''];
    if (act) return yield* act(rest, env);
    if (command === 'member' && rest[0] === 'list') return yield* members(env);
    if (command === 'endpoint' && rest[0] === 'status') return yield* endpoints(env);
    yield* stderr(`Error: unknown command "${argv.join(' ')}" for "etcdctl"\n`);
    return 1;
  },
  complete: argv =>
    argv.length === 0 ? ['get', 'put', 'del', 'watch', 'member list', 'endpoint status'].map(text => ({text, about: 'command'})) : [],
};
