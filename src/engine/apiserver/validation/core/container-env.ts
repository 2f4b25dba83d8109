/** Environment of a container. upstream: pkg/apis/core/validation/validation.go ValidateEnv, ValidateEnvFrom */
import {invalidValue, required} from '../../../api/field-errors.ts';
import {isConfigMapKey, isRelaxedEnvVarName, nameIsDNSSubdomain} from '../../../api/names.ts';
import {addInvalid, type Errors, type Fields} from '../fields.ts';
import {ENV_FIELDS, validateObjectFieldSelector, validateResourceFieldSelector} from './field-refs.ts';
import {validateLocalNonReservedPath} from './paths.ts';

function validateKeySelector(errors: Errors, selector: Fields, path: string): void {
  const {name = '', key = ''} = selector;
  addInvalid(errors, `${path}.name`, name, nameIsDNSSubdomain(name, false));
  if (key === '') errors.push(required(`${path}.key`));
  else addInvalid(errors, `${path}.key`, key, isConfigMapKey(key));
}

function validateFileKeySelector(errors: Errors, selector: Fields, path: string): void {
  if (!selector['key']) errors.push(required(`${path}.key`));
  else addInvalid(errors, `${path}.key`, selector['key'], isRelaxedEnvVarName(selector['key']));
  if (!selector['volumeName']) errors.push(required(`${path}.volumeName`));
  if (!selector['path']) errors.push(required(`${path}.path`));
  else validateLocalNonReservedPath(errors, selector['path'], `${path}.path`);
}

const SOURCES: readonly [field: string, check: (errors: Errors, source: Fields, path: string) => void][] = [
  ['fieldRef', (errors, source, path) => validateObjectFieldSelector(errors, source, ENV_FIELDS, path)],
  ['resourceFieldRef', (errors, source, path) => validateResourceFieldSelector(errors, source, path, false)],
  ['configMapKeyRef', validateKeySelector],
  ['secretKeyRef', validateKeySelector],
  ['fileKeyRef', validateFileKeySelector],
];

const ONE_OF = 'must specify one of: `fieldRef`, `resourceFieldRef`, `configMapKeyRef` or `secretKeyRef`';
const MORE_THAN_ONE = 'may not have more than one field specified at a time';

function validateValueFrom(errors: Errors, variable: Fields, path: string): void {
  const from = variable['valueFrom'];
  if (!from) return;
  let sources = 0;
  for (const [field, check] of SOURCES) {
    if (!from[field]) continue;
    sources++;
    check(errors, from[field], `${path}.${field}`);
  }
  if (sources === 0) errors.push(invalidValue(path, '', ONE_OF));
  else if (variable['value']) errors.push(invalidValue(path, '', 'may not be specified when `value` is not empty'));
  else if (sources > 1) errors.push(invalidValue(path, '', MORE_THAN_ONE));
}

export function validateEnv(errors: Errors, variables: readonly Fields[] | undefined, path: string): void {
  variables?.forEach((variable, i) => {
    const {name} = variable;
    if (!name) errors.push(required(`${path}[${i}].name`));
    else addInvalid(errors, `${path}[${i}].name`, name, isRelaxedEnvVarName(name));
    validateValueFrom(errors, variable, `${path}[${i}].valueFrom`);
  });
}

export function validateEnvFrom(errors: Errors, sources: readonly Fields[] | undefined, path: string): void {
  sources?.forEach((source, i) => {
    const at = `${path}[${i}]`;
    if (source['prefix']) addInvalid(errors, `${at}.prefix`, source['prefix'], isRelaxedEnvVarName(source['prefix']));
    let count = 0;
    for (const field of ['configMapRef', 'secretRef']) {
      const ref = source[field];
      if (!ref) continue;
      count++;
      if (!ref.name) errors.push(required(`${at}.${field}.name`));
      else addInvalid(errors, `${at}.${field}.name`, ref.name, nameIsDNSSubdomain(ref.name, true));
    }
    if (count === 0) errors.push(invalidValue(path, '', 'must specify one of: `configMapRef` or `secretRef`'));
    else if (count > 1) errors.push(invalidValue(path, '', MORE_THAN_ONE));
  });
}
