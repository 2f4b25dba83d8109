/**
 * How kubeadm set up a cluster in other years, as far as it decides what becomes of a manifest: which plugins admitted it, which versions of the API were served, which
 * fields were known; and as of which release its API server answers. The rest of the cluster is today's.
 * upstream: cmd/kubeadm/app/phases/controlplane/manifests.go (v1.9), pkg/kubeapiserver/options/plugins.go (v1.18)
 */
import {PLUGINS} from '../../apiserver/admission/plugins.ts';
import {defaultServerConfig, type ServerConfig} from '../../apiserver/config.ts';

export interface Profile {
  readonly name: '1.9' | '1.18' | '1.20' | '1.36';
  readonly minor: number;
  readonly year: number;
  /** Plugins that admitted, in the order of that time; undefined: today's. */
  readonly admission: readonly string[] | undefined;
}

/** Nothing changed between these two. upstream: pkg/kubeapiserver/options/plugins.go (v1.18, v1.20) */
const ADMISSION_OF_2020: readonly string[] = [
  'NamespaceLifecycle',
  'LimitRanger',
  'ServiceAccount',
  'NodeRestriction',
  'TaintNodesByCondition',
  'Priority',
  'DefaultTolerationSeconds',
  'DefaultStorageClass',
  'StorageObjectInUseProtection',
  'PersistentVolumeClaimResize',
  'RuntimeClass',
  'CertificateApproval',
  'CertificateSigning',
  'CertificateSubjectRestriction',
  'DefaultIngressClass',
  'MutatingAdmissionWebhook',
  'ValidatingAdmissionWebhook',
  'ResourceQuota',
];

export const PROFILES: readonly Profile[] = [
  {
    name: '1.9',
    minor: 9,
    year: 2017,
    admission: [
      'NamespaceLifecycle',
      'Initializers',
      'LimitRanger',
      'ServiceAccount',
      'DefaultStorageClass',
      'DefaultTolerationSeconds',
      'NodeRestriction',
      'ResourceQuota',
    ],
  },
  {name: '1.18', minor: 18, year: 2020, admission: ADMISSION_OF_2020},
  {name: '1.20', minor: 20, year: 2020, admission: ADMISSION_OF_2020},
  {name: '1.36', minor: 36, year: 2026, admission: undefined},
];

/** The profile of a version; undefined where there is none. */
export const profileOf = (name: string): Profile | undefined => PROFILES.find(p => p.name === name || `v${p.name}` === name);

/** Those that are far enough apart to be set side by side. */
export const COMPARED: readonly Profile[] = PROFILES.filter(({name}) => name !== '1.20');

/** What makes a server answer who asks from outside as one of the profile did; today's needs nothing. */
export const answersOf = ({name, minor}: Profile): Partial<ServerConfig> => (name === '1.36' ? {} : {asOf: minor});

/** The plugins that a server of the profile runs. */
export const pluginsOf = ({admission}: Profile): readonly string[] =>
  admission ?? PLUGINS.filter(({name, on}) => on || defaultServerConfig.admission.enable.includes(name)).map(({name}) => name);

const {authentication} = defaultServerConfig;

/** Every service account gets a Secret with its token, as until v1.23. */
export const SECRET_FOR_EACH_ACCOUNT: Pick<ServerConfig, 'authentication'> = {
  authentication: {...authentication, serviceAccounts: {...authentication.serviceAccounts!, secretForEach: true}},
};

/** How its API server, and what is set up with it, differs from today's. */
export const serverOf = ({admission, minor}: Profile): Partial<ServerConfig> =>
  admission === undefined
    ? {}
    : {
        ...(minor < 24 && SECRET_FOR_EACH_ACCOUNT),
        admission: {
          enable: admission.filter(name => !PLUGINS.some(plugin => plugin.name === name && plugin.on)),
          disable: PLUGINS.filter(({name, on}) => on && !admission.includes(name)).map(({name}) => name),
        },
      };
