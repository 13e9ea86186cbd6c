/** A field of an encoded protobuf, not decoded. */
export interface ProtobufField {
  readonly number: number;
  /** As it is encoded, its tag included. */
  readonly whole: Uint8Array;
  /** What a field of bytes or a message holds; null for numbers. */
  readonly body: Uint8Array | null;
}

const WIRE = { varint: 0, fixed64: 1, bytes: 2, fixed32: 5 } as const;
const MAX_VARINT_BYTES = 10;

/**
 * Walks over the fields of a protobuf without copying or decoding them: a history of thousands of
 * messages as objects takes many times its size.
 * Source: https://protobuf.dev/programming-guides/encoding/
 * @throws RangeError when it is none
 */
export function* protobufFields(bytes: Uint8Array): Generator<ProtobufField> {
  let at = 0;
  const varint = (): number => {
    let value = 0;
    for (let index = 0; index < MAX_VARINT_BYTES; index++) {
      const byte = bytes[at++];
      if (byte === undefined) break;
      value += (byte & 0x7f) * 2 ** (7 * index);
      if (byte < 0x80) return value;
    }
    throw malformed();
  };
  while (at < bytes.length) {
    const start = at;
    const tag = varint();
    const wire = tag % 8;
    let bodyStart: number | null = null;
    if (wire === WIRE.varint) varint();
    else if (wire === WIRE.fixed64) at += 8;
    else if (wire === WIRE.fixed32) at += 4;
    else if (wire === WIRE.bytes) {
      const length = varint();
      bodyStart = at;
      at += length;
    } else throw malformed();
    if (at > bytes.length) throw malformed();
    yield {
      number: Math.floor(tag / 8),
      whole: bytes.subarray(start, at),
      body: bodyStart === null ? null : bytes.subarray(bodyStart, at),
    };
  }
}

function malformed(): RangeError {
  return new RangeError("no protobuf");
}
