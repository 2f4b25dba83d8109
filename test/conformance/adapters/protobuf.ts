/** Conformance of the protobuf bodies that a real kubectl sends. */
import {parseApiVersion} from '../../../src/engine/api/group-version.ts';
import {byKind} from '../../../src/engine/api/kinds.ts';
import {decode} from '../../../src/engine/apiserver/decoding/decode.ts';
import {decodeProtobuf} from '../../../src/server/protobuf/decode.ts';
import type {Adapters} from '../harness.ts';

export const adapters: Adapters = {
  protobuf: {
    answer({request}) {
      const body = decodeProtobuf(Buffer.from(request.bodyBase64, 'base64'));
      const {group, version} = parseApiVersion(String(body['apiVersion']));
      const kind = byKind(group, version, String(body['kind']));
      if (!kind) return {object: body};
      return {object: decode(body, kind, {version, validation: 'Strict'}).object};
    },
  },
};
