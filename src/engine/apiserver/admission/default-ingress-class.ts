/** upstream: plugin/pkg/admission/network/defaultingressclass/admission.go */

import type {networking} from '../../api/types.ts';
import {DEFAULT_INGRESS_CLASS_ANNOTATION} from '../../api/well-known.ts';
import {newestMarked} from './default-class.ts';
import {isAbout} from './matching.ts';
import type {AdmissionPlugin} from './types.ts';

const LEGACY_CLASS = 'kubernetes.io/ingress.class';

export const defaultIngressClass: AdmissionPlugin = {
  name: 'DefaultIngressClass',
  handles: attributes => isAbout(attributes, 'networking.k8s.io', 'ingresses', 'CREATE'),
  admit({object}, context) {
    const ingress = object as unknown as networking.Ingress;
    if (ingress.spec?.ingressClassName !== undefined || ingress.metadata?.annotations?.[LEGACY_CLASS] !== undefined) return;
    const standing = newestMarked(context.list('ingressclasses'), DEFAULT_INGRESS_CLASS_ANNOTATION);
    if (standing) (ingress.spec ??= {}).ingressClassName = standing.metadata.name!;
  },
};
