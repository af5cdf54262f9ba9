/**
 * An emulated board in this process: bytes in, bytes out, and what its array radiates. Behind a pseudo-terminal it is
 * what board-process.ts runs; tests and benches connect it directly.
 */
import { hashToHex } from '../../firmware-protocol/content-hash.js';
import { unpackElementSettings } from '../../firmware-protocol/element-settings.js';
import { forgetOldest } from '../../src/core/forget-oldest.js';
import { Random } from '../../src/core/random.js';
import { type BoardModel, DEFAULT_BOARD, elementFormat, wholeFemtoseconds } from './board-model.js';
import { byteNoise, fragmenter } from './faults/byte-noise.js';
import { FaultEvents } from './faults/fault-events.js';
import { type FaultAction, type FaultPlan, NO_FAULTS } from './faults/fault-plan.js';
import { failingStrobe } from './faults/latch-faults.js';
import { Firmware } from './firmware/firmware.js';
import type { SlotOnAir } from './firmware/hardware.js';
import { RealTimebase, VirtualTimebase } from './firmware/timebase.js';
import { Line } from './line.js';
import { type ElementPlaces, IDEAL_RF, type RadiatedWeights, RfFrontEnd, type RfImpairments } from './rf.js';
import { type Timers, wallTimers } from './timers.js';

/** What a board is made from; plain data. */
export interface EmulatedBoardConfig {
  /** Differences from the default board. */
  readonly model?: Partial<BoardModel>;
  readonly rf?: Partial<RfImpairments>;
  /** Of a board that is a part of an array. */
  readonly places?: ElementPlaces;
  readonly faults?: FaultPlan;
  /** Of everything random about this board but its RF errors. */
  readonly seed?: number;
  /** True: the slot clock follows the wall clock and bytes are paced. False: it moves when told to. */
  readonly realtime?: boolean;
  /** How much faster than true the board's clock runs; real time only. */
  readonly driftPpm?: number;
}

/** What a slot sounds like on the air. Times without 'board' are of the clock of the board's timers; on virtual time, of the board's own. */
export interface AirSlot {
  readonly slot: number;
  readonly boardTimeS: number;
  /** When the array radiated the codeword, or nothing, s. */
  readonly fromS: number;
  readonly untilS: number;
  /** Null = nothing is radiated (muted or missed). */
  readonly codeword: { readonly hash: string; readonly weights: RadiatedWeights } | null;
}

export interface EmulatedBoardPorts {
  /** Bytes for the host. */
  readonly toHost: (chunk: Uint8Array) => void;
  readonly onAir?: (slot: AirSlot) => void;
  /** The host should hold its bytes back, or may go on. */
  readonly onBacklog?: (full: boolean) => void;
  /** The cable was pulled, or put back. */
  readonly onPlug?: (plugged: boolean) => void;
  /** Where time for UART, retransmission and watchdog comes from. */
  readonly timers?: Timers;
}

export class EmulatedBoard {
  readonly model: BoardModel;
  readonly #ports: EmulatedBoardPorts;
  readonly #timers: Timers;
  readonly #seed: number;
  readonly #faults: FaultPlan;
  readonly #timebase: RealTimebase | VirtualTimebase;
  readonly #rf: RfFrontEnd;
  readonly #weights = new Map<bigint, RadiatedWeights>();
  readonly #toBoard: Line;
  readonly #toHost: Line;
  readonly #events: FaultEvents;
  readonly #pendingTimers = new Set<() => void>();
  #firmware: Firmware;
  #powerUps = 0;
  #plugged = true;

  constructor(config: EmulatedBoardConfig, ports: EmulatedBoardPorts) {
    this.model = wholeFemtoseconds({ ...DEFAULT_BOARD, ...config.model });
    this.#ports = ports;
    this.#timers = ports.timers ?? wallTimers;
    this.#seed = config.seed ?? 1;
    this.#faults = config.faults ?? NO_FAULTS;
    this.#rf = new RfFrontEnd(this.model, { ...IDEAL_RF, ...config.rf }, config.places ?? null);
    const realtime = config.realtime ?? false;
    this.#timebase = realtime
      ? new RealTimebase(this.#timers, this.model.clockRateHz, config.driftPpm)
      : new VirtualTimebase(this.model.clockRateHz);
    const baud = realtime ? this.model.baud : null;
    this.#toBoard = this.#line('toBoard', baud, (chunk) => this.#firmware.receive(chunk), ports.onBacklog);
    this.#toHost = this.#line('toHost', baud, (chunk) => {
      // Never back into the host from within its own write.
      queueMicrotask(() => ports.toHost(chunk));
    });
    this.#events = new FaultEvents(this.#faults.events, this.#timers, (action) => this.#act(action));
    this.#firmware = this.#powerUp();
  }

  /** Board time, s since power-up. */
  get boardTimeS(): number {
    return this.#timebase.nowTicks() / this.model.clockRateHz;
  }

  /** Bytes from the host. */
  receive(chunk: Uint8Array): void {
    if (!this.#plugged) return;
    this.#toBoard.push(chunk);
    this.#events.bytes(chunk.length);
  }

  /**
   * Lets a board on virtual time run through its slots up to board time `toS`, at once; returns its time then, which is
   * earlier if it lost power on the way. A board in real time does nothing.
   */
  advanceTo(toS: number): number {
    if (this.#timebase instanceof VirtualTimebase) {
      this.#timebase.advanceTo(Math.round(toS * this.model.clockRateHz));
    }
    return this.boardTimeS;
  }

  /** The trigger input rises. */
  trigger(): void {
    this.#firmware.trigger();
  }

  /** Power cycle: codeword memory, queue, receipts, session and board time are gone. */
  reset(): void {
    this.#firmware.powerOff();
    this.#toBoard.clear();
    this.#toHost.clear();
    this.#timebase.restart();
    this.#firmware = this.#powerUp();
  }

  /** Nothing moves on the line for a while, either way. */
  stall(durationS: number): void {
    this.#toBoard.stall(durationS);
    this.#toHost.stall(durationS);
  }

  /** Pulls the cable; what is on the way is lost. Power stays on. With `durationS`, it is put back after that time. */
  unplug(durationS?: number): void {
    if (!this.#plugged) return;
    this.#plugged = false;
    this.#toBoard.clear();
    this.#toHost.clear();
    this.#ports.onPlug?.(false);
    if (durationS !== undefined) this.#later(durationS, () => this.replug());
  }

  replug(): void {
    if (this.#plugged) return;
    this.#plugged = true;
    this.#ports.onPlug?.(true);
  }

  close(): void {
    this.#plugged = false;
    this.#events.close();
    for (const cancel of this.#pendingTimers) cancel();
    this.#firmware.powerOff();
    this.#toBoard.clear();
    this.#toHost.clear();
    this.#timebase.setAlarm(null);
  }

  #powerUp(): Firmware {
    this.#powerUps++;
    return new Firmware({
      model: this.model,
      bootId: new Random(this.#seed, 'boot', this.#powerUps).uint32(),
      timebase: this.#timebase,
      timers: this.#timers,
      uart: {
        send: (bytes, urgent) => {
          if (this.#plugged) this.#toHost.push(bytes, urgent);
        },
        drainedAtS: () => this.#toHost.drainedAtS(),
        urgentAtS: () => this.#toHost.urgentAtS(),
      },
      strobe: failingStrobe(this.#faults, this.#seed, () => true),
      writeMemory: (done) => {
        if (this.#faults.memoryDelayS > 0) this.#later(this.#faults.memoryDelayS, done);
        else done();
      },
      onAir: (slot) => this.#onAir(slot),
    });
  }

  #line(
    direction: 'toBoard' | 'toHost',
    baud: number | null,
    deliver: (chunk: Uint8Array) => void,
    onBacklog?: (full: boolean) => void,
  ): Line {
    const noise = byteNoise(this.#faults[direction], new Random(this.#seed, 'noise', direction));
    const { fragmentBytes } = this.#faults;
    return new Line({
      timers: this.#timers,
      baud,
      deliver,
      behaviours: noise === null ? [] : [noise],
      ...(fragmentBytes !== null && {
        fragment: fragmenter(fragmentBytes, new Random(this.#seed, 'fragments', direction)),
      }),
      ...(onBacklog !== undefined && { onBacklog }),
    });
  }

  #onAir({ slot, ticks, fromTicks, untilTicks, codeword }: SlotOnAir): void {
    this.#ports.onAir?.({
      slot,
      boardTimeS: ticks / this.model.clockRateHz,
      fromS: this.#timebase.timeOfS(fromTicks),
      untilS: this.#timebase.timeOfS(untilTicks),
      codeword: codeword && {
        hash: hashToHex(codeword.hash),
        weights: this.#weightsOf(codeword.hash, codeword.bytes),
      },
    });
    this.#events.slot(slot);
  }

  #weightsOf(hash: bigint, bytes: Uint8Array): RadiatedWeights {
    let weights = this.#weights.get(hash);
    if (weights === undefined) {
      weights = this.#rf.weights(
        unpackElementSettings(bytes, this.model.numElements, elementFormat(this.model)),
      );
      this.#weights.set(hash, weights);
      // A codeword that is still in use is simply computed again.
      forgetOldest(this.#weights, this.model.memoryDepth);
    }
    return weights;
  }

  #act(action: FaultAction): void {
    if (action.kind === 'stall') this.stall(action.durationS);
    else if (action.kind === 'unplug') this.unplug(action.durationS);
    else this.reset();
  }

  #later(delayS: number, callback: () => void): void {
    const cancel = this.#timers.after(delayS, () => {
      this.#pendingTimers.delete(cancel);
      callback();
    });
    this.#pendingTimers.add(cancel);
  }
}
