/** APIServices. upstream: staging/src/k8s.io/kube-aggregator/pkg/apis/apiregistration/validation */
import {GoValue, invalidValue, notSupported, required} from '../../../api/field-errors.ts';
import {isDNS1035Label, isDNS1123Subdomain, nameIsPathSegment} from '../../../api/names.ts';
import {addJoined, type Errors, type Fields, has} from '../fields.ts';
import {validateCoreObjectMeta, validateCoreObjectMetaUpdate} from '../meta.ts';
import type {GroupRules} from '../rules.ts';

const STATUSES = ['True', 'False', 'Unknown'];

function validateAPIService(errors: Errors, apiService: Fields): void {
  const {metadata, spec} = apiService;
  const {group = '', version = '', groupPriorityMinimum: minimum = 0, versionPriority = 0, service, insecureSkipTLSVerify, caBundle} = spec;
  const wanted = `${version}.${group}`;
  validateCoreObjectMeta(errors, metadata, false, (name, prefix) => {
    const messages = nameIsPathSegment(name, prefix);
    if (name !== wanted) messages.push(`must be \`spec.version+"."+spec.group\`: "${wanted}"`);
    return messages;
  });
  addJoined(errors, 'spec.group', group, group ? isDNS1123Subdomain(group) : []);
  addJoined(errors, 'spec.version', version, isDNS1035Label(version));
  if (minimum <= 0 || minimum > 20_000)
    errors.push(invalidValue('spec.groupPriorityMinimum', minimum, 'must be positive and less than 20000'));
  if (versionPriority <= 0 || versionPriority > 1000)
    errors.push(invalidValue('spec.versionPriority', versionPriority, 'must be positive and less than 1000'));
  if (!service) {
    if (has(caBundle))
      errors.push(invalidValue('spec.caBundle', new GoValue(`${caBundle.length} bytes`), 'local APIServices may not have a caBundle'));
    if (insecureSkipTLSVerify)
      errors.push(invalidValue('spec.insecureSkipTLSVerify', true, 'local APIServices may not have insecureSkipTLSVerify'));
    return;
  }
  if (!service.namespace) errors.push(required('spec.service.namespace'));
  if (!service.name) errors.push(required('spec.service.name'));
  if (insecureSkipTLSVerify && caBundle)
    errors.push(invalidValue('spec.insecureSkipTLSVerify', true, 'may not be true if caBundle is present'));
}

export const apiregistrationRules: GroupRules = {
  APIService: {
    generation: true,
    validate: validateAPIService,
    validateUpdate(errors, object, old) {
      validateCoreObjectMetaUpdate(errors, object['metadata'], old['metadata']);
      validateAPIService(errors, object);
    },
    subresources: {
      status: {
        validate(errors, object, old) {
          validateCoreObjectMetaUpdate(errors, object['metadata'], old['metadata']);
          for (const [i, {status}] of ((object['status']?.conditions ?? []) as Fields[]).entries())
            if (!STATUSES.includes(status)) errors.push(notSupported(`status.conditions[${i}].status`, status, STATUSES));
        },
      },
    },
  },
};
