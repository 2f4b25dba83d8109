/** Collecting garbage when there is time for it. */
import {setFlagsFromString} from 'node:v8';
import {runInNewContext} from 'node:vm';

type Collect = (options: {type: 'minor'}) => void;

let collect: Collect | undefined;

/**
 * Collects what has become garbage lately in the thread that calls. By itself V8 waits until its young space is full, and then takes its time in the middle of whatever is
 * being done; after each frame there is little to collect.
 */
export function tidy(): void {
  if (!collect) {
    setFlagsFromString('--expose-gc');
    collect = runInNewContext('gc') as Collect;
  }
  collect({type: 'minor'});
}
