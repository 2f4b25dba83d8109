/** upstream: apimachinery/pkg/util/intstr */

export type IntOrString = number | string;

/**
 * An absolute number, or a percentage of `total` rounded up or down.
 * Throws with upstream's text for what is neither.
 */
export function scaledValueFromIntOrPercent(value: IntOrString | undefined, total: number, roundUp: boolean): number {
  if (value === undefined) throw new Error('nil value for IntOrString');
  if (typeof value === 'number') return value;
  if (!value.endsWith('%')) throw new Error('invalid value for IntOrString: invalid type: string is not a percentage');
  const digits = value.slice(0, -1);
  if (!/^[+-]?\d+$/.test(digits))
    throw new Error(
      `invalid value for IntOrString: invalid value ${JSON.stringify(value)}: strconv.Atoi: parsing ${JSON.stringify(digits)}: invalid syntax`,
    );
  return roundUp ? Math.ceil((Number(digits) * total) / 100) : Math.floor((Number(digits) * total) / 100);
}
