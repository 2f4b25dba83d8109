import fc from 'fast-check';
import {describe, expect, it} from 'vitest';
import {inCidr} from '../../../src/engine/api/ip.ts';
import {allocateClusterIP, allocateNodePort, clusterIPRefusal, nodePortRefusal} from '../../../src/engine/apiserver/allocators.ts';

const CIDR = '10.96.0.0/24';
/** The lower band of a /24: sixteen addresses, the network's own among them. */
const LOWER_BAND = 16;

const last = (ip: string): number => Number(ip.split('.')[3]);

describe('cluster IPs', () => {
  it('are drawn from the upper band until it is full, then from the lower one, each once', () => {
    fc.assert(
      fc.property(fc.array(fc.double({min: 0, max: 0.999, noNaN: true}), {minLength: 300, maxLength: 300}), numbers => {
        const used = new Set<string>();
        const given: string[] = [];
        for (const number of numbers) {
          const ip = allocateClusterIP(used, CIDR, () => number);
          if (ip === undefined) break;
          expect(used.has(ip)).toBe(false);
          used.add(ip);
          given.push(ip);
        }
        expect(given).toHaveLength(254);
        expect(given.every(ip => inCidr(ip, CIDR) && last(ip) !== 0 && last(ip) !== 255)).toBe(true);
        expect(given.slice(0, 254 - LOWER_BAND).every(ip => last(ip) > LOWER_BAND)).toBe(true);
      }),
      {numRuns: 20},
    );
  });

  it('that are chosen must be free and of the range', () => {
    const used = new Set(['10.96.0.10']);
    expect(clusterIPRefusal('10.96.0.11', used, CIDR)).toBeUndefined();
    expect(clusterIPRefusal('10.96.0.10', used, CIDR)).toBe('provided IP is already allocated');
    for (const ip of ['10.96.1.1', '10.96.0.0', '10.96.0.255', 'nonsense'])
      expect(clusterIPRefusal(ip, used, CIDR)).toBe(
        `the provided IP (${ip}) is not in the valid range. The range of valid IPs is 10.96.0.0/24`,
      );
  });
});

describe('node ports', () => {
  it('are drawn above the band that is kept for chosen ones', () => {
    expect(allocateNodePort(new Set(), () => 0)).toBe(30086);
    expect(allocateNodePort(new Set(), () => 0.9999)).toBe(32767);
  });

  it('that are chosen must be free and of the range', () => {
    expect(nodePortRefusal(30080, new Set())).toBeUndefined();
    expect(nodePortRefusal(30080, new Set([30080]))).toBe('provided port is already allocated');
    expect(nodePortRefusal(80, new Set())).toBe('provided port is not in the valid range. The range of valid ports is 30000-32767');
  });
});
