/** upstream: plugin/pkg/admission/alwayspullimages/admission.go */

import {notSupported, printFieldError} from '../../api/field-errors.ts';
import {allContainers} from '../../api/pods.ts';
import type {Container, Pod} from '../../api/types.ts';
import {isPod} from './matching.ts';
import {joinErrors, refusal} from './refusal.ts';
import type {AdmissionPlugin, Attributes} from './types.ts';

/** Whoever starts a container must be able to pull its image, though another pod's pull left it on the node. */
export const alwaysPullImages: AdmissionPlugin = {
  name: 'AlwaysPullImages',
  handles: attributes => isPod(attributes, 'CREATE', 'UPDATE') && !updatesWithoutNewImages(attributes),
  admit({object}) {
    for (const container of allContainers((object as Pod).spec)) container.imagePullPolicy = 'Always';
    for (const {image} of imageVolumes(object as Pod)) image.pullPolicy = 'Always';
  },
  validate(attributes) {
    const {spec} = attributes.object as Pod;
    const lists = {
      initContainers: spec!.initContainers,
      containers: spec!.containers,
      ephemeralContainers: spec!.ephemeralContainers as Container[] | undefined,
    };
    const errors = Object.entries(lists).flatMap(([field, containers = []]) =>
      containers.flatMap(({imagePullPolicy}, i) =>
        imagePullPolicy === 'Always'
          ? []
          : [printFieldError(notSupported(`spec.${field}[${i}].imagePullPolicy`, imagePullPolicy ?? '', ['Always']))],
      ),
    );
    const why = joinErrors(errors);
    if (why !== undefined) throw refusal(attributes, why);
  },
};

interface ImageVolume {
  image: {pullPolicy?: string; reference?: string};
}

const imageVolumes = ({spec}: Pod): ImageVolume[] =>
  ((spec!.volumes ?? []) as unknown as Partial<ImageVolume>[]).filter((volume): volume is ImageVolume => volume.image !== undefined);

function updatesWithoutNewImages({operation, object, oldObject}: Attributes): boolean {
  if (operation !== 'UPDATE') return false;
  const old = new Set(imagesOf(oldObject as Pod));
  return imagesOf(object as Pod).every(image => old.has(image));
}

const imagesOf = (pod: Pod): (string | undefined)[] => [
  ...allContainers(pod.spec).map(({image}) => image),
  ...imageVolumes(pod).map(({image}) => image.reference),
];
