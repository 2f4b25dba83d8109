/** Names of images. upstream: apiserver/pkg/cel/library/image.go; go-containerregistry pkg/name */
import {parseImageName} from '../../../api/image-name.ts';
import {CelError, Opaque} from '../values.ts';
import {type Implementations, named} from './types.ts';

const DOCKER_HUB = 'index.docker.io';

/** Where a digest is given, a tag before it counts for nothing. */
class CelImage extends Opaque {
  readonly typeName = 'kubernetes.Image';
  readonly registry: string;
  readonly repository: string;
  readonly tag: string;
  readonly digest: string;
  constructor(text: string) {
    super();
    const {domain, path, tag, digest} = parseImageName(text);
    this.registry = domain === 'docker.io' ? DOCKER_HUB : domain;
    this.repository = path;
    this.digest = digest ?? '';
    this.tag = digest ? '' : (tag ?? 'latest');
  }
  get identifier(): string {
    return this.digest || this.tag;
  }
  equals(other: this): boolean {
    return this.registry === other.registry && this.repository === other.repository && this.identifier === other.identifier;
  }
}

function read(text: string): CelImage {
  try {
    return new CelImage(text);
  } catch {
    throw new CelError(`could not parse reference: ${text}`);
  }
}

function isImage(text: string): boolean {
  try {
    return Boolean(parseImageName(text));
  } catch {
    return false;
  }
}

const I = 'kubernetes.Image';
type Part = 'registry' | 'repository' | 'identifier' | 'tag' | 'digest';

export const IMAGES: Implementations = {
  image: {string: read},
  isImage: {string: isImage},
  containsDigest: {[I]: ({digest}: CelImage) => digest !== ''},
  ...named('registry repository identifier tag digest', name => ({[I]: (image: CelImage) => image[name as Part]})),
};
