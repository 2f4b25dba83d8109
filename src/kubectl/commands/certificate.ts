/** upstream: staging/src/k8s.io/kubectl/pkg/cmd/certificates */

import {rfc3339} from '../../engine/api/time.ts';
import type {certificates, KubeObject} from '../../engine/api/types.ts';
import {FILE_FLAGS, lookUp} from '../builder.ts';
import type {Command} from '../command.ts';
import {stdout} from '../effects.ts';
import {Failure, joinErrors} from '../failure.ts';
import {OUTPUT_FLAGS, printDone} from '../output.ts';

type Csr = KubeObject & certificates.CertificateSigningRequest;

interface Decision {
  name: string;
  type: 'Approved' | 'Denied';
  opposite: 'Approved' | 'Denied';
  reason: string;
  message: string;
  done: string;
}

const deciding = ({name, type, opposite, reason, message, done}: Decision): Command => ({
  name,
  use: `certificate ${name} (-f FILENAME | NAME)`,
  short: `${type === 'Approved' ? 'Approve' : 'Deny'} a certificate signing request`,
  flags: {...FILE_FLAGS, ...OUTPUT_FLAGS, force: {type: 'bool', value: 'false', usage: 'Update the CSR even if it is already approved.'}},
  completes: 'namespaced-names',
  *run(context) {
    const {args, flags} = context;
    if (args.length === 0 && flags.list('filename').length === 0)
      throw new Failure('one or more CSRs must be specified as <name> or -f <filename>');
    const {infos, errors} = yield* lookUp(
      context,
      args.map(name => (name.includes('/') ? name : `certificatesigningrequests/${name}`)),
    );
    for (const info of infos) {
      const csr = info.object as Csr;
      const conditions = csr.status?.conditions ?? [];
      if (conditions.some(c => c.type === opposite)) throw new Failure(`certificate signing request "${info.name}" is already ${opposite}`);
      let object: KubeObject = csr;
      if (!conditions.some(c => c.type === type) || flags.bool('force')) {
        const condition = {type, status: 'True', reason, message, lastUpdateTime: rfc3339(context.now())};
        object = yield* context.client.replace<KubeObject>(
          {...info, subresource: 'approval'},
          {...csr, status: {...csr.status, conditions: [...conditions.filter(c => c.type !== type), condition]}},
        );
      }
      yield* printDone(context, {...info, object}, done);
    }
    if (errors.length > 0) throw joinErrors(errors);
    if (infos.length === 0) yield* stdout('No resources found\n');
  },
});

export const certificate: Command = {
  name: 'certificate',
  use: 'certificate SUBCOMMAND',
  short: 'Modify certificate resources',
  alone: {stream: 'stdout', exitCode: 0},
  subcommands: [
    deciding({
      name: 'approve',
      type: 'Approved',
      opposite: 'Denied',
      reason: 'KubectlApprove',
      message: 'This CSR was approved by kubectl certificate approve.',
      done: 'approved',
    }),
    deciding({
      name: 'deny',
      type: 'Denied',
      opposite: 'Approved',
      reason: 'KubectlDeny',
      message: 'This CSR was denied by kubectl certificate deny.',
      done: 'denied',
    }),
  ],
};
