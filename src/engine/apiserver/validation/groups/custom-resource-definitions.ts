/** CustomResourceDefinitions. upstream: staging/src/k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/validation/validation.go, pkg/registry/customresourcedefinition */
import {invalidValue, notSupported, required} from '../../../api/field-errors.ts';
import {isDNS1035Label, isDNS1123Subdomain, nameIsDNSSubdomain} from '../../../api/names.ts';
import {addInvalid, addJoined, type Errors, type Fields, has} from '../fields.ts';
import {validateImmutable, validateObjectMeta, validateObjectMetaUpdate} from '../meta.ts';
import type {GroupRules} from '../rules.ts';
import {validateSharedParts, validateVersions} from './custom-resource-versions.ts';
import {forbidWebhook, validateClientConfig} from './webhook-client.ts';

const SCOPES = ['Cluster', 'Namespaced'];
const STRATEGIES = ['None', 'Webhook'];
const REVIEW_VERSIONS = ['v1', 'v1beta1'];

function validateNames(errors: Errors, names: Fields, path: string): void {
  const {plural = '', singular = '', kind = '', listKind = '', shortNames = [], categories = []} = names;
  const MIXED = 'may have mixed case, but should otherwise match: ';
  if (plural) addJoined(errors, `${path}.plural`, plural, isDNS1035Label(plural));
  if (singular) addJoined(errors, `${path}.singular`, singular, isDNS1035Label(singular));
  if (kind) addJoined(errors, `${path}.kind`, kind, isDNS1035Label(kind.toLowerCase()), MIXED);
  if (listKind) addJoined(errors, `${path}.listKind`, listKind, isDNS1035Label(listKind.toLowerCase()), MIXED);
  for (const [i, name] of (shortNames as string[]).entries()) addJoined(errors, `${path}.shortNames[${i}]`, name, isDNS1035Label(name));
  if (kind && kind === listKind) errors.push(invalidValue(`${path}.listKind`, listKind, 'kind and listKind may not be the same'));
  for (const [i, name] of (categories as string[]).entries()) addJoined(errors, `${path}.categories[${i}]`, name, isDNS1035Label(name));
}

function validateConversion(errors: Errors, {conversion, preserveUnknownFields}: Fields): void {
  if (!conversion) return;
  const at = 'spec.conversion';
  const {strategy, webhook} = conversion;
  const {clientConfig, conversionReviewVersions: reviewVersions}: Fields = webhook ?? {};
  if (!strategy) errors.push(required(`${at}.strategy`));
  else if (!STRATEGIES.includes(strategy)) errors.push(notSupported(`${at}.strategy`, strategy, STRATEGIES));
  else if (preserveUnknownFields && strategy !== 'None')
    errors.push(invalidValue(`${at}.strategy`, strategy, 'must be None if spec.preserveUnknownFields is true'));
  if (strategy !== 'Webhook') {
    forbidWebhook(errors, clientConfig, `${at}.webhookClientConfig`);
    forbidWebhook(errors, has(reviewVersions) ? reviewVersions : undefined, `${at}.conversionReviewVersions`);
    return;
  }
  if (!clientConfig) errors.push(required(`${at}.webhookClientConfig`, 'required when strategy is set to Webhook'));
  else validateClientConfig(errors, clientConfig, `${at}.webhookClientConfig`);
  validateReviewVersions(errors, reviewVersions ?? [], `${at}.conversionReviewVersions`);
}

/** The webhook has to understand one of the server's. */
function validateReviewVersions(errors: Errors, versions: readonly string[], path: string): void {
  if (versions.length === 0) {
    errors.push(required(path));
    return;
  }
  for (const [i, version] of versions.entries()) {
    if (versions.indexOf(version) < i) errors.push(invalidValue(`${path}[${i}]`, version, 'duplicate version'));
    addInvalid(errors, `${path}[${i}]`, version, isDNS1035Label(version));
  }
  if (!versions.some(version => REVIEW_VERSIONS.includes(version)))
    errors.push(invalidValue(path, versions, `must include at least one of ${REVIEW_VERSIONS.join(', ')}`));
}

function validateSpec(errors: Errors, spec: Fields, before: Fields = {}): void {
  const {group = '', scope, versions = [], names = {}} = spec;
  if (!group) errors.push(required('spec.group'));
  else if (isDNS1123Subdomain(group).length > 0) addJoined(errors, 'spec.group', group, isDNS1123Subdomain(group));
  else if (!group.includes('.')) errors.push(invalidValue('spec.group', group, 'should be a domain with at least one dot'));
  if (!scope) errors.push(required('spec.scope'));
  else if (!SCOPES.includes(scope)) errors.push(notSupported('spec.scope', scope, SCOPES));
  for (const [i, {schema}] of (versions as Fields[]).entries())
    if (!schema?.openAPIV3Schema) errors.push(required(`spec.versions[${i}].schema.openAPIV3Schema`, 'schemas are required'));
  validateVersions(errors, versions, before['versions'] ?? [], 'spec.versions');
  for (const field of ['plural', 'singular', 'kind', 'listKind']) if (!names[field]) errors.push(required(`spec.names.${field}`));
  validateNames(errors, names, 'spec.names');
  validateSharedParts(errors, versions, before['versions'] ?? [], 'spec');
  validateConversion(errors, spec);
}

function validateUnknownFields(errors: Errors, {preserveUnknownFields}: Fields): void {
  if (preserveUnknownFields)
    errors.push(
      invalidValue(
        'spec.preserveUnknownFields',
        true,
        'cannot set to true, set x-kubernetes-preserve-unknown-fields to true in spec.versions[*].schema instead',
      ),
    );
}

const APPROVAL = 'api-approved.kubernetes.io';
const PROTECTED = /(^|\.)(k8s|kubernetes)\.io$/;

type Approval = 'approved' | 'missing' | 'invalid';

function approvalOf({metadata}: Fields): Approval {
  const approval: string = metadata.annotations?.[APPROVAL] ?? '';
  if (!approval) return 'missing';
  return approval.startsWith('unapproved') || /^https?:\/\/./.test(approval) ? 'approved' : 'invalid';
}

/** Only groups that the community has approved of end in k8s.io. What was not approved of before may stay so. */
function validateApproval(errors: Errors, definition: Fields, old?: Fields): void {
  const approval = approvalOf(definition);
  if (!PROTECTED.test(definition['spec'].group ?? '') || (old && approvalOf(old) === approval)) return;
  const at = `metadata.annotations[${APPROVAL}]`;
  const rule = `protected groups must have approval annotation "${APPROVAL}"`;
  const hint = 'see https://github.com/kubernetes/enhancements/pull/1111';
  if (approval === 'missing') errors.push(required(at, `${rule}, ${hint}`));
  if (approval === 'invalid')
    errors.push(
      invalidValue(
        at,
        definition['metadata'].annotations[APPROVAL],
        `${rule} with either a URL or a reason starting with "unapproved", ${hint}`,
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

/** A version that objects are stored in cannot go. */
function validateStoredVersions(errors: Errors, {spec, status}: Fields): void {
  const stored: readonly string[] | null = status.storedVersions ?? null;
  if (!stored?.length) errors.push(invalidValue('status.storedVersions', stored, 'must have at least one stored version'));
  for (const [i, version] of (stored ?? []).entries())
    if (!(spec.versions ?? []).some(({name}: Fields) => name === version))
      errors.push(
        invalidValue(
          `status.storedVersions[${i}]`,
          version,
          `missing from spec.versions; ${version} was previously a storage version, and must remain in spec.versions until a storage migration ensures no data remains persisted in ${version} and removes ${version} from status.storedVersions`,
        ),
      );
}

export const crdRules: GroupRules = {
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
      validateStoredVersions(errors, definition);
      validateApproval(errors, definition);
      validateUnknownFields(errors, definition['spec']);
    },
    prepareForUpdate(definition, old) {
      definition['status'] = {...old['status']};
      addStoredVersions(definition);
    },
    validateUpdate(errors, definition, old) {
      validateObjectMetaUpdate(errors, definition['metadata'], old['metadata']);
      const [spec, before]: [Fields, Fields] = [definition['spec'], old['spec']];
      validateSpec(errors, spec, before);
      const established = (old['status']?.conditions ?? []).some((c: Fields) => c['type'] === 'Established' && c['status'] === 'True');
      if (established) {
        validateImmutable(errors, spec['scope'], before['scope'], 'spec.scope');
        validateImmutable(errors, spec['names']?.kind, before['names']?.kind, 'spec.names.kind');
      }
      validateImmutable(errors, spec['group'], before['group'], 'spec.group');
      validateImmutable(errors, spec['names']?.plural, before['names']?.plural, 'spec.names.plural');
      validateStoredVersions(errors, definition);
      validateApproval(errors, definition, old);
      validateUnknownFields(errors, spec);
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
