/** Probes and lifecycle handlers. upstream: pkg/apis/core/validation/validation.go validateHandler, validateProbe, validateLifecycle */
import {forbiddenField, invalidValue, notSupported, required} from '../../../api/field-errors.ts';
import {isHTTPHeaderName, isValidPortName, isValidPortNum} from '../../../api/names.ts';
import {addInvalid, type Errors, type Fields, has} from '../fields.ts';
import {validateNonnegative} from '../meta.ts';

export function validatePortNumOrName(errors: Errors, port: number | string | undefined, path: string): void {
  const value = port ?? 0;
  addInvalid(errors, path, value, typeof value === 'number' ? isValidPortNum(value) : isValidPortName(value));
}

const SCHEMES = ['HTTP', 'HTTPS'];

function validateHTTPGet(errors: Errors, http: Fields, path: string): void {
  if (!http['path']) errors.push(required(`${path}.path`));
  validatePortNumOrName(errors, http['port'], `${path}.port`);
  if (!SCHEMES.includes(http['scheme'])) errors.push(notSupported(`${path}.scheme`, http['scheme'] ?? '', SCHEMES));
  for (const header of http['httpHeaders'] ?? []) addInvalid(errors, `${path}.httpHeaders`, header.name, isHTTPHeaderName(header.name));
}

type HandlerCheck = (errors: Errors, handler: Fields, path: string, gracePeriod: number | undefined) => void;

/** In the order in which the server looks at them: the second one set is one too many. */
const HANDLERS: readonly [field: string, check: HandlerCheck][] = [
  [
    'exec',
    (errors, exec, path) => {
      if (!has(exec['command'])) errors.push(required(`${path}.command`));
    },
  ],
  ['httpGet', validateHTTPGet],
  ['tcpSocket', (errors, tcp, path) => validatePortNumOrName(errors, tcp['port'], `${path}.port`)],
  ['grpc', (errors, grpc, path) => validatePortNumOrName(errors, grpc['port'], `${path}.port`)],
  [
    'sleep',
    (errors, sleep, path, gracePeriod) => {
      const seconds = sleep['seconds'] ?? 0;
      if (gracePeriod !== undefined && (seconds < 0 || seconds > gracePeriod))
        errors.push(invalidValue(path, seconds, `must be non-negative and less than terminationGracePeriodSeconds (${gracePeriod})`));
    },
  ],
];

function validateHandler(errors: Errors, handler: Fields, gracePeriod: number | undefined, path: string): void {
  let count = 0;
  for (const [field, check] of HANDLERS) {
    if (handler[field] === undefined) continue;
    if (count++ > 0) errors.push(forbiddenField(`${path}.${field}`, 'may not specify more than 1 handler type'));
    else check(errors, handler[field], `${path}.${field}`, gracePeriod);
  }
  if (count === 0) errors.push(required(path, 'must specify a handler type'));
}

const PROBE_NUMBERS = ['initialDelaySeconds', 'timeoutSeconds', 'periodSeconds', 'successThreshold', 'failureThreshold'];

function validateProbe(errors: Errors, probe: Fields, gracePeriod: number | undefined, path: string): void {
  validateHandler(errors, probe, gracePeriod, path);
  for (const field of PROBE_NUMBERS) validateNonnegative(errors, probe[field], `${path}.${field}`);
  const grace = probe['terminationGracePeriodSeconds'];
  if (grace !== undefined && grace <= 0)
    errors.push(invalidValue(`${path}.terminationGracePeriodSeconds`, grace, 'must be greater than 0'));
}

/** A probe that ends the container at its first success or failure must need exactly one success. */
const successMustBeOne = (errors: Errors, probe: Fields, path: string): void => {
  const threshold = probe['successThreshold'] ?? 0;
  if (threshold !== 1) errors.push(invalidValue(`${path}.successThreshold`, threshold, 'must be 1'));
};

export function validateLifecycleAndProbes(errors: Errors, container: Fields, gracePeriod: number | undefined, path: string): void {
  const {lifecycle, livenessProbe, readinessProbe, startupProbe} = container;
  if (lifecycle) {
    for (const hook of ['postStart', 'preStop'])
      if (lifecycle[hook]) validateHandler(errors, lifecycle[hook], gracePeriod, `${path}.lifecycle.${hook}`);
  }
  if (livenessProbe) {
    validateProbe(errors, livenessProbe, gracePeriod, `${path}.livenessProbe`);
    successMustBeOne(errors, livenessProbe, `${path}.livenessProbe`);
  }
  if (readinessProbe) {
    validateProbe(errors, readinessProbe, gracePeriod, `${path}.readinessProbe`);
    const grace = readinessProbe.terminationGracePeriodSeconds;
    if (grace !== undefined)
      errors.push(invalidValue(`${path}.readinessProbe.terminationGracePeriodSeconds`, grace, 'must not be set for readinessProbes'));
  }
  if (startupProbe) {
    validateProbe(errors, startupProbe, gracePeriod, `${path}.startupProbe`);
    successMustBeOne(errors, startupProbe, `${path}.startupProbe`);
  }
}
