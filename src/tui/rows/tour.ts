import {as, dim, type PanelRow, row} from '../../selectors/styled.ts';
import {wrapRow} from '../../selectors/text.ts';

export interface TourCard {
  /** The part of the screen it speaks of, which is drawn as if it had the focus. */
  readonly part: 'lesson' | 'panels' | undefined;
  readonly title: string;
  readonly text: string;
}

/** What a newcomer is shown once, in less than a minute. */
export const tour: readonly TourCard[] = [
  {
    part: undefined,
    title: 'Welcome to podyssey',
    text: 'You will cause the birth of a pod and watch every part of Kubernetes do its true work. All of it is simulated on your machine: nothing can break, and time can be turned back.',
  },
  {
    part: 'lesson',
    title: 'The lesson',
    text: 'It asks for one thing at a time. The line beginning with ▸ in the terminal below repeats it; a ✓ says that it is done.',
  },
  {
    part: undefined,
    title: 'On top: the way of your request',
    text: 'From kubectl through the gates of the API server into etcd, on to controllers, scheduler and kubelet, until containers run. Your command walks through it.',
  },
  {
    part: 'panels',
    title: 'The panels look inside',
    text: 'Tab goes from one to the next, the arrows choose a row. Enter opens what it stands for, w tells why it is so, z makes the panel large, Esc leads back here.',
  },
  {
    part: undefined,
    title: 'At the bottom: time',
    text: 'Space stops it and lets it flow, . and , go one event forward and back, = returns to the present. In the past the line says so.',
  },
  {
    part: undefined,
    title: 'Here you type',
    text: 'Grey text is a suggestion: → takes it, Enter runs it, Tab completes. Type hint when you are stuck, ? shows all keys. Begin!',
  },
];

/** One card of the tour. */
export function tourRows(card: number, width: number): readonly PanelRow[] {
  const {title, text} = tour[card]!;
  const last = card === tour.length - 1;
  return [
    {row: row(as('strong', title))},
    ...wrapRow([as('text', text)], width).map(line => ({row: line})),
    {row: row(as('key', 'Enter'), dim(last ? ' begins' : ' goes on'), ...(last ? [] : [as('key', '   Esc'), dim(' skips the tour')]))},
  ];
}
