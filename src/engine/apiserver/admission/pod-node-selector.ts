/** upstream: plugin/pkg/admission/podnodeselector/admission.go */
import {forbidden, notFound} from '../../api/status.ts';
import type {Namespace, Pod} from '../../api/types.ts';
import {isPod} from './matching.ts';
import type {AdmissionContext, AdmissionPlugin, Attributes} from './types.ts';

/** Namespace -> the labels its pods may select, `clusterDefaultNodeSelector` -> what pods select where the namespace does not say. */
export type PodNodeSelectorConfig = Readonly<Record<string, string>>;

const ANNOTATION = 'scheduler.alpha.kubernetes.io/node-selector';
const CLUSTER_DEFAULT = 'clusterDefaultNodeSelector';
type Labels = Readonly<Record<string, string>>;

/** Keeps the pods of a namespace to the nodes that its annotation selects. */
export function podNodeSelector(config: PodNodeSelectorConfig = {}): AdmissionPlugin {
  return {
    name: 'PodNodeSelector',
    handles: attributes => isPod(attributes, 'CREATE'),
    admit(attributes, context) {
      const wanted = selectorOf(attributes, context, config);
      const spec = (attributes.object as Pod).spec!;
      if (conflicts(wanted, spec.nodeSelector ?? {}))
        throw refuse(attributes, 'pod node label selector conflicts with its namespace node label selector');
      if (Object.keys(wanted).length > 0) spec.nodeSelector = {...spec.nodeSelector, ...wanted};
      validate(attributes, config);
    },
    validate: attributes => validate(attributes, config),
  };
}

function validate(attributes: Attributes, config: PodNodeSelectorConfig): void {
  const allowed = parse(config[attributes.namespace] ?? '');
  const selected = (attributes.object as Pod).spec!.nodeSelector ?? {};
  const within = Object.entries(selected).every(([key, value]) => allowed[key] === value);
  if (config[attributes.namespace] !== undefined && !within)
    throw refuse(attributes, 'pod node label selector labels conflict with its namespace whitelist');
}

function selectorOf({namespace}: Attributes, context: AdmissionContext, config: PodNodeSelectorConfig): Labels {
  const found = context.get<Namespace>('namespaces', '', namespace);
  if (!found) throw notFound({group: '', resource: 'namespaces'}, namespace);
  return parse(found.metadata.annotations?.[ANNOTATION] ?? config[CLUSTER_DEFAULT] ?? '');
}

const refuse = ({resource, object}: Attributes, why: string) => forbidden(resource, object!.metadata.name ?? '', why);

/** `a=b,c=d` as labels. */
function parse(text: string): Labels {
  const pairs = text.split(',').map(pair => pair.split('=').map(part => part.trim()));
  return Object.fromEntries(pairs.filter(([key]) => key).map(([key, value = '']) => [key, value]));
}

const conflicts = (a: Labels, b: Labels): boolean => Object.entries(a).some(([key, value]) => b[key] !== undefined && b[key] !== value);
