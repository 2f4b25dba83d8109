/** The object less the record of who wrote which field, which nobody wants to read. */
export function withoutManagedFields<T extends {metadata?: {managedFields?: unknown}}>(object: T): T {
  if (object.metadata?.managedFields === undefined) return object;
  const {managedFields: _, ...metadata} = object.metadata;
  return {...object, metadata};
}
