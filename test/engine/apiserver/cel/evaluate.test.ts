/** An expression in, what it comes to out. */
import {describe, expect, it} from 'vitest';
import {compile, fromCel, toCel} from '../../../../src/engine/apiserver/cel/program.ts';
import {celError} from '../../../../src/engine/apiserver/cel/runtime-errors.ts';

const object = toCel({
  metadata: {labels: {app: 'web', team: 'a'}},
  spec: {
    replicas: 3,
    share: 0.5,
    ports: [
      {name: 'http', port: 80},
      {name: 'https', port: 443},
    ],
    nothing: null,
  },
});
const result = (expression: string): unknown => {
  try {
    return fromCel(compile(expression)({object}));
  } catch (error) {
    return `error: ${celError(error)}`;
  }
};
const all = (rows: readonly (readonly [string, unknown])[]): void =>
  void it.each(rows)('%s', (expression, value) => expect(result(expression)).toEqual(value));

describe('loops of two names', () =>
  all([
    ['[1, 2, 3].all(i, v, i < v)', true],
    ["{'hello': 'world', 'taco': 'taco'}.all(k, v, k != v)", false],
    ['object.metadata.labels.exists(k, v, k == "team" && v == "a")', true],
    ['object.spec.ports.existsOne(i, p, i == 1 && p.port == 443)', true],
    ['[1, 1].exists_one(i, v, v == 1)', false],
    ['[1, 2, 3].transformList(i, v, i * v + v)', [1, 4, 9]],
    ['[1, 2, 3].transformList(i, v, i % 2 == 0, i * v + v)', [1, 9]],
    ['object.metadata.labels.transformList(k, v, k + "=" + v)', ['app=web', 'team=a']],
    ['object.metadata.labels.transformMap(k, v, v + "!")', {app: 'web!', team: 'a!'}],
    ['[1, 2, 3].transformMap(i, v, i > 0, v * v)', {1: 4, 2: 9}],
    ['object.spec.ports.transformMapEntry(_, p, {p.name: p.port})', {http: 80, https: 443}],
    ["{'a': 'x', 'b': 'x'}.transformMapEntry(k, v, {v: k})", 'error: insert failed: key x already exists'],
  ]));

describe('what may be missing', () =>
  all([
    ['object.?spec.?replicas.orValue(1)', 3],
    ['object.?status.?replicas.orValue(1)', 1],
    ['object.metadata.labels[?"app"].hasValue()', true],
    ['object.spec.ports[?5].hasValue()', false],
    ['object.?spec.ports[0].name.orValue("none")', 'http'],
    ['optional.none().or(object.?spec).hasValue()', true],
    ['optional.none().value()', 'error: optional.none() dereference'],
    ['optional.of(1) == optional.of(1) && optional.none() == object.?status', true],
    ['optional.ofNonZeroValue("").hasValue()', false],
    ['object.spec.?replicas.optMap(r, r * 2).value()', 6],
    ['object.spec.?min.optMap(r, r * 2).hasValue()', false],
    ['object.metadata.?labels.optFlatMap(l, l[?"app"]).value()', 'web'],
    ['[optional.of(1), optional.none()].unwrapOpt()', [1]],
    ['[1, ?optional.none(), ?object.?spec.?replicas, 2]', [1, 3, 2]],
    ["{'a': 1, ?'b': object.?status, ?'c': object.spec.?share}", {a: 1, c: 0.5}],
    ['Object{?a: object.spec.?replicas, ?b: optional.none()}', {a: 3}],
    ['object.spec.ports[?0].hasValue() ? [?object.spec.ports[?0]].size() : 0', 1],
    ['[3, 4].first().value() + [3, 4].last().value()', 7],
  ]));

describe('values of several types', () =>
  all([
    ['object.spec.replicas == 3.0 && object.spec.replicas == 3u', true],
    ['object.spec.replicas == "3"', false],
    ['object.spec.share < object.spec.replicas', true],
    ['{1: "a"}[1] + {1: "a"}[dyn(1.0)]', 'aa'],
    ['object.spec.nothing == null && type(object.spec.nothing) == null_type', true],
    ['type(object.spec.ports) == list && type(object.spec) == map', true],
    ['3u - 4u == 0u', 'error: unsigned integer overflow'],
    ['-7 / 2 == -3 && -7 % 2 == -1', true],
    ['timestamp("2026-01-01T00:00:00Z") + duration("36h") == timestamp("2026-01-02T12:00:00Z")', true],
    ['string(duration("1h2m3.5s")) + " " + string(timestamp("2026-01-01T02:00:00+02:00"))', '3723.5s 2026-01-01T02:00:00+02:00'],
    ['timestamp("2026-01-01T02:00:00Z").getHours("America/New_York")', 21],
    ['object.spec.ports[0].nothing == 1 || true', true],
    ['object.spec.ports.exists(p, p.nothing == 1 || p.port == 443)', true],
  ]));

describe('libraries', () =>
  all([
    ['ip("fe80::1").isLinkLocalUnicast() && !ip("10.0.0.1").isLoopback() && isIP("::1") && !isIP("010.0.0.1")', true],
    ['ip.isCanonical("2001:db8::abcd") && !ip.isCanonical("2001:DB8::ABCD")', true],
    ['ip("::ffff:1.2.3.4")', 'error: IPv4-mapped IPv6 address "::ffff:1.2.3.4" is not allowed'],
    ['cidr("10.1.2.3/8").masked() == cidr("10.0.0.0/8") && string(cidr("10.1.2.3/8").ip())  == "10.1.2.3"', true],
    ['cidr("10.0.0.0/8").containsCIDR("10.1.0.0/16") && !cidr("10.0.0.0/16").containsIP("10.1.0.1")', true],
    ['url("https://[::1]:80/a%20b?x=1&x=2#c").getHostname() + " " + url("https://[::1]:80/").getPort()', '::1 80'],
    ['url("/a?x=1&x=2").getQuery()', {x: ['1', '2']}],
    ['isURL("../a") || isURL("https://a:b:c/")', false],
    ['semver("1.2.3").isLessThan(semver("1.10.0")) && semver("1.0.0-rc.1").isLessThan(semver("1.0.0"))', true],
    ['isSemver("v1.0") || !isSemver("v1.0", true)', false],
    ['semver("01.2.3")', 'error: Major number must not contain leading zeroes "01"'],
    ['image("nginx").registry() + "/" + image("nginx").repository() + ":" + image("nginx").tag()', 'index.docker.io/library/nginx:latest'],
    ['format.named("dns1123Label").value().validate("a-b").hasValue()', false],
    ['format.dns1123LabelPrefix().validate("a-").hasValue() || !format.uuid().validate("x").hasValue()', false],
    ['quantity("200M").compareTo(quantity("0.2G"))', 0],
    ['sets.contains([1, 2, 3], [2, 3]) && sets.equivalent([1, 1], [1]) && !sets.intersects([1], [2])', true],
    ['"a%20b c".replace("b", "x").split(" ").join("+")', 'a%20x+c'],
    ['"👑 Rook".charAt(0) + "👑 Rook".substring(2, 4) + string("👑 Rook".indexOf("k"))', '👑Ro5'],
    ['"abc".substring(2, 1)', 'error: invalid substring range. start: 2, end: 1'],
    ['"%s has %d of %.1f%% %x".format(["web", 3, 12.34, 255])', 'web has 3 of 12.3% ff'],
    ['"a1b22".findAll("[0-9]+") + ["x".find("y")]', ['1', '22', '']],
    ['"ABC".matches("(?i)^abc$")', true],
    ['jsonpatch.escapeKey("example.com/a~b")', 'example.com~1a~0b'],
    ['strings.quote("a\\"b")', '"a\\"b"'],
    ['[3, 1, 2].max() + [1.5, 2.5].sum() > 6.5', 'error: no such overload'],
    ['[1, 2].isSorted() && [2, 1].indexOf(1) == 1 && [].sum() == 0', true],
  ]));

describe('times to the nanosecond', () =>
  all([
    ['timestamp("2020-01-01T00:00:00.123456789Z") + duration("1ns")', '2020-01-01T00:00:00.12345679Z'],
    ['timestamp("2020-01-01T00:00:00.123456789Z") < timestamp("2020-01-01T00:00:00.123456790Z")', true],
    ['timestamp("2020-01-01T00:00:00.123456789Z") == timestamp("2020-01-01T00:00:00.1234567890Z")', true],
    ['timestamp("2020-01-01T00:00:00.000000001Z") - timestamp("2020-01-01T00:00:00Z") == duration("1ns")', true],
    ['string(timestamp("2020-01-01T00:00:00.120Z"))', '2020-01-01T00:00:00.12Z'],
    ['string(timestamp("1969-12-31T23:59:59.999999999Z"))', '1969-12-31T23:59:59.999999999Z'],
    ['int(timestamp("1969-12-31T23:59:59.5Z"))', -1],
    ['timestamp("2020-01-01T00:00:00.987654321Z").getMilliseconds()', 987],
    ['string(timestamp("2020-01-01T00:00:00+02:30"))', '2020-01-01T00:00:00+02:30'],
    ['string(timestamp("2020-01-01T00:00:00+00:00"))', '2020-01-01T00:00:00Z'],
    ['timestamp("2020-01-01T01:00:00+02:00").getHours()', 1],
    ['timestamp("2020-01-01T01:00:00+02:00").getHours("UTC")', 23],
    ['timestamp("2020-01-01T01:00:00+02:00") == timestamp("2019-12-31T23:00:00Z")', true],
    ['timestamp("9999-12-31T23:59:59Z") + duration("1s")', 'error: timestamp overflow'],
    ['timestamp("0001-01-01T00:00:00Z") - duration("1ns")', 'error: timestamp overflow'],
    ['timestamp(253402300800)', 'error: timestamp overflow'],
    ['timestamp("9999-12-31T23:59:59Z") - timestamp("0001-01-01T00:00:00Z")', 'error: integer overflow'],
    ['duration("2562047h47m16.854775807s")', '9223372036.854776s'],
    ['duration("100000h1ns") - duration("100000h") == duration("1ns")', true],
    ['string(duration("1ns"))', '0.000000001s'],
    ['string(duration("1h1ms"))', '3600.001s'],
    ['optional.ofNonZeroValue(duration("0s")).hasValue()', false],
    ['optional.ofNonZeroValue(timestamp("0001-01-01T00:00:00Z")).hasValue()', false],
    ['optional.ofNonZeroValue(timestamp("1970-01-01T00:00:00Z")).hasValue()', true],
  ]));
