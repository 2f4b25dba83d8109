/** What is said to those who name node labels of bygone times. upstream: pkg/api/node/util.go, pkg/api/storage/util.go */
import {isValidLabelValue} from '../../../api/names.ts';
import {type Fields, keysOf} from '../fields.ts';

/** null-prototype: any key may be asked for. */
const DEPRECATED_LABELS: Readonly<Record<string, string | undefined>> = Object.assign(Object.create(null), {
  'beta.kubernetes.io/arch': 'deprecated since v1.14; use "kubernetes.io/arch" instead',
  'beta.kubernetes.io/os': 'deprecated since v1.14; use "kubernetes.io/os" instead',
  'failure-domain.beta.kubernetes.io/region': 'deprecated since v1.17; use "topology.kubernetes.io/region" instead',
  'failure-domain.beta.kubernetes.io/zone': 'deprecated since v1.17; use "topology.kubernetes.io/zone" instead',
  'beta.kubernetes.io/instance-type': 'deprecated since v1.17; use "node.kubernetes.io/instance-type" instead',
  'app.kubernetes.io/created-by': 'deprecated since v1.9',
  'scheduler.alpha.kubernetes.io/preferAvoidPods': 'deprecated since v1.22; use Taints and Tolerations instead',
  'node-role.kubernetes.io/master': 'use "node-role.kubernetes.io/control-plane" instead',
});

/** Where a label stands that is named by `key`; `named`: whether the text repeats it. */
export function labelWarnings(key: string, path: string, named: boolean): string[] {
  const text = DEPRECATED_LABELS[key];
  if (text === undefined) return [];
  return [named ? `${path}: ${key} is ${text}` : `${path}: ${text}`];
}

/** Of one node selector term; values that no label can have are told where validation lets them pass. */
export function termWarnings(term: Fields | undefined, path: string, valuesUnchecked = false): string[] {
  return ((term?.['matchExpressions'] ?? []) as Fields[]).flatMap(({key, values}, i) => {
    const at = `${path}.matchExpressions[${i}]`;
    const unfit = valuesUnchecked
      ? ((values ?? []) as string[]).flatMap((value, v) =>
          isValidLabelValue(value).map(message => `${at}.values[${v}]: ${value} is invalid, ${message}`),
        )
      : [];
    return [...labelWarnings(key, `${at}.key`, true), ...unfit];
  });
}

/** Of the label selector of a capacity, whose labels are those of nodes. */
export function selectorWarnings(selector: Fields | undefined, path: string): string[] {
  return [
    ...termWarnings(selector, path),
    ...keysOf(selector?.['matchLabels']).flatMap(key => labelWarnings(key, `${path}.matchLabels.${key}`, false)),
  ];
}

export const storageClassWarnings = ({allowedTopologies}: Fields): string[] =>
  ((allowedTopologies ?? []) as Fields[]).flatMap((topology, i) =>
    ((topology['matchLabelExpressions'] ?? []) as Fields[]).flatMap(({key}, j) =>
      labelWarnings(key, `allowedTopologies[${i}].matchLabelExpressions[${j}].key`, false),
    ),
  );

export const runtimeClassWarnings = ({scheduling}: Fields): string[] =>
  keysOf(scheduling?.nodeSelector).flatMap(key => labelWarnings(key, 'scheduling.nodeSelector', false));
