/** What can be put in front of the API server: clients from outside meet it, and the kubectl at the prompt too. */
import type {Front} from '../../../engine/apiserver/config.ts';
import type {Control} from '../../../engine/cluster/control.ts';
import type {ChaosRow} from './chaos-row.ts';

const inFront = (front: Front): Control => ({action: 'configure', change: {front}});

export const serverRows: readonly ChaosRow[] = [
  {
    words: ['server', 'slow'],
    names: ['MS'],
    about: 'let every answer of the API server come so many milliseconds late',
    control: ([ms = '']) => inFront({slowMs: Math.max(0, Number(ms) || 0)}),
    said: ([ms]) => `the API server answers ${ms} ms late`,
  },
  {
    words: ['server', 'unavailable'],
    names: [],
    about: 'let what stands in front of the API server answer 503 for it',
    control: () => inFront({unavailable: true}),
    said: () => 'the API server cannot be reached behind its load balancer',
  },
  {
    words: ['server', 'expired'],
    names: [],
    about: "let the API server's serving certificate run out",
    control: () => inFront({certificate: 'expired'}),
    said: () => 'the serving certificate has run out',
  },
  {
    words: ['server', 'wrong-ca'],
    names: [],
    about: 'let its certificate be signed by an authority that nobody knows',
    control: () => inFront({certificate: 'wrong-ca'}),
    said: () => 'the serving certificate is signed by an unknown authority',
  },
  {
    words: ['server', 'mend'],
    names: [],
    about: 'take all that away from in front of it',
    control: () => inFront({}),
    said: () => 'nothing stands in front of the API server',
  },
  {
    words: ['server', 'verify-kubelets'],
    names: ['ON|OFF'],
    about: 'start the API server with --kubelet-certificate-authority, or without',
    control: ([how]) => ({action: 'configure', change: {verifyKubelets: how !== 'off'}}),
    said: ([how]) => `the API server ${how === 'off' ? 'takes any certificate of a kubelet' : 'verifies the certificates of kubelets'}`,
  },
];
