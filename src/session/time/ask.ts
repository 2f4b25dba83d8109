/** Asking why: of a row of a panel, or in words. The answer stands in the Why panel. */
import {refNamed} from '../../selectors/objects.ts';
import type {Ref} from '../../selectors/styled.ts';
import {type Core, clusterOf} from '../state.ts';
import {readMoment} from './moments.ts';

/** `namespace`: the one that the learner's kubeconfig names. */
export function askAction(core: Core, namespace: () => string) {
  const about = (ref: Ref, field?: string): void => {
    const cluster = clusterOf(core);
    if (!cluster) return core.remark('warn', 'open a lesson first: play 1.1');
    core.set({selected: ref, question: {ref, field, at: cluster.history.position}});
    core.show({panel: 'why'});
  };

  /** `pod/web [FIELD] [-n NAMESPACE]`, `rev 41`, `step 12`. */
  const inWords = (words: readonly string[]): void => {
    const flag = words.indexOf('-n');
    const [name = '', field] = words.filter((_, index) => flag < 0 || (index !== flag && index !== flag + 1));
    const ref = refNamed(name, flag < 0 ? namespace() : (words[flag + 1] ?? ''));
    if (ref) return about(ref, field);
    const read = readMoment(core.state, words);
    if ('wrong' in read) return core.remark('warn', `${name} is no object (pod/web) and no moment: why pod/web spec.nodeName, why rev 41`);
    about({kind: 'step', step: read.moment.position});
  };

  return {about, inWords};
}
