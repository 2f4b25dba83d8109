/** `-o`: an object in the form that was asked for. upstream: staging/src/k8s.io/cli-runtime/pkg/genericclioptions/print_flags.go */

import {goQuote} from '../engine/api/field-errors.ts';
import {compactJson, prettyJson} from '../engine/api/go-json.ts';
import {goSyntax, goText} from '../engine/api/go-text.ts';
import {printJsonPath, printJsonPathAsJson} from '../engine/api/json-path.ts';
import {JsonPathError, parseJsonPath} from '../engine/api/json-path-parser.ts';
import {withoutManagedFields} from '../engine/api/metadata.ts';
import type {KubeObject} from '../engine/api/types.ts';
import type {Info} from './builder.ts';
import type {Context} from './context.ts';
import {stdout} from './effects.ts';
import {Failure} from './failure.ts';
import type {FlagTable} from './flags.ts';
import {parseCustomColumns, parseCustomColumnsFile, printCustomColumns} from './printers/custom-columns.ts';
import {parseGoTemplate} from './query/go-template.ts';
import {ExecutionError, printGoTemplate} from './query/go-template-execute.ts';
import type {Template} from './query/go-template-nodes.ts';
import {toYaml} from './text/yaml.ts';
import type {Effects} from './types.ts';

export const OUTPUT_FLAGS = {
  output: {
    type: 'string',
    short: 'o',
    usage:
      'Output format. One of: (json, yaml, kyaml, name, go-template, go-template-file, template, templatefile, jsonpath, jsonpath-as-json, jsonpath-file).',
  },
  template: {type: 'string', usage: 'Template string or path to template file to use when -o=go-template, -o=go-template-file.'},
  'allow-missing-template-keys': {
    type: 'bool',
    value: 'true',
    usage: 'If true, ignore any errors in templates when a field or map key is missing in the template.',
  },
  'show-managed-fields': {
    type: 'bool',
    value: 'false',
    usage: 'If true, keep the managedFields when printing objects in JSON or YAML format.',
  },
} satisfies FlagTable;

/** `pod`, `deployment.apps`: the word before the slash in kubectl's messages. */
export const kindWord = ({kind}: Pick<Info, 'kind'>): string =>
  kind.group ? `${kind.kind.toLowerCase()}.${kind.group}` : kind.kind.toLowerCase();

/** `pod/web` */
export const nameOf = (info: Pick<Info, 'kind' | 'name'>): string => `${kindWord(info)}/${info.name}`;

type Printer = (object: unknown) => string;

/** An object, or the members of a list, as `--show-managed-fields` has it. */
function shown(context: Context, object: unknown): unknown {
  if (context.flags.bool('show-managed-fields')) return object;
  const {items, ...rest} = object as {items?: unknown[]; metadata?: {managedFields?: unknown}};
  return Array.isArray(items) ? {...rest, items: items.map(item => shown(context, item))} : withoutManagedFields(object as object);
}

const file = (context: Context, path: string, what: string): string => {
  const text = context.env.files.read(path);
  if (text === undefined) throw new Failure(`error reading ${what} ${path}, open ${path}: no such file or directory\n`);
  return text;
};

/** Throws Failure where it is no JSONPath. */
function checkedJsonPath(template: string): void {
  try {
    parseJsonPath(template);
  } catch (error) {
    if (error instanceof JsonPathError) throw new Failure(`error parsing jsonpath ${template}, ${error.message}`);
    throw error;
  }
}

/** Throws Failure where it is no Go template. */
function checkedTemplate(template: string): Template {
  try {
    return parseGoTemplate(template);
  } catch (error) {
    if (error instanceof Failure) throw new Failure(`error parsing template ${template}, ${error.message}`);
    throw error;
  }
}

/** A template that cannot go on says what it was given. upstream: cli-runtime/pkg/printers/template.go PrintObj */
function goTemplate(context: Context, text: string): Printer {
  const template = checkedTemplate(text);
  return object => {
    try {
      return printGoTemplate(template, object, {allowMissingKeys: context.flags.bool('allow-missing-template-keys')});
    } catch (error) {
      if (!(error instanceof ExecutionError)) throw error;
      const told =
        `${error.written}Error executing template: ${error.message}. Printing more information for debugging the template:\n` +
        `\ttemplate was:\n\t\t${text}\n\traw data was:\n\t\t${compactJson(object)}\n` +
        `\tobject given to template engine was:\n\t\t${goText(object)}\n\n`;
      throw new Failure(`error executing template ${goQuote(text)}: ${error.message}`, 1, told);
    }
  };
}

/** A path that cannot be followed says what it was given. upstream: cli-runtime/pkg/printers/jsonpath.go */
function jsonPath(context: Context, template: string, print: typeof printJsonPath): Printer {
  checkedJsonPath(template);
  return object => {
    try {
      return print(template, object, {allowMissingKeys: context.flags.bool('allow-missing-template-keys')});
    } catch (error) {
      if (!(error instanceof JsonPathError)) throw error;
      throw new Failure(
        `error executing jsonpath ${goQuote(template)}: Error executing template: ${error.message}. ` +
          'Printing more information for debugging the template:\n' +
          `\ttemplate was:\n\t\t${template}\n\tobject given to jsonpath engine was:\n\t\t${goSyntax(object)}\n\n`,
      );
    }
  };
}

/** Formats that take no part of the table: looked up by the word before `=`. */
const FORMATS: Readonly<Record<string, (context: Context, argument: string, noHeaders: boolean) => Printer>> = {
  yaml: context => object => toYaml(shown(context, object)),
  kyaml: context => object => toYaml(shown(context, object)),
  json: context => object => prettyJson(shown(context, object)),
  jsonpath: (context, template) => jsonPath(context, template, printJsonPath),
  'jsonpath-as-json': (context, template) => jsonPath(context, template, printJsonPathAsJson),
  'jsonpath-file': (context, path) => jsonPath(context, file(context, path, 'template'), printJsonPath),
  'go-template': goTemplate,
  'go-template-file': (context, path) => goTemplate(context, file(context, path, 'template')),
  'custom-columns': (_, spec, noHeaders) => {
    const columns = parseCustomColumns(spec);
    return object => printCustomColumns(columns, [object], noHeaders);
  },
  'custom-columns-file': (context, path, noHeaders) => {
    const columns = parseCustomColumnsFile(file(context, path, 'template'));
    return object => printCustomColumns(columns, [object], noHeaders);
  },
};

const ALIASES: Readonly<Record<string, string>> = {template: 'go-template', templatefile: 'go-template-file'};

/** Formats as the error for an unknown one lists them. */
const OBJECT_FORMATS = 'go-template,go-template-file,json,jsonpath,jsonpath-as-json,jsonpath-file,kyaml,name,template,templatefile,yaml';
const GET_FORMATS =
  'custom-columns,custom-columns-file,go-template,go-template-file,json,jsonpath,jsonpath-as-json,jsonpath-file,kyaml,name,template,templatefile,wide,yaml';

/** The printer for `-o`, or undefined for tables and names. Throws Failure for a format that there is not. */
export function printerFor(context: Context, forGet = false): Printer | undefined {
  const output = context.flags.string('output');
  const template = context.flags.string('template');
  if (!output && !template) return undefined;
  if (output === 'name' || (forGet && output === 'wide')) return undefined;
  const [word = '', ...rest] = (output || 'go-template').split('=');
  const name = ALIASES[word] ?? word;
  const format = forGet || !name.startsWith('custom-columns') ? FORMATS[name] : undefined;
  if (!format)
    throw new Failure(
      `unable to match a printer suitable for the output format "${output}", allowed formats are: ${forGet ? GET_FORMATS : OBJECT_FORMATS}`,
    );
  const argument = rest.length > 0 ? rest.join('=') : template;
  if (!argument && /^(go-template|jsonpath)/.test(name)) throw new Failure(`template format specified but no template given`);
  const noHeaders = forGet && context.flags.bool('no-headers');
  return format(context, argument, noHeaders);
}

export const DRY_RUN_FLAG = {
  'dry-run': {
    type: 'string',
    value: 'none',
    bare: 'unchanged',
    usage:
      'Must be "none", "server", or "client". If client strategy, only print the object that would be sent, without sending it. If server strategy, submit server-side request without persisting the resource.',
  },
} satisfies FlagTable;

export type DryRun = 'none' | 'client' | 'server';

/** Throws Failure for a strategy that there is not. */
export function dryRunOf(context: Context): DryRun {
  const value = context.flags.string('dry-run') || 'none';
  if (value === 'none' || value === 'client' || value === 'server') return value;
  if (value === 'unchanged') throw new Failure('Invalid dry-run value (unchanged). Must be "none", "server", or "client".');
  throw new Failure(`Invalid dry-run value (${value}). Must be "none", "server", or "client".`);
}

/** What a request says where the server is to try it only. */
export const dryRunQuery = (context: Context): string | undefined => (dryRunOf(context) === 'server' ? 'All' : undefined);

const DRY_RUN_SUFFIX: Readonly<Record<DryRun, string>> = {none: '', client: ' (dry run)', server: ' (server dry run)'};

/** `pod/web created`, or the object in the form of -o. */
export function* printDone(context: Context, info: Info, done: string): Effects<void> {
  const {object} = info;
  const printer = printerFor(context);
  if (printer) {
    yield* stdout(printer(object));
    return;
  }
  const suffix = DRY_RUN_SUFFIX[dryRunOf(context)];
  yield* stdout(context.flags.string('output') === 'name' ? `${nameOf(info)}\n` : `${nameOf(info)} ${done}${suffix}\n`);
}

/** Several objects as one list, as `-o yaml` shows them. */
export const listOf = (objects: readonly KubeObject[]): unknown => ({
  apiVersion: 'v1',
  kind: 'List',
  metadata: {resourceVersion: ''},
  items: objects,
});
