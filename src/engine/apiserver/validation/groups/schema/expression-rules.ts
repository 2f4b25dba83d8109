/** `x-kubernetes-validations`: rules in CEL that a schema brings along. upstream: apiextensions-apiserver/pkg/apis/apiextensions/validation ValidateCustomResourceDefinitionOpenAPISchema */
import {internalField, invalidValue, notSupported, required} from '../../../../api/field-errors.ts';
import type {Checked, Variables} from '../../../cel/check.ts';
import {estimateCost} from '../../../cel/cost.ts';
import {analyse} from '../../../cel/problem.ts';
import {product} from '../../../cel/ranges.ts';
import {mostOf, typeOfSchema} from '../../../cel/schema-type.ts';
import {optionalOf} from '../../../cel/types.ts';
import type {Schema} from '../../custom/schema.ts';
import type {Errors, Fields} from '../../fields.ts';
import {type CostBill, chargeRule} from './cost-bill.ts';
import {schemaAt} from './field-path.ts';

const REASONS = ['FieldValueDuplicate', 'FieldValueForbidden', 'FieldValueInvalid', 'FieldValueRequired'];
const LINE_BREAK = /[\n\r]/;

const usesOldSelf = (rule: string): boolean => /\boldSelf\b/.test(rule);

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

/** Where the rules of a schema stand. */
export interface RulePlace {
  readonly path: string;
  /** Whether the schema is that of a whole object. */
  readonly root: boolean;
  /** From where on down an old value cannot be told for a new one. */
  readonly uncorrelated?: string;
  /** How many such values there may be in one object; undefined: as many as fit into a request. */
  readonly cardinality?: number;
}

/** Compiles the rules of a schema; what they may cost is added to the bill. */
export function validateRules(errors: Errors, bill: CostBill, schema: Fields, {path, root, uncorrelated, cardinality}: RulePlace): void {
  const type = typeOfSchema(schema as Schema, root, SELF_TYPE);
  if (!type) {
    errors.push(internalField(`${path}.x-kubernetes-validations`, NO_TYPE));
    return;
  }
  for (const [i, given] of (schema['x-kubernetes-validations'] as Fields[]).entries()) {
    const {rule, messageExpression, optionalOldSelf} = given;
    const at = `${path}.x-kubernetes-validations[${i}]`;
    const variables = {self: type, oldSelf: optionalOldSelf ? optionalOf(type) : type};
    const checked = compiled(rule, variables, 'bool', why => errors.push(invalidValue(`${at}.rule`, asInGo(given), why)), {
      what: '',
      wrongType: 'cel expression must evaluate to a bool',
    });
    if (checked) {
      const cost = product(estimateCost(checked, type).max, cardinality ?? mostOf(type));
      chargeRule(errors, bill, `${at}.rule`, 'estimated rule cost', cost);
    }
    const worded =
      messageExpression &&
      compiled(messageExpression, variables, 'string', why => errors.push(invalidValue(`${at}.messageExpression`, asInGo(given), why)), {
        what: 'messageExpression ',
        wrongType: 'messageExpression must evaluate to a string',
      });
    if (worded) chargeRule(errors, bill, `${at}.messageExpression`, 'estimated messageExpression cost', estimateCost(worded, type).max);
    if (!(checked ? checked.mentions('oldSelf') : usesOldSelf(rule))) {
      if (optionalOldSelf !== undefined)
        errors.push(invalidValue(`${at}.optionalOldSelf`, optionalOldSelf, 'may not be set if oldSelf is not used in rule'));
    } else if (uncorrelated)
      errors.push(
        invalidValue(`${at}.rule`, rule, `oldSelf cannot be used on the uncorrelatable portion of the schema within ${uncorrelated}`),
      );
  }
}

const SELF_TYPE = 'selfType0';
const NO_TYPE =
  'internal error: failed to construct type information for x-kubernetes-validations rules: unable to convert structural schema to CEL declarations';

/** undefined: `blame` has been told why. */
function compiled(
  expression: string,
  variables: Variables,
  result: string,
  blame: (why: string) => void,
  {what, wrongType}: {what: string; wrongType: string},
): Checked | undefined {
  const analysis = analyse(expression, variables);
  if ('fault' in analysis) blame(`${what}compilation failed: ${analysis.fault}`);
  else if (analysis.checked.type.name !== result) blame(wrongType);
  else return analysis.checked;
  return undefined;
}

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
