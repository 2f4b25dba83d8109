/** What webhooks and policies do with the object of a request: it becomes another one, defaulted again. upstream: admission/plugin/{webhook,policy}/mutating */
import {cloneJson, equalJson} from '../../api/clone.ts';
import type {KubeObject} from '../../api/types.ts';
import {setDefaults} from '../defaulting/defaults.ts';

/** Puts `wanted` in the place of the draft's content. Returns whether it changed. */
export function replaceObject(draft: KubeObject, wanted: unknown): boolean {
  const defaulted = cloneJson(wanted) as KubeObject;
  setDefaults(defaulted);
  if (equalJson(defaulted, draft)) return false;
  for (const field of Object.keys(draft)) if (!(field in defaulted)) delete draft[field];
  Object.assign(draft, defaulted);
  return true;
}
