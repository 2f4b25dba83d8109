/** A name looked up from inside the cluster: every question is a packet of its own to the servers in resolv.conf, and takes the way that packets take. */
import {parseIp} from '../../api/ip.ts';
import type {DnsConfig} from '../../api/resolv-conf.ts';
import {networkSettings} from '../../client/network-settings.ts';
import type {Tx} from '../../machine/types.ts';
import {connect} from '../packet/connect.ts';
import type {Connection, Origin, Reached} from '../packet/connection.ts';
import {podOf} from '../packet/places.ts';
import {corednsAnswer, corednsRuns} from './coredns.ts';
import type {Question, RecordType} from './message.ts';
import {outsideAnswer} from './outside.ts';
import {type Resolution, type Response, resolve} from './resolver.ts';

const DNS_PORT = 53;

export interface Lookup extends Resolution {
  /** The way of the first question. */
  readonly way?: Connection;
}

/** Whether who got the packet is a DNS server of the cluster: the program beside the control plane, or a pod of it. */
function isClusterServer(tx: Tx, {address, pod}: Reached): boolean {
  if (!pod) return address === networkSettings(tx).controlPlane;
  return podOf(tx, pod.namespace, pod.name)?.spec?.containers.some(({image}) => /(^|\/)coredns[:@]/.test(image ?? '')) ?? false;
}

const silence: Response = {rcode: 'TIMEOUT', answers: []};

/** What comes back for one question that was sent. */
function response(tx: Tx, way: Connection, question: Question): Response {
  if (way.verdict === 'refused') return {rcode: 'CONNREFUSED', answers: []};
  if (way.verdict !== 'answered' || !way.endpoint) return silence;
  // A stopped program leaves its port closed on a machine that is up.
  if (isClusterServer(tx, way.endpoint)) return corednsRuns(tx) ? corednsAnswer(tx, question) : {rcode: 'CONNREFUSED', answers: []};
  return way.endpoint.pod ? {rcode: 'CONNREFUSED', answers: []} : outsideAnswer(question);
}

/** Looks a name up as a process at `from` with this resolv.conf would. An address is its own answer and costs no question. */
export function lookup(tx: Tx, from: Origin, name: string, config: DnsConfig, types: readonly RecordType[] = ['A', 'AAAA']): Lookup {
  const literal = parseIp(name);
  if (literal) {
    const type = literal.family === 4 ? 'A' : 'AAAA';
    return {queries: [], records: [{name, type, ttl: 0, data: name}], waitedMs: 0};
  }
  let way: Connection | undefined;
  const resolution = resolve(name, types, config, (server, question) => {
    const sent = connect(tx, from, {address: server, port: DNS_PORT, protocol: 'UDP'});
    way ??= sent;
    return response(tx, sent, question);
  });
  return way ? {...resolution, way} : resolution;
}

/** The addresses in an answer, IPv4 first; those behind an alias are in it too. */
export const addressesOf = ({records}: Resolution): string[] =>
  (['A', 'AAAA'] as const).flatMap(type => records.filter(record => record.type === type).map(({data}) => data));
