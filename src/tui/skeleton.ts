/**
 * The first paint: a screen of the right shape that asks for a moment, shown before anything heavy is loaded, in one write. It imports nothing, so that it costs nothing.
 */

const enter = '\u001b[?1049h\u001b[?25l\u001b[2J\u001b[H';
const leave = '\u001b[?25h\u001b[?1049l';

/** What to write to a terminal of this size to enter the alternate screen with the skeleton on it. */
export function skeleton(columns: number, rows: number, ascii: boolean): string {
  const [across, down, corners] = ascii ? ['-', '|', '++++'] : ['─', '│', '╭╮╰╯'];
  const width = Math.max(0, columns - 2);
  const word = `One moment${ascii ? '...' : '…'} the cluster is being set up.`;
  const lines = Array.from({length: rows}, (_, index) => {
    if (index === 0) return ' podyssey';
    if (index === 4) return corners[0] + across.repeat(width) + corners[1];
    if (index === 6) return down + `  ${word}`.padEnd(width).slice(0, width) + down;
    if (index === rows - 3) return corners[2] + across.repeat(width) + corners[3];
    return index > 4 && index < rows - 3 ? down + ' '.repeat(width) + down : '';
  });
  return enter + lines.join('\r\n');
}

/** What to write to take the skeleton away when the screen could not be opened after all. */
export const withoutSkeleton = leave;
