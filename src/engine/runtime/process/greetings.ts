/**
 * What well-known servers write to their log when they start, as far as it hangs neither on how they were built nor on the machine: a learner who asks for the log of a
 * web server finds what the real one would have said. Taken from the programs' own output (nginx 1.27, httpd 2.4, redis 7, postgres 17).
 */
import {EPOCH} from '../../api/clock.ts';
import type {System} from './system.ts';

interface Greeting {
  /** Of the image's entrypoint script, before it runs the program. */
  readonly entrypoint?: readonly string[];
  /** Of the program. */
  lines(system: System): readonly string[];
}

const MONTHS = 'Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec'.split(' ');

/** Date, time of day and milliseconds, in UTC. */
function moment({now}: System) {
  const iso = new Date(EPOCH + now).toISOString();
  const [date = '', time = ''] = iso.split('T');
  const [year = '', month = '', day = ''] = date.split('-');
  return {iso, date, year, month: MONTHS[Number(month) - 1]!, day, time: time.slice(0, 8), millis: time.slice(9, 12)};
}

const greetings: Readonly<Record<string, Greeting>> = {
  nginx: {
    entrypoint: [
      '/docker-entrypoint.sh: /docker-entrypoint.d/ is not empty, will attempt to perform configuration',
      '/docker-entrypoint.sh: Looking for shell scripts in /docker-entrypoint.d/',
      '/docker-entrypoint.sh: Launching /docker-entrypoint.d/10-listen-on-ipv6-by-default.sh',
      '10-listen-on-ipv6-by-default.sh: info: Getting the checksum of /etc/nginx/conf.d/default.conf',
      '10-listen-on-ipv6-by-default.sh: info: Enabled listen on IPv6 in /etc/nginx/conf.d/default.conf',
      '/docker-entrypoint.sh: Sourcing /docker-entrypoint.d/15-local-resolvers.envsh',
      '/docker-entrypoint.sh: Launching /docker-entrypoint.d/20-envsubst-on-templates.sh',
      '/docker-entrypoint.sh: Launching /docker-entrypoint.d/30-tune-worker-processes.sh',
      '/docker-entrypoint.sh: Configuration complete; ready for start up',
    ],
    lines(system) {
      const {date, time} = moment(system);
      const notice = (text: string): string => `${date.replaceAll('-', '/')} ${time} [notice] 1#1: ${text}`;
      return [notice('using the "epoll" event method'), notice('start worker processes')];
    },
  },
  httpd: {
    lines(system) {
      const {month, day, year, time, millis} = moment(system);
      const weekday = new Date(EPOCH + system.now).toUTCString().slice(0, 3);
      const unnamed = `AH00558: httpd: Could not reliably determine the server's fully qualified domain name, using ${system.addresses[0] ?? '127.0.0.1'}. Set the 'ServerName' directive globally to suppress this message`;
      const at = `[${weekday} ${month} ${day} ${time}.${millis}000 ${year}]`;
      return [unnamed, unnamed, `${at} [core:notice] [pid 1:tid 1] AH00094: Command line: 'httpd -D FOREGROUND'`];
    },
  },
  redis: {
    lines(system) {
      const {day, month, year, time, millis} = moment(system);
      const line = (who: string, text: string): string => `1:${who} ${day} ${month} ${year} ${time}.${millis} ${text}`;
      return [
        line('C', '* oO0OoO0OoO0Oo Redis is starting oO0OoO0OoO0Oo'),
        line('M', '* monotonic clock: POSIX clock_gettime'),
        line('M', '* Running mode=standalone, port=6379.'),
        line('M', '* Server initialized'),
        line('M', '* Ready to accept connections tcp'),
      ];
    },
  },
  postgres: {
    lines(system) {
      const {date, time, millis} = moment(system);
      const log = (text: string): string => `${date} ${time}.${millis} UTC [1] LOG:  ${text}`;
      return [
        'PostgreSQL init process complete; ready for start up.',
        '',
        log('listening on IPv4 address "0.0.0.0", port 5432'),
        log('listening on IPv6 address "::", port 5432'),
        log('listening on Unix socket "/var/run/postgresql/.s.PGSQL.5432"'),
        log('database system is ready to accept connections'),
      ];
    },
  },
};

const text = (lines: readonly string[]): string => lines.map(line => `${line}\n`).join('');

/** What the entrypoint script of such a server's image writes; '' where it says nothing. */
export const entrypointGreeting = (name: string | undefined): string => text((name !== undefined && greetings[name]?.entrypoint) || []);

/** What such a server writes when it starts; '' where it says nothing. */
export const greeting = (name: string | undefined, system: System): string =>
  text((name !== undefined && greetings[name]?.lines(system)) || []);
