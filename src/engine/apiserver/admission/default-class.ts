/** The default of its kind: marked by an annotation, the newest of several. upstream: pkg/volume/util/storageclass.go GetDefaultClass */
import {byObjectName, byText} from '../../api/order.ts';
import type {KubeObject} from '../../api/types.ts';

/** Of equal age the first by name. */
export function newestMarked<T extends KubeObject>(classes: readonly T[], ...annotations: string[]): T | undefined {
  return classes
    .filter(({metadata}) => annotations.some(annotation => metadata.annotations?.[annotation] === 'true'))
    .sort(
      (a, b) => byText(String(b.metadata.creationTimestamp ?? ''), String(a.metadata.creationTimestamp ?? '')) || byObjectName(a, b),
    )[0];
}
