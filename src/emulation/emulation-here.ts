/**
 * The emulation on virtual time, in this process: boards behind loopbacks, whose driver does not know the difference, and UEs that hear
 * them without a socket. There is nothing to be gained by processes of their own, for whoever is at it has the others wait.
 */
import { setMaxListeners } from 'node:events';
import { setImmediate } from 'node:timers/promises';
import type { Signal } from '../../drivers/emulator/air.js';
import type { AirSlot, EmulatedBoardConfig } from '../../drivers/emulator/emulated-board.js';
import { EmulatedBoards } from '../../drivers/emulator/emulated-boards.js';
import { failureReport } from '../../drivers/emulator/parent.js';
import { createLoopback, type Loopback } from '../../drivers/transports/loopback.js';
import type { Transport } from '../../drivers/transports/transport.js';
import type { BeamloopError } from '../core/errors.js';
import { runEmulatedUes } from './emulated-ues.js';
import { type EmulatedUesConfig, ueFailure } from './start-emulated-ues.js';

/** After so long others have a turn, ms. */
const TURN_MS = 5;

export class BoardsHere {
  readonly #loopbacks: readonly Loopback[];
  readonly #boards: EmulatedBoards;
  readonly #signals: Signal[] = [];
  #listener: ((signal: Signal) => void) | null = null;
  #isTelling = false;

  private constructor(configs: readonly EmulatedBoardConfig[]) {
    this.#loopbacks = configs.map((_, k) =>
      createLoopback(configs.length === 1 ? 'emulated board' : `emulated board ${k + 1}`),
    );
    this.#boards = new EmulatedBoards(
      configs,
      (k) => ({
        toHost: (chunk) => void this.#loopbacks[k]!.device.write(chunk).catch(() => {}), // unplugged
        onPlug: (isPlugged) => void this.#plug(k, isPlugged),
      }),
      (slot) => this.#radiated(slot),
    );
  }

  static async start(configs: readonly EmulatedBoardConfig[]): Promise<BoardsHere> {
    const here = new BoardsHere(configs);
    for (const k of configs.keys()) await here.#open(k);
    return here;
  }

  /** Where the driver of each board finds it. */
  get transports(): readonly Transport[] {
    return this.#loopbacks.map(({ host }) => host);
  }

  /** As `EmulatedBoardHandle.advance`. */
  advance(toS: number): number {
    return this.#boards.advanceTo(toS)[0]!;
  }

  /** As `EmulatedBoardHandle.timesS`. */
  timesS(): readonly number[] {
    return this.#boards.advanceTo(Number.NEGATIVE_INFINITY);
  }

  hear(listener: (signal: Signal) => void): void {
    this.#listener = listener;
  }

  close(): void {
    this.#listener = null;
    this.#boards.close();
  }

  async #open(k: number): Promise<void> {
    await this.#loopbacks[k]!.device.open({
      onBytes: (chunk) => this.#boards.boards[k]!.receive(chunk),
      onClosed: () => {},
    });
  }

  async #plug(k: number, isPlugged: boolean): Promise<void> {
    if (!isPlugged) return this.#loopbacks[k]!.unplug();
    this.#loopbacks[k]!.plug();
    await this.#open(k);
  }

  #radiated({ fromS, untilS, codeword, slot }: AirSlot): void {
    this.#signals.push({ fromS, untilS, slot, weights: codeword?.weights ?? null });
    if (this.#isTelling) return;
    this.#isTelling = true;
    void this.#tell();
  }

  /** What UEs make of many signals may take seconds, in which this process has other things to do. */
  async #tell(): Promise<void> {
    while (this.#signals.length > 0) {
      await setImmediate();
      const untilMs = performance.now() + TURN_MS;
      let numTold = 0;
      while (numTold < this.#signals.length && performance.now() < untilMs) {
        this.#listener?.(this.#signals[numTold++]!);
      }
      this.#signals.splice(0, numTold);
    }
    this.#isTelling = false;
  }
}

export interface UesHere {
  close(): Promise<void>;
}

/**
 * Resolves when they hear the boards.
 *
 * @param onFailure told when one cannot go on: the bridge refused it, say.
 */
export async function startUesHere(
  config: Omit<EmulatedUesConfig, 'airPath'>,
  boards: BoardsHere,
  onFailure: (error: BeamloopError) => void,
): Promise<UesHere> {
  const stop = new AbortController();
  // Every UE listens to it, and there may be thousands.
  setMaxListeners(0, stop.signal);
  let running: Promise<void> = Promise.resolve();
  await new Promise<void>((resolve, reject) => {
    running = runEmulatedUes(
      config,
      async (_, onSignal) => boards.hear(onSignal),
      () => resolve(),
      stop.signal,
    ).catch((error: unknown) => {
      const failure = ueFailure(failureReport(error));
      reject(failure);
      onFailure(failure);
    });
  });
  return {
    close: async () => {
      stop.abort();
      await running;
    },
  };
}
