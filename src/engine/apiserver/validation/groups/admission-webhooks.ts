/** Webhook configurations. upstream: pkg/apis/admissionregistration/validation/validation.go */
import {duplicate, invalidValue, required} from '../../../api/field-errors.ts';
import {isDNS1035Label, isFullyQualifiedName, nameIsDNSSubdomain} from '../../../api/names.ts';
import {REQUEST_VARIABLES} from '../../cel/request-types.ts';
import {addInvalid, type Errors, type Fields, has} from '../fields.ts';
import {validateCoreObjectMeta, validateLabelSelector} from '../meta.ts';
import type {KindRules} from '../rules.ts';
import {FAILURE_POLICIES, MATCH_POLICIES, validateChoice, validateMatchConditions, validateRule} from './admission-matching.ts';
import {validateClientConfig} from './webhook-client.ts';

const REVIEW_VERSIONS = ['v1', 'v1beta1'];
const SIDE_EFFECTS = ['None', 'NoneOnDryRun'];
const REINVOCATION = ['IfNeeded', 'Never'];

function validateReviewVersions(errors: Errors, versions: readonly string[] | undefined, path: string): void {
  if (!has(versions)) {
    errors.push(required(path, `must specify one of ${REVIEW_VERSIONS.join(', ')}`));
    return;
  }
  for (const [i, version] of versions!.entries()) {
    if (versions!.indexOf(version) < i) errors.push(invalidValue(`${path}[${i}]`, version, 'duplicate version'));
    else addInvalid(errors, `${path}[${i}]`, version, isDNS1035Label(version));
  }
  if (!versions!.some(v => REVIEW_VERSIONS.includes(v)))
    errors.push(invalidValue(path, versions, `must include at least one of ${REVIEW_VERSIONS.join(', ')}`));
}

function validateWebhook(errors: Errors, hook: Fields, path: string): void {
  const {name = '', sideEffects, timeoutSeconds: timeout} = hook;
  if (!name) errors.push(required(`${path}.name`));
  else addInvalid(errors, `${path}.name`, name, isFullyQualifiedName(name));
  for (const [i, rule] of ((hook['rules'] ?? []) as Fields[]).entries()) validateRule(errors, rule, `${path}.rules[${i}]`);
  validateChoice(errors, hook['failurePolicy'], FAILURE_POLICIES, `${path}.failurePolicy`);
  validateChoice(errors, hook['matchPolicy'], MATCH_POLICIES, `${path}.matchPolicy`);
  if (sideEffects === undefined) errors.push(required(`${path}.sideEffects`, `must specify one of ${SIDE_EFFECTS.join(', ')}`));
  else validateChoice(errors, sideEffects, SIDE_EFFECTS, `${path}.sideEffects`);
  if (timeout > 30 || timeout < 1)
    errors.push(invalidValue(`${path}.timeoutSeconds`, timeout, 'the timeout value must be between 1 and 30 seconds'));
  validateLabelSelector(errors, hook['namespaceSelector'], `${path}.namespaceSelector`);
  validateLabelSelector(errors, hook['objectSelector'], `${path}.objectSelector`);
  validateChoice(errors, hook['reinvocationPolicy'], REINVOCATION, `${path}.reinvocationPolicy`);
  validateClientConfig(errors, hook['clientConfig'] ?? {}, `${path}.clientConfig`);
  validateMatchConditions(errors, hook['matchConditions'], `${path}.matchConditions`, REQUEST_VARIABLES);
}

function validateConfiguration(errors: Errors, configuration: Fields): void {
  validateCoreObjectMeta(errors, configuration['metadata'], false, nameIsDNSSubdomain);
  const names = new Set<string>();
  for (const [i, hook] of ((configuration['webhooks'] ?? []) as Fields[]).entries()) {
    const at = `webhooks[${i}]`;
    validateWebhook(errors, hook, at);
    validateReviewVersions(errors, hook['admissionReviewVersions'], `${at}.admissionReviewVersions`);
    if (!hook['name']) continue;
    if (names.has(hook['name'])) errors.push(duplicate(`${at}.name`, hook['name']));
    names.add(hook['name']);
  }
}

/** The rules of webhook configurations of both sorts. */
export const webhookConfiguration: KindRules = {
  generation: true,
  generationOf: ['webhooks'],
  validate: validateConfiguration,
  validateUpdate: validateConfiguration,
};
