/** What the author of an object with pods in it is warned of. upstream: WarningsOnCreate and WarningsOnUpdate in pkg/registry/{core,apps,batch} */
import {isDNS1123Label} from '../../../api/names.ts';
import type {Fields} from '../fields.ts';
import {podWarnings} from './pod-warnings.ts';

/** A name that is no label makes a strange hostname. */
export function nameWarnings({metadata}: Fields, use: string): string[] {
  const messages = isDNS1123Label(metadata.name ?? '');
  return messages.length === 0
    ? []
    : [
        `metadata.name: this is used in ${use}, which can result in surprising behavior; a DNS label is recommended: [${messages.join(' ')}]`,
      ];
}

export const POD_NAMES = 'Pod names and hostnames';

export const isUnchanged = (object: Fields, old: Fields): boolean => object['metadata'].generation === old['metadata'].generation;

/** Of a kind whose template stands at `path`; an update that changes nothing of it warns of nothing. `named`: whether pods are called after it. */
export const templateWarnings =
  (path: string, {named = true} = {}) =>
  (object: Fields, old?: Fields): string[] => {
    if (old && isUnchanged(object, old)) return [];
    const template = path.split('.').reduce<Fields | undefined>((part, field) => part?.[field], object);
    return [...(named && !old ? nameWarnings(object, POD_NAMES) : []), ...(template ? podWarnings(template, undefined, path) : [])];
  };

/** People seldom change pods themselves. */
export const warningsOfPod = (pod: Fields, old?: Fields): string[] =>
  old ? [] : [...nameWarnings(pod, "the Pod's hostname"), ...podWarnings(pod)];
