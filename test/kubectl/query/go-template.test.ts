/** A template and a Deployment in, what Go writes or complains of out: the rows are what the real kubectl answers (built with Go 1.24 or later, which counts up to a number). */
import {describe, expect, it} from 'vitest';
import {parse} from 'yaml';
import {parseGoTemplate} from '../../../src/kubectl/query/go-template.ts';
import {ExecutionError, printGoTemplate} from '../../../src/kubectl/query/go-template-execute.ts';

const DEPLOYMENT: unknown = parse(`
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, labels: {app: web, tier: x}, creationTimestamp: null}
spec:
  replicas: 1
  share: 0.5
  list: []
  template: {spec: {containers: [{name: app, image: "nginx:1.27"}, {name: side, image: busybox}]}}
`);

function written(template: string): string {
  try {
    return printGoTemplate(parseGoTemplate(template), DEPLOYMENT);
  } catch (error) {
    return `${error instanceof ExecutionError ? error.written : ''}error: ${(error as Error).message}`;
  }
}
const rows = (table: readonly (readonly [string, string])[]): void =>
  void it.each(table)('%j', (template, text) => expect(written(template)).toBe(text));

describe('templates that call templates', () =>
  rows([
    ['{{define "x"}}[{{.}}]{{end}}{{template "x" .kind}}{{template "x"}}', '[Deployment][<no value>]'],
    ['{{define "x"}}{{.name}} {{template "y" .labels}}{{end}}{{define "y"}}{{.app}}{{end}}{{template "x" .metadata}}', 'web web'],
    ['{{block "b" .metadata}}{{.name}}{{end}} {{template "b" .metadata}}', 'web web'],
    ['{{define "x"}}{{$}}{{end}}{{template "x" .kind}}', 'Deployment'],
    ['{{template "nope" .}}', 'error: template: output:1:11: executing "output" at <{{template "nope" .}}>: template "nope" not defined'],
    [
      '{{template "x" .}}{{define "x"}}{{.metadata.name.foo}}{{end}}',
      'error: template: output:1:43: executing "x" at <.metadata.name.foo>: can\'t evaluate field foo in type interface {}',
    ],
    ['{{template "x"}}{{define "x"}}{{.y}}{{end}}', '<no value>'],
    ['{{define "x"}}{{$y}}{{end}}{{$y := 1}}', 'error: template: output:1: undefined variable "$y"'],
    ['{{define "x"}}a{{end}}{{define "x"}}b{{end}}', 'error: template: output:1: template: multiple definition of template "x"'],
    ['{{define x}}a{{end}}', 'error: template: output:1: unexpected "x" in define clause'],
    ['{{define "x"}}a{{else}}b{{end}}', 'error: template: output:1: unexpected {{else}} in define clause'],
    ['{{if .kind}}{{define "x"}}a{{end}}{{end}}', 'error: template: output:1: unexpected <define> in command'],
    ['{{template .kind}}', 'error: template: output:1: unexpected ".kind" in template clause'],
    ['{{template "x" . .}}', 'error: template: output:1:11: executing "output" at <{{template "x" . .}}>: template "x" not defined'],
    ['{{block "b"}}a{{end}}', 'error: template: output:1: missing value for block clause'],
  ]));

describe('branches and loops', () =>
  rows([
    ['{{with .nope}}a{{else with .kind}}{{.}}{{else}}c{{end}}', 'Deployment'],
    ['{{if .nope}}a{{else if .kind}}b{{else}}c{{end}}', 'b'],
    ['{{with .nope}}a{{else if .kind}}b{{end}}', 'error: template: output:1: unexpected <if> in input'],
    ['{{range .spec.template.spec.containers}}{{if eq .name "app"}}{{continue}}{{end}}{{.name}}{{end}}', 'side'],
    ['{{range .spec.template.spec.containers}}{{.name}}{{break}}{{end}}', 'app'],
    ['{{range $i, $c := .spec.template.spec.containers}}{{if $i}}, {{end}}{{$i}}={{$c.name}}{{end}}', '0=app, 1=side'],
    ['{{range 3}}{{.}}{{end}}', '012'],
    ['{{range $x := .spec.list}}{{else}}{{$x}}{{end}}', '[]'],
    ['{{range .kind}}a{{end}}', 'error: template: output:1:8: executing "output" at <.kind>: range can\'t iterate over Deployment'],
    ['{{break}}', 'error: template: output:1: {{break}} outside {{range}}'],
    ['{{range .spec.list}}{{break .}}{{end}}', 'error: template: output:1: unexpected <.> in {{break}}'],
    ['{{if true}}a{{else}}b{{else}}c{{end}}', 'error: template: output:1: expected end; found {{else}}'],
    ['{{end}}', 'error: template: output:1: unexpected {{end}}'],
    ['{{else}}', 'error: template: output:1: unexpected {{else}}'],
    ['{{if .kind}}a', 'error: template: output:1: unexpected EOF'],
    ['{{with}}a{{end}}', 'error: template: output:1: missing value for with'],
  ]));

describe('variables', () =>
  rows([
    ['{{$n := 1}}{{if true}}{{$n = 2}}{{$n}}{{end}}{{$n}}', '22'],
    ['{{$n := 1}}{{if true}}{{$n := 2}}{{$n}}{{end}}{{$n}}', '21'],
    ['{{$s := ""}}{{range .spec.template.spec.containers}}{{$s = printf "%s%s;" $s .name}}{{end}}{{$s}}', 'app;side;'],
    ['{{range .metadata.labels}}{{$.kind}}:{{.}} {{end}}', 'Deployment:web Deployment:x '],
    ['{{$n}}', 'error: template: output:1: undefined variable "$n"'],
    ['{{$n = 1}}', 'error: template: output:1:7: executing "output" at <1>: undefined variable: $n'],
    ['{{$a, $b := .kind}}', 'error: template: output:1: too many declarations in command'],
    ['{{range $a, .kind}}{{end}}', 'error: template: output:1: range can only initialize variables'],
  ]));

describe('space and comments', () =>
  rows([
    ['a  {{- .kind -}}  b', 'aDeploymentb'],
    ['{{- 3 -}}', '3'],
    ['{{/* no word */}}a {{- /* of it */ -}} b', 'ab'],
    ['{{/* open', 'error: template: output:1: unclosed comment'],
    ['{{/* a */ }}b', 'error: template: output:1: comment ends before closing delimiter'],
    ['{{"a\\tb"}} {{`a\\tb`}} {{\'a\'}}', 'a\tb a\\tb 97'],
  ]));

describe('what is no template', () =>
  rows([
    ['{{}}', 'error: template: output:1: missing value for command'],
    ['{{.kind |}}', 'Deployment'],
    ['{{.kind | 3}}', 'error: template: output:1: non executable command in pipeline stage 2'],
    ['{{(.kind}}', 'error: template: output:1: unclosed left paren'],
    ['{{.kind)}}', 'error: template: output:1: unexpected right paren'],
    ['{{1x}}', 'error: template: output:1: bad number syntax: "1x"'],
    ['{{-}}', 'error: template: output:1: illegal number syntax: "-"'],
    ['{{"a".x}}', 'error: template: output:1: unexpected . after term "\\"a\\""'],
    ['{{.a.}}', 'error: template: output:1: unexpected <.> in operand'],
    ['{{"a}}', 'error: template: output:1: unterminated quoted string'],
    ['{{.kind@}}', "error: template: output:1: bad character U+0040 '@'"],
    ['{{#}}', 'error: template: output:1: unexpected "#" in command'],
    ['{{a:b}}', 'error: template: output:1: function "a" not defined'],
    ['{{nope}}', 'error: template: output:1: function "nope" not defined'],
    ['a\nb {{.kind', 'error: template: output:2: unclosed action'],
    [
      'a\n{{if true}}\n{{.kind\n .x}}{{end}}',
      'a\n\nerror: template: output:3:2: executing "output" at <.kind>: kind is not a method but has arguments',
    ],
  ]));

describe('functions', () =>
  rows([
    ['{{and 1 0 2}} {{or 0 "" "x" 1}} {{not 0}} {{and .nope .nope.x}}', '0 x true <no value>'],
    ['{{eq 1 2 1}} {{ne "a" "b"}} {{lt 1 2}} {{le 2 2}} {{gt 1.5 2.5}} {{ge "b" "a"}}', 'true true true true false true'],
    ['{{eq 1 1.0}}', 'error: template: output:1:2: executing "output" at <eq 1 1.0>: error calling eq: incompatible types for comparison'],
    ['{{lt .nope 1}}', 'error: template: output:1:2: executing "output" at <lt .nope 1>: error calling lt: invalid type for comparison'],
    [
      '{{lt true false}}',
      'error: template: output:1:2: executing "output" at <lt true false>: error calling lt: invalid type for comparison',
    ],
    ['{{eq .kind}}', 'error: template: output:1:2: executing "output" at <eq .kind>: error calling eq: missing argument for comparison'],
    ['{{len .metadata.labels}} {{len "é"}} {{.kind | len | eq 10}}', '2 2 true'],
    ['{{len 3}}', 'error: template: output:1:2: executing "output" at <len 3>: error calling len: len of type int'],
    [
      '{{len .nope}}',
      'error: template: output:1:2: executing "output" at <len .nope>: error calling len: reflect: call of reflect.Value.Type on zero Value',
    ],
    ['{{index .metadata.labels "app"}} {{index .spec.template.spec.containers 1 "name"}} {{index .kind 0}}', 'web side 68'],
    [
      '{{index .spec.list 0}}',
      'error: template: output:1:2: executing "output" at <index .spec.list 0>: error calling index: reflect: slice index out of range',
    ],
    [
      '{{index .metadata 1}}',
      'error: template: output:1:2: executing "output" at <index .metadata 1>: error calling index: value has type int; should be string',
    ],
    ['{{index nil 1}}', 'error: template: output:1:2: executing "output" at <index nil 1>: error calling index: index of untyped nil'],
    ['{{slice .kind 1 3}} {{slice .spec.template.spec.containers 1}}', 'ep [map[image:busybox name:side]]'],
    [
      '{{slice .kind 1 2 3}}',
      'error: template: output:1:2: executing "output" at <slice .kind 1 2 3>: error calling slice: cannot 3-index slice a string',
    ],
    [
      '{{slice .kind 3 1}}',
      'error: template: output:1:2: executing "output" at <slice .kind 3 1>: error calling slice: invalid slice index: 3 > 1',
    ],
    ['{{print "a" 1 2 "b" nil}} {{println 1 "a"}}', 'a1 2b<nil> 1 a\n'],
    [
      '{{printf "%5.2f|%-5s|%05d|%x|%q|%t|%v|%T" 1.5 "ab" -42 255 "a" true .metadata.labels .spec.replicas}}',
      ' 1.50|ab   |-0042|ff|"a"|true|map[app:web tier:x]|int64',
    ],
    ['{{printf "%[2]d %[1]d %*d %c %U %e" 1 2}}', '2 1 %!d(MISSING) %!c(MISSING) %!U(MISSING) %!e(MISSING)'],
    ['{{printf "%d %s %z" "a" 1}}', '%!d(string=a) %!s(int=1) %!z(MISSING)'],
    ['{{printf 1}}', 'error: template: output:1:9: executing "output" at <1>: expected string; found 1'],
    ['{{3 | printf}}', 'error: template: output:1:6: executing "output" at <printf>: wrong type for value; expected string; got int'],
    ['{{printf .nope}}', 'error: template: output:1:9: executing "output" at <.nope>: invalid value; expected string'],
    ['{{html "<a & b>"}} {{js "it\'s <b>"}} {{urlquery "a b&c!"}}', "&lt;a &amp; b&gt; it\\'s \\u003Cb\\u003E a+b%26c%21"],
    ['{{base64decode "aGk="}}', 'hi'],
    [
      '{{base64decode "a"}}',
      'error: template: output:1:2: executing "output" at <base64decode "a">: error calling base64decode: base64 decode failed: illegal base64 data at input byte 0',
    ],
    ['{{base64decode 1}}', 'error: template: output:1:15: executing "output" at <1>: expected string; found 1'],
    [
      '{{call .kind}}',
      'error: template: output:1:2: executing "output" at <call .kind>: error calling call: non-function .kind of type string',
    ],
    ['{{call nil}}', 'error: template: output:1:2: executing "output" at <call nil>: error calling call: call of nil'],
    ['{{not 1 2}}', 'error: template: output:1:2: executing "output" at <not>: wrong number of args for not: want 1 got 2'],
    ['{{printf}}', 'error: template: output:1:2: executing "output" at <printf>: wrong number of args for printf: want at least 1 got 0'],
  ]));

describe('what is not there', () =>
  rows([
    ['{{.nope}} {{.metadata.creationTimestamp}} {{.nope.x}}', '<no value> <no value> <no value>'],
    [
      '{{.metadata.creationTimestamp.x}}',
      'error: template: output:1:11: executing "output" at <.metadata.creationTimestamp.x>: nil pointer evaluating interface {}.x',
    ],
    ['{{.kind.x}}', 'error: template: output:1:7: executing "output" at <.kind.x>: can\'t evaluate field x in type interface {}'],
    [
      '{{.metadata.name.x}}',
      'error: template: output:1:11: executing "output" at <.metadata.name.x>: can\'t evaluate field x in type interface {}',
    ],
    [
      '{{range .metadata.labels}}{{.x}}{{end}}',
      'error: template: output:1:28: executing "output" at <.x>: can\'t evaluate field x in type interface {}',
    ],
    ['{{with .kind}}{{.x}}{{end}}', 'error: template: output:1:16: executing "output" at <.x>: can\'t evaluate field x in type string'],
    ['{{(len .kind).x}}', 'error: template: output:1:7: executing "output" at <.kind>: can\'t evaluate field x in type int'],
    ['{{nil}}', 'error: template: output:1:2: executing "output" at <nil>: nil is not a command'],
    ['{{.kind "a"}}', 'error: template: output:1:2: executing "output" at <.kind>: kind is not a method but has arguments'],
    ['{{3 4}}', 'error: template: output:1:2: executing "output" at <3>: can\'t give argument to non-function 3'],
    ['{{(.kind) 3}}', 'error: template: output:1:2: executing "output" at <(.kind) 3>: can\'t give argument to non-function .kind'],
  ]));
