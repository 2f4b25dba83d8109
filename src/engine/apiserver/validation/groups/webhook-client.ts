/** Where a webhook is called. upstream: staging/src/k8s.io/apiserver/pkg/util/webhook/validation.go */
import {forbiddenField, invalidValue, required} from '../../../api/field-errors.ts';
import {isDNS1123Subdomain, isValidPortNum} from '../../../api/names.ts';
import type {Errors, Fields} from '../fields.ts';

const FORM = 'desired format: https://host[/path]';

function validateURL(errors: Errors, text: string, path: string): void {
  let url: URL;
  try {
    url = new URL(text);
  } catch {
    errors.push(required(path, `url must be a valid URL: parse ${JSON.stringify(text)}: invalid URI for request; ${FORM}`));
    return;
  }
  if (url.protocol !== 'https:')
    errors.push(invalidValue(path, url.protocol.slice(0, -1), `'https' is the only allowed URL scheme; ${FORM}`));
  if (!url.host) errors.push(invalidValue(path, url.host, `host must be specified; ${FORM}`));
  if (url.username) errors.push(invalidValue(path, url.username, 'user information is not permitted in the URL'));
  if (url.hash) errors.push(invalidValue(path, url.hash.slice(1), 'fragments are not permitted in the URL'));
  if (url.search) errors.push(invalidValue(path, url.search.slice(1), 'query parameters are not permitted in the URL'));
}

function validateService(errors: Errors, service: Fields, at: string): void {
  const {name, namespace, path, port} = service;
  if (!name) errors.push(required(`${at}.name`, 'service name is required'));
  if (!namespace) errors.push(required(`${at}.namespace`, 'service namespace is required'));
  if (port !== undefined && isValidPortNum(port).length > 0)
    errors.push(invalidValue(`${at}.port`, port, `port is not valid: ${isValidPortNum(port).join(',')}`));
  if (path === undefined || path === '/') return;
  if (!path.startsWith('/')) {
    errors.push(invalidValue(`${at}.path`, path, "must start with a '/'"));
    return;
  }
  const steps: string[] = (path.endsWith('/') ? path.slice(0, -1) : path).slice(1).split('/');
  for (const [i, step] of steps.entries()) {
    if (step === '') {
      errors.push(invalidValue(`${at}.path`, path, `segment[${i}] may not be empty`));
      return;
    }
    for (const message of isDNS1123Subdomain(step)) errors.push(invalidValue(`${at}.path`, path, `segment[${i}]: ${message}`));
  }
}

/** Either a URL or a Service. */
export function validateClientConfig(errors: Errors, config: Fields, path: string): void {
  const {url, service} = config;
  if ((url === undefined) === (service === undefined)) errors.push(required(path, 'exactly one of url or service is required'));
  else if (url !== undefined) validateURL(errors, url, `${path}.url`);
  else validateService(errors, service, `${path}.service`);
}

/** Nobody else but a webhook is called. */
export function forbidWebhook(errors: Errors, value: unknown, path: string): void {
  if (value !== undefined) errors.push(forbiddenField(path, 'should not be set when strategy is not set to Webhook'));
}
