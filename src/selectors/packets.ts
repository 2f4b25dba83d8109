/** A packet on its way and a name being looked up, as the network panel tells them. */
import type {Response} from '../engine/network/dns/resolver.ts';
import type {LookupNote, PacketNote} from '../engine/network/events.ts';
import type {Origin} from '../engine/network/packet/connection.ts';
import {formatHeaders} from '../engine/network/packet/headers.ts';
import type {LookupFacts, WalkFacts} from './facts/network.ts';
import type {Heard} from './notes.ts';

const originText = (origin: Origin): string => {
  if (origin.kind === 'pod') return `pod ${origin.namespace}/${origin.name}`;
  return origin.kind === 'node' ? origin.name : origin.address;
};

/** Each router takes one from the time to live: that alone is no change worth a line. */
const untimed = (headers: string): string => headers.replaceAll(/ ttl \d+/g, '');

export function walkFacts(heard: Heard<PacketNote> | undefined): WalkFacts | undefined {
  if (!heard) return undefined;
  const {from, to, connection} = heard.note;
  const texts = connection.hops.map(({headers}) => formatHeaders(headers[0]?.layer === 'ethernet' ? headers.slice(1) : headers));
  return {
    step: heard.step.id,
    from: originText(from),
    to: `${to.address}:${to.port}`,
    answered: connection.verdict === 'answered',
    why: connection.why,
    hops: connection.hops.map(({node, device, station, detail, rules = []}, i) => ({
      node: node || 'outside',
      device,
      station,
      detail,
      headers: i > 0 && untimed(texts[i]!) === untimed(texts[i - 1]!) ? '' : texts[i]!,
      rules,
    })),
  };
}

const outcomeOf = (type: string, {rcode, answers}: Response): string => {
  if (answers.length) return answers.map(({data}) => data).join(', ');
  return rcode === 'NOERROR' ? `the name exists, but has no ${type}` : rcode;
};

export function lookupFacts(heard: Heard<LookupNote> | undefined): LookupFacts | undefined {
  if (!heard) return undefined;
  const {from, name, lookup} = heard.note;
  return {
    step: heard.step.id,
    from: originText(from),
    name,
    error: lookup.error ?? '',
    queries: lookup.queries.map(({name: asked, type, server, response}) => ({
      name: asked,
      type,
      server,
      outcome: outcomeOf(type, response),
      found: response.answers.length > 0,
    })),
  };
}
