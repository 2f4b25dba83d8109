/** Programs that talk to others. What cannot be reached reads as the real program's words. */
import type {Dialled, HttpResponse} from '../../../api/cri.ts';
import type {Binary, Invocation} from '../system.ts';

interface Target {
  scheme: 'HTTP' | 'HTTPS';
  host: string;
  port: number;
  path: string;
}

const isAddress = (host: string): boolean => /^\d+\.\d+\.\d+\.\d+$/.test(host) || host.includes(':');

function targetOf(url: string): Target {
  const [, scheme = 'http', host = '', port, path = '/'] = /^(?:(\w+):\/\/)?(\[[^\]]+\]|[^/:]+)(?::(\d+))?(\/.*)?$/.exec(url) ?? [];
  const secure = scheme === 'https';
  return {scheme: secure ? 'HTTPS' : 'HTTP', host: host.replace(/^\[|\]$/g, ''), port: port ? Number(port) : secure ? 443 : 80, path};
}

/** An address for a host, or undefined with what the resolver says. */
function addressOf(host: string, {system}: Invocation): {address: string} | {error: string} {
  if (isAddress(host)) return {address: host};
  if (host === 'localhost') return {address: '127.0.0.1'};
  const answer = system.network.resolve(host);
  return 'error' in answer ? answer : {address: answer.addresses[0]!};
}

type Fetched = {dialled: Dialled<HttpResponse>; address: string} | {unresolved: string};

function fetch(target: Target, method: string, headers: Record<string, string>, call: Invocation): Fetched {
  const resolved = addressOf(target.host, call);
  if ('error' in resolved) return {unresolved: resolved.error};
  const {scheme, path, port, host} = target;
  return {
    address: resolved.address,
    dialled: call.system.network.http(resolved.address, port, {scheme, method, path, headers: {Host: host, ...headers}}),
  };
}

const curl: Binary = call => {
  const args = call.argv.slice(1);
  const flags = {
    silent: false,
    showError: false,
    fail: false,
    head: false,
    include: false,
    output: '',
    format: '',
    method: 'GET',
    timeout: 0,
  };
  const headers: Record<string, string> = {};
  let url: string | undefined;
  for (let i = 0; i < args.length; i++) {
    const arg = args[i]!;
    if (arg === '-o' || arg === '--output') flags.output = args[++i] ?? '';
    else if (arg === '-w' || arg === '--write-out') flags.format = args[++i] ?? '';
    else if (arg === '-X' || arg === '--request') flags.method = args[++i] ?? 'GET';
    else if (arg === '-m' || arg === '--max-time' || arg === '--connect-timeout') flags.timeout = Number(args[++i] ?? 0) * 1000;
    else if (arg === '-H' || arg === '--header') {
      const [name = '', value = ''] = (args[++i] ?? '').split(/:\s*/);
      headers[name] = value;
    } else if (arg === '-d' || arg === '--data') {
      flags.method = 'POST';
      i++;
    } else if (/^-[a-zA-Z]+$/.test(arg)) {
      flags.silent ||= arg.includes('s');
      flags.showError ||= arg.includes('S');
      flags.fail ||= arg.includes('f');
      flags.head ||= arg.includes('I');
      flags.include ||= arg.includes('i');
    } else if (arg === '--fail') flags.fail = true;
    else if (arg === '--silent') flags.silent = true;
    else if (!arg.startsWith('-')) url = arg;
  }
  if (url === undefined) return {stderr: "curl: try 'curl --help' or 'curl --manual' for more information\n", status: 2};
  const target = targetOf(url);
  const failed = (status: number, text: string, tookMs = 0) => ({
    stdout: flags.format.includes('http_code') ? flags.format.replace('%{http_code}', '000').replaceAll('\\n', '\n') : '',
    stderr: flags.silent && !flags.showError ? '' : `curl: (${status}) ${text}\n`,
    status,
    ...(tookMs > 10 && {sleep: tookMs}),
  });
  const fetched = fetch(target, flags.head ? 'HEAD' : flags.method, headers, call);
  if ('unresolved' in fetched) return failed(6, `Could not resolve host: ${target.host}`);
  const {dialled} = fetched;
  const tookMs = flags.timeout && dialled.tookMs > flags.timeout ? flags.timeout : dialled.tookMs;
  if (flags.timeout && dialled.tookMs > flags.timeout) return failed(28, `Connection timed out after ${tookMs} milliseconds`, tookMs);
  if ('error' in dialled) {
    if (dialled.error === 'timeout')
      return failed(28, `Failed to connect to ${target.host} port ${target.port} after ${tookMs} ms: Could not connect to server`, tookMs);
    return failed(7, `Failed to connect to ${target.host} port ${target.port} after ${tookMs} ms: Could not connect to server`);
  }
  const {status, body} = dialled.ok;
  if (flags.fail && status >= 400) return failed(22, `The requested URL returned error: ${status}`);
  const head = `HTTP/1.1 ${status} ${reasons[status] ?? ''}\r\n\r\n`;
  const shown = flags.head ? head : (flags.include ? head : '') + body;
  const tail = flags.format.replace('%{http_code}', String(status)).replaceAll('\\n', '\n');
  return {stdout: (flags.output ? '' : shown) + tail, status: 0};
};

const reasons: Readonly<Record<number, string>> = {
  200: 'OK',
  204: 'No Content',
  301: 'Moved Permanently',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'Not Found',
  500: 'Internal Server Error',
  503: 'Service Unavailable',
};

const wget: Binary = call => {
  const args = call.argv.slice(1);
  const url = args.find((a, i) => !a.startsWith('-') && !['-O', '-T', '-o', '-P'].includes(args[i - 1] ?? ''));
  const quiet = args.some(a => /^-[a-zA-Z]*q/.test(a));
  const toStdout = args.some((a, i) => a === '-O-' || a === '-qO-' || (/O$/.test(a) && args[i + 1] === '-'));
  const timeoutArg = args.map((a, i) => /^(?:-T|--timeout=)(.*)$/.exec(a)?.[1] || (a === '-T' ? args[i + 1] : undefined)).find(Boolean);
  const timeout = Number(timeoutArg ?? 0) * 1000;
  if (!url) return {stderr: 'BusyBox: wget URL\n', status: 1};
  const target = targetOf(url);
  const fetched = fetch(target, 'GET', {}, call);
  if ('unresolved' in fetched)
    return {stderr: `wget: bad address '${target.host}${target.port === 80 ? '' : `:${target.port}`}'\n`, status: 1};
  const {dialled, address} = fetched;
  const connecting = quiet ? '' : `Connecting to ${target.host}:${target.port} (${address}:${target.port})\n`;
  if (timeout && dialled.tookMs > timeout) return {stderr: `${connecting}wget: download timed out\n`, status: 1, sleep: timeout};
  if ('error' in dialled) {
    if (dialled.error === 'refused')
      return {stderr: `${connecting}wget: can't connect to remote host (${address}): Connection refused\n`, status: 1};
    const words = dialled.error === 'timeout' ? 'Operation timed out' : 'Host is unreachable';
    return {stderr: `${connecting}wget: can't connect to remote host (${address}): ${words}\n`, status: 1, sleep: dialled.tookMs};
  }
  const {status, body} = dialled.ok;
  if (status >= 400) return {stderr: `${connecting}wget: server returned error: HTTP/1.1 ${status} ${reasons[status] ?? ''}\n`, status: 1};
  if (toStdout) return {stdout: body, stderr: connecting ? `${connecting}writing to stdout\n` : '', status: 0};
  call.system.files.write(`${call.cwd === '/' ? '' : call.cwd}/${target.path.split('/').at(-1) || 'index.html'}`, body);
  return {stderr: quiet ? '' : `${connecting}saving to '${target.path.split('/').at(-1) || 'index.html'}'\n`, status: 0};
};

const nameserverOf = ({system}: Invocation): string =>
  /^nameserver (\S+)/m.exec(system.files.read('/etc/resolv.conf') ?? '')?.[1] ?? '127.0.0.1';

const nslookup: Binary = call => {
  const host = call.argv.slice(1).find(a => !a.startsWith('-')) ?? '';
  const server = nameserverOf(call);
  const head = `Server:\t\t${server}\nAddress:\t${server}:53\n\n`;
  const answer = call.system.network.resolve(host);
  if ('error' in answer) {
    if (answer.error === 'timeout') return {stdout: ';; connection timed out; no servers could be reached\n\n', status: 1, sleep: 10_000};
    return {stdout: `${head}** server can't find ${host}: ${answer.error}\n\n`, status: 1};
  }
  return {stdout: `${head}${answer.addresses.map(a => `Name:\t${answer.canonical ?? host}\nAddress: ${a}\n`).join('')}\n`, status: 0};
};

const dig: Binary = call => {
  const short = call.argv.includes('+short');
  const host = call.argv.slice(1).find(a => !/^[-+@]/.test(a)) ?? '';
  const answer = call.system.network.resolve(host.endsWith('.') || host.includes('.') ? `${host.replace(/\.$/, '')}.` : host);
  if ('error' in answer)
    return {stdout: short ? '' : `;; ->>HEADER<<- opcode: QUERY, status: ${answer.error}\n`, status: answer.error === 'timeout' ? 9 : 0};
  return {
    stdout: short
      ? answer.addresses.map(a => `${a}\n`).join('')
      : `;; ANSWER SECTION:\n${answer.addresses.map(a => `${answer.canonical ?? host}\t30\tIN\tA\t${a}\n`).join('')}`,
    status: 0,
  };
};

const nc: Binary = call => {
  const rest = call.argv.slice(1).filter((a, i, all) => !a.startsWith('-') && all[i - 1] !== '-w');
  if (call.argv.some(a => /^-[a-z]*l/.test(a))) {
    const port = Number(rest.at(-1) ?? 0);
    return {server: {ports: [port], readyAt: call.system.now, protocol: 'tcp'}};
  }
  const [host = '', port = '0'] = rest;
  const resolved = addressOf(host, call);
  if ('error' in resolved) return {stderr: `nc: bad address '${host}'\n`, status: 1};
  const dialled = call.system.network.tcp(resolved.address, Number(port));
  if ('ok' in dialled)
    return {stdout: call.argv.some(a => /^-[a-z]*v/.test(a)) ? `${host} (${resolved.address}:${port}) open\n` : '', status: 0};
  const words =
    dialled.error === 'refused' ? 'Connection refused' : dialled.error === 'timeout' ? 'Operation timed out' : 'Host is unreachable';
  return {
    stderr: `nc: ${host} (${resolved.address}:${port}): ${words}\n`,
    status: 1,
    ...(dialled.error === 'timeout' && {sleep: Math.min(dialled.tookMs, 5000)}),
  };
};

const ping: Binary = call => {
  const host = call.argv.slice(1).filter((a, i, all) => !a.startsWith('-') && !/^-[cwW]$/.test(all[i - 1] ?? ''))[0] ?? '';
  const resolved = addressOf(host, call);
  if ('error' in resolved) return {stderr: `ping: bad address '${host}'\n`, status: 1};
  // A host that refuses a connection is there; there is no ICMP of its own in the model.
  const dialled = call.system.network.tcp(resolved.address, 7);
  const head = `PING ${host} (${resolved.address}): 56 data bytes\n`;
  if ('error' in dialled && dialled.error !== 'refused')
    return {
      stdout: `${head}\n--- ${host} ping statistics ---\n1 packets transmitted, 0 packets received, 100% packet loss\n`,
      status: 1,
      sleep: 1000,
    };
  const answer = `64 bytes from ${resolved.address}: seq=0 ttl=62 time=0.121 ms\n`;
  return {
    stdout: `${head}${answer}\n--- ${host} ping statistics ---\n1 packets transmitted, 1 packets received, 0% packet loss\n`,
    status: 0,
  };
};

/** Programs that are only there when the image brings them. */
export const networkBinaries: Readonly<Record<string, Binary>> = {
  curl,
  wget,
  nslookup,
  dig,
  host: nslookup,
  nc,
  netcat: nc,
  telnet: nc,
  ping,
};
