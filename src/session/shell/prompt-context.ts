/** Who the learner is at the prompt, and where: what the kubeconfig in use says. */
import {currentContext} from '../../kubectl/kubeconfig.ts';
import type {ShellState} from './shell.ts';

const contexts = new WeakMap<ShellState['files'], {variables: ShellState['variables']; context: {user: string; namespace: string}}>();

/** User and namespace of the current context, of whichever files $KUBECONFIG names. */
export function contextOf({files, variables}: ShellState): {user: string; namespace: string} {
  const known = contexts.get(files);
  if (known?.variables === variables) return known.context;
  const context = currentContext(path => files[path], variables);
  contexts.set(files, {variables, context});
  return context;
}
