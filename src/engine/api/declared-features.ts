/**
 * Features that not every node of a cluster has, because its kubelet is older or a gate is off. Nodes declare them, and pods that need one are kept from the
 * nodes that do not: kubelet, scheduler and API server read the same table.
 * upstream: staging/src/k8s.io/component-helpers/nodedeclaredfeatures/{framework.go,features}
 */
import {equalJson} from './clone.ts';
import {parseResourceList, type ResourceList} from './pod-resources.ts';
import {cmp} from './quantity.ts';
import type {Container, Pod} from './types.ts';

type Spec = Pod['spec'];

interface DeclaredFeature {
  /** What a kubelet of v1.36 has, whose gates nobody has touched. */
  readonly byDefault: boolean;
  /** Whether such a pod can only run on nodes that have it. */
  neededBy?(spec: Spec): boolean;
  /** Whether the change can only be made on nodes that have it. */
  neededFor?(before: Spec, after: Spec): boolean;
}

interface Resources {
  readonly requests?: ResourceList;
  readonly limits?: ResourceList;
}

type RuledContainer = Container & {restartPolicy?: string; restartPolicyRules?: readonly {action: string}[]};

const podResources = (spec: Spec): Resources | undefined => (spec as {resources?: Resources} | undefined)?.resources;

function sameAmounts(a: ResourceList | undefined, b: ResourceList | undefined): boolean {
  const [before, after] = [parseResourceList(a), parseResourceList(b)];
  const names = Object.keys(before);
  return names.length === Object.keys(after).length && names.every(name => after[name] && cmp(before[name]!, after[name]) === 0);
}

/** `1` and `1000m` are the same; to be set to nothing is not the same as not to be set. */
const sameResources = (a: Resources | undefined, b: Resources | undefined): boolean =>
  (a === undefined) === (b === undefined) && sameAmounts(a?.requests, b?.requests) && sameAmounts(a?.limits, b?.limits);

const restartsAll = (container: Container): boolean =>
  (container as RuledContainer).restartPolicyRules?.some(rule => rule.action === 'RestartAllContainers') === true;

/** In order of name; the defaults are those of `kube-scheduler --help` of v1.36 (four BETA and on, UserNamespacesHostNetworkSupport ALPHA and off). v1.35's GuaranteedQoSPodCPUResize is no more in v1.36 (kubernetes#136759): it hung on a gate, and older nodes would have lost what they could. */
const FEATURES: Readonly<Record<string, DeclaredFeature>> = {
  ExtendWebSocketsToKubelet: {byDefault: true},
  InPlacePodLevelResourcesVerticalScaling: {
    byDefault: true,
    neededFor: (before, after) => !sameResources(podResources(before), podResources(after)),
  },
  InPlacePodVerticalScalingInitContainers: {
    byDefault: true,
    neededFor: (before, after) =>
      (before?.initContainers ?? []).some(
        (c, i) =>
          (c as RuledContainer).restartPolicy !== 'Always' && !equalJson(c.resources ?? {}, after?.initContainers?.[i]?.resources ?? {}),
      ),
  },
  RestartAllContainersOnContainerExits: {
    byDefault: true,
    neededBy: spec => spec?.containers.some(restartsAll) || spec?.initContainers?.some(restartsAll) === true,
  },
  UserNamespacesHostNetworkSupport: {
    byDefault: false,
    neededBy: spec => spec?.hostNetwork === true && spec.hostUsers === false,
  },
};

const all = Object.entries(FEATURES).map(([name, feature]) => ({name, ...feature}));
const scheduled = all.filter(feature => feature.neededBy);

const names = (features: readonly {readonly name: string}[]): string[] => features.map(({name}) => name);

/** What a node declares, as status.declaredFeatures has it. */
export const DECLARED_FEATURES: readonly string[] = names(all.filter(feature => feature.byDefault));

/** What a node must have for the pod to be placed on it. In order of name. */
export const featuresNeededBy = (spec: Spec): string[] => names(scheduled.filter(feature => feature.neededBy!(spec)));

/** What the pod's node must have for the pod to become like this. In order of name. */
export const featuresNeededFor = (before: Spec, after: Spec): string[] => names(all.filter(feature => feature.neededFor?.(before, after)));
