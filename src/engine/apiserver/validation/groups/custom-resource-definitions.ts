/** CustomResourceDefinitions. upstream: staging/src/k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/validation/validation.go, pkg/registry/customresourcedefinition */
import {invalidValue, notSupported, required} from '../../../api/field-errors.ts';
import {isDNS1035Label, isDNS1123Subdomain, nameIsDNSSubdomain} from '../../../api/names.ts';
import {type Errors, type Fields, has} from '../fields.ts';
import {validateImmutable, validateObjectMeta, validateObjectMetaUpdate} from '../meta.ts';
import type {KindRules} from '../rules.ts';
import {validateStructuralSchema} from './structural-schema.ts';
import {forbidWebhook, validateClientConfig} from './webhook-client.ts';

const SCOPES = ['Cluster', 'Namespaced'];
const STRATEGIES = ['None', 'Webhook'];
const COLUMN_TYPES = ['boolean', 'date', 'integer', 'number', 'string'];
const COLUMN_FORMATS = ['byte', 'date', 'date-time', 'double', 'float', 'int32', 'int64', 'password'];

function joined(errors: Errors, path: string, value: string, messages: readonly string[], before = ''): void {
  if (messages.length > 0) errors.push(invalidValue(path, value, before + messages.join(',')));
}

function validateNames(errors: Errors, names: Fields, path: string): void {
  const {plural = '', singular = '', kind = '', listKind = '', shortNames = [], categories = []} = names;
  const MIXED = 'may have mixed case, but should otherwise match: ';
  if (plural) joined(errors, `${path}.plural`, plural, isDNS1035Label(plural));
  if (singular) joined(errors, `${path}.singular`, singular, isDNS1035Label(singular));
  if (kind) joined(errors, `${path}.kind`, kind, isDNS1035Label(kind.toLowerCase()), MIXED);
  if (listKind) joined(errors, `${path}.listKind`, listKind, isDNS1035Label(listKind.toLowerCase()), MIXED);
  for (const [i, name] of (shortNames as string[]).entries()) joined(errors, `${path}.shortNames[${i}]`, name, isDNS1035Label(name));
  if (kind && kind === listKind) errors.push(invalidValue(`${path}.listKind`, listKind, 'kind and listKind may not be the same'));
  for (const [i, name] of (categories as string[]).entries()) joined(errors, `${path}.categories[${i}]`, name, isDNS1035Label(name));
}

function validateColumn(errors: Errors, column: Fields, path: string): void {
  const {name, type, format, jsonPath, priority} = column;
  if (!name) errors.push(required(`${path}.name`));
  if (!type) errors.push(required(`${path}.type`, `must be one of ${COLUMN_TYPES.join(',')}`));
  else if (!COLUMN_TYPES.includes(type)) errors.push(invalidValue(`${path}.type`, type, `must be one of ${COLUMN_TYPES.join(',')}`));
  if (format && !COLUMN_FORMATS.includes(format))
    errors.push(invalidValue(`${path}.format`, format, `must be one of ${COLUMN_FORMATS.join(',')}`));
  if (priority < 0) errors.push(invalidValue(`${path}.priority`, priority, 'must be greater than or equal to 0'));
  if (!jsonPath) errors.push(required(`${path}.JSONPath`));
  else validateSimplePath(errors, jsonPath, `${path}.JSONPath`);
}

/** Returns whether it begins as one. */
function validateSimplePath(errors: Errors, value: string, path: string): boolean {
  if (value.startsWith('.')) return true;
  errors.push(invalidValue(path, value, 'must be a simple json path starting with .'));
  return false;
}

function validateSubresources(errors: Errors, subresources: Fields | undefined, path: string): void {
  const scale: Fields | undefined = subresources?.['scale'];
  if (!scale) return;
  for (const [field, root] of [
    ['specReplicasPath', '.spec.'],
    ['statusReplicasPath', '.status.'],
  ] as const) {
    const value: string = scale[field] ?? '';
    const at = `${path}.scale.${field}`;
    if (!value) errors.push(required(at));
    else if (validateSimplePath(errors, value, at) && !value.startsWith(root))
      errors.push(invalidValue(at, value, `should be a json path under ${root.slice(0, -1)}`));
  }
  const selector: string = scale['labelSelectorPath'] ?? '';
  const at = `${path}.scale.labelSelectorPath`;
  if (selector && validateSimplePath(errors, selector, at) && !/^\.(spec|status)\./.test(selector))
    errors.push(invalidValue(at, selector, 'should be a json path under either .spec or .status'));
}

function validateVersion(errors: Errors, version: Fields, path: string): void {
  const {name = '', schema, deprecated, deprecationWarning: warning} = version;
  joined(errors, `${path}.name`, name, isDNS1035Label(name));
  const at = `${path}.deprecationWarning`;
  if (warning !== undefined && !deprecated) errors.push(invalidValue(at, warning, 'can only be set for deprecated versions'));
  else if (warning === '') errors.push(invalidValue(at, warning, 'must not be an empty string'));
  else if (warning?.length > 256) errors.push(invalidValue(at, warning, 'must be <= 256 characters long'));
  if (schema?.openAPIV3Schema) validateStructuralSchema(errors, schema.openAPIV3Schema, `${path}.schema.openAPIV3Schema`);
  validateSubresources(errors, version['subresources'], `${path}.subresources`);
  for (const [i, column] of ((version['additionalPrinterColumns'] ?? []) as Fields[]).entries())
    validateColumn(errors, column, `${path}.additionalPrinterColumns[${i}]`);
}

function validateConversion(errors: Errors, conversion: Fields | undefined): void {
  if (!conversion) return;
  const at = 'spec.conversion';
  const {strategy, webhook} = conversion;
  if (!strategy) errors.push(required(`${at}.strategy`));
  else if (!STRATEGIES.includes(strategy)) errors.push(notSupported(`${at}.strategy`, strategy, STRATEGIES));
  if (strategy !== 'Webhook') {
    forbidWebhook(errors, webhook?.clientConfig, `${at}.webhookClientConfig`);
    return;
  }
  if (!webhook?.clientConfig) errors.push(required(`${at}.webhookClientConfig`, 'required when strategy is set to Webhook'));
  else validateClientConfig(errors, webhook.clientConfig, `${at}.webhookClientConfig`);
  if (!has(webhook?.conversionReviewVersions)) errors.push(required(`${at}.conversionReviewVersions`));
}

function validateSpec(errors: Errors, spec: Fields): void {
  const {group = '', scope, versions = [], names = {}} = spec;
  if (!group) errors.push(required('spec.group'));
  else if (isDNS1123Subdomain(group).length > 0) joined(errors, 'spec.group', group, isDNS1123Subdomain(group));
  else if (!group.includes('.')) errors.push(invalidValue('spec.group', group, 'should be a domain with at least one dot'));
  if (!scope) errors.push(required('spec.scope'));
  else if (!SCOPES.includes(scope)) errors.push(notSupported('spec.scope', scope, SCOPES));
  for (const [i, {schema}] of (versions as Fields[]).entries())
    if (!schema?.openAPIV3Schema) errors.push(required(`spec.versions[${i}].schema.openAPIV3Schema`, 'schemas are required'));
  for (const [i, version] of (versions as Fields[]).entries()) validateVersion(errors, version, `spec.versions[${i}]`);
  if (new Set(versions.map((v: Fields) => v['name'])).size !== versions.length)
    errors.push(invalidValue('spec.versions', versions, 'must contain unique version names'));
  if (versions.filter((v: Fields) => v['storage']).length !== 1)
    errors.push(invalidValue('spec.versions', versions, 'must have exactly one version marked as storage version'));
  for (const field of ['plural', 'singular', 'kind', 'listKind']) if (!names[field]) errors.push(required(`spec.names.${field}`));
  validateNames(errors, names, 'spec.names');
  if (spec['preserveUnknownFields'])
    errors.push(
      invalidValue(
        'spec.preserveUnknownFields',
        true,
        'cannot set to true, set x-kubernetes-preserve-unknown-fields to true in spec.versions[*].schema instead',
      ),
    );
  validateConversion(errors, spec['conversion']);
}

const APPROVAL = 'api-approved.kubernetes.io';
const PROTECTED = /(^|\.)(k8s|kubernetes)\.io$/;

/** Only groups that the community has approved of end in k8s.io. */
function validateApproval(errors: Errors, definition: Fields): void {
  if (!PROTECTED.test(definition['spec'].group ?? '')) return;
  const approval: string | undefined = definition['metadata'].annotations?.[APPROVAL];
  const at = `metadata.annotations[${APPROVAL}]`;
  const HINT = 'see https://github.com/kubernetes/enhancements/pull/1111';
  if (approval === undefined || approval === '')
    errors.push(required(at, `protected groups must have approval annotation "${APPROVAL}", ${HINT}`));
  else if (!approval.startsWith('unapproved') && !/^https?:\/\/./.test(approval))
    errors.push(
      invalidValue(
        at,
        approval,
        `protected groups must have approval annotation "${APPROVAL}" with either a URL or a reason starting with "unapproved", ${HINT}`,
      ),
    );
}

/** Which versions may be in storage is counted by the server. */
function addStoredVersions({spec, status}: Fields): void {
  const storage: string | undefined = (spec.versions ?? []).find((v: Fields) => v['storage'])?.name;
  if (!storage) return;
  const stored: readonly string[] = status.storedVersions ?? [];
  if (!stored.includes(storage)) status.storedVersions = [...stored, storage];
}

export const crdRules: Readonly<Record<string, KindRules>> = {
  CustomResourceDefinition: {
    generation: true,
    newStatus: {acceptedNames: {kind: '', plural: ''}, conditions: null, storedVersions: null},
    prepareForCreate(definition) {
      addStoredVersions(definition);
    },
    validate(errors, definition) {
      const {plural = '', group = ''} = {...definition['spec'], ...definition['spec'].names};
      validateObjectMeta(errors, definition['metadata'], false, (name, prefix) => {
        const messages = nameIsDNSSubdomain(name, prefix);
        if (name !== `${plural}.${group}`) messages.push('must be spec.names.plural+"."+spec.group');
        return messages;
      });
      validateSpec(errors, definition['spec']);
      validateApproval(errors, definition);
    },
    prepareForUpdate(definition, old) {
      definition['status'] = {...old['status']};
      addStoredVersions(definition);
    },
    validateUpdate(errors, definition, old) {
      validateObjectMetaUpdate(errors, definition['metadata'], old['metadata']);
      validateSpec(errors, definition['spec']);
      const [spec, before]: [Fields, Fields] = [definition['spec'], old['spec']];
      const established = (old['status']?.conditions ?? []).some((c: Fields) => c['type'] === 'Established' && c['status'] === 'True');
      if (established) {
        validateImmutable(errors, spec['scope'], before['scope'], 'spec.scope');
        validateImmutable(errors, spec['names']?.kind, before['names']?.kind, 'spec.names.kind');
      }
      validateImmutable(errors, spec['group'], before['group'], 'spec.group');
      validateImmutable(errors, spec['names']?.plural, before['names']?.plural, 'spec.names.plural');
      const missing = ((definition['status']?.storedVersions ?? []) as string[]).filter(
        v => !(spec['versions'] ?? []).some((s: Fields) => s['name'] === v),
      );
      for (const version of missing) {
        const i = definition['status'].storedVersions.indexOf(version);
        errors.push(
          invalidValue(
            `status.storedVersions[${i}]`,
            version,
            `missing from spec.versions; ${version} was previously a storage version, and must remain in spec.versions until a storage migration ensures no data remains persisted in ${version} and removes ${version} from status.storedVersions`,
          ),
        );
      }
      validateApproval(errors, definition);
    },
    subresources: {
      status: {
        validate(errors, definition, old) {
          validateObjectMetaUpdate(errors, definition['metadata'], old['metadata']);
          validateNames(errors, definition['status']?.acceptedNames ?? {}, 'status.acceptedNames');
        },
      },
    },
  },
};
