/** What well-known servers answer, and the words in curly brackets of an image's own answer. */
import type {HttpRequest} from '../../api/cri.ts';

export interface PageContext {
  pod: string;
  namespace: string;
  node: string;
  ip: string;
  request: HttpRequest;
  image: string;
  /** The server's document root, if it serves files. */
  read(path: string): string | undefined;
}

type Page = (context: PageContext) => string | undefined;

const NGINX_ROOT = '/usr/share/nginx/html';

/** By the name a catalogue entry gives. Undefined: there is no such page. */
const pages: Readonly<Record<string, Page>> = {
  nginx: ({read, request}) => {
    const path = request.path.replace(/[?#].*$/, '');
    return read(NGINX_ROOT + (path.endsWith('/') ? `${path}index.html` : path));
  },
  whoami: ({pod, ip, request}) => `Hostname: ${pod}\nIP: 127.0.0.1\nIP: ${ip}\n${request.method ?? 'GET'} ${request.path} HTTP/1.1\n`,
  'hello-app': ({pod, image}) => `Hello, world!\nVersion: ${image.split(':').at(-1)}.0\nHostname: ${pod}\n`,
  echo: ({pod, node, namespace, ip, request}) =>
    `\n\nHostname: ${pod}\n\nPod Information:\n\tnode name:\t${node}\n\tpod name:\t${pod}\n\tpod namespace:\t${namespace}\n\tpod IP:\t${ip}\n\nRequest Information:\n\tmethod=${request.method ?? 'GET'}\n\treal path=${request.path}\n`,
  agnhost: ({pod, request}) => {
    const path = request.path.replace(/[?#].*$/, '');
    if (path === '/hostname' || path === '/hostName') return pod;
    if (path === '/healthz' || path === '/') return path === '/' ? 'NOW: 1970-01-01 00:00:00\n' : 'ok';
    if (path === '/echo') return decodeURIComponent(/[?&]msg=([^&]*)/.exec(request.path)?.[1] ?? '');
    return undefined;
  },
};

/** The text of an answer, or undefined for a page that is not there. */
export function renderPage(body: string | undefined, context: PageContext): string | undefined {
  if (body === undefined) return `Hello from ${context.pod}\n`;
  const page = pages[body];
  if (page) return page(context);
  return body
    .replaceAll('{pod}', context.pod)
    .replaceAll('{namespace}', context.namespace)
    .replaceAll('{node}', context.node)
    .replaceAll('{ip}', context.ip)
    .replaceAll('{path}', context.request.path);
}
