/** upstream: pkg/apis/core/v1/defaults.go SetDefaults_Container */
import {parseImageName} from '../../api/image-name.ts';

/** Whether the tag is `latest`, written or implied. What is no image name is nobody's latest. */
function isLatest(image: string): boolean {
  try {
    const {tag, digest} = parseImageName(image);
    return tag ? tag === 'latest' : !digest;
  } catch {
    return false;
  }
}

export const defaultPullPolicy = (image: string): 'Always' | 'IfNotPresent' => (isLatest(image) ? 'Always' : 'IfNotPresent');
