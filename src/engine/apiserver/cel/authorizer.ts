/** `authorizer` of expressions: asks whether somebody may do something. upstream: apiserver/pkg/cel/library/authz.go */
import type {Environment} from '@marcbachmann/cel-js';
import {isDNS1123Label, isDNS1123Subdomain} from '../../api/names.ts';
import type {UserInfo} from '../../api/types.ts';
import type {Verdict} from '../authorization/types.ts';

/** What is asked; what is not said is empty. Without a user: by that of the request. */
export interface Wish {
  readonly verb: string;
  readonly user?: UserInfo;
  /** Of a request that is about no resource. */
  readonly path?: string;
  readonly apiGroup?: string;
  readonly resource?: string;
  readonly subresource?: string;
  readonly namespace?: string;
  readonly name?: string;
  readonly fieldSelector?: string;
  readonly labelSelector?: string;
}

type Ask = (wish: Wish) => Verdict;
type Told = Omit<Wish, 'verb'>;

/** What is told step by step, until `check`. Expressions see no fields of it. */
class Check {
  readonly #ask: Ask;
  readonly #told: Told;
  constructor(ask: Ask, told: Told) {
    this.#ask = ask;
    this.#told = told;
  }
  with(more: Told): [Ask, Told] {
    return [this.#ask, {...this.#told, ...more}];
  }
  check(verb: string): Decision {
    return new Decision(this.#ask({...this.#told, verb}));
  }
}
class PathCheck extends Check {}
class GroupCheck extends Check {}
class ResourceCheck extends Check {}
class Authorizer extends Check {
  readonly requestResource: ResourceCheck;
  constructor(ask: Ask, told: Told, requestResource: ResourceCheck) {
    super(ask, told);
    this.requestResource = requestResource;
  }
}
class Decision {
  readonly #verdict: Verdict;
  constructor(verdict: Verdict) {
    this.#verdict = verdict;
  }
  get verdict(): Verdict {
    return this.#verdict;
  }
}

/** The value of `authorizer`, with the resource that the request is about. */
export const authorizerOf = (ask: Ask, about: Told): Authorizer => new Authorizer(ask, {}, new ResourceCheck(ask, about));

const said = (text: string, what: string): string => {
  if (!text.trim()) throw new Error(`${what} must not be empty`);
  return text;
};

function serviceAccount(authorizer: Authorizer, namespace: string, name: string): Authorizer {
  if (isDNS1123Subdomain(name).length) throw new Error('Invalid service account name');
  if (isDNS1123Label(namespace).length) throw new Error('Invalid service account namespace');
  const groups = ['system:serviceaccounts', `system:serviceaccounts:${namespace}`];
  const user = {username: `system:serviceaccount:${namespace}:${name}`, groups};
  return new Authorizer(...authorizer.with({user}), authorizer.requestResource);
}

const OF_A_RESOURCE = ['subresource', 'namespace', 'name', 'fieldSelector', 'labelSelector'] as const;

const OF_A_DECISION: Readonly<Record<string, (verdict: Verdict) => boolean | string>> = {
  'allowed(): bool': ({decision}) => decision === 'Allow',
  'errored(): bool': ({error}) => Boolean(error),
  'error(): string': ({error}) => error ?? '',
  'reason(): string': ({reason}) => reason,
};

/** Registers what can be asked. */
export function withAuthorizer(environment: Environment): Environment {
  const named = (name: string): string => `kubernetes.authorization.${name}`;
  const [authorizer, path, group, resource, decision] = ['Authorizer', 'PathCheck', 'GroupCheck', 'ResourceCheck', 'Decision'].map(named);
  environment
    .registerType(path!, {ctor: PathCheck, fields: {}})
    .registerType(group!, {ctor: GroupCheck, fields: {}})
    .registerType(resource!, {ctor: ResourceCheck, fields: {}})
    .registerType(decision!, {ctor: Decision, fields: {}})
    .registerType(authorizer!, {ctor: Authorizer, fields: {requestResource: resource!}})
    .registerFunction(
      `${authorizer}.path(string): ${path}`,
      (of: Authorizer, text: string) => new PathCheck(...of.with({path: said(text, 'path')})),
    )
    .registerFunction(
      `${authorizer}.group(string): ${group}`,
      (of: Authorizer, name: string) => new GroupCheck(...of.with({apiGroup: name})),
    )
    .registerFunction(`${authorizer}.serviceAccount(string, string): ${authorizer}`, serviceAccount)
    .registerFunction(
      `${group}.resource(string): ${resource}`,
      (of: GroupCheck, name: string) => new ResourceCheck(...of.with({resource: said(name, 'resource')})),
    )
    .registerFunction(`${path}.check(string): ${decision}`, (of: Check, verb: string) => of.check(verb))
    .registerFunction(`${resource}.check(string): ${decision}`, (of: Check, verb: string) => of.check(verb));
  for (const part of OF_A_RESOURCE)
    environment.registerFunction(
      `${resource}.${part}(string): ${resource}`,
      (of: Check, text: string) => new ResourceCheck(...of.with({[part]: text})),
    );
  for (const [signature, tell] of Object.entries(OF_A_DECISION))
    environment.registerFunction(`${decision}.${signature}`, (of: Decision) => tell(of.verdict));
  return environment;
}
