import {expect, test} from 'vitest';
import {createManualClock} from '../../../src/plain/clock.ts';
import {firstBreath, realSession} from '../../tui/real-session.ts';

test('the prompt says who one is in the kubeconfig that is in use, whichever that is', () => {
  const {session} = realSession(createManualClock(), firstBreath, () => undefined);
  const after = (line: string) => {
    session.dispatch({type: 'command', line});
    const {context, namespace} = session.getSnapshot();
    return `${context}/${namespace}`;
  };
  session.dispatch({type: 'sandbox'});
  const {context, namespace} = session.getSnapshot();
  expect(`${context}/${namespace}`).toBe('kubernetes-admin/default');
  expect(after('kubectl config set-context --current --namespace=kube-system')).toBe('kubernetes-admin/kube-system');
  expect(after('kubectl config set-context other --user=eve --namespace=dev --kubeconfig=other.kubeconfig')).toBe(
    'kubernetes-admin/kube-system',
  );
  expect(after('kubectl config use-context other --kubeconfig=other.kubeconfig')).toBe('kubernetes-admin/kube-system');
  expect(after('export KUBECONFIG=other.kubeconfig')).toBe('eve/dev');
  expect(after('unset KUBECONFIG')).toBe('kubernetes-admin/kube-system');
  session.close();
});
