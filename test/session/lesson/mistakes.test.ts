import {expect, test} from 'vitest';
import {play} from '../playing.ts';

test('a mistake is spoken of in the step in which it was made, and no longer', () => {
  const game = play('lessons/01-birth-certificate/01-first-breath.yaml');
  const mistake = () => game.view().lesson!.mistake;
  game.type('kubectl get nodes', 'next', 'predict 1', 'kubectl create -f myapp-pod.yaml');
  expect(mistake()).toBeUndefined();
  game.type('kubectl create -f myapp-pod.yaml');
  expect(mistake()).toMatch(/409 AlreadyExists/);
  game.type('next');
  expect(game.view().lesson!.current).toBe(2);
  expect(mistake()).toBeUndefined();
});
