/** A command's text in the learner's editor, and what the API server would say of it. */
import {findKind} from '../../engine/apiserver/resources.ts';
import {type Core, clusterOf} from '../state.ts';
import type {EditView, ManifestFault} from '../types.ts';
import {type Ground, manifestFaults} from './manifest-faults.ts';

/** What is to be edited, with what is wrong with it as it is. */
export const beginEditing = (core: Core, file: string, text: string): EditView => ({file, text, faults: faultsOf(core, file, text, text)});

/** What is wrong with a text that the one being edited has become. */
export function checkEdited(core: Core, text: string): readonly ManifestFault[] {
  const {editing} = core.state;
  return editing ? faultsOf(core, editing.file, text, editing.text) : [];
}

function faultsOf(core: Core, file: string, text: string, before: string): ManifestFault[] {
  const cluster = clusterOf(core);
  if (!cluster) return [];
  const kindOf: Ground['kindOf'] = (group, version, kind) => findKind(cluster.machine, group, version, kind);
  return manifestFaults(text, file, {kindOf, before});
}
