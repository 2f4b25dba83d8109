/** upstream: plugin/pkg/admission/podtolerationrestriction/admission.go */

import {allContainers} from '../../api/pods.ts';
import {plainError} from '../../api/status.ts';
import type {core, Namespace, Pod} from '../../api/types.ts';
import {TAINT_NODE_MEMORY_PRESSURE} from '../../api/well-known.ts';
import {isPod} from './matching.ts';
import {mergeTolerations, withinWhitelist} from './tolerations.ts';
import type {AdmissionContext, AdmissionPlugin, Attributes} from './types.ts';

export interface PodTolerationRestrictionConfig {
  readonly default?: readonly core.Toleration[];
  readonly whitelist?: readonly core.Toleration[];
}

const DEFAULTS = 'scheduler.alpha.kubernetes.io/defaultTolerations';
const WHITELIST = 'scheduler.alpha.kubernetes.io/tolerationsWhitelist';
const MEMORY_PRESSURE: core.Toleration = {effect: 'NoSchedule', key: TAINT_NODE_MEMORY_PRESSURE, operator: 'Exists'};

/** Adds the tolerations that a namespace gives its pods, and keeps them to those it allows. */
export function podTolerationRestriction(config: PodTolerationRestrictionConfig = {}): AdmissionPlugin {
  return {
    name: 'PodTolerationRestriction',
    handles: attributes => isPod(attributes, 'CREATE', 'UPDATE'),
    admit(attributes, context) {
      const spec = (attributes.object as Pod).spec!;
      const own = spec.tolerations ?? [];
      const given = attributes.operation === 'CREATE' ? (ofNamespace(attributes, context, DEFAULTS) ?? config.default ?? []) : [];
      let tolerations = given.length > 0 ? mergeTolerations(given, own) : own;
      if (asksForSomething(attributes.object as Pod)) tolerations = mergeTolerations(tolerations, [MEMORY_PRESSURE]);
      if (tolerations.length > 0) spec.tolerations = tolerations.map(toleration => ({...toleration}));
      validate(attributes, context, config);
    },
    validate: (attributes, context) => validate(attributes, context, config),
  };
}

function validate(attributes: Attributes, context: AdmissionContext, config: PodTolerationRestrictionConfig): void {
  const tolerations = (attributes.object as Pod).spec!.tolerations ?? [];
  const own = ofNamespace(attributes, context, WHITELIST);
  if (tolerations.length > 0 && !withinWhitelist(tolerations, own ?? config.whitelist ?? []))
    throw plainError(
      `pod tolerations (possibly merged with namespace default tolerations) conflict with its ${own ? 'namespace' : 'cluster'} whitelist`,
    );
}

/** A list of tolerations as JSON in an annotation; undefined where there is none. */
function ofNamespace({namespace}: Attributes, context: AdmissionContext, annotation: string): core.Toleration[] | undefined {
  const text = context.get<Namespace>('namespaces', '', namespace)?.metadata.annotations?.[annotation];
  if (text === undefined) return undefined;
  try {
    return text === '' ? [] : (JSON.parse(text) as core.Toleration[]);
  } catch (error) {
    throw plainError((error as Error).message);
  }
}

const asksForSomething = (pod: Pod): boolean =>
  allContainers(pod.spec).some(
    ({resources}) => Object.keys(resources?.requests ?? {}).length + Object.keys(resources?.limits ?? {}).length > 0,
  );
