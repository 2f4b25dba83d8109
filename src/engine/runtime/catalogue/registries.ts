/** Registries that can be reached from the nodes. A host that is not listed does not exist. */
import type {Registry} from './catalogue.ts';

export const registries = {
  'docker.io': {bandwidth: '40Mi', latency: 350, unknownRepositories: {library: 'missing', other: 'generic'}},
  'registry.k8s.io': {bandwidth: '60Mi', latency: 250, unknownRepositories: {other: 'generic'}},
  'k8s.gcr.io': {bandwidth: '60Mi', latency: 250, unknownRepositories: {other: 'generic'}},
  'gcr.io': {bandwidth: '60Mi', latency: 250, unknownRepositories: {other: 'generic'}},
  'us-docker.pkg.dev': {bandwidth: '60Mi', latency: 250, unknownRepositories: {other: 'generic'}},
  'ghcr.io': {bandwidth: '50Mi', latency: 300, unknownRepositories: {other: 'generic'}},
  'quay.io': {bandwidth: '50Mi', latency: 300, unknownRepositories: {other: 'generic'}},
  'mcr.microsoft.com': {bandwidth: '50Mi', latency: 300, unknownRepositories: {other: 'generic'}},
  'public.ecr.aws': {bandwidth: '50Mi', latency: 300, unknownRepositories: {other: 'generic'}},
  'registry.example.com': {bandwidth: '30Mi', latency: 200, unknownRepositories: {other: 'missing'}, users: {learner: 's3cret'}},
  'slow.example.com': {bandwidth: '1Mi', latency: 2000, unknownRepositories: {other: 'generic'}},
  'down.example.com': {bandwidth: '1Mi', latency: 500, state: 'down', unknownRepositories: {other: 'generic'}},
} satisfies Record<string, Registry>;
