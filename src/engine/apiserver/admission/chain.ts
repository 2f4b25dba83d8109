/** Runs the plugins over one request: first those that may change the object, later those that may only refuse it. */
import type {Patch} from 'immer';
import {cloneJson} from '../../api/clone.ts';
import {ApiError, type KubeObject, type Pod} from '../../api/types.ts';
import {changesBetween} from './changes.ts';
import type {AdmissionContext, AdmissionPlugin, Attributes} from './types.ts';

const NO_CHANGES: readonly Patch[] = [];

/** What one plugin did, for the screen. */
export interface AdmissionStep {
  readonly plugin: string;
  readonly verdict: 'ok' | 'changed' | 'denied';
  /** What it changed in the object. */
  readonly patches: readonly Patch[];
}

export interface Denied {
  readonly plugin: string;
  readonly error: ApiError;
}

export interface Mutation {
  /** The object as the plugins leave it, still open for change; undefined for a DELETE. */
  readonly object: KubeObject | undefined;
  /** Empty unless recorded. */
  readonly steps: readonly AdmissionStep[];
  readonly denied?: Denied;
}

export interface Validation {
  readonly steps: readonly AdmissionStep[];
  readonly denied?: Denied;
}

/**
 * The mutating phase. `attributes.object` is the request's own copy: it is changed in place. `record`: also tell what each plugin changed.
 */
export function mutate(plugins: readonly AdmissionPlugin[], attributes: Attributes, context: AdmissionContext, record: boolean): Mutation {
  completePod(attributes);
  const asked = plugins.filter(plugin => plugin.admit && plugin.handles(attributes));
  if (asked.length === 0) return {object: attributes.object, steps: []};
  return mutateInPlace(asked, attributes, context, record);
}

/** Go's structures are there even when nobody wrote them, so plugins need not ask whether a pod has a spec. */
function completePod({resource, subresource, object}: Attributes): void {
  if (!object || resource.resource !== 'pods' || subresource !== '') return;
  const pod = object as Pod;
  pod.spec ??= {containers: []};
  pod.spec.containers ??= [];
}

function mutateInPlace(plugins: readonly AdmissionPlugin[], attributes: Attributes, context: AdmissionContext, record: boolean): Mutation {
  const {object} = attributes;
  const steps: AdmissionStep[] = [];
  let before: KubeObject | undefined;
  for (const plugin of plugins) {
    const watched = record && (plugin.mayChange?.(context) ?? true);
    if (watched) before ??= object && cloneJson(object);
    try {
      plugin.admit!(attributes, context);
    } catch (error) {
      return {object, ...refused(plugin, error, steps)};
    }
    const patches = watched ? changesBetween(before, object) : NO_CHANGES;
    if (record) steps.push({plugin: plugin.name, verdict: patches.length > 0 ? 'changed' : 'ok', patches});
    if (patches.length > 0) before = undefined;
  }
  return {object, steps};
}

/** The validating phase: after the object has been validated, before it is stored. */
export function validate(
  plugins: readonly AdmissionPlugin[],
  attributes: Attributes,
  context: AdmissionContext,
  record: boolean,
): Validation {
  const steps: AdmissionStep[] = [];
  for (const plugin of plugins) {
    if (!plugin.validate || !plugin.handles(attributes)) continue;
    try {
      plugin.validate(attributes, context);
      if (record) steps.push({plugin: plugin.name, verdict: 'ok', patches: []});
    } catch (error) {
      return refused(plugin, error, steps);
    }
  }
  return {steps};
}

function refused({name}: AdmissionPlugin, error: unknown, steps: readonly AdmissionStep[]): Validation & {denied: Denied} {
  if (!(error instanceof ApiError)) throw error;
  return {steps: [...steps, {plugin: name, verdict: 'denied', patches: []}], denied: {plugin: name, error}};
}
