import {numberOf, panels} from '../../selectors/panels/table.ts';
import {as, dim, type PanelRow, type Row, row} from '../../selectors/styled.ts';
import {pad, wrapRow} from '../../selectors/text.ts';
import {type Binding, type Context, keymap, keyText} from '../keymap.ts';

const sections: readonly {readonly title: string; readonly has: readonly Context[]}[] = [
  {title: 'At an empty prompt, and in a panel', has: ['start']},
  {title: 'In a panel (Tab goes there)', has: ['panel']},
  {title: 'Before an audience (podyssey replay)', has: ['presenter']},
  {title: 'While typing', has: ['prompt']},
  {title: 'Putting cards in order', has: ['order']},
  {title: 'While a command waits', has: ['waiting']},
  {title: 'Scrubbing through time (S, Alt+s)', has: ['scrub']},
  {title: 'Everywhere', has: ['anywhere']},
  {title: 'On the course map', has: ['map']},
  {title: 'In the editor (edit FILE, kubectl edit, e)', has: ['edit']},
];

/** What is not a key's to change: how the terminal is, and where files lie, is said when the program is started. */
const atStart: readonly (readonly [flag: string, about: string])[] = [
  ['--theme NAME', 'colours: dark, light, high-contrast or mono; without it as the terminal is (NO_COLOR=1: mono)'],
  ['--ascii', 'only ASCII characters'],
  ['--plain', 'lines instead of a screen: for a screen reader, or a pipe'],
  ['--workspace DIR', 'the files lie in a folder of yours, for your own editor'],
];

/** Cells of the keys, beside what they do. */
const keysWidth = 16;

/** All keys by where they hold, those of where one is first, then what each panel shows, and what is set at the start. Made from the keymap and the table of panels, so it cannot be out of date. */
export function helpRows(width: number, here: Context): readonly PanelRow[] {
  const shown = new Set<Binding>();
  const isHere = ({has}: (typeof sections)[number]): boolean => has.includes(here);
  const groups = [...sections.filter(isHere), ...sections.filter(section => !isHere(section))].map(section => {
    const bindings: readonly Binding[] = keymap.filter(
      binding => !shown.has(binding) && section.has.some(context => (binding.contexts as readonly Context[]).includes(context)),
    );
    for (const binding of bindings) shown.add(binding);
    return {title: section.title, bindings};
  });
  const rows: Row[] = [
    ...wrapRow(
      [
        as(
          'text',
          'Type commands at the prompt: kubectl (or k), and hint, undo, solution, map. What they cause walks through the panels; time can be stopped, stepped and turned back.',
        ),
      ],
      width,
    ),
    ...groups.flatMap(group => [[], row(as('title', group.title)), ...group.bindings.flatMap(binding => bindingRows(binding, width))]),
    [],
    row(as('title', 'Panels')),
    ...panels.flatMap(panel =>
      wrapRow(row(as('key', ` ${numberOf(panel.id)} `), as('value', pad(panel.title, 14)), dim(panel.about)), width, 17),
    ),
    [],
    row(as('title', 'When podyssey is started')),
    ...atStart.flatMap(([flag, about]) => wrapRow(row(as('key', ` ${pad(flag, keysWidth)} `), about), width, keysWidth + 2)),
  ];
  return rows.map(each => ({row: each}));
}

function bindingRows(binding: Binding, width: number): Row[] {
  const keys =
    binding.keys.length > 4 ? `${keyText(binding.keys[0]!)}..${keyText(binding.keys.at(-1)!)}` : binding.keys.map(keyText).join(' ');
  return wrapRow(
    row(as('key', ` ${pad(keys, keysWidth)} `), binding.help, binding.command !== undefined && dim(`  = ${binding.command}`)),
    width,
    keysWidth + 2,
  );
}
