/** `kubectl set env`. upstream: staging/src/k8s.io/kubectl/pkg/cmd/set/set_env.go, cmd/set/env */
import {isEnvVarName} from '../../../engine/api/names.ts';
import {ApiError, type core, type KubeObject} from '../../../engine/api/types.ts';
import {type Info, mustLookUp} from '../../builder.ts';
import type {Command} from '../../command.ts';
import type {Context} from '../../context.ts';
import {extractResourceValue} from '../../describe/env-values.ts';
import {stderr, stdout} from '../../effects.ts';
import {Failure} from '../../failure.ts';
import type {Effects} from '../../types.ts';
import {CONTAINERS_FLAG, find, podSpecOf, resourcesAndPairs, SET_FLAGS, selected, update} from './update.ts';

interface Changes {
  wanted: core.EnvVar[];
  removed: string[];
}

/** `KEY=value` sets, `KEY-` takes away, `-` reads standard input. Throws Failure. upstream: ParseEnv */
function parseChanges(args: readonly string[], input: string): Changes {
  const wanted: core.EnvVar[] = [];
  const removed: string[] = [];
  const set = (text: string): void => {
    const equals = text.indexOf('=');
    const name = text.slice(0, equals);
    const problems = isEnvVarName(name);
    if (problems.length > 0) throw new Failure(`"${name}" is not a valid key name: ${problems.join(';')}`);
    wanted.push({name, value: text.slice(equals + 1)});
  };
  for (const arg of args) {
    if (arg === '-') for (const line of input.split('\n').filter(l => l.includes('=') && !l.startsWith('#'))) set(line);
    else if (arg.includes('=')) set(arg);
    else if (arg.endsWith('-')) removed.push(arg.slice(0, -1));
    else throw new Failure(`unknown environment variable: ${arg}`);
  }
  if (removed.some(name => wanted.some(v => v.name === name)))
    throw new Failure('can not both modify and remove the same environment variable in the same command');
  return {wanted, removed};
}

/** The keys of config maps and secrets as variables. Throws Failure. */
function* imported(context: Context): Effects<core.EnvVar[]> {
  const from = context.flags.string('from');
  if (!from) return [];
  const keys = context.flags.list('keys');
  const variables: core.EnvVar[] = [];
  for (const {object, kind, name: source} of yield* mustLookUp(context, [from])) {
    if (kind.group !== '' || !['ConfigMap', 'Secret'].includes(kind.kind)) throw new Failure('unsupported resource specified in --from');
    const reference = kind.kind === 'Secret' ? 'secretKeyRef' : 'configMapKeyRef';
    const offered = Object.keys((object as core.ConfigMap).data ?? {}).sort();
    for (const key of offered.filter(k => keys.length === 0 || keys.includes(k))) {
      const name = key.replace(/[^a-zA-Z0-9_]/g, '_').toUpperCase();
      if (name !== key) yield* stderr(`Warning: key ${key} transferred to ${name}\n`);
      variables.push({name, valueFrom: {[reference]: {name: source, key}}});
    }
  }
  return variables;
}

/** What is there keeps its place; the first of several changes of one name counts. */
function updated(there: readonly core.EnvVar[], {wanted, removed}: Changes): core.EnvVar[] {
  const first = (name: string): core.EnvVar | undefined => wanted.find(v => v.name === name);
  const seen = new Set(removed);
  return [...there.map(v => first(v.name) ?? v), ...wanted].filter(({name}) => {
    const fresh = !seen.has(name);
    if (first(name)) seen.add(name);
    return fresh;
  });
}

/** Where a value comes from, as text. upstream: GetEnvVarRefString */
function origin({configMapKeyRef, secretKeyRef, fieldRef, resourceFieldRef}: core.EnvVarSource): string {
  if (configMapKeyRef) return `configmap ${configMapKeyRef.name}, key ${configMapKeyRef.key}`;
  if (secretKeyRef) return `secret ${secretKeyRef.name}, key ${secretKeyRef.key}`;
  if (fieldRef) return `field path ${fieldRef.fieldPath}`;
  if (!resourceFieldRef) return 'invalid valueFrom';
  const {containerName, resource} = resourceFieldRef;
  return `resource field ${containerName ? `${containerName}/` : ''}${resource}`;
}

const asLines = (map: Readonly<Record<string, string>> = {}): string =>
  Object.keys(map)
    .sort()
    .map(key => `${key}="${map[key]}"`)
    .join('\n');

/** Throws Failure where no object has such a field to show. upstream: pkg/util/fieldpath ExtractFieldPathAsString */
function fieldOf({metadata}: KubeObject, path: string): string {
  const subscript = /^metadata\.(labels|annotations)\['(.*)'\]$/.exec(path);
  if (subscript) return metadata[subscript[1] as 'labels' | 'annotations']?.[subscript[2]!] ?? '';
  if (path === 'metadata.labels' || path === 'metadata.annotations')
    return asLines(metadata[path === 'metadata.labels' ? 'labels' : 'annotations']);
  if (path === 'metadata.name') return metadata.name ?? '';
  if (path === 'metadata.namespace') return metadata.namespace ?? '';
  if (path === 'metadata.uid') return metadata.uid ?? '';
  throw new Failure(`unsupported fieldPath: ${path}`);
}

/** The value behind a reference. Throws Failure or ApiError. upstream: GetEnvVarRefValue */
function* resolved(context: Context, object: KubeObject, container: core.Container, source: core.EnvVarSource): Effects<string> {
  const {configMapKeyRef, secretKeyRef, fieldRef, resourceFieldRef} = source;
  const {namespace} = context.config;
  if (configMapKeyRef) {
    const {data} = yield* context.reader.get<core.ConfigMap & KubeObject>('v1', 'configmaps', namespace, configMapKeyRef.name ?? '');
    const value = data?.[configMapKeyRef.key];
    if (value === undefined) throw new Failure(`key ${configMapKeyRef.key} not found in config map ${configMapKeyRef.name}`);
    return value;
  }
  if (secretKeyRef) {
    const {data} = yield* context.reader.get<core.Secret & KubeObject>('v1', 'secrets', namespace, secretKeyRef.name ?? '');
    const value = data?.[secretKeyRef.key];
    if (value === undefined) throw new Failure(`key ${secretKeyRef.key} not found in secret ${secretKeyRef.name}`);
    return atob(value);
  }
  if (fieldRef) return fieldOf(object, fieldRef.fieldPath);
  if (resourceFieldRef) return extractResourceValue(resourceFieldRef, container);
  throw new Failure('invalid valueFrom');
}

function* listContainer(context: Context, info: Info, container: core.Container): Effects<boolean> {
  const problems = new Map<string, string[]>();
  yield* stdout(`# ${info.kind.kind} ${info.name}, container ${container.name}\n`);
  for (const {name, value = '', valueFrom} of container.env ?? []) {
    let shown = value;
    if (valueFrom) {
      const reference = `# ${name} from ${origin(valueFrom)}\n`;
      if (!context.flags.bool('resolve')) {
        yield* stdout(reference);
        continue;
      }
      try {
        shown = yield* resolved(context, info.object!, container, valueFrom);
      } catch (error) {
        if (!(error instanceof Failure || error instanceof ApiError)) throw error;
        yield* stdout(reference);
        problems.set(error.message, [...(problems.get(error.message) ?? []), name]);
        continue;
      }
    }
    yield* stdout(`${name}=${shown}\n`);
  }
  const lines = [...problems].map(([words, names]) => `error retrieving reference for ${names.sort().join(', ')}: ${words}\n`);
  yield* stderr(lines.sort().join(''));
  return problems.size === 0;
}

/** `--list`: with the changes, which are sent to nobody. */
function* listAll(context: Context, infos: readonly Info[], changes: Changes): Effects<void> {
  for (const info of infos) {
    const podSpec = podSpecOf(info.object!);
    for (const container of podSpec ? selected(podSpec, context.flags.string('containers')) : []) {
      const complete = yield* listContainer(context, info, {...container, env: updated(container.env ?? [], changes)});
      if (!complete) break;
    }
  }
}

function refuseOverwriting(containers: readonly core.Container[], info: Info, {wanted}: Changes): void {
  const clash = containers.flatMap(c => c.env ?? []).find(v => wanted.some(w => w.name === v.name && (w.value ?? '') !== (v.value ?? '')));
  if (clash)
    throw new Failure(
      `${info.kind.resource}/${info.name} '${clash.name}' already has a value (${clash.value ?? ''}), and --overwrite is false`,
    );
}

export const env: Command = {
  name: 'env',
  use: 'set env RESOURCE/NAME KEY_1=VAL_1 ... KEY_N=VAL_N',
  short: 'Update environment variables on a pod template',
  flags: {
    ...SET_FLAGS,
    ...CONTAINERS_FLAG,
    env: {type: 'array', short: 'e', usage: 'Specify a key-value pair for an environment variable to set into each container.'},
    from: {type: 'string', usage: 'The name of a resource from which to inject environment variables'},
    keys: {type: 'list', usage: 'Comma-separated list of keys to import from specified resource'},
    list: {
      type: 'bool',
      value: 'false',
      usage:
        'If true, display the environment and any changes in the standard format. this flag will removed when we have kubectl view env.',
    },
    overwrite: {
      type: 'bool',
      value: 'true',
      usage: 'If true, allow environment to be overwritten, otherwise reject updates that overwrite existing environment.',
    },
    prefix: {type: 'string', usage: 'Prefix to append to variable names'},
    resolve: {type: 'bool', value: 'false', usage: 'If true, show secret or configmap references when listing variables'},
  },
  completes: 'resources',
  *run(context) {
    const {flags, args} = context;
    if (flags.bool('all') && flags.string('selector')) throw new Failure('cannot set --all and --selector at the same time');
    const {resources, pairs, late} = resourcesAndPairs(args, arg => arg.includes('=') || arg.endsWith('-'));
    if (late !== undefined) throw new Failure(`all resources must be specified before environment changes: ${args.join(' ')}`);
    if (resources.length === 0 && flags.list('filename').length === 0)
      throw new Failure('one or more resources must be specified as <resource> <name> or <resource>/<name>');
    if (flags.bool('list') && flags.string('output')) throw new Failure('--list and --output may not be specified together');
    if (flags.list('keys').length > 0 && !flags.string('from'))
      throw new Failure('when specifying --keys, a configmap or secret must be provided with --from');
    const {wanted, removed} = parseChanges([...flags.list('env'), ...pairs], context.env.stdin ?? '');
    const named = [...wanted, ...(yield* imported(context))];
    const prefix = flags.string('prefix');
    const changes: Changes = {wanted: named.map(v => ({...v, name: `${prefix}${v.name}`})), removed};
    const infos = yield* find(context, resources);
    const pattern = flags.string('containers');
    for (const info of infos) {
      const podSpec = podSpecOf(info.object!);
      if (podSpec && selected(podSpec, pattern).length === 0)
        yield* stderr(`Warning: ${info.kind.kind}/${info.name} does not have any containers matching "${pattern}"\n`);
    }
    if (flags.bool('list')) {
      yield* listAll(context, infos, changes);
      return;
    }
    yield* update(context, infos, {done: 'env updated', refused: 'failed to patch env update to pod template:'}, (podSpec, info) => {
      const containers = selected(podSpec, pattern);
      if (!flags.bool('overwrite')) refuseOverwriting(containers, info, changes);
      for (const container of containers) {
        container.env = updated(container.env ?? [], changes);
        if (container.env.length === 0) delete container.env;
      }
      return [];
    });
  },
};
