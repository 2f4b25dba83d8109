/** What can be done to a node's programs, disk and pods by somebody who sits at its keyboard. */
import type {Pod} from '../../../engine/api/types.ts';
import {HOSTS, type KubeletConfiguration} from '../../../engine/client/hosts.ts';
import {ControlError} from '../../../engine/cluster/control.ts';
import {plainHost} from '../../../engine/cluster/presets.ts';
import type {RegistryState} from '../../../engine/runtime/catalogue/catalogue.ts';
import {registries} from '../../../engine/runtime/catalogue/registries.ts';
import {flavours, type RuntimeName} from '../../../engine/runtime/flavours.ts';
import {objectsOf} from '../../../selectors/objects.ts';
import type {ProgramEnv} from '../shell.ts';
import {type ChaosRow, oneOf} from './chaos-row.ts';
import {hostNames} from './hosts.ts';

const REGISTRY_STATES: readonly RegistryState[] = ['ok', 'slow', 'down', 'unauthorized', 'rate-limited'];

const podsOf = ({cluster}: ProgramEnv): readonly Pod[] => objectsOf(cluster.machine, 'pods');

/** `NAME` or `NAMESPACE/NAME`, with the node it is bound to. Throws ControlError. */
function boundPod(env: ProgramEnv, text: string): {pod: string; node: string; containers: readonly string[]} {
  const [name, namespace = 'default'] = text.split('/').reverse() as [string, string?];
  const found = podsOf(env).find(({metadata}) => metadata.name === name && metadata.namespace === namespace);
  const node = found?.spec?.nodeName;
  if (!found || !node) throw new ControlError(`there is no pod ${namespace}/${name} on any node`);
  return {pod: `${namespace}/${name}`, node, containers: found.spec!.containers.map(c => c.name)};
}

/** Static pods' manifests lie in the kubelet's directory under the name of the learner's file. */
const manifestPath = (file: string): string => `/etc/kubernetes/manifests/${file.split('/').at(-1)}`;

/** `memory.available:100Mi,pid.available:10%` */
const thresholdsOf = (text: string): Record<string, string> =>
  Object.fromEntries(text.split(',').map(pair => pair.split(/[:<]/) as [string, string]));

/** Fields of a KubeletConfiguration, by what is written after the equals sign. */
const SETTINGS: Readonly<Record<string, (value: string) => KubeletConfiguration>> = {
  cpuManagerPolicy: value => ({cpuManagerPolicy: value === 'static' ? 'static' : 'none', reservedSystemCPUs: '0'}),
  evictionHard: value => ({evictionHard: thresholdsOf(value)}),
  staticPodURL: value => ({staticPodURL: value}),
  serverTLSBootstrap: value => ({serverTLSBootstrap: value === 'true'}),
};

export const nodeRows: readonly ChaosRow[] = [
  {
    words: ['kill'],
    names: ['POD', '[CONTAINER]'],
    about: "end a container's process, as kill -9 on its node does",
    control([name = '', wanted], env) {
      const {pod, node, containers} = boundPod(env, name);
      return {action: 'kill-container', node, pod, container: wanted ?? containers[0]!};
    },
    said: ([pod, container]) => `${container ? `${container} of ` : ''}${pod} was killed`,
  },
  {
    words: ['node', 'join'],
    names: ['TOKEN'],
    about: 'let one more machine join with a bootstrap token (six letters, a dot, sixteen letters)',
    control([bootstrapToken = ''], {cluster}) {
      return {action: 'add-host', host: {...plainHost(cluster.machine.table(HOSTS).count + 1), bootstrapToken}};
    },
    said: () => 'a machine asks for its certificate',
  },
  {
    words: ['sandbox', 'kill'],
    names: ['POD'],
    about: "end a pod's pause process, and its namespaces with it",
    control([name = ''], env) {
      const {pod, node} = boundPod(env, name);
      return {action: 'kill-sandbox', node, pod};
    },
    said: ([pod]) => `the sandbox of ${pod} is gone`,
  },
  {
    words: ['registry'],
    names: ['REGISTRY', 'STATE'],
    about: `what becomes of pulls from a registry: ${REGISTRY_STATES.join(', ')}`,
    control: ([domain = '', state]) => ({action: 'registry', domain, state: oneOf('a registry', REGISTRY_STATES, state)}),
    said: ([domain, state]) => `${domain} is ${state}`,
  },
  {
    words: ['status', 'stall'],
    names: ['NAME'],
    about: "hold back what a node's kubelet reports of its pods",
    control: ([node = '']) => ({action: 'status-stall', node}),
    said: ([node]) => `the status manager on ${node} is silent`,
  },
  {
    words: ['status', 'mend'],
    names: ['NAME'],
    about: 'let it speak again',
    control: ([node = '']) => ({action: 'status-mend', node}),
    said: ([node]) => `the status manager on ${node} reports`,
  },
  {
    words: ['manifest', 'put'],
    names: ['NAME', 'FILE'],
    about: "copy a file of yours into a node's /etc/kubernetes/manifests",
    control([node = '', file = ''], {state}) {
      const text = state.files[file];
      if (text === undefined) throw new ControlError(`there is no file ${file}`);
      return {action: 'manifest', node, path: manifestPath(file), text};
    },
    said: ([node, file = '']) => `${manifestPath(file)} written on ${node}`,
  },
  {
    words: ['manifest', 'remove'],
    names: ['NAME', 'FILE'],
    about: 'take it away',
    control: ([node = '', file = '']) => ({action: 'manifest', node, path: manifestPath(file)}),
    said: ([node, file = '']) => `${manifestPath(file)} removed on ${node}`,
  },
  {
    words: ['disk', 'fill'],
    names: ['NAME', 'PERCENT'],
    about: "fill a node's disk with files of nobody's (0 takes them away)",
    control([node = '', percent = '']) {
      const share = Number(percent.replace(/%$/, '')) / 100;
      if (!(share >= 0 && share <= 1)) throw new ControlError(`${percent} is no percentage`);
      return {action: 'node-load', node, load: {disk: share}};
    },
    said: ([node, percent = '']) => `${percent.replace(/%$/, '')} % of the disk of ${node} is taken`,
  },
  {
    words: ['runtime'],
    names: ['NAME', 'RUNTIME'],
    about: 'put another container runtime on a node: containerd or cri-o (its pods end there)',
    control([node = '', wanted = '']) {
      const runtime = Object.keys(flavours).find(name => name === wanted) as RuntimeName | undefined;
      if (!runtime) throw new ControlError(`a runtime is ${Object.keys(flavours).join(' or ')}, not ${wanted}`);
      return {action: 'runtime', node, runtime};
    },
    said: ([node, runtime]) => `${node} runs ${runtime}`,
  },
  {
    words: ['impostor', 'put'],
    names: ['NAME'],
    about: "let somebody answer on a node's port 10250 in the kubelet's stead",
    control: ([node = '']) => ({action: 'impostor', node, there: true}),
    said: ([node]) => `somebody listens at the address of ${node}`,
  },
  {
    words: ['impostor', 'remove'],
    names: ['NAME'],
    about: 'send him away',
    control: ([node = '']) => ({action: 'impostor', node, there: false}),
    said: ([node]) => `the kubelet of ${node} answers again`,
  },
  {
    words: ['kubelet', 'set'],
    names: ['NAME', 'FIELD=VALUE'],
    about: `write a field of a node's kubelet configuration and start the kubelet again: ${Object.keys(SETTINGS).join(', ')}`,
    control([node = '', assignment = '']) {
      const [field = '', ...rest] = assignment.split('=');
      const change = SETTINGS[field]?.(rest.join('='));
      if (!change) throw new ControlError(`no field ${field}; known are ${Object.keys(SETTINGS).join(', ')}`);
      return {action: 'kubelet-config', node, change};
    },
    said: ([node, assignment]) => `the kubelet on ${node} starts with ${assignment}`,
  },
];

/** Words for the places of these rows, where they are not nodes. */
export const placesOfNodes: Readonly<Record<string, (env: ProgramEnv) => readonly string[]>> = {
  POD: env => podsOf(env).flatMap(({metadata: {name = '', namespace = ''}}) => [namespace === 'default' ? name : `${namespace}/${name}`]),
  '[CONTAINER]': env => podsOf(env).flatMap(pod => pod.spec?.containers.map(c => c.name) ?? []),
  REGISTRY: () => Object.keys(registries),
  STATE: () => REGISTRY_STATES,
  FILE: ({state}) => Object.keys(state.files),
  NAME: ({cluster}) => hostNames(cluster),
  RUNTIME: () => Object.keys(flavours),
  PERCENT: () => ['0', '80', '95'],
  'FIELD=VALUE': () => ['cpuManagerPolicy=static', 'evictionHard=memory.available:1Gi', 'staticPodURL=http://'],
};
