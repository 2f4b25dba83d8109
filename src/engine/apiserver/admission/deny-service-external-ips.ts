/** upstream: plugin/pkg/admission/network/denyserviceexternalips/admission.go */
import type {Service} from '../../api/types.ts';
import {isAbout} from './matching.ts';
import {refusal} from './refusal.ts';
import type {AdmissionPlugin} from './types.ts';

/** Whoever may set external addresses can take over other people's traffic: none may be added. */
export const denyServiceExternalIPs: AdmissionPlugin = {
  name: 'DenyServiceExternalIPs',
  handles: attributes => isAbout(attributes, '', 'services', 'CREATE', 'UPDATE'),
  validate(attributes) {
    const old = new Set((attributes.oldObject as Service | undefined)?.spec?.externalIPs);
    const added = (attributes.object as Service).spec?.externalIPs?.some(ip => !old.has(ip));
    if (added) throw refusal(attributes, 'Use of external IPs is denied by admission control.');
  },
};
