/** upstream: plugin/pkg/admission/defaulttolerationseconds/admission.go */

import type {core, Pod} from '../../api/types.ts';
import {TAINT_NODE_NOT_READY, TAINT_NODE_UNREACHABLE} from '../../api/well-known.ts';
import {isPod} from './matching.ts';
import type {AdmissionPlugin} from './types.ts';

/** --default-not-ready-toleration-seconds and --default-unreachable-toleration-seconds. */
export interface DefaultTolerationSecondsConfig {
  readonly notReadySeconds?: number;
  readonly unreachableSeconds?: number;
}

const SECONDS = 300;

/** A pod stays this long on a node that has gone quiet. */
export function defaultTolerationSeconds({notReadySeconds, unreachableSeconds}: DefaultTolerationSecondsConfig = {}): AdmissionPlugin {
  return {
    name: 'DefaultTolerationSeconds',
    handles: attributes => isPod(attributes, 'CREATE', 'UPDATE'),
    admit({object}) {
      const spec = (object as Pod).spec!;
      const missing = [
        [TAINT_NODE_NOT_READY, notReadySeconds ?? SECONDS] as const,
        [TAINT_NODE_UNREACHABLE, unreachableSeconds ?? SECONDS] as const,
      ].filter(([taint]) => !spec.tolerations?.some(toleration => covers(toleration, taint)));
      if (missing.length === 0) return;
      spec.tolerations ??= [];
      for (const [key, tolerationSeconds] of missing)
        spec.tolerations.push({effect: 'NoExecute', key, operator: 'Exists', tolerationSeconds});
    },
  };
}

const covers = ({key, effect}: core.Toleration, taint: string): boolean => (!key || key === taint) && (!effect || effect === 'NoExecute');
