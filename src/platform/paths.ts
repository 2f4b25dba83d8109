/** Where podyssey keeps what belongs to the learner. */
import {join} from 'node:path';

interface Environment {
  readonly [variable: string]: string | undefined;
}

/** The data folder: PODYSSEY_HOME, else what the operating system's convention says. It need not exist yet. */
export function dataFolder(env: Environment, platform: NodeJS.Platform, home: string): string {
  if (env['PODYSSEY_HOME']) return env['PODYSSEY_HOME'];
  if (platform === 'win32') return join(env['LOCALAPPDATA'] || join(home, 'AppData', 'Local'), 'podyssey');
  if (platform === 'darwin') return join(home, 'Library', 'Application Support', 'podyssey');
  return join(env['XDG_DATA_HOME'] || join(home, '.local', 'share'), 'podyssey');
}
