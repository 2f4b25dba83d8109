/** upstream: staging/src/k8s.io/apiserver/plugin/pkg/admission/{alwaysadmit,alwaysdeny} */
import {refusal} from './refusal.ts';
import type {AdmissionPlugin} from './types.ts';

export const alwaysAdmit: AdmissionPlugin = {name: 'AlwaysAdmit', handles: () => true, admit() {}, validate() {}};

const ALWAYS_DENIED = 'admission control is denying all modifications';

export const alwaysDeny: AdmissionPlugin = {
  name: 'AlwaysDeny',
  handles: () => true,
  admit(attributes) {
    throw refusal(attributes, ALWAYS_DENIED);
  },
  validate(attributes) {
    throw refusal(attributes, ALWAYS_DENIED);
  },
};
