/** The firmware as a library, with the line and the faults of an emulated board in front of it. */
import { elementFormat } from '../../drivers/emulator/board-model.js';
import { EmulatedBoard } from '../../drivers/emulator/emulated-board.js';
import { byteNoise, fragmenter } from '../../drivers/emulator/faults/byte-noise.js';
import { FaultEvents } from '../../drivers/emulator/faults/fault-events.js';
import type { FaultAction } from '../../drivers/emulator/faults/fault-plan.js';
import { Line } from '../../drivers/emulator/line.js';
import { IDEAL_RF, RfFrontEnd } from '../../drivers/emulator/rf.js';
import { contentHash } from '../../firmware-protocol/content-hash.js';
import { unpackElementSettings } from '../../firmware-protocol/element-settings.js';
import { Random } from '../../src/core/random.js';
import type { CampaignBoard, CampaignBoardPorts } from '../system/virtual-campaign.js';
import { type Latch, type Library, LibraryBoard } from './library-board.js';

/** Its memory takes no time: of a plan of faults, `memoryDelayS` says nothing about it, nor do slots missed by number. */
export class LibraryCampaignBoard implements CampaignBoard {
  readonly #ports: CampaignBoardPorts;
  readonly #board: LibraryBoard;
  readonly #toBoard: Line;
  readonly #toHost: Line;
  readonly #events: FaultEvents;
  readonly #front: RfFrontEnd;
  readonly #format: ReturnType<typeof elementFormat>;
  #cancelReplug = () => {};
  #plugged = true;

  constructor(library: Library, ports: CampaignBoardPorts) {
    const { faults, seed, numElements, timers } = ports;
    this.#ports = ports;
    const { model } = new EmulatedBoard({ model: { numElements } }, { toHost: () => {} });
    this.#front = new RfFrontEnd(model, IDEAL_RF);
    this.#format = elementFormat(model);
    this.#toBoard = this.#line('toBoard', (bytes) => this.#board.receive(bytes));
    this.#toHost = this.#line('toHost', (bytes) => queueMicrotask(() => ports.toHost(bytes)));
    this.#events = new FaultEvents(faults.events, timers, (action) => this.#act(action));
    const bootId = new Random(seed, 'boot').uint32();
    this.#board = new LibraryBoard(
      library,
      {
        timers,
        toHost: (bytes) => {
          if (this.#plugged) this.#toHost.push(bytes);
        },
        onLatch: (latch) => this.#radiate(latch),
      },
      bootId,
    );
    this.#board.miss(faults.missRate, new Random(seed, 'missed latch').uint32());
  }

  receive(chunk: Uint8Array): void {
    if (!this.#plugged) return;
    this.#toBoard.push(chunk);
    this.#events.bytes(chunk.length);
  }

  close(): void {
    this.#plugged = false;
    this.#events.close();
    this.#cancelReplug();
    this.#toBoard.clear();
    this.#toHost.clear();
    this.#board.close();
  }

  #line(direction: 'toBoard' | 'toHost', deliver: (bytes: Uint8Array) => void): Line {
    const { faults, seed, baud, timers } = this.#ports;
    const { fragmentBytes } = faults;
    const noise = byteNoise(faults[direction], new Random(seed, 'noise', direction));
    return new Line({
      ...{ timers, baud, deliver, behaviours: noise === null ? [] : [noise] },
      ...(fragmentBytes !== null && {
        fragment: fragmenter(fragmentBytes, new Random(seed, 'fragments', direction)),
      }),
    });
  }

  #radiate({ slot, untilS, settings }: Latch): void {
    const weights = this.#front.weights(
      unpackElementSettings(settings, this.#ports.numElements, this.#format),
    );
    this.#ports.onAir({ slot, untilS, codeword: { hash: contentHash(settings), weights } });
    // Not from within the board's own run.
    queueMicrotask(() => this.#events.slot(slot));
  }

  #act(action: FaultAction): void {
    if (action.kind === 'stall') {
      this.#toBoard.stall(action.durationS);
      this.#toHost.stall(action.durationS);
      return;
    }
    this.#toBoard.clear();
    this.#toHost.clear();
    if (action.kind === 'reset') this.#board.powerCycle();
    else if (this.#plugged) {
      this.#plugged = false;
      this.#ports.onPlug(false);
      this.#cancelReplug = this.#ports.timers.after(action.durationS, () => {
        this.#plugged = true;
        this.#ports.onPlug(true);
      });
    }
  }
}
