/** upstream: kubectl/pkg/describe describeNetworkPolicy */

import {formatLabelSelector} from '../../engine/api/labels.ts';
import type {networking} from '../../engine/api/types.ts';
import {goTime} from '../text/go-time.ts';
import {still} from './describer.ts';
import {type Page, writeAnnotations, writeLabels} from './page.ts';

const INDENT = '    ';

type PolicyPort = networking.NetworkPolicyPort & {endPort?: number};

function writePorts(page: Page, ports: readonly PolicyPort[] | undefined): void {
  if (!ports?.length) page.write(0, `${INDENT}To Port: <any> (traffic allowed to all ports)\n`);
  for (const {port, endPort, protocol = 'TCP'} of ports ?? []) {
    const text = endPort === undefined ? `To Port: ${port ?? '<nil>'}` : `To Port Range: ${port ?? '<nil>'}-${endPort}`;
    page.write(0, `${INDENT}${text}/${protocol}\n`);
  }
}

function writePeer(page: Page, title: string, peer: networking.NetworkPolicyPeer): void {
  page.write(0, `${INDENT}${title}:\n`);
  if (peer.namespaceSelector) page.write(1, `${INDENT}NamespaceSelector: ${formatLabelSelector(peer.namespaceSelector)}\n`);
  if (peer.podSelector) page.write(1, `${INDENT}PodSelector: ${formatLabelSelector(peer.podSelector)}\n`);
  if (peer.namespaceSelector || peer.podSelector || !peer.ipBlock) return;
  page.write(1, `${INDENT}IPBlock:\n`);
  page.write(2, `${INDENT}CIDR: ${peer.ipBlock.cidr}\n`);
  page.write(2, `${INDENT}Except: ${(peer.ipBlock.except ?? []).join(', ')}\n`);
}

interface Rule {
  ports: readonly PolicyPort[] | undefined;
  peers: readonly networking.NetworkPolicyPeer[] | undefined;
}

interface Direction {
  title: string;
  isolated: string;
  unrestricted: string;
}

const INGRESS: Direction = {
  title: 'From',
  isolated: '<none> (Selected pods are isolated for ingress connectivity)',
  unrestricted: 'From: <any> (traffic not restricted by source)',
};
const EGRESS: Direction = {
  title: 'To',
  isolated: '<none> (Selected pods are isolated for egress connectivity)',
  unrestricted: 'To: <any> (traffic not restricted by destination)',
};

function writeRules(page: Page, rules: readonly Rule[], {title, isolated, unrestricted}: Direction): void {
  if (rules.length === 0) page.write(0, `${INDENT}${isolated}\n`);
  rules.forEach(({ports, peers}, i) => {
    writePorts(page, ports);
    if (!peers?.length) page.write(0, `${INDENT}${unrestricted}\n`);
    for (const peer of peers ?? []) writePeer(page, title, peer);
    if (i < rules.length - 1) page.write(0, `${INDENT}----------\n`);
  });
}

export const describeNetworkPolicy = still<networking.NetworkPolicy>((policy, page) => {
  const {metadata, spec} = policy;
  page.write(0, `Name:\t${metadata?.name ?? ''}\n`);
  page.write(0, `Namespace:\t${metadata?.namespace ?? ''}\n`);
  page.write(0, `Created on:\t${goTime(metadata?.creationTimestamp)}\n`);
  writeLabels(page, 'Labels', metadata?.labels);
  writeAnnotations(page, 'Annotations', metadata?.annotations);
  page.write(0, 'Spec:\n');
  const selector = spec?.podSelector;
  const all = !Object.keys(selector?.matchLabels ?? {}).length && !selector?.matchExpressions?.length;
  page.write(1, 'PodSelector: ');
  page.write(2, all ? '<none> (Allowing the specific traffic to all pods in this namespace)\n' : `${formatLabelSelector(selector)}\n`);
  const types = spec?.policyTypes ?? [];
  if (types.includes('Ingress')) {
    page.write(1, 'Allowing ingress traffic:\n');
    const rules = (spec?.ingress ?? []).map(({ports, from}) => ({ports, peers: from}));
    writeRules(page, rules, INGRESS);
  } else page.write(1, 'Not affecting ingress traffic\n');
  if (types.includes('Egress')) {
    page.write(1, 'Allowing egress traffic:\n');
    const rules = (spec?.egress ?? []).map(({ports, to}) => ({ports, peers: to}));
    writeRules(page, rules, EGRESS);
  } else page.write(1, 'Not affecting egress traffic\n');
  page.write(1, `Policy Types: ${types.join(', ') || '<none>'}\n`);
});
