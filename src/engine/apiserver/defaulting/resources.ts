/** Quantities of resources as they are stored. upstream: pkg/apis/core/v1/defaults.go SetDefaults_ResourceList */
import {parseQuantity, printQuantity, roundUp} from '../../api/quantity.ts';
import type {Fields} from '../validation/fields.ts';

/** Resources are kept in thousandths. */
export function roundResources(list: Fields | undefined): void {
  for (const name in list) {
    const quantity = parseQuantity(list[name]);
    if (quantity.scale < -3) list[name] = printQuantity(roundUp(quantity, -3));
  }
}
