/** Kinds that are asked and never stored. upstream: pkg/registry/authorization, pkg/registry/authentication */
import type {ApiResponse, Walk} from './request.ts';

export const reviews: Record<string, (walk: Walk) => ApiResponse> = {};
