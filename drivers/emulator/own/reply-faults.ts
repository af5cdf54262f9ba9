/** What may happen to the answers of an emulated board that speaks its own language: behaviours in front of what it answers. */
import { z } from 'zod';
import type { Random } from '../../../src/core/random.js';
import { upTo } from '../../../src/core/settings-quantity.js';
import type { Timers } from '../timers.js';

const probability = z.number().min(0).max(1).default(0);

/** The section `board.emulated.replies` of a scenario. */
export const repliesSchema = z.strictObject({
  /** It does not answer. */
  lost: probability,
  /** Something else comes in place of the answer. */
  garbled: probability,
  /** It comes `lateBy` later, and those after it not before it: a board does one thing after the other. */
  late: probability,
  lateBy: upTo('60 s', 's').default(0.5),
  /** Its last byte is another one, which the checksum is of where there is one. */
  wrongChecksum: probability,
});

export type ReplyFaults = z.output<typeof repliesSchema>;

/** Sends an answer on its way, or what becomes of it. */
export type SendReply = (bytes: Uint8Array) => void;

/** @param send what leaves the board. */
export function withReplyFaults(
  faults: ReplyFaults | undefined,
  random: Random,
  timers: Timers,
  send: SendReply,
): SendReply {
  if (faults === undefined) return send;
  const { lost, garbled, late, lateBy, wrongChecksum } = faults;
  let busyUntilS = Number.NEGATIVE_INFINITY;
  return (bytes) => {
    // One draw each, so that one fault's rate does not change where another one strikes.
    const draws = [random.uniform(), random.uniform(), random.uniform(), random.uniform()] as const;
    if (draws[0] < lost) return;
    let reply = bytes;
    if (draws[1] < garbled) reply = Uint8Array.from(bytes, () => random.integer(256));
    // The byte before the line's end, where there is one: the checksum's last.
    if (draws[3] < wrongChecksum) reply = withLastChanged(reply);
    const nowS = timers.nowS();
    if (draws[2] < late) busyUntilS = Math.max(busyUntilS, nowS + lateBy);
    if (busyUntilS > nowS) timers.after(busyUntilS - nowS, () => send(reply));
    else send(reply);
  };
}

function withLastChanged(bytes: Uint8Array): Uint8Array {
  const out = Uint8Array.from(bytes);
  const last = out.findLastIndex((byte) => byte !== 0x0a && byte !== 0x0d);
  if (last >= 0) out[last] = out[last]! ^ 0x01;
  return out;
}
