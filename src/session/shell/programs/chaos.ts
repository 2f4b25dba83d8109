/** `chaos`: what no kubectl can do to a cluster. Each line is a control of the engine, so it stands in the journal and can be undone. */

import {etcdStatus} from '../../../engine/apiserver/storage.ts';
import {type OpenWatch, WATCHES} from '../../../engine/apiserver/watch.ts';
import {HOSTS} from '../../../engine/client/hosts.ts';
import {PROCESSES, type Process} from '../../../engine/client/processes.ts';
import {ControlError} from '../../../engine/cluster/control.ts';
import {plainHost} from '../../../engine/cluster/presets.ts';
import {BROKEN_CONFLIST} from '../../../engine/network/faults.ts';
import {stderr, stdout} from '../../../kubectl/effects.ts';
import type {Program, ProgramEnv} from '../shell.ts';
import {nodeRows, placesOfNodes} from './chaos-nodes.ts';
import {type ChaosRow, oneOf} from './chaos-row.ts';
import {serverRows} from './chaos-server.ts';

/** What Kubernetes is tested with, and the most that is promised. */
const MOST_NODES = 5000;

const clusterRows: readonly ChaosRow[] = [
  {
    words: ['stop'],
    names: ['PROGRAM', '[NODE]'],
    about: 'stop a program at once, as a crash does (kube-scheduler, kube-controller-manager, kubelet, ...)',
    control: ([program = '', node]) => ({action: 'stop', program, ...(node && {node})}),
    said: ([program, node]) => `${program}${node ? ` on ${node}` : ''} stopped`,
    idle: ([program, node]) => `${program}${node ? ` on ${node}` : ''} had stopped already`,
  },
  {
    words: ['start'],
    names: ['PROGRAM', '[NODE]'],
    about: 'start it again',
    control: ([program = '', node]) => ({action: 'start', program, ...(node && {node})}),
    said: ([program, node]) => `${program}${node ? ` on ${node}` : ''} started`,
    idle: ([program, node]) => `${program}${node ? ` on ${node}` : ''} was running already`,
  },
  {
    words: ['node', 'kill'],
    names: ['NAME'],
    about: 'cut the power of a node',
    control: ([node = '']) => ({action: 'node-down', node}),
    said: ([n]) => `${n} has no power`,
  },
  {
    words: ['node', 'start'],
    names: ['NAME'],
    about: 'give it back',
    control: ([node = '']) => ({action: 'node-up', node}),
    said: ([n]) => `${n} boots`,
  },
  {
    words: ['node', 'add'],
    names: [],
    about: 'join one more node',
    control: (_args, {cluster}) => ({action: 'add-host', host: plainHost(cluster.machine.table(HOSTS).count + 1)}),
    said: () => 'a node joins',
  },
  {
    words: ['nodes'],
    names: ['COUNT'],
    about: `let machines join until there are so many (${MOST_NODES} at most)`,
    control([text = '']) {
      const nodes = Number(text);
      if (!Number.isInteger(nodes) || nodes > MOST_NODES) throw new ControlError(`${text} is no number of nodes up to ${MOST_NODES}`);
      return {action: 'grow', nodes};
    },
    said: ([count]) => `machines join until there are ${count}`,
  },
  {
    words: ['etcd', 'stop'],
    names: ['MEMBER'],
    about: 'stop a member of etcd',
    control: ([member = '']) => ({action: 'etcd-down', member}),
    said: ([m]) => `${m} is down`,
  },
  {
    words: ['etcd', 'start'],
    names: ['MEMBER'],
    about: 'start it again',
    control: ([member = '']) => ({action: 'etcd-up', member}),
    said: ([m]) => `${m} is back`,
  },
  {
    words: ['lag'],
    names: ['COMPONENT', 'RESOURCE', 'MS'],
    about: 'make a watch arrive late',
    control: ([owner = '', resource = '', ms = '']) => ({action: 'watch-lag', owner: ownerName(owner), resource, lag: Number(ms) || 0}),
    said: ([c, r, ms]) => `${c} hears of ${r} ${ms} ms late`,
  },
  {
    words: ['cut'],
    names: ['COMPONENT', 'RESOURCE'],
    about: 'cut a watch',
    control: ([owner = '', resource = '']) => ({action: 'watch-stall', owner: ownerName(owner), resource}),
    said: ([c, r]) => `${c} hears nothing of ${r} any more`,
  },
  {
    words: ['mend'],
    names: ['COMPONENT', 'RESOURCE'],
    about: 'mend it',
    control: ([owner = '', resource = '']) => ({action: 'watch-mend', owner: ownerName(owner), resource}),
    said: ([c, r]) => `${c} hears of ${r} again`,
  },
  {
    words: ['network', 'cut'],
    names: ['NAME'],
    about: "pull a node's cable",
    control: ([node = '']) => ({action: 'network-break', node, part: 'link'}),
    said: ([n]) => `${n} is cut off`,
  },
  {
    words: ['network', 'plug'],
    names: ['NAME'],
    about: 'put it back',
    control: ([node = '']) => ({action: 'network-mend', node, part: 'link'}),
    said: ([n]) => `${n} is on the wire again`,
  },
  {
    words: ['overlay', 'break'],
    names: ['NAME'],
    about: 'let a node lose packets for other nodes (UDP 8472 blocked)',
    control: ([node = '']) => ({action: 'network-break', node, part: 'overlay'}),
    said: ([n]) => `${n} loses what goes through the overlay`,
  },
  {
    words: ['overlay', 'mend'],
    names: ['NAME'],
    about: 'mend it',
    control: ([node = '']) => ({action: 'network-mend', node, part: 'overlay'}),
    said: ([n]) => `the overlay of ${n} works again`,
  },
  {
    words: ['overlay', 'mode'],
    names: ['BACKEND'],
    about: 'how packets get from node to node: vxlan or routed',
    control: ([mode]) => ({action: 'network', change: {backend: oneOf('an overlay', ['vxlan', 'routed'], mode)}}),
    said: ([mode]) => `packets between nodes go ${mode === 'routed' ? 'as they are' : 'inside UDP'}`,
  },
  {
    words: ['proxy', 'mode'],
    names: ['MODE'],
    about: 'how kube-proxy writes its rules: iptables, nftables or ipvs',
    control: ([mode]) => ({action: 'network', change: {proxyMode: oneOf('a proxy mode', ['iptables', 'nftables', 'ipvs'], mode)}}),
    said: ([mode]) => `kube-proxy runs in mode ${mode}`,
  },
  {
    words: ['range'],
    names: ['CIDR'],
    about: 'start the controller manager and the overlay with another --cluster-cidr: a wider one, round the present one',
    control: ([clusterCIDR = '']) => ({action: 'network', change: {clusterCIDR}}),
    said: ([cidr]) => `pods get their addresses from ${cidr}`,
  },
  {
    words: ['cni', 'break'],
    names: ['NAME'],
    about: "leave half a plugin configuration in a node's /etc/cni/net.d",
    control: ([node = '']) => ({action: 'conflist', node, text: BROKEN_CONFLIST}),
    said: ([n]) => `the conflist on ${n} is broken`,
  },
  {
    words: ['cni', 'mend'],
    names: ['NAME'],
    about: 'write it anew',
    control: ([node = '']) => ({action: 'conflist', node}),
    said: ([n]) => `the conflist on ${n} is whole`,
  },
  {
    words: ['cni', 'range'],
    names: ['NAME', 'CIDR'],
    about: 'give a node another block of pod addresses (10.244.1.0/29 has five)',
    control: ([node = '', cidr = '']) => ({action: 'pod-range', node, cidr}),
    said: ([n, cidr]) => `pods to come on ${n} get addresses of ${cidr}`,
  },
];

const rows: readonly ChaosRow[] = [...clusterRows, ...nodeRows, ...serverRows];

const ownerName = (component: string): string => (component.includes('/') ? component : `${component}/`);

const usageOf = (row: ChaosRow): string => ['chaos', ...row.words, ...row.names].join(' ');

const rowOf = (argv: readonly string[]): ChaosRow | undefined => rows.find(r => r.words.every((word, i) => argv[i] === word));

/** Names that can stand at a place of a row. */
function namesFor(place: string, env: ProgramEnv): string[] {
  const {machine} = env.cluster;
  const processes = [...machine.table<Process>(PROCESSES).entries()].map(([, p]) => p);
  const unique = (list: string[]): string[] => [...new Set(list)].sort();
  if (place === 'PROGRAM') return unique(['kube-apiserver', ...processes.map(p => p.program)]);
  if (place === 'COMPONENT') return unique([...machine.table<OpenWatch>(WATCHES).entries()].map(([, w]) => w.owner.replace(/\/$/, '')));
  if (place === 'MEMBER') return etcdStatus(machine).members.map(m => m.name);
  if (place === 'COUNT') return ['10', '100', '250', String(MOST_NODES)];
  if (place === 'BACKEND') return ['routed', 'vxlan'];
  if (place === 'MODE') return ['iptables', 'ipvs', 'nftables'];
  const words = placesOfNodes[place]?.(env);
  if (words) return unique([...words]);
  if (place === '[NODE]') return unique(processes.flatMap(p => (p.instance ? [p.instance] : [])));
  if (place.includes('NAME')) return [...machine.table<{name: string}>(HOSTS).entries()].map(([, h]) => h.name);
  return [];
}

export const chaos: Program = {
  name: 'chaos',
  usage: 'chaos WHAT...',
  about: 'stop, break and mend parts of the cluster',
  *run(argv, env) {
    const row = rowOf(argv);
    const args = argv.slice(row?.words.length ?? 0);
    const needed = row?.names.filter(n => !n.startsWith('[')).length ?? 0;
    if (!row || args.length < needed || args.length > row.names.length) {
      const near = rows.filter(r => r.words[0] === argv[0]);
      const shown = near.length ? near : rows;
      const width = Math.max(...shown.map(r => usageOf(r).length));
      yield* stderr(`${shown.map(r => `${usageOf(r).padEnd(width)}  ${r.about}`).join('\n')}\n`);
      return argv.length ? 2 : 0;
    }
    try {
      env.cluster.control(row.control(args, env));
    } catch (error) {
      if (!(error instanceof ControlError)) throw error;
      yield* stderr(`chaos: ${error.message}\n`);
      return 1;
    }
    const changed = env.cluster.machine.journal.steps.at(-1)?.writes.length !== 0;
    yield* stdout(`${(changed ? row.said : (row.idle ?? row.said))(args)}\n`);
    return 0;
  },
  complete(argv, env) {
    const row = rowOf(argv);
    if (row && argv.length >= row.words.length) {
      const place = row.names[argv.length - row.words.length];
      return place ? namesFor(place, env).map(text => ({text, about: place.toLowerCase()})) : [];
    }
    const next = rows.filter(r => argv.every((word, i) => r.words[i] === word) && r.words.length > argv.length);
    const seen = new Set<string>();
    return next
      .filter(r => !seen.has(r.words[argv.length]!) && seen.add(r.words[argv.length]!))
      .map(r => ({text: r.words[argv.length]!, about: r.about}));
  },
};
