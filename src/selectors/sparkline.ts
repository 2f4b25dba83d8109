import type {Trend} from './facts/facts.ts';
import {as, type Segment} from './styled.ts';

const heights = '▁▂▃▄▅▆▇█';

export const mostOf = (trend: Trend): number => Math.max(...trend.values);

/** The youngest values of a trend as bars, the highest of them filling the height; nothing is the lowest bar. Always beside figures: bars alone have no unit. */
export function sparkline(trend: Trend, cells: number): Segment {
  const values = trend.values.slice(-cells);
  const most = Math.max(...values);
  const bar = (value: number): string => heights[value === 0 ? 0 : Math.max(1, Math.round((value / most) * (heights.length - 1)))]!;
  return as('bar', values.map(bar).join(''));
}
