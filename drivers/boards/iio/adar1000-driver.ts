/**
 * The driver of arrays of ADAR1000 beamformers that a Linux machine has on its SPI bus and shows through iiod: phases of all channels are
 * written ahead of a slot, and put in force chip by chip with `tx_load_spi` when it begins. iiod answers each write when the kernel's driver
 * has carried it out or refused it; when the array radiates it, it does not say: `acknowledged`.
 */
import { type Clock, monotonicClock } from '../../../src/core/clock.js';
import { BeamloopError } from '../../../src/core/errors.js';
import { clipped } from '../../../src/core/printable.js';
import type { ElementSettings } from '../../array-board.js';
import type { Transport } from '../../transports/transport.js';
import type {
  BoardIdentity,
  ElementDriver,
  ElementDriverFacts,
  ElementDriverStatistics,
  Word,
} from '../host-timed/element-driver.js';
import { readContext } from './iio-context.js';
import { IiodClient } from './iiod-client.js';

/** The chip's phases have 128 steps. */
const PHASE_BITS = 7;
const STEP_DEG = 360 / 2 ** PHASE_BITS;
const CHANNELS_PER_CHIP = 4;
/** A `WRITE` with its text, at most; and what it is answered. */
const BYTES_PER_WRITE = 64;
/** From the working registers to the beam, at most: what the chip's data sheet gives is far below. */
const SETTLE_S = 10e-6;

export interface Adar1000Settings {
  readonly numElements: number;
  /** Channel of each element, counted chip after chip from 0, shape [numElements]; one after the other unless given. */
  readonly wiring?: readonly number[] | undefined;
  /** From a request until its answer, at most, s. */
  readonly answerS: number;
}

export interface Adar1000DriverOptions extends Adar1000Settings {
  readonly transport: Transport;
  readonly clock?: Clock;
  /** Time for an answer until the connection is given up, s. */
  readonly timeoutS?: number;
}

/** What such an array promises, before a port is touched. */
export function adar1000Facts({ numElements, answerS }: Adar1000Settings): ElementDriverFacts {
  const numChips = Math.ceil(numElements / CHANNELS_PER_CHIP);
  return {
    numElements,
    phaseBits: PHASE_BITS,
    amplitudeBits: 0,
    timing: {
      writeS: numElements * answerS,
      applyS: numChips * answerS,
      selectS: 0,
      storeS: 0,
      settleS: SETTLE_S,
    },
    bytes: { write: numElements * BYTES_PER_WRITE, apply: numChips * BYTES_PER_WRITE, select: 0, store: 0 },
    baud: 0,
    words: { write: 'acknowledged', apply: 'acknowledged', select: 'sent', store: 'sent' },
    tableDepth: 0,
    appliesApart: true,
    mutes: 'tx_en of its chips',
  };
}

export class Adar1000Driver implements ElementDriver {
  readonly name: string;
  readonly facts: ElementDriverFacts;
  readonly #options: Adar1000DriverOptions;
  readonly #client: IiodClient;
  /** Of each element, `DEVICE OUTPUT CHANNEL`. */
  #channels: readonly string[] = [];
  #chips: readonly string[] = [];

  constructor(options: Adar1000DriverOptions) {
    const { transport, clock = monotonicClock, timeoutS = 1 } = options;
    this.name = transport.name;
    this.facts = adar1000Facts(options);
    this.#options = options;
    this.#client = new IiodClient(transport, clock, timeoutS);
  }

  async open(onLost: (reason: string) => void): Promise<BoardIdentity> {
    await this.#client.open(onLost);
    try {
      const version = await this.#client.version();
      const { attributes, devices, chips } = readContext(await this.#client.context());
      const { numElements, wiring = Array.from({ length: numElements }, (_, n) => n) } = this.#options;
      const all = chips.flatMap(({ id, channels }) => channels.map((channel) => `${id} OUTPUT ${channel}`));
      if (chips.length === 0) throw this.#noChips(devices);
      if (all.length !== numElements) {
        throw new BeamloopError('BOARD_MISMATCH', {
          what: `The ${chips.length} ADAR1000 there have ${all.length} channels; the array has ${numElements} elements`,
          where: this.name,
          todo: `Set array.elements to ${all.length}; iio_info -u ip:HOST shows what is there`,
        });
      }
      this.#channels = wiring.map((channel) => all[channel]!);
      this.#chips = chips.map(({ id }) => id);
      return {
        model: clipped(attributes.hw_model ?? `${chips.length} x ADAR1000`),
        serialNumber: clipped(attributes.hw_serial ?? 'unknown'),
        firmware: clipped(`iiod ${version}`),
      };
    } catch (error) {
      await this.#client.close();
      if (!(error instanceof BeamloopError) || error.code !== 'BOARD_SILENT') throw error;
      throw new BeamloopError('NOT_A_BOARD', {
        what: error.what,
        where: this.name,
        todo: error.todo ?? '',
        cause: error,
      });
    }
  }

  async write({ phaseCode }: ElementSettings): Promise<Word> {
    for (const [n, channel] of this.#channels.entries()) {
      await this.#client.write(`${channel} phase`, (phaseCode[n]! * STEP_DEG).toFixed(4));
    }
    return 'acknowledged';
  }

  async apply(): Promise<Word> {
    for (const chip of this.#chips) await this.#client.write(`${chip} tx_load_spi`, '1');
    return 'acknowledged';
  }

  async mute(muted: boolean): Promise<Word> {
    for (const chip of this.#chips) await this.#client.write(`${chip} tx_en`, muted ? '0' : '1');
    return 'acknowledged';
  }

  statistics(): ElementDriverStatistics {
    return this.#client.statistics();
  }

  close(): Promise<void> {
    return this.#client.close();
  }

  #noChips(devices: readonly string[]): BeamloopError {
    return new BeamloopError('NOT_A_BOARD', {
      what: `No device there is an ADAR1000 (output channels with a phase, and tx_load_spi)${devices.length === 0 ? '; there is none at all' : `: ${clipped(devices.join(', '), 200)}`}`,
      where: this.name,
      todo: "Check that the machine's device tree names the chips: iio_info -u ip:HOST lists what there is",
    });
  }
}
