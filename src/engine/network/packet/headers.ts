/** A packet as the wire carries it: its headers from the outside in. RFC 791, RFC 768, RFC 7348 */

export type Header =
  | {readonly layer: 'ethernet'; readonly source: string; readonly destination: string}
  | {readonly layer: 'ipv4'; readonly source: string; readonly destination: string; readonly ttl: number; readonly protocol: string}
  | {readonly layer: 'tcp' | 'udp' | 'sctp'; readonly sourcePort: number; readonly destinationPort: number}
  | {readonly layer: 'vxlan'; readonly vni: number};

export interface Packet {
  readonly protocol: 'TCP' | 'UDP' | 'SCTP';
  readonly source: string;
  readonly sourcePort: number;
  readonly destination: string;
  readonly port: number;
  readonly ttl: number;
}

export interface Frame {
  readonly source: string;
  readonly destination: string;
}

export const VXLAN_PORT = 8472;
const VXLAN_VNI = 1;

/** Sizes in bytes, without options. */
const BYTES = {ethernet: 14, ipv4: 20, tcp: 20, udp: 8, sctp: 12, vxlan: 8} as const;

export const ipHeaders = ({protocol, source, sourcePort, destination, port, ttl}: Packet): Header[] => [
  {layer: 'ipv4', source, destination, ttl, protocol},
  {layer: protocol.toLowerCase() as 'tcp' | 'udp' | 'sctp', sourcePort, destinationPort: port},
];

export const ethernet = (frame: Frame): Header => ({layer: 'ethernet', ...frame});

/** A packet inside another: VXLAN carries a whole Ethernet frame in UDP. The source port only spreads flows over links. */
export const encapsulate = (inner: readonly Header[], from: string, to: string, flow: number): Header[] => [
  {layer: 'ipv4', source: from, destination: to, ttl: 64, protocol: 'UDP'},
  {layer: 'udp', sourcePort: 32768 + (flow % 28232), destinationPort: VXLAN_PORT},
  {layer: 'vxlan', vni: VXLAN_VNI},
  ...inner,
];

/** Bytes that headers take. */
export const headerBytes = (headers: readonly Header[]): number => headers.reduce((sum, {layer}) => sum + BYTES[layer], 0);

const END: Readonly<Record<Header['layer'], (header: never) => string>> = {
  ethernet: ({source, destination}: Frame) => `${source} > ${destination}`,
  ipv4: ({source, destination, ttl}: Extract<Header, {layer: 'ipv4'}>) => `${source} > ${destination} ttl ${ttl}`,
  tcp: ports,
  udp: ports,
  sctp: ports,
  vxlan: ({vni}: {vni: number}) => `vni ${vni}`,
};

function ports({sourcePort, destinationPort}: {sourcePort: number; destinationPort: number}): string {
  return `${sourcePort} > ${destinationPort}`;
}

/** `ipv4 10.244.0.2 > 10.96.0.1 ttl 64 | tcp 40000 > 443` */
export const formatHeaders = (headers: readonly Header[]): string =>
  headers.map(header => `${header.layer} ${END[header.layer](header as never)}`).join(' | ');
