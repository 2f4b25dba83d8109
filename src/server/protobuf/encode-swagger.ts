/** A description of the API (version 2) as the message that kubectl asks for. upstream: github.com/google/gnostic openapiv2/OpenAPIv2.proto */
import {BinaryWriter} from '@bufbuild/protobuf/wire';
import type {Swagger, SwaggerSchema} from '../../engine/apiserver/openapi-v2.ts';

export const SWAGGER_PROTOBUF = 'application/com.github.proto-openapi.spec.v2@v1.0+protobuf';

/** Length-delimited. */
const BYTES = 2;

type Write = (message: BinaryWriter) => void;

function message(writer: BinaryWriter, field: number, write: Write): void {
  writer.tag(field, BYTES).fork();
  write(writer);
  writer.join();
}

function text(writer: BinaryWriter, field: number, value: string | undefined): void {
  if (value !== undefined) writer.tag(field, BYTES).string(value);
}

/** NamedAny, NamedSchema, NamedPathItem: 1 name, 2 value. */
const named = (writer: BinaryWriter, field: number, name: string, value: Write): void =>
  message(writer, field, entry => {
    text(entry, 1, name);
    message(entry, 2, value);
  });

/** Any: 2 yaml, of which JSON is a part. */
const extension = (writer: BinaryWriter, field: number, name: string, value: unknown): void =>
  named(writer, field, name, any => text(any, 2, JSON.stringify(value)));

/** Schema: 1 $ref, 2 format, 4 description, 19 required, 21 additionalProperties, 22 type, 23 items, 25 properties, 31 extensions */
function schema(writer: BinaryWriter, given: SwaggerSchema): void {
  const {$ref, format, description, required = [], additionalProperties, type, items, properties} = given;
  text(writer, 1, $ref);
  text(writer, 2, format);
  text(writer, 4, description);
  for (const name of required) text(writer, 19, name);
  if (additionalProperties) message(writer, 21, item => message(item, 1, inner => schema(inner, additionalProperties)));
  if (type) message(writer, 22, item => text(item, 1, type));
  if (items) message(writer, 23, item => message(item, 1, inner => schema(inner, items)));
  if (properties)
    message(writer, 25, all => {
      for (const [name, inner] of Object.entries(properties)) named(all, 1, name, property => schema(property, inner));
    });
  for (const [name, value] of Object.entries(given)) if (name.startsWith('x-')) extension(writer, 31, name, value);
}

/** ParametersItem: 1 parameter; its non-body one is 2, of which that of a query is 3: 2 in, 4 name, 6 type. */
const queryParameter = (operation: BinaryWriter, name: string, place: string, type: string): void =>
  message(operation, 8, item =>
    message(item, 1, parameter =>
      message(parameter, 2, nonBody =>
        message(nonBody, 3, inQuery => {
          text(inQuery, 2, place);
          text(inQuery, 4, name);
          text(inQuery, 6, type);
        }),
      ),
    ),
  );

/** Document: 1 swagger, 2 info {1 title, 2 version}, 8 paths {2 path}, 9 definitions {1 schema}; a path item has its patch at 8, an operation its parameters at 8 and its extensions at 13. */
export function encodeSwagger(document: Swagger): Uint8Array {
  const writer = new BinaryWriter();
  text(writer, 1, document.swagger);
  message(writer, 2, info => {
    text(info, 1, document.info.title);
    text(info, 2, document.info.version);
  });
  message(writer, 8, paths => {
    for (const [path, {patch}] of Object.entries(document.paths))
      named(paths, 2, path, item =>
        message(item, 8, operation => {
          for (const {name, in: place, type} of patch.parameters) queryParameter(operation, name, place, type);
          for (const [name, value] of Object.entries(patch)) if (name.startsWith('x-')) extension(operation, 13, name, value);
        }),
      );
  });
  message(writer, 9, definitions => {
    for (const [name, definition] of Object.entries(document.definitions)) named(definitions, 1, name, inner => schema(inner, definition));
  });
  return writer.finish();
}
