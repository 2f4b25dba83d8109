/** Favours nodes that have the images. upstream: pkg/scheduler/framework/plugins/imagelocality/image_locality.go */
import type {Pod} from '../../api/types.ts';
import {MAX_NODE_SCORE, type NodeInfo, type Plugin, type Snapshot} from '../framework/types.ts';

const MB = 1024 * 1024;
const MIN_THRESHOLD = 23 * MB;
const MAX_CONTAINER_THRESHOLD = 1000 * MB;

/** A name without a tag means :latest. */
export const normalizedImageName = (name: string): string => (name.lastIndexOf(':') <= name.lastIndexOf('/') ? `${name}:latest` : name);

type ImageVolume = {readonly image?: {readonly reference?: string}};

/** The names of the images a pod needs: of its init containers, its containers, its image volumes. */
export function imagesOf({spec}: Pod): string[] {
  const images: string[] = [];
  for (const c of spec?.initContainers ?? []) images.push(normalizedImageName(c.image ?? ''));
  for (const c of spec?.containers ?? []) images.push(normalizedImageName(c.image ?? ''));
  for (const {image} of (spec?.volumes ?? []) as readonly ImageVolume[]) if (image) images.push(normalizedImageName(image.reference ?? ''));
  return images;
}

/** How many containers the score is clamped by: v1.36 leaves image volumes out here, though their images count (kubernetes#138952). */
export const containersOf = ({spec}: Pod): number => (spec?.initContainers?.length ?? 0) + (spec?.containers?.length ?? 0);

/** What an image counts for: the more nodes have it already, the more. */
export const scaledImageScore = (size: number, nodesWithImage: number, nodes: number): number =>
  Math.trunc(size * (nodesWithImage / nodes));

/** Clamped between 23 MB and 1000 MB a container, scaled to 0..100. */
export function imagePriority(sum: number, containers: number): number {
  const max = MAX_CONTAINER_THRESHOLD * containers;
  const clamped = Math.min(Math.max(sum, MIN_THRESHOLD), max);
  return Math.trunc((MAX_NODE_SCORE * (clamped - MIN_THRESHOLD)) / (max - MIN_THRESHOLD));
}

function sumOfImages(node: NodeInfo, images: readonly string[], snapshot: Snapshot): number {
  return images.reduce((sum, image) => {
    const size = node.images[image];
    return size === undefined ? sum : sum + scaledImageScore(size, snapshot.imageNodes(image), snapshot.size);
  }, 0);
}

export const imageLocality = (): Plugin => ({
  name: 'ImageLocality',
  score: (cycle, pod, node) => imagePriority(sumOfImages(node, imagesOf(pod), cycle.snapshot), containersOf(pod)),
});
