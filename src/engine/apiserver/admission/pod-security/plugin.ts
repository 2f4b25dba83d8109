/** upstream: staging/src/k8s.io/pod-security-admission/admission/admission.go */
import {groupResourceOf} from '../../../api/group-version.ts';
import {invalid} from '../../../api/status.ts';
import type {core, KubeObject, Namespace, ObjectMeta, Pod} from '../../../api/types.ts';
import {refusal} from '../refusal.ts';
import type {AdmissionContext, AdmissionPlugin, Attributes} from '../types.ts';
import {printLevelVersion, printViolations, violations} from './evaluate.ts';
import {compareLevels, isFullyPrivileged, type Policy, PRIVILEGED, policyOf} from './policy.ts';

/** upstream: PodSecurityConfiguration */
export interface PodSecurityConfig {
  /** As labels would say it, e.g. `{'pod-security.kubernetes.io/enforce': 'baseline'}`. */
  readonly defaults?: Readonly<Record<string, string>>;
  readonly exemptions?: {
    readonly usernames?: readonly string[];
    readonly namespaces?: readonly string[];
    readonly runtimeClasses?: readonly string[];
  };
}

const AUDIT_PREFIX = 'pod-security.kubernetes.io/';
const POD_SUBRESOURCES = new Set(['', 'ephemeralcontainers']);
/** Where the template of a controller's pods stands. */
const TEMPLATES: Readonly<Record<string, readonly string[]>> = {
  podtemplates: ['template'],
  replicationcontrollers: ['spec', 'template'],
  'replicasets.apps': ['spec', 'template'],
  'deployments.apps': ['spec', 'template'],
  'statefulsets.apps': ['spec', 'template'],
  'daemonsets.apps': ['spec', 'template'],
  'jobs.batch': ['spec', 'template'],
  'cronjobs.batch': ['spec', 'jobTemplate', 'spec', 'template'],
};
/** How many existing pods are looked at when a namespace becomes stricter. */
const MAX_PODS = 3000;

type Subject = 'namespaces' | 'pods' | 'template';

export function podSecurity(config: PodSecurityConfig = {}): AdmissionPlugin {
  const defaults = config.defaults ? policyOf(config.defaults).policy : PRIVILEGED;
  return {
    name: 'PodSecurity',
    handles: attributes => subjectOf(attributes) !== undefined,
    validate(attributes, context) {
      switch (subjectOf(attributes)) {
        case 'namespaces':
          return validateNamespace(attributes, context, defaults, config);
        case 'pods':
          return validatePod(attributes, context, defaults, config);
        case 'template':
          return validateTemplate(attributes, context, defaults, config);
      }
    },
  };
}

function subjectOf({operation, resource: {group, resource}, subresource}: Attributes): Subject | undefined {
  if (operation !== 'CREATE' && operation !== 'UPDATE') return undefined;
  if (group === '' && resource === 'pods') return POD_SUBRESOURCES.has(subresource) ? 'pods' : undefined;
  if (subresource !== '') return undefined;
  if (group === '' && resource === 'namespaces') return 'namespaces';
  return TEMPLATES[groupResourceOf({group, resource})] ? 'template' : undefined;
}

/** The policy of the request's namespace; undefined where nothing is looked at. */
function policyFor(
  {namespace, user}: Attributes,
  context: AdmissionContext,
  defaults: Policy,
  {exemptions}: PodSecurityConfig,
): Policy | undefined {
  const exempt = exemptions?.namespaces?.includes(namespace)
    ? 'namespace'
    : exemptions?.usernames?.includes(user.username)
      ? 'user'
      : undefined;
  if (exempt) {
    context.audit(`${AUDIT_PREFIX}exempt`, exempt);
    return undefined;
  }
  const labels = context.get<Namespace>('namespaces', '', namespace)?.metadata.labels;
  const policy = labels ? policyOf(labels, defaults).policy : defaults;
  return isFullyPrivileged(policy) ? undefined : policy;
}

function validatePod(attributes: Attributes, context: AdmissionContext, defaults: Policy, config: PodSecurityConfig): void {
  const policy = policyFor(attributes, context, defaults, config);
  if (!policy) return;
  const pod = attributes.object as Pod;
  if (attributes.operation === 'UPDATE' && !isSignificantUpdate(pod, attributes.oldObject as Pod)) return;
  evaluate(attributes, context, policy, config, pod.metadata, pod.spec!, true);
}

/** A controller is never refused: it is warned that its pods will be. */
function validateTemplate(attributes: Attributes, context: AdmissionContext, defaults: Policy, config: PodSecurityConfig): void {
  const policy = policyFor(attributes, context, defaults, config);
  if (!policy) return;
  const template = TEMPLATES[groupResourceOf(attributes.resource)]!.reduce<any>((value, field) => value?.[field], attributes.object) as
    | core.PodTemplateSpec
    | undefined;
  if (template?.spec) evaluate(attributes, context, policy, config, template.metadata ?? {}, template.spec, false);
}

function evaluate(
  attributes: Attributes,
  context: AdmissionContext,
  policy: Policy,
  {exemptions}: PodSecurityConfig,
  metadata: ObjectMeta,
  spec: core.PodSpec,
  enforce: boolean,
): void {
  if (spec.runtimeClassName && exemptions?.runtimeClasses?.includes(spec.runtimeClassName)) {
    context.audit(`${AUDIT_PREFIX}exempt`, 'runtimeClass');
    return;
  }
  const wrong = (mode: keyof Policy): string | undefined => {
    const found = violations(policy[mode], metadata, spec);
    return found.length > 0 ? `PodSecurity "${printLevelVersion(policy[mode])}": ${printViolations(found)}` : undefined;
  };
  const audited = wrong('audit');
  if (audited) context.audit(`${AUDIT_PREFIX}audit-violations`, `would violate ${audited}`);
  if (enforce) {
    context.audit(`${AUDIT_PREFIX}enforce-policy`, printLevelVersion(policy.enforce));
    const refused = wrong('enforce');
    if (refused) throw refusal(attributes, `violates ${refused}`);
  }
  const warned = wrong('warn');
  if (warned) context.warn(`would violate ${warned}`);
}

/** A pod that stays as it was is not judged again, though the namespace has become stricter. */
function isSignificantUpdate(pod: Pod, old: Pod): boolean {
  const images = ({spec}: Pod): string =>
    JSON.stringify(
      [spec!.initContainers, spec!.containers, spec!.ephemeralContainers].map(list => (list ?? []).map(({name, image}) => [name, image])),
    );
  const profiles = ({metadata}: Pod): string =>
    JSON.stringify(
      Object.entries(metadata.annotations ?? {})
        .filter(([key]) => /^(container\.)?(apparmor|seccomp)\./.test(key))
        .sort(),
    );
  return images(pod) !== images(old) || profiles(pod) !== profiles(old);
}

function validateNamespace(attributes: Attributes, context: AdmissionContext, defaults: Policy, {exemptions}: PodSecurityConfig): void {
  const name = attributes.object!.metadata.name ?? '';
  const {policy, errors} = policyOf(attributes.object!.metadata.labels ?? {}, defaults);
  const refuse = () => invalid({group: '', kind: 'Namespace'}, name, errors);
  if (attributes.operation === 'CREATE') {
    if (errors.length > 0) throw refuse();
    return;
  }
  const {policy: before, errors: errorsBefore} = policyOf(attributes.oldObject!.metadata.labels ?? {}, defaults);
  if (errors.length > 0 && JSON.stringify(errors) !== JSON.stringify(errorsBefore)) throw refuse();

  // Stricter than before: which pods would not get in now?
  const stricter = compareLevels(policy.enforce.level, before.enforce.level) > 0 || policy.enforce.version !== before.enforce.version;
  if (exemptions?.namespaces?.includes(name) || policy.enforce.level === 'privileged' || !stricter) return;
  warnOfExistingPods(name, policy, context);
}

function warnOfExistingPods(namespace: string, policy: Policy, context: AdmissionContext): void {
  const byReasons = new Map<string, KubeObject[]>();
  for (const pod of context.list<Pod>('pods', namespace).slice(0, MAX_PODS)) {
    const reasons = violations(policy.enforce, pod.metadata, pod.spec!)
      .map(({reason}) => reason)
      .join(', ');
    if (reasons) byReasons.set(reasons, [...(byReasons.get(reasons) ?? []), pod]);
  }
  if (byReasons.size === 0) return;
  context.warn(
    `existing pods in namespace "${namespace}" violate the new PodSecurity enforce level "${printLevelVersion(policy.enforce)}"`,
  );
  for (const [reasons, [first, ...others]] of byReasons) {
    const more = others.length === 0 ? '' : others.length === 1 ? ' (and 1 other pod)' : ` (and ${others.length} other pods)`;
    context.warn(`${first!.metadata.name}${more}: ${reasons}`);
  }
}
