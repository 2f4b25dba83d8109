/** What a kind does before it is stored. upstream: staging/src/k8s.io/apiserver/pkg/registry/rest/create.go, update.go */
import type {FieldError} from '../api/field-errors.ts';
import type {KubeObject} from '../api/types.ts';

export interface Strategy {
  prepareForCreate(object: KubeObject): void;
  validateCreate(object: KubeObject): readonly FieldError[];
  warningsOnCreate?(object: KubeObject): readonly string[];
  prepareForUpdate(object: KubeObject, old: KubeObject, subresource: string): void;
  validateUpdate(object: KubeObject, old: KubeObject, subresource: string): readonly FieldError[];
  warningsOnUpdate?(object: KubeObject, old: KubeObject): readonly string[];
  allowUnconditionalUpdate: boolean;
  allowCreateOnUpdate: boolean;
}
