/**
 * The course's own program (image podyssey/app). Its arguments say what it does:
 *   --port=8080            listens there (0: does not listen)
 *   --start-delay=5s       begins to listen after that time
 *   --text=hello           what it answers
 *   --crash-after=30s      exits by itself, with --exit-code=1
 *   --unhealthy-after=30s  answers 500 from then on
 *   --hang-after=30s       accepts, but answers nothing from then on
 *   --latency=200ms        takes that long to answer
 *   --memory=50Mi          uses that much; --leak=10Mi more each second
 *   --cpu=500m             uses that much
 *   --disk=10Gi            writes that much
 *   --forks=1000           starts that many processes
 *   --term=graceful|ignore|slow=10s   how it takes SIGTERM
 */

import {sizeOf} from './binaries/system.ts';
import type {Binary, Outcome} from './system.ts';
import type {TermHandling} from './types.ts';

const options = (argv: readonly string[]): Record<string, string> =>
  Object.fromEntries(
    argv.slice(1).flatMap(arg => {
      const [, name, value] = /^--?([\w-]+)(?:=(.*))?$/s.exec(arg) ?? [];
      return name === undefined ? [] : [[name, value ?? 'true']];
    }),
  );

/** Milliseconds of `5s`, `200ms`, `1m`; undefined where the option is not given. */
const duration = (text: string | undefined): number | undefined => {
  const [, number, unit] = /^(\d+(?:\.\d+)?)(ms|s|m|h)?$/.exec(text ?? '') ?? [];
  return number === undefined
    ? undefined
    : Number(number) * {ms: 1, s: 1000, m: 60_000, h: 3_600_000}[(unit ?? 's') as 'ms' | 's' | 'm' | 'h'];
};

export const demoApp: Binary = ({argv, system, env}): Outcome => {
  const o = options(argv);
  const port = Number(o['port'] ?? env['PORT'] ?? 8080);
  const after = (name: string): number | undefined => {
    const ms = duration(o[name]);
    return ms === undefined ? undefined : system.now + ms;
  };
  const crash = after('crash-after');
  const unhealthyAt = after('unhealthy-after');
  const hangsAt = after('hang-after');
  const latency = duration(o['latency']);
  const milli = /^(\d+)m$/.exec(o['cpu'] ?? '')?.[1];
  const delay = o['start-delay'];
  return {
    stdout: port ? `${delay === undefined ? '' : `warming up for ${delay}, then `}listening on :${port}\n` : 'started\n',
    server: {
      ports: port ? [port] : [],
      readyAt: after('start-delay') ?? system.now,
      protocol: 'http',
      body: `${o['text'] ?? 'Hello from {pod}'}\n`,
      ...(unhealthyAt !== undefined && {unhealthyAt}),
      ...(hangsAt !== undefined && {hangsAt}),
      ...(latency !== undefined && {latency}),
      ...(crash !== undefined && {exit: {at: crash, code: Number(o['exit-code'] ?? 1), lastWords: 'fatal: giving up\n'}}),
    },
    memory: {base: sizeOf(o['memory'] ?? '16Mi'), perSecond: sizeOf(o['leak'])},
    ...(o['disk'] !== undefined && {written: sizeOf(o['disk'])}),
    ...(o['forks'] !== undefined && {forks: Number(o['forks'])}),
    cpuMilli: milli ? Number(milli) : o['cpu'] ? Number(o['cpu']) * 1000 : 5,
  };
};

/** How it takes SIGTERM, by its arguments. */
export function demoTermHandling(argv: readonly string[]): TermHandling {
  const term = options(argv)['term'] ?? 'graceful';
  if (term === 'ignore') return {kind: 'ignore'};
  const slow = /^slow=(.*)$/.exec(term)?.[1];
  return {kind: 'exit', exitCode: 0, after: slow ? (duration(slow) ?? 0) : 200};
}
