/** A packet on its way and a name being looked up, as the network panel tells them. */
import type {LookupNote, PacketNote} from '../engine/network/events.ts';
import type {Origin} from '../engine/network/packet/connection.ts';
import {formatHeaders} from '../engine/network/packet/headers.ts';
import type {LookupFacts, WalkFacts} from './facts.ts';
import type {Heard} from './notes.ts';

const originText = (origin: Origin): string => {
  if (origin.kind === 'pod') return `pod ${origin.namespace}/${origin.name}`;
  return origin.kind === 'node' ? origin.name : origin.address;
};

export function walkFacts(heard: Heard<PacketNote> | undefined): WalkFacts | undefined {
  if (!heard) return undefined;
  const {from, to, connection} = heard.note;
  const texts = connection.hops.map(({headers}) => formatHeaders(headers));
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
      headers: texts[i] === texts[i - 1] ? '' : texts[i]!,
      rules,
    })),
  };
}

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
      outcome: response.answers.length ? response.answers.map(({data}) => data).join(', ') : response.rcode,
      found: response.answers.length > 0,
    })),
  };
}
