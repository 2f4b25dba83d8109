import {describe, expect, it} from 'vitest';
import {keysIn} from '../../src/tui/keys.ts';

describe('keys that arrive at once', () => {
  it.each([
    ['kubectl get nodes\r', [undefined]],
    ['\rkubectl get nodes\r', [undefined]],
    ['\r', ['enter']],
    ['ab\u007f\u007fc', [undefined, 'backspace', 'backspace', 'c']],
    ['\u0001x\u0005', ['ctrl+a', 'x', 'ctrl+e']],
  ])('%j', (burst, names) => {
    const keys = keysIn(burst);
    expect(keys.map(key => key.name)).toEqual(names);
    for (const {name, text} of keys) if (name === undefined) expect(burst).toContain(text);
  });
});
