/** upstream: staging/src/k8s.io/kubectl/pkg/cmd/create/create_namespace.go, create_quota.go, create_pdb.go, create_priorityclass.go, create_serviceaccount.go */

import {parseSelector, SelectorError} from '../../../engine/api/labels.ts';
import {parseQuantity, printQuantity, QuantityError} from '../../../engine/api/quantity.ts';
import {Failure} from '../../failure.ts';
import type {Generator} from './generator.ts';

export const namespace: Generator = {
  name: 'namespace',
  aliases: ['ns'],
  use: 'namespace NAME [--dry-run=server|client|none]',
  short: 'Create a namespace with the specified name',
  build(_, name) {
    return {apiVersion: 'v1', kind: 'Namespace', metadata: {name}, spec: {}, status: {}};
  },
};

export const serviceaccount: Generator = {
  name: 'serviceaccount',
  aliases: ['sa'],
  use: 'serviceaccount NAME [--dry-run=server|client|none]',
  short: 'Create a service account with the specified name',
  refusal: 'failed to create serviceaccount:',
  build(_, name) {
    return {apiVersion: 'v1', kind: 'ServiceAccount', metadata: {name}};
  },
};

/** `pods=2,requests.cpu=500m`. Throws Failure. */
export function resourceList(text: string): Record<string, string> {
  if (!text) return {};
  return Object.fromEntries(
    text.split(',').map(pair => {
      const [name = '', quantity, more] = pair.split('=');
      if (quantity === undefined || more !== undefined) throw new Failure(`Invalid argument syntax ${pair}, expected <resource>=<value>`);
      try {
        return [name, printQuantity(parseQuantity(quantity))];
      } catch (error) {
        throw error instanceof QuantityError ? new Failure(error.message) : error;
      }
    }),
  );
}

export const quota: Generator = {
  name: 'quota',
  aliases: ['resourcequota'],
  use: 'quota NAME [--hard=key1=value1,key2=value2] [--scopes=Scope1,Scope2] [--dry-run=server|client|none]',
  short: 'Create a quota with the specified name',
  flags: {
    hard: {type: 'string', usage: 'A comma-delimited set of resource=quantity pairs that define a hard limit.'},
    scopes: {type: 'string', usage: 'A comma-delimited set of quota scopes that must all match each object tracked by the quota.'},
  },
  refusal: 'failed to create quota:',
  build({flags}, name) {
    const hard = resourceList(flags.string('hard'));
    const scopes = flags.string('scopes').split(',').filter(Boolean);
    return {
      apiVersion: 'v1',
      kind: 'ResourceQuota',
      metadata: {name},
      spec: {...(Object.keys(hard).length > 0 && {hard}), ...(scopes.length > 0 && {scopes})},
      status: {},
    };
  },
};

const intOrPercent = (text: string): number | string => (/^\d+$/.test(text) ? Number(text) : text);

export const poddisruptionbudget: Generator = {
  name: 'poddisruptionbudget',
  aliases: ['pdb'],
  use: 'poddisruptionbudget NAME --selector=SELECTOR --min-available=N [--dry-run=server|client|none]',
  short: 'Create a pod disruption budget with the specified name',
  flags: {
    'min-available': {type: 'string', usage: 'The minimum number or percentage of available pods this budget requires.'},
    'max-unavailable': {type: 'string', usage: 'The maximum number or percentage of unavailable pods this budget requires.'},
    selector: {type: 'string', usage: 'A label selector to use for this budget. Only equality-based selector requirements are supported.'},
  },
  refusal: 'failed to create poddisruptionbudgets:',
  build({flags}, name) {
    const [min, max, text] = [flags.string('min-available'), flags.string('max-unavailable'), flags.string('selector')];
    if (!text) throw new Failure('a selector must be specified');
    if (!min && !max) throw new Failure('one of min-available or max-unavailable must be specified');
    if (min && max) throw new Failure('min-available and max-unavailable cannot be both specified');
    let matchLabels: Record<string, string>;
    try {
      matchLabels = Object.fromEntries(parseSelector(text).requirements.map(r => [r.key, r.values[0] ?? '']));
    } catch (error) {
      throw error instanceof SelectorError ? new Failure(error.message) : error;
    }
    return {
      apiVersion: 'policy/v1',
      kind: 'PodDisruptionBudget',
      metadata: {name},
      spec: {
        ...(min ? {minAvailable: intOrPercent(min)} : {maxUnavailable: intOrPercent(max)}),
        selector: {matchLabels},
      },
      status: {currentHealthy: 0, desiredHealthy: 0, disruptionsAllowed: 0, expectedPods: 0},
    };
  },
};

export const priorityclass: Generator = {
  name: 'priorityclass',
  aliases: ['pc'],
  use: 'priorityclass NAME --value=VALUE --global-default=BOOL [--dry-run=server|client|none]',
  short: 'Create a priority class with the specified name',
  flags: {
    value: {type: 'int', value: '0', usage: 'the value of this priority class.'},
    'global-default': {
      type: 'bool',
      value: 'false',
      usage: 'global-default specifies whether this PriorityClass should be considered as the default priority.',
    },
    description: {
      type: 'string',
      usage: 'description is an arbitrary string that usually provides guidelines on when this priority class should be used.',
    },
    'preemption-policy': {
      type: 'string',
      value: 'PreemptLowerPriority',
      usage: 'preemption-policy is the policy for preempting pods with lower priority.',
    },
  },
  refusal: 'failed to create priorityclass:',
  build({flags}, name) {
    return {
      apiVersion: 'scheduling.k8s.io/v1',
      kind: 'PriorityClass',
      metadata: {name},
      value: flags.int('value'),
      ...(flags.bool('global-default') && {globalDefault: true}),
      ...(flags.string('description') && {description: flags.string('description')}),
      preemptionPolicy: flags.string('preemption-policy'),
    };
  },
};
