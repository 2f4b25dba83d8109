/** `x-kubernetes-validations`: rules in CEL that a schema brings along. upstream: apiextensions-apiserver/pkg/apis/apiextensions/validation ValidateCustomResourceDefinitionOpenAPISchema */
import {invalidValue, notSupported, required} from '../../../../api/field-errors.ts';
import {type CelProblem, celProblem} from '../../../admission/cel-check.ts';
import type {Errors, Fields} from '../../fields.ts';
import {schemaAt} from './field-path.ts';

const REASONS = ['FieldValueDuplicate', 'FieldValueForbidden', 'FieldValueInvalid', 'FieldValueRequired'];
const LINE_BREAK = /[\n\r]/;

export const usesOldSelf = (rule: string): boolean => /\boldSelf\b/.test(rule);

export function validateRuleTexts(errors: Errors, schema: Fields, path: string): void {
  for (const [i, given] of (schema['x-kubernetes-validations'] ?? []).entries()) {
    const {rule = '', message = '', messageExpression = '', reason, fieldPath = ''}: Fields = given;
    const at = `${path}.x-kubernetes-validations[${i}]`;
    const words = message.trim();
    if (!rule.trim()) errors.push(required(`${at}.rule`, 'rule is not specified'));
    else if (message && !words) errors.push(invalidValue(`${at}.message`, message, 'message must be non-empty if specified'));
    else if (LINE_BREAK.test(words)) errors.push(invalidValue(`${at}.message`, message, 'message must not contain line breaks'));
    else if (LINE_BREAK.test(rule.trim()) && !words)
      errors.push(required(`${at}.message`, 'message must be specified if rule contains line breaks'));
    if (messageExpression && !messageExpression.trim())
      errors.push(required(`${at}.messageExpression`, 'messageExpression must be non-empty if specified'));
    if (reason !== undefined && !REASONS.includes(reason)) errors.push(notSupported(`${at}.reason`, reason, REASONS));
    const wrong = (why: string): void => void errors.push(invalidValue(`${at}.fieldPath`, fieldPath, why));
    if (fieldPath && !fieldPath.trim()) wrong('fieldPath must be non-empty if specified');
    if (LINE_BREAK.test(fieldPath)) wrong('fieldPath must not contain line breaks');
    if (fieldPath && !isPath(fieldPath, schema)) wrong('fieldPath must be a valid path');
  }
}

/** `uncorrelated`: from where on down an old value cannot be told for a new one. */
export function validateRules(errors: Errors, schema: Fields, path: string, uncorrelated: string | undefined): void {
  for (const [i, given] of (schema['x-kubernetes-validations'] as Fields[]).entries()) {
    const {rule, messageExpression, optionalOldSelf} = given;
    const at = `${path}.x-kubernetes-validations[${i}]`;
    const problem = celProblem(rule, VARIABLES, 'bool');
    if (problem) errors.push(invalidValue(`${at}.rule`, asInGo(given), inWords(problem, '', 'cel expression must evaluate to a bool')));
    const wordless = messageExpression && celProblem(messageExpression, VARIABLES, 'string');
    if (wordless) {
      const why = inWords(wordless, 'messageExpression ', 'messageExpression must evaluate to a string');
      errors.push(invalidValue(`${at}.messageExpression`, asInGo(given), why));
    }
    if (!usesOldSelf(rule)) {
      if (optionalOldSelf !== undefined)
        errors.push(invalidValue(`${at}.optionalOldSelf`, optionalOldSelf, 'may not be set if oldSelf is not used in rule'));
    } else if (uncorrelated)
      errors.push(
        invalidValue(`${at}.rule`, rule, `oldSelf cannot be used on the uncorrelatable portion of the schema within ${uncorrelated}`),
      );
  }
}

const VARIABLES = ['self', 'oldSelf'];

const inWords = (problem: CelProblem, what: string, wrongType: string): string =>
  'fault' in problem ? `${what}compilation failed: ${problem.fault}` : wrongType;

function isPath(path: string, schema: Fields): boolean {
  try {
    schemaAt(path, schema);
    return true;
  } catch {
    return false;
  }
}

/** The names that the fields have inside the server. */
const asInGo = ({rule, message = '', messageExpression = '', reason = null, fieldPath = '', optionalOldSelf = null}: Fields): Fields => ({
  Rule: rule,
  Message: message,
  MessageExpression: messageExpression,
  Reason: reason,
  FieldPath: fieldPath,
  OptionalOldSelf: optionalOldSelf,
});
