import {expect, test} from 'vitest';
import {createManualClock} from '../../../src/plain/clock.ts';
import {createTicker} from '../../../src/session/time/ticker.ts';

test('what stops the clock is told at once, however lately something was told', () => {
  const clock = createManualClock();
  let [time, stopped, told] = [0, false, ''];
  const ticker = createTicker({
    ports: clock,
    speed: () => 1,
    flows: () => !stopped,
    walking: () => false,
    advance(ms) {
      time += ms;
      stopped = time >= 120;
    },
    walk: () => undefined,
    tell: () => (told = stopped ? 'stopped' : 'flows'),
  });
  ticker.start();
  clock.turn(115);
  expect(told).toBe('flows');
  clock.turn(60);
  expect(told).toBe('stopped');
  ticker.stop();
});
