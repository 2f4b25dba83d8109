/** What a kind does before it is stored. upstream: staging/src/k8s.io/apiserver/pkg/registry/rest/create.go, update.go */
import type {FieldError} from '../api/field-errors.ts';
import type {Kind} from '../api/kinds.ts';
import type {KubeObject} from '../api/types.ts';

export interface Strategy {
  prepareForCreate(object: KubeObject): void;
  validateCreate(object: KubeObject): readonly FieldError[];
  warningsOnCreate?(object: KubeObject): readonly string[];
  prepareForUpdate(object: KubeObject, old: KubeObject, subresource: string): void;
  validateUpdate(object: KubeObject, old: KubeObject, subresource: string): readonly FieldError[];
  warningsOnUpdate?(object: KubeObject, old: KubeObject): readonly string[];
  allowUnconditionalUpdate: boolean;
}

const generic: Strategy = {
  prepareForCreate() {},
  validateCreate: () => [],
  prepareForUpdate(object, old, subresource) {
    if (subresource === 'status') {
      const {status} = object;
      for (const key of Object.keys(object)) if (key !== 'metadata') delete object[key];
      Object.assign(object, old, {metadata: object.metadata, status});
    }
  },
  validateUpdate: () => [],
  allowUnconditionalUpdate: true,
};

/** A new namespace is active, and is emptied before it goes. upstream: pkg/registry/core/namespace/strategy.go */
const namespaces: Strategy = {
  ...generic,
  prepareForCreate(object) {
    const {finalizers = []} = (object['spec'] ?? {}) as {finalizers?: string[]};
    object['spec'] = {finalizers: finalizers.includes('kubernetes') ? finalizers : [...finalizers, 'kubernetes']};
    object['status'] = {phase: 'Active'};
  },
};

export const strategyOf = (kind: Kind): Strategy => (kind.resource === 'namespaces' && kind.group === '' ? namespaces : generic);
