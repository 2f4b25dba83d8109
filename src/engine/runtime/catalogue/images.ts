/** The catalogue that every cluster starts with. */
import {RELEASE} from '../../api/release.ts';
import type {ImageCatalogue} from './catalogue.ts';
import {communityImages} from './community-images.ts';
import {kubernetesImages} from './kubernetes-images.ts';
import {officialImages} from './official-images.ts';
import {privateImages} from './private-images.ts';
import {registries} from './registries.ts';

export const imageCatalogue: ImageCatalogue = {
  registries,
  images: {...officialImages, ...communityImages, ...kubernetesImages, ...privateImages},
  // A repository of a well-known registry that is not listed.
  generic: {
    tags: [String.raw`[\w][\w.-]*`],
    size: '60Mi',
    program: {serve: {ports: [80, 8080], startup: 500, memory: '32Mi'}},
    entrypoint: ['/app'],
    tools: ['curl', 'wget', 'nslookup'],
    anyProgram: true,
  },
  // On every node from the start.
  preloaded: [
    'registry.k8s.io/pause:3.10.1',
    `registry.k8s.io/kube-proxy:${RELEASE.gitVersion}`,
    'registry.k8s.io/coredns/coredns:v1.12.3',
  ],
};
