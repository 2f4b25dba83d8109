/** Names the runtime makes up: 64 hexadecimal digits, the last 32 of which are the pod's uid, so that the pod is found without a search. */

const fnv = (text: string, seed: number): number => {
  let hash = seed >>> 0;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193) >>> 0;
  // A last stir, so that texts that end alike do not begin alike.
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b) >>> 0;
  return (hash ^ (hash >>> 13)) >>> 0;
};

/** `digits` hexadecimal digits that depend on all of the text. */
export const hex = (text: string, digits: number): string => {
  let result = '';
  for (let i = 0; result.length < digits; i++)
    result += fnv(text, 0x811c9dc5 + i * 0x9e3779b9)
      .toString(16)
      .padStart(8, '0');
  return result.slice(0, digits);
};

const bare = (uid: string): string => uid.replaceAll('-', '').toLowerCase();

/** An id for something of a pod. */
export const idFor = (uid: string, what: string): string => {
  const tail = bare(uid);
  return hex(`${what} of ${uid}`, 64 - Math.min(32, tail.length)) + tail.slice(0, 32);
};

/** The uid in an id, where it has the form of a UUID. */
export const uidOf = (id: string): string => id.slice(32).replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
