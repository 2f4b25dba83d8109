/** What a claim is filled from: the older field and the newer one say the same. upstream: pkg/api/persistentvolumeclaim/util.go */
import type {Fields} from '../fields.ts';

/** Without a source in another namespace, as CrossNamespaceVolumeDataSource is off; one that was stored stays. */
export function withoutFarSource(spec: Fields, old?: Fields): Fields {
  if (!spec['dataSourceRef']?.namespace || old?.['dataSourceRef']) return spec;
  const {dataSourceRef: _, ...rest} = spec;
  return rest;
}

/** The field that is missing is a copy of the one that is there. A claim stored by an older server is read this way too, or each update of it would be a change. */
export function withBothSources(spec: Fields): Fields {
  const {dataSource, dataSourceRef} = spec;
  if (dataSource && !dataSourceRef) return {...spec, dataSourceRef: {...dataSource}};
  if (dataSourceRef && !dataSource && !dataSourceRef.namespace) return {...spec, dataSource: {...dataSourceRef}};
  return spec;
}
