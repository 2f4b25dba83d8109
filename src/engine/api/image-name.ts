/** Image names as people write them, and as runtimes know them. upstream: pkg/util/parsers, distribution/reference */

export interface ImageName {
  /** Registry host, `docker.io` where none is written. */
  domain: string;
  /** Path below it; official images of Docker Hub are in `library/`. */
  path: string;
  tag?: string;
  digest?: string;
}

const NAME =
  /^(?:(?<domain>(?:[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?\.?)+(?::\d+)?)\/)?(?<path>[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*(?:\/[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*)*)(?::(?<tag>\w[\w.-]{0,127}))?(?:@(?<digest>[A-Za-z][A-Za-z0-9]*(?:[-_+.][A-Za-z][A-Za-z0-9]*)*:[0-9a-fA-F]{32,}))?$/;

const isDomain = (part: string): boolean => /[.:]/.test(part) || part === 'localhost' || part.toLowerCase() !== part;

/** The parts of a reference; throws an Error with distribution/reference's words where it is none. */
export function parseImageName(image: string): ImageName {
  if (/^[0-9a-f]{64}$/.test(image)) throw new Error(`invalid repository name (${image}), cannot specify 64-byte hexadecimal strings`);
  const slash = image.indexOf('/');
  const first = slash < 0 ? '' : image.slice(0, slash);
  const explicit = slash >= 0 && isDomain(first);
  const rest = explicit ? image.slice(slash + 1) : image;
  const name = rest.replace(/[:@].*$/s, '');
  const match = NAME.exec(`${explicit ? first : 'docker.io'}/${rest}`);
  if (!match?.groups || match.groups['domain'] === undefined) {
    if (name !== name.toLowerCase() && NAME.test(rest.toLowerCase()))
      throw new Error(
        `invalid reference format: repository name (${name.includes('/') || explicit ? name : `library/${name}`}) must be lowercase`,
      );
    throw new Error('invalid reference format');
  }
  const {domain, path, tag, digest} = match.groups;
  const official = domain === 'docker.io' && !path!.includes('/');
  return {
    domain: domain === 'index.docker.io' ? 'docker.io' : domain!,
    path: official ? `library/${path}` : path!,
    ...(tag && {tag}),
    ...(digest && {digest}),
  };
}

/** Adds `:latest` where neither tag nor digest is written, as the kubelet does before it asks the runtime. */
export function applyDefaultImageTag(image: string): string {
  const {tag, digest} = parseImageName(image);
  return tag || digest ? image : `${image}:latest`;
}

/** The canonical name under which a runtime stores it: domain, path, tag or digest. */
export function normalizeImageName(image: string): string {
  const {domain, path, tag, digest} = parseImageName(image);
  return digest ? `${domain}/${path}@${digest}` : `${domain}/${path}:${tag ?? 'latest'}`;
}
