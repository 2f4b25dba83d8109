/** Formats of text that a schema may ask for; what is not listed is not looked at. upstream: k8s.io/kube-openapi/pkg/validation/strfmt */
import {parseCidr, parseIp} from '../../../api/ip.ts';
import {parseRfc3339} from '../../../api/time.ts';
import {entryOf} from '../fields.ts';

const FORMATS: Readonly<Record<string, (text: string) => boolean>> = {
  date: text => /^\d{4}-\d\d-\d\d$/.test(text) && !Number.isNaN(Date.parse(text)),
  'date-time': text => parseRfc3339(text) !== undefined,
  ipv4: text => parseIp(text)?.family === 4,
  ipv6: text => parseIp(text)?.family === 6,
  cidr: text => parseCidr(text) !== undefined,
  uuid: text => /^[0-9a-f]{8}-?(?:[0-9a-f]{4}-?){3}[0-9a-f]{12}$/i.test(text),
};

export const isFormatted = (format: string, text: string): boolean => entryOf(FORMATS, format)?.(text) ?? true;
