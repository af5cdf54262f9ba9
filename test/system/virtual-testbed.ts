/** What campaigns on virtual time in this process have around their board: a listener, a testbed, and a recording that is none. */
import type { ArrayBoard } from '../../drivers/array-board.js';
import type { AirSlot } from '../../drivers/emulator/emulated-board.js';
import type { PowerRecord, UeBridge } from '../../src/bridge/bridge.js';
import { channelVector } from '../../src/channel/channel.js';
import type { Preparation } from '../../src/scenario/plan.js';
import type { Testbed } from '../../src/slots/testbed.js';
import type { Powers } from '../../src/sounding/powers.js';
import type { Sounding } from '../../src/sounding/sounding.js';
import type { VirtualClock } from '../fixtures/virtual-clock.js';

/** The one listener. */
export const VIRTUAL_UE = 'ada';

/** What the board and the listener agree on of a slot. */
export type OnAir = Pick<AirSlot, 'slot' | 'untilS' | 'codeword'>;

export type StoredRow = Readonly<Record<string, unknown>>;

export function testbedOf(board: ArrayBoard, bridge: UeBridge, clock: VirtualClock): Testbed {
  return {
    ...{ board, bridge, time: 'real', close: async () => {} },
    earliestBoardTimeS: (numRoundTrips = 2) =>
      board.boardTime().hiS + 2 * numRoundTrips * (board.linkStatistics().roundTripS ?? 0.02),
    waitUntilBoardTime: async (toS, signal) => {
      for (;;) {
        const leftS = toS - board.boardTime().loS;
        if (leftS <= 0) return;
        await clock.sleep(Math.max(leftS, 1e-3), signal);
      }
    },
  };
}

/** For one listener. */
export function* heardByOne<R>(sounding: Sounding<R>): Sounding<R, readonly Powers[]> {
  let step = sounding.next();
  while (!step.done) step = sounding.next((yield step.value)[0]!);
  return step.value;
}

/** Hears every slot that it was asked for, whatever was on the air then. */
export class UeInProcess implements UeBridge {
  readonly url = 'none';
  readonly #clock: VirtualClock;
  readonly #channel: { readonly re: Float64Array; readonly im: Float64Array };
  readonly #asked = new Set<number>();
  readonly #numRemembered: number;
  #sequence = 0;
  #listener: (record: PowerRecord) => void = () => {};

  /** @param numRemembered slots before those that are asked for that may still be heard. */
  constructor({ polar, users }: Preparation, clock: VirtualClock, numRemembered = Number.POSITIVE_INFINITY) {
    this.#clock = clock;
    this.#numRemembered = numRemembered;
    this.#channel = channelVector(polar.array, users[0]!.truth!.paths);
  }

  hear({ slot, untilS, codeword }: OnAir): void {
    if (!this.#asked.delete(slot)) return;
    const power = codeword === null ? 0 : this.#received(codeword.weights);
    this.#clock.timers.after(Math.max(0, untilS - this.#clock.nowS()) + 1e-3, () =>
      this.#listener({
        ...{
          ueId: VIRTUAL_UE,
          sequence: this.#sequence++,
          slot,
          ueTimeS: this.#clock.nowS(),
          noiseFloor: 1e-9,
        },
        powers: Float32Array.of(power),
      }),
    );
  }

  #received({ re, im }: { readonly re: ArrayLike<number>; readonly im: ArrayLike<number> }): number {
    let [x, y] = [0, 0];
    for (let n = 0; n < re.length; n++) {
      x += this.#channel.re[n]! * re[n]! - this.#channel.im[n]! * im[n]!;
      y += this.#channel.re[n]! * im[n]! + this.#channel.im[n]! * re[n]!;
    }
    return x * x + y * y;
  }

  async waitForUe(ueId: string) {
    return { ueId, model: 'm', software: 's', numSubcarriers: 1 };
  }

  async measure(...[, slots]: Parameters<UeBridge['measure']>): Promise<boolean> {
    // Slots that never were on the air, for a board that lost power, are of the past by then.
    const oldest = Math.min(...slots) - this.#numRemembered;
    for (const slot of this.#asked) if (slot < oldest) this.#asked.delete(slot);
    for (const slot of slots) this.#asked.add(slot);
    return true;
  }

  async estimate(): Promise<never> {
    throw new Error('not asked for');
  }

  onPower(listener: (record: PowerRecord) => void): void {
    this.#listener = listener;
  }

  onSensor(): void {}

  acknowledge(): void {}

  statistics() {
    return [];
  }

  complaint(): null {
    return null;
  }

  async close(): Promise<void> {}
}

/** Of a run that nothing was recorded of before. */
export abstract class NoRecording {
  abstract append(table: string, row: StoredRow): void;

  event(): void {}

  async durable(): Promise<void> {}

  async flushed(): Promise<void> {}

  async rows(): Promise<StoredRow[]> {
    return [];
  }

  async query(): Promise<StoredRow[]> {
    return [];
  }
}
