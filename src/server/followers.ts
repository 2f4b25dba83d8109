/** Output of containers, followed: the log is read again when time has passed, and what is new of it is passed on. */
import {containerStatusOf} from '../engine/api/pods.ts';
import type {Pod} from '../engine/api/types.ts';
import {type ApiRequest, parameter} from '../engine/apiserver/request.ts';
import {lookRequest, SUPER_ADMIN} from '../engine/cluster/cluster.ts';
import type {Machine} from '../engine/machine/machine.ts';
import type {Door} from '../session/outside/door.ts';

const LOOK_MS = 40;

/** Options that choose a part of a log; what is written from now on is passed on whole. */
const CHOOSING = new Set(['follow', 'tailLines', 'sinceSeconds', 'sinceTime', 'limitBytes']);

/**
 * Follows the log that a request asks for; `write` gets what is written from now on, `end` is called when the container has ended. Returns how to stop.
 */
export function follow(door: Door, request: ApiRequest, write: (text: string) => void, end: () => void): () => void {
  const query = Object.fromEntries(Object.entries(request.query ?? {}).filter(([name]) => !CHOOSING.has(name)));
  const whole: ApiRequest = {...request, method: 'GET', query};
  const read = (machine: Machine): string | undefined => {
    const {code, body} = lookRequest(machine, whole);
    return code === 200 ? String(body) : undefined;
  };
  const first = door.cluster()?.machine;
  const begun = first && instanceOf(first, request);
  let before = (first && read(first)) ?? '';
  const timer = setInterval(() => {
    const machine = door.cluster()?.machine;
    const now = machine && read(machine);
    if (now !== undefined && now !== before) {
      write(addedTo(before, now));
      before = now;
    }
    const instance = machine && instanceOf(machine, request);
    if (!instance?.running || instance.id !== begun?.id) {
      stop();
      end();
    }
  }, LOOK_MS);
  const stop = (): void => clearInterval(timer);
  return stop;
}

/** What stands in a log now and did not before. The beginning of a long one is rotated away. */
function addedTo(before: string, now: string): string {
  if (now.startsWith(before)) return now.slice(before.length);
  const end = before.slice(-1024);
  const at = now.lastIndexOf(end);
  return at < 0 ? now : now.slice(at + end.length);
}

/** Which instance of the container runs. */
function instanceOf(machine: Machine, request: ApiRequest): {id: string; running: boolean} | undefined {
  const {code, body} = lookRequest(machine, {method: 'GET', path: request.path.replace(/\/[^/]+$/, ''), user: SUPER_ADMIN});
  if (code !== 200) return undefined;
  const {status, spec} = body as Pod;
  const found = containerStatusOf(status, parameter(request, 'container') || (spec?.containers[0]?.name ?? ''));
  return found && {id: found.containerID ?? '', running: Boolean(found.state?.running)};
}
