/** upstream: staging/src/k8s.io/kubectl/pkg/cmd/create/create_configmap.go, create_secret*.go */
import {isConfigMapKey} from '../../../engine/api/names.ts';
import type {KubeObject} from '../../../engine/api/types.ts';
import type {Context} from '../../context.ts';
import {Failure} from '../../failure.ts';
import type {FlagTable} from '../../flags.ts';
import {keyPairFault} from '../../tls/key-pair.ts';
import type {Generator} from './generator.ts';
import {withHash} from './name-hash.ts';

const SOURCE_FLAGS = {
  'from-literal': {type: 'array', usage: 'Specify a key and literal value to insert (i.e. mykey=somevalue)'},
  'from-file': {
    type: 'list',
    usage:
      'Key file can be specified using its file path, in which case file basename will be used as key, or optionally with a key and file path, in which case the given key will be used.  Specifying a directory will iterate each named file in the directory whose basename is a valid key.',
  },
  'from-env-file': {type: 'list', usage: 'Specify the path to a file to read lines of key=val pairs to create a configmap.'},
} satisfies FlagTable;

const HASH_FLAG = {'append-hash': {type: 'bool', value: 'false', usage: 'Append a hash of the object to its name.'}} satisfies FlagTable;

const hashed = ({flags}: Context, object: KubeObject): KubeObject => (flags.bool('append-hash') ? withHash(object) : object);

const basename = (path: string): string => path.split('/').at(-1)!;

/** The text of a file. Throws Failure. */
function readSource({env}: Context, path: string): string {
  const text = env.files.read(path);
  if (text === undefined) throw new Failure(`error reading ${path}: no such file or directory`);
  return text;
}

/** Key and value of every source, in order. Throws Failure. */
function sources(context: Context, what: string): [key: string, value: string][] {
  const {flags, env} = context;
  const pairs: [string, string][] = [];
  const add = (key: string, value: string): void => {
    const [problem] = isConfigMapKey(key);
    if (problem) throw new Failure(`${JSON.stringify(key)} is not a valid key name for a ${what}: ${problem}`);
    if (pairs.some(([k]) => k === key))
      throw new Failure(
        what === 'Secret'
          ? `cannot add key ${key}, another key by that name already exists`
          : `cannot add key "${key}", another key by that name already exists in Data for ${what} "${context.args[0]}"`,
      );
    pairs.push([key, value]);
  };
  const read = (path: string): string => readSource(context, path);
  if (flags.list('from-env-file').length > 0 && (flags.list('from-file').length > 0 || flags.list('from-literal').length > 0))
    throw new Failure('from-env-file cannot be combined with from-file or from-literal');
  for (const literal of flags.list('from-literal')) {
    const equals = literal.indexOf('=');
    if (equals < 0) throw new Failure(`invalid literal source ${literal}, expected key=value`);
    add(literal.slice(0, equals), literal.slice(equals + 1).replace(/^(["'])(.*)\1$/s, '$2'));
  }
  for (const source of flags.list('from-file')) {
    const [first = '', second] = source.split(/=(.*)/s);
    if (second !== undefined) {
      add(first, read(second));
      continue;
    }
    const names = env.files.list(source);
    if (names) for (const name of names) add(name, read(`${source.replace(/\/$/, '')}/${name}`));
    else add(basename(source), read(source));
  }
  for (const path of flags.list('from-env-file'))
    for (const line of read(path).split('\n')) {
      const text = line.trimStart();
      if (!text || text.startsWith('#')) continue;
      const [key = '', value = ''] = text.split(/=(.*)/s);
      add(key, value);
    }
  return pairs;
}

const base64 = (text: string): string => btoa(String.fromCharCode(...new TextEncoder().encode(text)));

export const configmap: Generator = {
  name: 'configmap',
  aliases: ['cm'],
  use: 'configmap NAME [--from-file=[key=]source] [--from-literal=key1=value1] [--dry-run=server|client|none]',
  short: 'Create a config map from a local file, directory or literal value',
  flags: {...SOURCE_FLAGS, ...HASH_FLAG},
  refusal: 'failed to create configmap:',
  build(context, name) {
    const data = Object.fromEntries(sources(context, 'ConfigMap'));
    return hashed(context, {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: {name},
      ...(Object.keys(data).length > 0 && {data}),
    } as KubeObject);
  },
};

const secretObject = (name: string, data: Readonly<Record<string, string>>, type: string): KubeObject => ({
  apiVersion: 'v1',
  kind: 'Secret',
  metadata: {name},
  ...(Object.keys(data).length > 0 && {data}),
  ...(type && {type}),
});

const SECRET_REFUSAL = 'failed to create secret';

export const genericSecret: Generator = {
  name: 'generic',
  use: 'secret generic NAME [--type=string] [--from-file=[key=]source] [--from-literal=key1=value1] [--dry-run=server|client|none]',
  short: 'Create a secret from a local file, directory, or literal value',
  flags: {...SOURCE_FLAGS, ...HASH_FLAG, type: {type: 'string', usage: 'The type of secret to create'}},
  refusal: SECRET_REFUSAL,
  build(context, name) {
    const data = Object.fromEntries(sources(context, 'Secret').map(([key, value]) => [key, base64(value)]));
    return hashed(context, secretObject(name, data, context.flags.string('type')));
  },
};

const DOCKER_CONFIG = '.dockerconfigjson';
const DOCKER_TYPE = 'kubernetes.io/dockerconfigjson';

export const dockerSecret: Generator = {
  name: 'docker-registry',
  use: 'secret docker-registry NAME --docker-username=user --docker-password=password --docker-email=email [--docker-server=string] [--from-file=[key=]source] [--dry-run=server|client|none]',
  short: 'Create a secret for use with a Docker registry',
  flags: {
    ...HASH_FLAG,
    'from-file': SOURCE_FLAGS['from-file'],
    'docker-server': {type: 'string', value: 'https://index.docker.io/v1/', usage: 'Server location for Docker registry'},
    'docker-username': {type: 'string', usage: 'Username for Docker registry authentication'},
    'docker-password': {type: 'string', usage: 'Password for Docker registry authentication'},
    'docker-email': {type: 'string', usage: 'Email for Docker registry'},
  },
  refusal: SECRET_REFUSAL,
  build(context, name) {
    const {flags} = context;
    const [login] = flags.list('from-file');
    if (login !== undefined) {
      const data = {[DOCKER_CONFIG]: base64(readSource(context, login.replace(`${DOCKER_CONFIG}=`, '')))};
      return hashed(context, secretObject(name, data, DOCKER_TYPE));
    }
    const [username, password, email] = ['username', 'password', 'email'].map(f => flags.string(`docker-${f}`));
    if (!username || !password || !flags.string('docker-server'))
      throw new Failure('either --from-file or the combination of --docker-username, --docker-password and --docker-server is required');
    const account = {username, password, ...(email && {email}), auth: base64(`${username}:${password}`)};
    const config = JSON.stringify({auths: {[flags.string('docker-server')]: account}});
    return hashed(context, secretObject(name, {[DOCKER_CONFIG]: base64(config)}, DOCKER_TYPE));
  },
};

export const tlsSecret: Generator = {
  name: 'tls',
  use: 'secret tls NAME --cert=path/to/cert/file --key=path/to/key/file [--dry-run=server|client|none]',
  short: 'Create a TLS secret',
  flags: {
    ...HASH_FLAG,
    cert: {type: 'string', usage: 'Path to PEM encoded public key certificate.', required: true},
    key: {type: 'string', usage: 'Path to private key associated with given certificate.', required: true},
  },
  refusal: SECRET_REFUSAL,
  build(context, name) {
    const {flags, env} = context;
    const read = (path: string): string => {
      const text = env.files.read(path);
      if (text === undefined) throw new Failure(`Cannot read file ${path}, open ${path}: no such file or directory`);
      return text;
    };
    const [certificate, key] = [read(flags.string('cert')), read(flags.string('key'))];
    const fault = keyPairFault(certificate, key);
    if (fault) throw new Failure(fault);
    const data = {'tls.crt': base64(certificate), 'tls.key': base64(key)};
    return hashed(context, secretObject(name, data, 'kubernetes.io/tls'));
  },
};
