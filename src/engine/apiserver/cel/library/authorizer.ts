/** `authorizer` of expressions: asks whether somebody may do something. upstream: apiserver/pkg/cel/library/authz.go */
import {isDNS1123Label, isDNS1123Subdomain} from '../../../api/names.ts';
import type {UserInfo} from '../../../api/types.ts';
import type {Verdict} from '../../authorization/types.ts';
import {CelError, Opaque} from '../values.ts';
import type {Implementations} from './types.ts';

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
abstract class Check extends Opaque {
  readonly #ask: Ask;
  readonly #told: Told;
  constructor(ask: Ask, told: Told) {
    super();
    this.#ask = ask;
    this.#told = told;
  }
  with(more: Told): [Ask, Told] {
    return [this.#ask, {...this.#told, ...more}];
  }
  check(verb: string): Decision {
    return new Decision(this.#ask({...this.#told, verb}));
  }
  equals(other: this): boolean {
    return this === other;
  }
}
const typeNamed = (name: string): string => `kubernetes.authorization.${name}`;

class PathCheck extends Check {
  readonly typeName = typeNamed('PathCheck');
}
class GroupCheck extends Check {
  readonly typeName = typeNamed('GroupCheck');
}
class ResourceCheck extends Check {
  readonly typeName = typeNamed('ResourceCheck');
}
class Authorizer extends Check {
  readonly typeName = typeNamed('Authorizer');
  readonly requestResource: ResourceCheck;
  constructor(ask: Ask, told: Told, requestResource: ResourceCheck) {
    super(ask, told);
    this.requestResource = requestResource;
  }
}
class Decision extends Opaque {
  readonly typeName = typeNamed('Decision');
  readonly #verdict: Verdict;
  constructor(verdict: Verdict) {
    super();
    this.#verdict = verdict;
  }
  get verdict(): Verdict {
    return this.#verdict;
  }
  equals(other: this): boolean {
    return this === other;
  }
}

/** The value of `authorizer`, with the resource that the request is about. */
export const authorizerOf = (ask: Ask, about: Told): Authorizer => new Authorizer(ask, {}, new ResourceCheck(ask, about));

const said = (text: string, what: string): string => {
  if (!text.trim()) throw new CelError(`${what} must not be empty`);
  return text;
};

function serviceAccount(authorizer: Authorizer, namespace: string, name: string): Authorizer {
  if (isDNS1123Subdomain(name).length) throw new CelError('Invalid service account name');
  if (isDNS1123Label(namespace).length) throw new CelError('Invalid service account namespace');
  const groups = ['system:serviceaccounts', `system:serviceaccounts:${namespace}`];
  const user = {username: `system:serviceaccount:${namespace}:${name}`, groups};
  return new Authorizer(...authorizer.with({user}), authorizer.requestResource);
}

const OF_A_RESOURCE = ['subresource', 'namespace', 'name', 'fieldSelector', 'labelSelector'] as const;
const [AUTHORIZER, PATH, GROUP, RESOURCE, DECISION] = ['Authorizer', 'PathCheck', 'GroupCheck', 'ResourceCheck', 'Decision'].map(typeNamed);

const decided = (tell: (verdict: Verdict) => boolean | string): Implementations[string] => ({
  [DECISION!]: ({verdict}: Decision) => tell(verdict),
});
const check = (of: Check, verb: string): Decision => of.check(verb);

export const AUTHORIZERS: Implementations = {
  path: {[`${AUTHORIZER},string`]: (of: Authorizer, text: string) => new PathCheck(...of.with({path: said(text, 'path')}))},
  group: {[`${AUTHORIZER},string`]: (of: Authorizer, name: string) => new GroupCheck(...of.with({apiGroup: name}))},
  serviceAccount: {[`${AUTHORIZER},string,string`]: serviceAccount},
  resource: {
    [`${GROUP},string`]: (of: GroupCheck, name: string) => new ResourceCheck(...of.with({resource: said(name, 'resource')})),
  },
  ...Object.fromEntries(
    OF_A_RESOURCE.map(part => [part, {[`${RESOURCE},string`]: (of: Check, text: string) => new ResourceCheck(...of.with({[part]: text}))}]),
  ),
  check: {[`${PATH},string`]: check, [`${RESOURCE},string`]: check},
  allowed: decided(({decision}) => decision === 'Allow'),
  errored: decided(({error}) => Boolean(error)),
  error: decided(({error}) => error ?? ''),
  reason: decided(({reason}) => reason),
};
