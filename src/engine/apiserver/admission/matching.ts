/** What a plugin is about. */
import type {Attributes, Operation} from './types.ts';

/** A resource of a group, without subresource, in one of the operations. */
export function isAbout(attributes: Attributes, group: string, resource: string, ...operations: Operation[]): boolean {
  return isAboutSubresource(attributes, group, resource, '', ...operations);
}

export function isAboutSubresource(
  {resource, subresource, operation}: Attributes,
  group: string,
  name: string,
  below: string,
  ...operations: Operation[]
): boolean {
  return resource.resource === name && resource.group === group && subresource === below && operations.includes(operation);
}

export const isPod = (attributes: Attributes, ...operations: Operation[]): boolean => isAbout(attributes, '', 'pods', ...operations);
