/** The subresources that are more than a part of their object; `status` is a part and goes the way of an update. */
import type {ApiResponse, Walk} from '../request.ts';
import {bind} from './binding.ts';
import {evict} from './eviction.ts';
import {attach, exec, log, portForward, proxy} from './node.ts';
import {part} from './part.ts';
import {scale} from './scale.ts';
import {createToken} from './token.ts';

export const subresources: Record<string, ((walk: Walk) => ApiResponse) | undefined> = {
  approval: part,
  attach,
  binding: bind,
  ephemeralcontainers: part,
  eviction: evict,
  exec,
  finalize: part,
  log,
  portforward: portForward,
  proxy,
  resize: part,
  scale,
  token: createToken,
};
