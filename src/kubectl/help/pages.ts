/** The pages of all commands. */
import {CHANGING} from './changing.ts';
import {LOOKING} from './looking.ts';
import {MAKING} from './making.ts';
import {RUNNING} from './running.ts';
import type {Page, Pages} from './types.ts';

export const PAGES: Pages = {...MAKING, ...LOOKING, ...CHANGING, ...RUNNING};

/** The page behind a command's path (`kubectl create deployment`). */
export const pageOf = (path: string): Page => PAGES[path.replace(/^kubectl /, '')] ?? {};
