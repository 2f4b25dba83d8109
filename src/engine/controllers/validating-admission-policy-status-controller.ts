/** Tells in the status of a policy what is doubtful in its expressions. upstream: pkg/controller/validatingadmissionpolicystatus/controller.go */
import {type CheckedPolicy, typeCheck} from '../apiserver/admission/policies/type-checking.ts';
import {servedKinds} from '../apiserver/resources.ts';
import {ignoring} from './common/claim.ts';
import {controller} from './common/controller.ts';
import {tell} from './common/tell.ts';

const NAME = 'validatingadmissionpolicy-status-controller';
const POLICIES = 'validatingadmissionpolicies';

interface Policy extends CheckedPolicy {
  readonly status?: {readonly observedGeneration?: number};
}

export const validatingAdmissionPolicyStatusController = controller({
  name: NAME,
  watches: [
    {
      resource: POLICIES,
      on(ctx, {type, object}) {
        if (type !== 'DELETED') ctx.queue.add(object.metadata.name);
      },
    },
  ],
  reconcile(ctx, name) {
    const policy = ctx.lister<Policy>(POLICIES).get('', name);
    const {generation = 0} = policy?.metadata ?? {};
    if (!policy || generation <= (policy.status?.observedGeneration ?? 0)) return;
    const warnings = typeCheck(policy, servedKinds(ctx.tx));
    const typeChecking = warnings.length > 0 ? {expressionWarnings: warnings.map(warning => ({...warning}))} : {};
    const applied = {
      apiVersion: 'admissionregistration.k8s.io/v1',
      kind: 'ValidatingAdmissionPolicy',
      metadata: {name},
      status: {observedGeneration: generation, typeChecking},
    };
    ignoring([404], () => ctx.client.patch(POLICIES, '', name, 'apply', applied, {subresource: 'status', fieldManager: NAME, force: true}));
    tell(ctx, 'act', `validatingadmissionpolicy/${name}`, () => `${warnings.length} of its expressions may fail`);
  },
});
