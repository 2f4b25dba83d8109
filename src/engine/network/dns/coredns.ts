/** The cluster's DNS server: answers from its own informers, so it lags as they do. upstream: coredns plugin/kubernetes, plugin/forward; kubeadm's Corefile */
import {LABEL_SERVICE_NAME} from '../../api/endpoint-slice.ts';
import type {EndpointSlice, Namespace, Service} from '../../api/types.ts';
import {listerOf} from '../../client/informer.ts';
import {networkSettings} from '../../client/network-settings.ts';
import {findProcess} from '../../client/processes.ts';
import type {Component, Lister} from '../../client/types.ts';
import type {Tx} from '../../machine/types.ts';
import type {Question, Reply} from './message.ts';
import {outsideAnswer} from './outside.ts';
import {answer, type ZoneData} from './zone.ts';

const COREDNS = 'coredns';
const OWNER = `${COREDNS}/`;

export const coredns: Component = {
  name: COREDNS,
  process: COREDNS,
  user: () => ({
    username: 'system:serviceaccount:kube-system:coredns',
    groups: ['system:serviceaccounts', 'system:serviceaccounts:kube-system', 'system:authenticated'],
  }),
  watches: [{resource: 'services'}, {resource: 'endpointslices'}, {resource: 'namespaces'}],
};

const zoneData = (tx: Tx): ZoneData => {
  const list = <T>(resource: string): Lister<T> => listerOf<T>(tx, OWNER, resource);
  return {
    zone: networkSettings(tx).clusterDomain,
    hasNamespace: name => list<Namespace>('namespaces').get('', name) !== undefined,
    service: (namespace, name) => list<Service>('services').get(namespace, name),
    services: () => list<Service>('services').list(),
    slices: (namespace, service) =>
      list<EndpointSlice>('endpointslices')
        .list(namespace)
        .filter(slice => slice.metadata.labels?.[LABEL_SERVICE_NAME] === service),
  };
};

export const corednsRuns = (tx: Pick<Tx, 'table'>): boolean => findProcess(tx, OWNER)?.running === true;

/** The server's answer: from the cluster's zone, or from the servers beyond it. An alias is followed. Only to be asked while it runs. */
export function corednsAnswer(tx: Tx, question: Question): Reply {
  const data = zoneData(tx);
  const ask = (asked: Question): Reply => answer(data, asked) ?? outsideAnswer(asked);
  const reply = ask(question);
  const alias = reply.answers.find(record => record.type === 'CNAME');
  if (!alias || question.type === 'CNAME') return reply;
  return {...reply, answers: [...reply.answers, ...ask({name: alias.data, type: question.type}).answers]};
}
