/** The subresources that are more than a part of their object; `status` is a part and goes the way of an update. */
import type {ApiResponse, Walk} from '../request.ts';
import {bind} from './binding.ts';
import {scale} from './scale.ts';

export const subresources: Record<string, ((walk: Walk) => ApiResponse) | undefined> = {
  binding: bind,
  scale,
};
