/**
 * Derives the shape of every built-in kind from the published package kubernetes-models (types, descriptions) and its validators (formats).
 *
 *   node .ci/schema.mjs            writes src/engine/generated/{schema.json,descriptions.ts}
 *   node .ci/schema.mjs --check    fails when they are not what would be written
 *
 * schema.json: definition -> field -> type. A type is a letter (s string, b bool, i int32, l int64, f float, y bytes, q quantity, o int or string,
 * t time, m micro time, r raw JSON), or a definition's name, after [ for a list of it and { for a map to it; ! at the end where it is required;
 * an enumeration follows a letter as (A|B).
 */
import fs from 'node:fs';
import path from 'node:path';
import {fileURLToPath, pathToFileURL} from 'node:url';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');
const modules = path.join(root, 'node_modules');
const models = path.join(modules, 'kubernetes-models');
const machinery = path.join(modules, '@kubernetes-models/apimachinery');
const out = path.join(root, 'src/engine/generated');

/** Folders of kubernetes-models whose kinds are served. */
const SERVED = [
  'v1',
  'admissionregistration.k8s.io/v1',
  'apiextensions.k8s.io/v1',
  'apiregistration.k8s.io/v1',
  'apps/v1',
  'authentication.k8s.io/v1',
  'authorization.k8s.io/v1',
  'autoscaling/v1',
  'autoscaling/v2',
  'batch/v1',
  'certificates.k8s.io/v1',
  'coordination.k8s.io/v1',
  'discovery.k8s.io/v1',
  'events.k8s.io/v1',
  'networking.k8s.io/v1',
  'node.k8s.io/v1',
  'policy/v1',
  'rbac.authorization.k8s.io/v1',
  'scheduling.k8s.io/v1',
  'storage.k8s.io/v1',
];

/** Definitions that are not structures. */
const SCALARS = {
  'meta/v1.Time': 't',
  'meta/v1.MicroTime': 'm',
  'api/resource.Quantity': 'q',
  'util/intstr.IntOrString': 'o',
  'meta/v1.FieldsV1': 'r',
  'meta/v1.Patch': 'r',
  'pkg/runtime.RawExtension': 'r',
  'apiextensions/v1.JSON': 'r',
  'apiextensions/v1.JSONSchemaProps': 'r',
  'apiextensions/v1.JSONSchemaPropsOrArray': 'r',
  'apiextensions/v1.JSONSchemaPropsOrBool': 'r',
  'apiextensions/v1.JSONSchemaPropsOrStringArray': 'r',
};

/** `IoK8sApiCoreV1PodSpec` -> `core/v1.PodSpec`. */
function shortName(id) {
  const match =
    /^IoK8sApi(?!machinery|extensions)([A-Z][a-z]+)(V\d+(?:(?:alpha|beta)\d+)?)(.+)$/.exec(id) ??
    /^IoK8sApimachineryPkgApis([A-Z][a-z]+)(V\d+)(.+)$/.exec(id) ??
    /^IoK8sApiextensionsApiserverPkgApis([A-Z][a-z]+)(V\d+)(.+)$/.exec(id) ??
    /^IoK8sKubeAggregatorPkgApis([A-Z][a-z]+)(V\d+)(.+)$/.exec(id);
  if (match) return `${match[1].toLowerCase()}/${match[2].toLowerCase()}.${match[3]}`;
  if (id === 'IoK8sApimachineryPkgRuntimeRawExtension') return 'pkg/runtime.RawExtension';
  const machineryType = /^IoK8sApimachineryPkg([A-Z][a-z]+)([A-Z][a-z]+)([A-Z].*)$/.exec(id);
  if (machineryType) return `${machineryType[1].toLowerCase()}/${machineryType[2].toLowerCase()}.${machineryType[3]}`;
  throw new Error(`unknown definition ${id}`);
}

const filesUnder = dir =>
  fs.readdirSync(dir, {withFileTypes: true}).flatMap(e => {
    const file = path.join(dir, e.name);
    if (e.isDirectory()) return e.name === '_schemas' || e.name === 'node_modules' ? [] : filesUnder(file);
    return e.name.endsWith('.d.ts') && e.name !== 'index.d.ts' ? [file] : [];
  });

const text = lines => {
  const joined = lines.join('\n').trim();
  return joined.replace(/\n(?=[^\n\s-])(?<!\n\n)/g, ' ').trim();
};

/** The fields of the first interface in a declaration file. */
function parseDeclaration(file) {
  const source = fs.readFileSync(file, 'utf8');
  const id = /export type \{ I\w+ as I(IoK8s\w+)/.exec(source)?.[1];
  if (!id) return undefined;
  const lines = source.split('\n');
  const own = /export type \{ (I\w+) as/.exec(source)[1];
  const start = lines.findIndex(l => l.startsWith(`export interface ${own} `));
  const definition = {id, file, fields: {}, served: start >= 0 && lines[start].includes('extends TypeMeta'), description: ''};
  const docBefore = at => {
    if (lines[at - 1]?.trim() !== '*/') return '';
    let first = at - 1;
    while (!lines[first].trim().startsWith('/**')) first--;
    return text(lines.slice(first + 1, at - 1).map(l => l.trim().replace(/^\* ?/, '')));
  };
  if (start < 0) return {...definition, description: ''};
  definition.description = docBefore(start);
  for (let i = start + 1; lines[i] !== '}'; i++) {
    const match = /^ {4}"([^"]+)"(\??): (.*)$/.exec(lines[i]);
    if (!match) continue;
    const description = docBefore(i);
    let type = match[3];
    while (!type.endsWith(';') || (type.match(/\{/g) ?? []).length !== (type.match(/\}/g) ?? []).length) type += ` ${lines[++i].trim()}`;
    definition.fields[match[1]] = {type: type.slice(0, -1), required: match[2] === '', description};
  }
  return definition;
}

const definitions = new Map();
for (const file of [...filesUnder(models), ...filesUnder(machinery)]) {
  const definition = parseDeclaration(file);
  if (definition) definitions.set(definition.id, definition);
}
const byInterface = new Map([...definitions.values()].map(d => [`I${d.id}`, d]));

/** Values that offend a format or a type, to hear the validator name it. */
const OFFENDERS = [2 ** 40, 1.5, '\u0000 not so'];
const validators = new Map();
async function formatOf(definition, field, wrap) {
  const folder = definition.file.startsWith(machinery) ? machinery : models;
  const file = path.join(folder, '_schemas', `${definition.id}.js`);
  if (!validators.has(file)) validators.set(file, (await import(pathToFileURL(file).href)).validate);
  const validate = validators.get(file);
  for (const value of OFFENDERS) {
    validate({[field]: wrap(value)});
    const errors = (validate.errors ?? []).filter(e => e.instancePath.startsWith(`/${field}`));
    const format = errors.find(e => e.keyword === 'format');
    if (format) return format.params.format;
    if (errors.some(e => e.keyword === 'type' && e.params.type === 'integer' && value === 1.5)) return 'int64';
  }
  return '';
}

const NUMBER = {int32: 'i', int64: 'l', double: 'f', '': 'f'};
const STRING = {byte: 'y', 'date-time': 't', '': 's'};

async function encodeType(definition, field, type, wrap = v => v) {
  const list = /^Array<(.*)>$/.exec(type);
  if (list) return `[${await encodeType(definition, field, list[1], v => wrap([v]))}`;
  const map = /^\{ \[key: string\]: (.*); \}$/.exec(type);
  if (map) return `{${await encodeType(definition, field, map[1], v => wrap({k: v}))}`;
  if (type === 'boolean') return 'b';
  if (type === 'number') return NUMBER[await formatOf(definition, field, wrap)] ?? 'f';
  if (type === 'string') return STRING[await formatOf(definition, field, wrap)] ?? 's';
  if (/^"[^"]*"( \| "[^"]*")*$/.test(type)) {
    const values = type.split(' | ').map(v => v.slice(1, -1));
    return field === 'apiVersion' || field === 'kind' ? 's' : `s(${values.join('|')})`;
  }
  if (/^\{\s*\}$|^any$|^unknown$|^Record</.test(type)) return 'r';
  const target = byInterface.get(type) ?? ownInterface(definition, type) ?? embeddedObject(type);
  if (!target) throw new Error(`${definition.id}.${field}: cannot read type ${type}`);
  const name = shortName(target.id);
  if (SCALARS[name]) return SCALARS[name];
  need(target);
  return name;
}

/** A type that refers to its own file's interface. */
const ownInterface = (definition, type) => (path.basename(definition.file, '.d.ts') === type.slice(1) ? definition : undefined);

/** A whole object written out in place (volumeClaimTemplates) is known by its spec. */
const embeddedObject = type => definitions.get(/"spec"\?: I(IoK8s\w+)Spec;/.exec(type)?.[1]);

const queue = [];
const wanted = new Set();
function need(definition) {
  if (wanted.has(definition.id)) return;
  wanted.add(definition.id);
  queue.push(definition);
}

for (const d of definitions.values()) {
  const folder = path.relative(models, path.dirname(d.file));
  if (d.served && SERVED.includes(folder) && !d.id.endsWith('List')) need(d);
}
for (const name of ['DeleteOptions', 'Status']) need(definitions.get(`IoK8sApimachineryPkgApisMetaV1${name}`));

const schema = {};
const descriptions = {};
while (queue.length > 0) {
  const definition = queue.shift();
  const name = shortName(definition.id);
  const fields = {};
  const docs = {};
  for (const [field, {type, required, description}] of Object.entries(definition.fields)) {
    fields[field] = (await encodeType(definition, field, type)) + (required ? '!' : '');
    if (description) docs[field] = description;
  }
  schema[name] = fields;
  descriptions[name] = {'': definition.description, ...docs};
}

const sorted = record => Object.fromEntries(Object.entries(record).sort(([a], [b]) => (a < b ? -1 : 1)));
/** The half megabyte of text stays one string until somebody asks for it: as an object it would cost every start. */
const lazily = record =>
  `/** definition -> field -> text, as JSON. */\nexport const DESCRIPTIONS_JSON = ${JSON.stringify(JSON.stringify(record))};`;
const files = {'schema.json': JSON.stringify(sorted(schema)), 'descriptions.ts': lazily(sorted(descriptions))};
const check = process.argv.includes('--check');
fs.mkdirSync(out, {recursive: true});
for (const [name, content] of Object.entries(files)) {
  const file = path.join(out, name);
  const written = `${content}\n`;
  if (!check) fs.writeFileSync(file, written);
  else if (!fs.existsSync(file) || fs.readFileSync(file, 'utf8') !== written)
    throw new Error(`${path.relative(root, file)} is not up to date: node .ci/schema.mjs`);
}
