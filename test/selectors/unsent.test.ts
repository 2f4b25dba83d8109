import {expect, test} from 'vitest';
import type {Notes} from '../../src/selectors/notes.ts';
import {unsentFacts, unsentPipeline} from '../../src/selectors/unsent.ts';
import {clusterOf} from '../clusters.ts';

const {machine} = clusterOf({nodes: 0});
const unheard = {outside: {requests: []}} as unknown as Notes;

test.each([
  ['error: auth info "me" does not exist', 'kubectl', 'kubectl'],
  ['The connection to the server 10.0.0.9:6443 was refused - did you specify the right host or port?', 'nobody', 'TLS'],
  ['Unable to connect to the server: tls: failed to verify certificate: x509: certificate signed by unknown authority', 'stranger', 'TLS'],
])('%s', (output, reached, stage) => {
  const facts = unsentFacts(machine, unheard, {line: 'kubectl get ns', output, failed: true, position: machine.journal.position})!;
  expect(facts).toEqual({line: 'kubectl get ns', why: output, reached});
  expect(unsentPipeline(facts).stages.find(({verdict}) => verdict === 'denied')?.id).toBe(stage);
});
