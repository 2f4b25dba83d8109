/** Keeps pods to nodes that have the features they need. upstream: pkg/scheduler/framework/plugins/nodedeclaredfeatures/nodedeclaredfeatures.go */
import {equalJson} from '../../api/clone.ts';
import {featuresNeededBy} from '../../api/declared-features.ts';
import type {Pod} from '../../api/types.ts';
import {POD_UPDATES} from '../framework/events.ts';
import {skip, unresolvable} from '../framework/status.ts';
import type {Plugin} from '../framework/types.ts';

const NAME = 'NodeDeclaredFeatures';
const REASON_FEATURES = "node(s) didn't match Pod's required features";

export const nodeDeclaredFeatures = (): Plugin => ({
  name: NAME,
  preFilter(cycle, pod) {
    const needed = featuresNeededBy(pod.spec);
    if (needed.length === 0) return {status: skip};
    cycle.state.set(NAME, needed);
    return undefined;
  },
  filter(cycle, _pod, {declaredFeatures}) {
    const needed = cycle.state.get(NAME) as readonly string[];
    return needed.every(feature => declaredFeatures.includes(feature)) ? undefined : unresolvable(REASON_FEATURES);
  },
  events: [
    {resource: 'Node', actions: ['Add', 'UpdateNodeDeclaredFeature']},
    {
      resource: 'TargetPod',
      actions: POD_UPDATES,
      hint: (_pod, event) => !equalJson(featuresNeededBy((event.old as Pod).spec), featuresNeededBy((event.new as Pod).spec)),
    },
  ],
});
