import {describe, expect, test} from 'vitest';
import {applyDefaultImageTag, normalizeImageName, parseImageName} from '../../../src/engine/api/image-name.ts';
import {lookUp} from '../../../src/engine/runtime/catalogue/catalogue.ts';
import {imageCatalogue} from '../../../src/engine/runtime/catalogue/images.ts';
import {digitsOfPi} from '../../../src/engine/runtime/process/binaries/languages.ts';
import {findBinary} from '../../../src/engine/runtime/process/programs.ts';

describe('image names', () => {
  test.each([
    ['nginx', 'docker.io/library/nginx:latest'],
    ['nginx:1.27', 'docker.io/library/nginx:1.27'],
    ['team/app', 'docker.io/team/app:latest'],
    ['registry.k8s.io/pause:3.10', 'registry.k8s.io/pause:3.10'],
    ['localhost:5000/a/b:c', 'localhost:5000/a/b:c'],
    [`nginx@sha256:${'a'.repeat(64)}`, `docker.io/library/nginx@sha256:${'a'.repeat(64)}`],
  ])('%s is %s', (image, name) => expect(normalizeImageName(image)).toBe(name));

  test.each([
    ['http://url', 'invalid reference format'],
    ['Nginx:1.27', 'invalid reference format: repository name (library/Nginx) must be lowercase'],
    ['nginx:la test', 'invalid reference format'],
    ['', 'invalid reference format'],
  ])('%s is none: %s', (image, message) => expect(() => parseImageName(image)).toThrow(message));

  test('a tag is added where there is none, and no digest', () => {
    expect(applyDefaultImageTag('busybox')).toBe('busybox:latest');
    expect(applyDefaultImageTag('busybox:1')).toBe('busybox:1');
  });
});

describe('the catalogue', () => {
  test.each([
    ['nginx', true],
    ['nginx:1.25.3-alpine', true],
    ['nginx:1.161', false],
    ['nginx:1.82', false],
    ['nginx:1-alpine', true],
    ['nginx:lates', false],
    ['ngnix', false],
    ['registry.k8s.io/pause:3.10.1', true],
    ['quay.io/somebody/something:v1', true],
    ['registry.example.com/nobody/nothing', false],
    ['no-such-host.example.org/a/b', false],
  ])('%s: %s', (image, found) => expect(lookUp(imageCatalogue, image).found).toBe(found));

  test('every pattern of tags is one, and every image has something to run', () => {
    for (const [name, entry] of Object.entries(imageCatalogue.images)) {
      for (const pattern of entry.tags) expect(() => new RegExp(`^(?:${pattern})$`), name).not.toThrow();
      expect([...(entry.entrypoint ?? []), ...(entry.cmd ?? [])].length, name).toBeGreaterThan(0);
    }
  });
});

describe('programs', () => {
  test('the documentation’s Job prints pi', () => {
    expect(digitsOfPi(50)).toBe('3.1415926535897932384626433832795028841971693993751');
    const perl = findBinary('perl', imageCatalogue.images['docker.io/library/perl']!)!;
    const call = {
      argv: ['perl', '-Mbignum=bpi', '-wle', 'print bpi(10)'],
      env: {},
      stdin: '',
      cwd: '/',
      system: undefined as never,
      has: () => true,
    };
    expect(perl(call).stdout).toBe('3.141592654\n');
  });

  test('an image that nobody knows runs what it is told to', () => {
    const found = lookUp(imageCatalogue, 'ghcr.io/somebody/thing:v1');
    expect(found.found && findBinary('/bin/whatever', found.entry)).toBeTruthy();
    expect(findBinary('/bin/whatever', imageCatalogue.images['docker.io/library/nginx']!)).toBeUndefined();
  });
});
