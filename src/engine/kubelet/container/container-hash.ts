/** upstream: pkg/kubelet/container/helpers.go HashContainer: since v1.31 of the name and the image only. */
import type {Container} from '../../api/types.ts';

/** FNV-1a, 32 bits, of what makes a container another one; eight hexadecimal digits less leading zeros. */
export function hashContainer(container: Pick<Container, 'name' | 'image'>): string {
  const text = JSON.stringify({image: container.image ?? '', name: container.name});
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193) >>> 0;
  return hash.toString(16);
}
