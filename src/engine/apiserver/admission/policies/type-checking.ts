/** What is doubtful in the expressions of a policy, once it is known which kinds it is about. upstream: staging/src/k8s.io/apiserver/pkg/admission/plugin/policy/validating/typechecking.go */

import {parseApiVersion} from '../../../api/group-version.ts';
import type {Kind} from '../../../api/kinds.ts';
import {byKey} from '../../../api/order.ts';
import type {KubeObject} from '../../../api/types.ts';
import type {Variables} from '../../cel/check.ts';
import {typeOfKind} from '../../cel/kind-type.ts';
import {analyse} from '../../cel/problem.ts';
import {AUTHORIZERS, composed, REQUEST_VARIABLES} from '../../cel/request-types.ts';
import {type CelType, ERROR} from '../../cel/types.ts';
import type {Rule} from '../match-constraints.ts';
import type {PolicySpec} from './policy.ts';

export interface CheckedPolicy extends KubeObject {
  readonly spec: PolicySpec & {readonly validations?: readonly {readonly expression: string; readonly messageExpression?: string}[]};
}

export interface ExpressionWarning {
  readonly fieldRef: string;
  readonly warning: string;
}

const MOST_TYPES = 10;

interface Subject {
  /** `apps/v1, Kind=Deployment` */
  readonly name: string;
  readonly type: CelType;
}

/** `served`: all kinds that the server knows. Empty: nothing is doubtful. */
export function typeCheck({spec}: CheckedPolicy, served: readonly Kind[]): ExpressionWarning[] {
  const subjects = subjectsOf(spec, served);
  const params = paramType(spec, served);
  const fields = (spec.validations ?? []).flatMap(({expression, messageExpression}, i) => {
    const at = `spec.validations[${i}]`;
    return [
      {at: `${at}.expression`, expression},
      ...(messageExpression ? [{at: `${at}.messageExpression`, expression: messageExpression}] : []),
    ];
  });
  return fields.flatMap(({at, expression}) => {
    const faults = subjects.flatMap(({name, type}) => {
      const analysis = analyse(expression, variablesFor(spec, type, params));
      return 'fault' in analysis ? [`${name}: ${analysis.fault}\n`] : [];
    });
    return faults.length > 0 ? [{fieldRef: at, warning: faults.join('\n')}] : [];
  });
}

function variablesFor({variables = []}: PolicySpec, object: CelType, params: CelType | undefined): Variables {
  const scope = {...REQUEST_VARIABLES, object, oldObject: object, ...(params && {params}), ...AUTHORIZERS};
  const types: Record<string, CelType> = {};
  for (const {name, expression} of variables) {
    const analysis = analyse(expression, {...scope, ...composed({...types})});
    types[name] = 'checked' in analysis ? analysis.checked.type : ERROR;
  }
  return {...scope, ...composed(types)};
}

function paramType({paramKind}: PolicySpec, served: readonly Kind[]): CelType | undefined {
  if (!paramKind) return undefined;
  const {group, version} = parseApiVersion(paramKind.apiVersion);
  const kind = served.find(one => one.group === group && one.kind === paramKind.kind && one.versions.includes(version));
  return kind && typeOfKind(kind, version);
}

const noneWild = (values: readonly string[] = []): readonly string[] =>
  values.some(value => value.includes('*')) ? [] : [...values].sort();

interface ServedVersion {
  readonly kind: Kind;
  readonly version: string;
}

/** What a rule names, in the order of groups, versions, resources. */
function matchedBy({apiGroups, apiVersions, resources = []}: Rule, served: readonly Kind[]): ServedVersion[] {
  const places = noneWild(apiGroups).flatMap(group => noneWild(apiVersions).map(version => ({group, version})));
  const whole = resources.filter(name => !/[*/]/.test(name)).sort();
  return places.flatMap(({group, version}) =>
    whole
      .flatMap(resource => served.filter(kind => kind.resource === resource))
      .filter(kind => (group === '' || kind.group === group) && kind.versions.includes(version))
      .map(kind => ({kind, version})),
  );
}

/** Rules with a star could be about anything: they are not looked at. */
function subjectsOf({matchConstraints}: PolicySpec, served: readonly Kind[]): Subject[] {
  const found = new Map<string, ServedVersion>();
  for (const {kind, version} of (matchConstraints?.resourceRules ?? []).flatMap(rule => matchedBy(rule, served)))
    if (found.size < MOST_TYPES) found.set(JSON.stringify([kind.group, version, kind.kind]), {kind, version});
  return [...found].sort(byKey).flatMap(([, {kind, version}]) => {
    const type = typeOfKind(kind, version);
    return type ? [{name: `${kind.group}/${version}, Kind=${kind.kind}`, type}] : [];
  });
}
