/** `podyssey class watch`: the room, kept up to date from a folder of progress files. */
import {existsSync} from 'node:fs';
import {basename, resolve} from 'node:path';
import {roomRows} from '../../course/report/room.ts';
import {roomOf, type Seat} from '../../course/room.ts';
import {readSeats} from '../../platform/room-folder.ts';
import {toAscii} from '../../selectors/glyphs.ts';
import {plainText} from '../../selectors/styled.ts';
import {chooseTheme, type ThemeName} from '../../tui/theme.ts';
import {Failure} from '../failure.ts';
import {onScreen} from '../front-end.ts';
import {say} from '../output.ts';

export interface WatchOptions {
  plain?: boolean;
  /** Tell it once and be done. */
  once?: boolean;
  ascii?: boolean;
  color: boolean;
  theme?: ThemeName;
}

/** How often the folder is read: a file on a shared drive tells nobody that it changed. */
const EVERY_MS = 1000;
const PLAIN_WIDTH = 100;

export async function watchClass(folder: string, options: WatchOptions): Promise<void> {
  if (!existsSync(folder)) throw new Failure(`${folder}: no such folder; play --share ${folder} writes there`);
  // A shared drive comes and goes: what was seen last stays until it is back.
  let seats: readonly Seat[] = [];
  const read = (): readonly Seat[] => {
    if (existsSync(folder)) seats = readSeats(folder);
    return seats;
  };
  const theme = chooseTheme(process.env, options);
  const name = basename(resolve(folder));
  const rows = (width: number) => roomRows(roomOf(read(), Date.now()), name, width);
  if (!options.once && onScreen(options)) {
    const {runBoard} = await import('../../tui/board.tsx');
    return runBoard(rows, {theme, everyMs: EVERY_MS});
  }
  const text = (): string =>
    rows(process.stdout.columns ?? PLAIN_WIDTH)
      .map(row => plainText(row).trimEnd())
      .join('\n');
  const show = (room: string): void => say(`${theme.ascii ? room.split('\n').map(toAscii).join('\n') : room}\n`);
  let told = text();
  show(told);
  while (!options.once) {
    await new Promise(resolve => setTimeout(resolve, EVERY_MS));
    const now = text();
    // Minutes go by for everybody: only what else changed is worth telling again.
    if (withoutTimes(now) !== withoutTimes(told)) show((told = now));
  }
}

const withoutTimes = (room: string): string => room.replace(/\d+:\d\d/g, '');
