/** Writes what the fuzzer begins with into the folder that it is told: the golden vectors, as steps of fuzz.c. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';

const [, , folder] = process.argv;
const vectors = (name) =>
  JSON.parse(readFileSync(new URL(`../firmware-protocol/vectors/${name}.json`, import.meta.url), 'utf8'));
const bytes = (hex) => [...Buffer.from(hex.replaceAll(' ', ''), 'hex')];

const STEP = {
  bytes: 0,
  frame: 1,
  hello: 2,
  ack: 3,
  wait: 4,
  trigger: 5,
  load: 8,
  queue: 9,
  arm: 10,
  geometry: 12,
  corrections: 13,
  foci: 14,
  splits: 15,
};
const hello = [STEP.hello, 0x9f, 0];

/** As it comes on the line; a step takes 255 bytes. */
function line(hex) {
  const all = bytes(hex);
  const steps = [];
  for (let at = 0; at < all.length; at += 255) {
    const part = all.slice(at, at + 255);
    steps.push(STEP.bytes, part.length, ...part);
  }
  return steps;
}

/** With a CRC and number that are right, if it is short enough. */
function frame({ type, payload }) {
  const own = bytes(payload);
  return own.length > 255 ? [] : [STEP.frame, Number(type), 0, own.length, ...own];
}

const messages = vectors('messages');
const ofHost = messages.filter(({ sender }) => sender === 'host');
const seeds = {
  ...Object.fromEntries(messages.map((message, k) => [`message-${k}`, line(message.frame)])),
  ...Object.fromEntries(vectors('frames').map((each, k) => [`frame-${k}`, line(each.frame)])),
  ...Object.fromEntries(vectors('bad-frames').cases.map((each, k) => [`bad-frame-${k}`, line(each.bytes)])),
  ...Object.fromEntries(ofHost.map((message, k) => [`request-${k}`, [...hello, ...frame(message)]])),
  ...Object.fromEntries(
    vectors('bad-payloads').map((each, k) => [`bad-payload-${k}`, [...hello, ...frame(each)]]),
  ),
  slots: [
    ...[...hello, STEP.load, 0, 1, STEP.load, 1, 2],
    ...[STEP.queue, 3, 10, 0, 1, 1, 1, 0, STEP.arm, 0, 2, 10, 100, STEP.wait, 2, STEP.ack, 0, 0],
    // Receipts of slots 0 to 99 again.
    ...frame({ type: '0x09', payload: '00 00 00 00 64 00' }),
  ],
  trigger: [
    ...[...hello, STEP.load, 0, 1, STEP.queue, 2, 10, 0, 1, 0, STEP.arm, 1, 1, 0, 100],
    ...[STEP.wait, 2, STEP.trigger, STEP.wait, 2],
  ],
  // Two split beams of zeros, of which the board makes what the hash says; while it does, another session, and a slot of the first.
  expansion: [
    ...[...hello, STEP.geometry, 3, 1, 1, STEP.splits, 2],
    ...[0, 0, 0, 1, 128, 1, 128, 1, 128, 1, 128, 1, 128],
    ...[1, 0, 0, 1, 128, 1, 128, 1, 128, 1, 128, 1, 128],
    ...[...hello, STEP.wait, 1, STEP.queue, 1, 10, 0, STEP.arm, 0, 0, 10, 100, STEP.wait, 2],
  ],
  corrected: [
    ...[
      ...hello,
      STEP.geometry,
      0,
      0,
      0,
      STEP.corrections,
      0,
      0,
      2,
      10,
      200,
      10,
      20,
      STEP.foci,
      1,
      0,
      1,
      1,
      4,
      200,
      4,
      90,
    ],
    ...[STEP.splits, 1, 0, 1, 2, 1, 150, 1, 100, 1, 128, 1, 128, 1, 128, STEP.wait, 1],
  ],
  conversation: [
    ...hello,
    ...ofHost.flatMap((message) => [...frame(message), STEP.ack, 0, 0, STEP.wait, 40]),
  ],
};

mkdirSync(folder, { recursive: true });
for (const [name, steps] of Object.entries(seeds)) {
  writeFileSync(path.join(folder, name), Uint8Array.from(steps));
}
