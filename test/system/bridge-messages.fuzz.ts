import { encodePowerMessage } from '../../src/bridge/wire.js';
import type { Random } from '../../src/core/random.js';

const CONTROL_SAMPLES = [
  '{"type":"hello","protocol":"beamloop.ue.v1","ueId":"fuzz","description":{"model":"m","software":"s","numSubcarriers":2}}',
  '{"type":"measuring","request":1}',
  '{"type":"measuring","request":9007199254740991}',
  '{"type":"welcome","run":"r","session":"s","nextSequence":1,"acknowledged":0,"window":8}',
  '{"type":"measure","request":1,"slots":[[1,3],[7,7]]}',
  '{"type":"ack","through":12}',
  '{"type":"sensor","sequence":1,"ueTimeS":1.5,"positionM":[20,-3],"covariance":[0.25,0,0,0.25]}',
  '{"type":"sensor","sequence":9,"ueTimeS":-2,"positionM":[1e3,0.5],"velocityMPerS":[1,-2],"covariance":[1,0,0,0,0,1,0,0,0,0,4,1,0,0,1,4]}',
  '[[[[[[]]]]]]',
  '{"__proto__":{"type":"bye"},"type":"constructor"}',
  'null',
  '"\\ud800"',
  '',
];
const INTERESTING = [0, 1, 2, 0x7f, 0x80, 0xff];

function randomBytes(random: Random, length: number): Uint8Array {
  return Uint8Array.from({ length }, () => random.integer(256));
}

/** Flips, overwrites, cuts, doubles and inserts: a few wounds per message. */
function mutated(random: Random, bytes: Uint8Array): Uint8Array {
  let out = Uint8Array.from(bytes);
  for (let wound = random.integer(4); wound >= 0; wound--) {
    const at = random.integer(out.length + 1);
    const kind = random.integer(6);
    if (kind === 0 && at < out.length) out[at]! ^= 1 << random.integer(8);
    else if (kind === 1 && at < out.length) out[at] = INTERESTING[random.integer(INTERESTING.length)]!;
    else if (kind === 2) out = out.slice(0, at);
    else if (kind === 3) out = Uint8Array.from([...out.slice(0, at), ...out.slice(random.integer(at + 1))]);
    else if (kind === 4)
      out = Uint8Array.from([
        ...out.slice(0, at),
        ...randomBytes(random, random.integer(9)),
        ...out.slice(at),
      ]);
    else out.fill(random.integer(2) * 0xff, at, at + random.integer(9));
  }
  return out;
}

/** A valid power message with one to four records of one to four subcarriers. */
function validPowers(random: Random): Uint8Array {
  const records = Array.from({ length: 1 + random.integer(4) }, () => ({
    sequence: 1 + random.integer(random.integer(2) === 0 ? 100 : 2 ** 53 - 2),
    slot: random.uint32(),
    ueTimeS: random.normal(),
    noiseFloor: random.uniform(),
    powers: Float32Array.from({ length: 1 + random.integer(4) }, () => random.uniform()),
  }));
  return encodePowerMessage(records);
}

export type FuzzMessage =
  | { readonly binary: true; readonly bytes: Uint8Array }
  | { readonly binary: false; readonly text: string };

/** Half binary, half text; of each, some pure noise and most of it a valid message that was wounded. */
export function fuzzMessage(random: Random): FuzzMessage {
  if (random.integer(2) === 0) {
    const bytes =
      random.integer(5) === 0
        ? randomBytes(random, random.integer(200))
        : mutated(random, validPowers(random));
    return { binary: true, bytes };
  }
  const sample = CONTROL_SAMPLES[random.integer(CONTROL_SAMPLES.length)]!;
  const bytes =
    random.integer(5) === 0
      ? randomBytes(random, random.integer(200))
      : mutated(random, new TextEncoder().encode(sample));
  return { binary: false, text: new TextDecoder().decode(bytes) };
}
