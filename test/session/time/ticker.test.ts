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
    held: () => false,
    lookAhead: () => false,
    advance(ms) {
      time += ms;
      stopped = time >= 120;
      return ms;
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

test('time that cannot keep up says how fast it flows, and no longer when it can', () => {
  const clock = createManualClock();
  let [share, pace] = [1, undefined as number | undefined];
  const ticker = createTicker({
    ports: clock,
    speed: () => 10,
    flows: () => true,
    walking: () => false,
    held: () => false,
    lookAhead: () => false,
    advance: ms => Math.floor(ms * share),
    walk: () => undefined,
    tell: told => {
      pace = told;
    },
  });
  ticker.start();
  clock.turn(500);
  expect(pace).toBeUndefined();
  share = 0.05;
  clock.turn(500);
  expect(pace).toBe(0.5);
  share = 1;
  clock.turn(500);
  expect(pace).toBeUndefined();
  ticker.stop();
});
