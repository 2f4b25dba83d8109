/** upstream: staging/src/k8s.io/kubectl/pkg/cmd/create/create_service.go, create_ingress.go */
import {isValidPortName, isValidPortNum} from '../../../engine/api/names.ts';
import type {KubeObject} from '../../../engine/api/types.ts';
import type {Context} from '../../context.ts';
import {Failure} from '../../failure.ts';
import type {FlagTable} from '../../flags.ts';
import type {Generator} from './generator.ts';

interface Port {
  name: string;
  port: number;
  protocol: 'TCP';
  targetPort: number | string;
  nodePort?: number;
}

/** `80:8080`, `80`, `80:http`. Throws Failure. */
function portOf(text: string, nodePort: number): Port {
  const [first = '', target = first, more] = text.split(':');
  const port = Number(first);
  if (more !== undefined) throw new Failure(`invalid port format: ${text}`);
  if (!/^\d+$/.test(first)) throw new Failure(`strconv.ParseUint: parsing "${first}": invalid syntax`);
  if (port > 65535) throw new Failure(`strconv.ParseUint: parsing "${first}": value out of range`);
  const wrong = /^\d+$/.test(target) ? isValidPortNum(Number(target)) : isValidPortName(target);
  if (target !== first && wrong.length > 0) throw new Failure(wrong.join(','));
  return {
    name: text.replace(':', '-'),
    port,
    protocol: 'TCP',
    targetPort: /^\d+$/.test(target) ? Number(target) : target,
    ...(nodePort > 0 && {nodePort}),
  };
}

interface ServiceType {
  name: string;
  type: string;
  short: string;
  use: string;
  flags?: FlagTable;
}

const TCP = {tcp: {type: 'list', usage: "Port pairs can be specified as '<port>:<targetPort>'."}} satisfies FlagTable;

function serviceObject({flags}: Context, name: string, type: string): KubeObject {
  const headless = type === 'ClusterIP' && flags.string('clusterip') === 'None';
  const tcp = flags.list('tcp');
  if (type !== 'ExternalName' && !headless && tcp.length === 0) throw new Failure('at least one tcp port specifier must be provided');
  const nodePort = type === 'NodePort' ? flags.int('node-port') : 0;
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: {name, labels: {app: name}},
    spec: {
      ...(type === 'ClusterIP' && flags.string('clusterip') && {clusterIP: flags.string('clusterip')}),
      ...(type === 'ExternalName' && {externalName: flags.string('external-name')}),
      ...(tcp.length > 0 && {ports: tcp.map(text => portOf(text, nodePort))}),
      selector: {app: name},
      type,
    },
    status: {loadBalancer: {}},
  };
}

const serviceOf = ({name, type, short, use, flags}: ServiceType): Generator => ({
  name,
  use: `service ${use}`,
  short,
  flags: {...TCP, ...flags},
  refusal: `failed to create ${type} service:`,
  build(context, serviceName) {
    return serviceObject(context, serviceName, type);
  },
});

export const services: readonly Generator[] = [
  serviceOf({
    name: 'clusterip',
    type: 'ClusterIP',
    short: 'Create a ClusterIP service',
    use: 'clusterip NAME [--tcp=<port>:<targetPort>] [--dry-run=server|client|none]',
    flags: {clusterip: {type: 'string', usage: "Assign your own ClusterIP or set to 'None' for a 'headless' service (no loadbalancing)."}},
  }),
  serviceOf({
    name: 'nodeport',
    type: 'NodePort',
    short: 'Create a NodePort service',
    use: 'nodeport NAME [--tcp=port:targetPort] [--dry-run=server|client|none]',
    flags: {'node-port': {type: 'int', value: '0', usage: 'Port used to expose the service on each node in a cluster.'}},
  }),
  serviceOf({
    name: 'loadbalancer',
    type: 'LoadBalancer',
    short: 'Create a LoadBalancer service',
    use: 'loadbalancer NAME [--tcp=port:targetPort] [--dry-run=server|client|none]',
  }),
  serviceOf({
    name: 'externalname',
    type: 'ExternalName',
    short: 'Create an ExternalName service',
    use: 'externalname NAME --external-name external.name [--dry-run=server|client|none]',
    flags: {'external-name': {type: 'string', usage: 'External name of service', required: true}},
  }),
];

interface Rule {
  host: string;
  path: string;
  pathType: string;
  backend: object;
  tls: string | undefined;
}

/** `svc:port`. Throws Failure. */
function backendOf(text: string): object {
  const [service, port, more] = text.split(':');
  if (!service || !port || more !== undefined) throw new Failure(`default-backend should be in format servicename:serviceport`);
  return {service: {name: service, port: /^\d+$/.test(port) ? {number: Number(port)} : {name: port}}};
}

/** `host/path*=svc:port[,tls[=secret]]`. Throws Failure. */
function ruleOf(text: string): Rule {
  const [rule = '', ...options] = text.split(',');
  const match = /^([^/=]*)(\/[^=]*)=([^:]+:[^:]+)$/.exec(rule);
  if (!match) throw new Failure(`rule ${text} is invalid and should be in format host/path=svcname:svcport[,tls[=secret]]`);
  const [, host = '', path = '', backend = ''] = match;
  const tls = options.find(option => /^tls(=.*)?$/.test(option));
  return {
    host,
    path: path.endsWith('*') ? path.slice(0, -1) : path,
    pathType: path.endsWith('*') ? 'Prefix' : 'Exact',
    backend: backendOf(backend),
    tls: tls === undefined ? undefined : (tls.split('=')[1] ?? ''),
  };
}

export const ingress: Generator = {
  name: 'ingress',
  aliases: ['ing'],
  use: 'ingress NAME --rule=host/path=service:port[,tls[=secret]] ',
  short: 'Create an ingress with the specified name',
  flags: {
    class: {type: 'string', usage: 'Ingress Class to be used'},
    rule: {
      type: 'array',
      usage:
        "Rule in format host/path=service:port[,tls=secretname]. Paths containing the leading character '*' are considered pathType=Prefix. tls argument is optional.",
    },
    'default-backend': {type: 'string', usage: 'Default service for backend, in format of svcname:port'},
    annotation: {type: 'array', usage: 'Annotation to insert in the ingress object, in the format annotation=value'},
  },
  refusal: 'failed to create ingress:',
  build({flags}, name) {
    const rules = flags.list('rule').map(ruleOf);
    const fallback = flags.string('default-backend');
    if (rules.length === 0 && !fallback)
      throw new Failure(
        'not enough information provided: every ingress has to either specify a default-backend (which catches all traffic) or a list of rules (which catch specific paths)',
      );
    const hosts = [...new Set(rules.map(r => r.host))];
    const annotations = Object.fromEntries(flags.list('annotation').map(pair => pair.split(/=(.*)/s).slice(0, 2)));
    const secrets = [...new Set(rules.filter(r => r.tls !== undefined).map(r => r.tls!))];
    const tls = secrets.map(secret => ({
      hosts: [...new Set(rules.filter(r => r.tls === secret && r.host).map(r => r.host))],
      ...(secret && {secretName: secret}),
    }));
    return {
      apiVersion: 'networking.k8s.io/v1',
      kind: 'Ingress',
      metadata: {name, ...(Object.keys(annotations).length > 0 && {annotations})},
      spec: {
        ...(flags.string('class') && {ingressClassName: flags.string('class')}),
        ...(fallback && {defaultBackend: backendOf(fallback)}),
        ...(rules.length > 0 && {
          rules: hosts.map(host => ({
            ...(host && {host}),
            http: {paths: rules.filter(r => r.host === host).map(({path, pathType, backend}) => ({backend, path, pathType}))},
          })),
        }),
        ...(tls.length > 0 && {tls}),
      },
      status: {loadBalancer: {}},
    };
  },
};
