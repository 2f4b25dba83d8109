/** upstream: apimachinery/pkg/apis/meta/v1/helpers.go LabelSelectorAsSelector */
import type {LabelSelector} from '../../api/types.ts';

type Labels = Readonly<Record<string, string>> | undefined;
type Requirement = NonNullable<LabelSelector['matchExpressions']>[number];

const operators: Record<string, (labels: Labels, {key, values}: Requirement) => boolean> = {
  In: (labels, {key, values}) => labels?.[key] !== undefined && values!.includes(labels[key]),
  NotIn: (labels, {key, values}) => labels?.[key] === undefined || !values!.includes(labels[key]),
  Exists: (labels, {key}) => labels?.[key] !== undefined,
  DoesNotExist: (labels, {key}) => labels?.[key] === undefined,
};

/** No selector selects nothing; an empty one everything. */
export function matchesSelector(selector: LabelSelector | undefined, labels: Labels): boolean {
  if (!selector) return false;
  for (const key in selector.matchLabels) if (labels?.[key] !== selector.matchLabels[key]) return false;
  return (selector.matchExpressions ?? []).every(requirement => operators[requirement.operator]?.(labels, requirement) ?? false);
}

export const isEmptySelector = (selector: LabelSelector | undefined): boolean =>
  Object.keys(selector?.matchLabels ?? {}).length === 0 && (selector?.matchExpressions ?? []).length === 0;
