/** A folder with a progress file for each student: a shared drive, a checkout, whatever carries files. */
import {readdirSync, readFileSync, statSync} from 'node:fs';
import {join} from 'node:path';
import {parseSeat, type Seat} from '../course/room.ts';
import {SHARED, writeJsonFile} from './json-file.ts';
import {fileName} from './recordings.ts';

const LARGEST_BYTES = 64 * 1024;
const SUFFIX = '.seat.json';

/** Writes where a student is. */
export const writeSeat = (folder: string, seat: Seat): void =>
  writeJsonFile(join(folder, `${fileName(seat.student)}${SUFFIX}`), seat, SHARED);

/** Everybody's seat, in the order of the files' names; a file that is being written or is damaged is passed over until it is whole. Throws where there is no such folder. */
export function readSeats(folder: string): Seat[] {
  return readdirSync(folder)
    .filter(name => name.endsWith(SUFFIX))
    .sort()
    .flatMap(name => {
      const path = join(folder, name);
      try {
        const stat = statSync(path);
        return stat.isFile() && stat.size <= LARGEST_BYTES ? [parseSeat(JSON.parse(readFileSync(path, 'utf8')))] : [];
      } catch {
        return [];
      }
    });
}
