import {as, dim, type Row, row} from '../../selectors/styled.ts';
import {fitRow, rowWidth} from '../../selectors/text.ts';
import {keyText, labelled} from '../keymap.ts';
import {contextsOf, type UiState} from '../ui-state.ts';
import type {View} from '../view.ts';

/** The last line: a remark if there is one, else the keys that mean something here, as many as fit. */
export function footerRow(view: View, ui: UiState, width: number): Row {
  const remark = ui.notice ?? (view.toast && view.toast.id > ui.toastRead ? view.toast : undefined);
  if (ui.filtering)
    return fitRow(
      row(' ', as('accent', `/${ui.filters[ui.focus] ?? ''}`), as('select', ' '), dim('  Enter keeps the filter, Esc drops it')),
      width,
    );
  const said = remark && row(' ', as(remark.tone, remark.text));
  const echoed = ui.echo !== '' && row(' ', as('accent', ui.echo), said && row(' ', said));
  // What the screen itself has to say of the key matters more than what the key stands for.
  if (echoed && (!ui.notice || rowWidth(echoed) <= width)) return fitRow(echoed, width);
  if (said) return fitRow(said, width);
  const contexts = contextsOf(view, ui).filter(context => context !== 'prompt' || ui.line.text !== '');
  const all = labelled(contexts).map((binding): Row => {
    const label = binding.action === 'toggle' && view.time.paused ? 'run' : binding.label!;
    return row(as('key', ` ${binding.named ?? keyText(binding.keys[0]!)}`), dim(` ${label} `));
  });
  // Help comes last and is never pushed out.
  const help = all.at(-1) ?? [];
  let line: Row = [];
  for (const part of all.slice(0, -1)) {
    if (rowWidth(line) + rowWidth(part) + rowWidth(help) > width) break;
    line = row(line, part);
  }
  return fitRow(row(line, help), width);
}
