/** Records what a board reports, and makes codewords for it. */
import type {
  ArrayBoard,
  BoardFault,
  BoardTelemetry,
  PackedCodeword,
  Receipt,
} from '../../drivers/array-board.js';
import { Random } from '../../src/core/random.js';

export class BoardWatcher {
  readonly receipts: Receipt[] = [];
  readonly faults: BoardFault[] = [];
  readonly telemetry: BoardTelemetry[] = [];
  readonly links: string[] = [];
  resets = 0;

  constructor(board: ArrayBoard) {
    board.on('receipt', (receipt) => this.receipts.push(receipt));
    board.on('fault', (fault) => this.faults.push(fault));
    board.on('telemetry', (telemetry) => this.telemetry.push(telemetry));
    board.on('link', (state) => this.links.push(state));
    board.on('reset', () => {
      this.resets++;
    });
  }

  get slots(): number[] {
    return this.receipts.map((receipt) => receipt.slot);
  }
}

/** Different codewords of random codes; the same for the same seed. */
export function randomCodewords(board: ArrayBoard, count: number, seed: number): PackedCodeword[] {
  const { numElements, phaseBits, delayBits, amplitudeBits, lineBits, delayLinesS } = board.description;
  const random = new Random(seed, 'codewords');
  const below = (end: number) => Uint16Array.from({ length: numElements }, () => random.integer(end));
  const codes = (bits: number) => below(2 ** bits);
  return Array.from({ length: count }, () =>
    board.pack({
      phaseCode: codes(phaseBits),
      delayCode: delayBits > 0 ? codes(delayBits) : null,
      amplitudeCode: amplitudeBits > 0 ? codes(amplitudeBits) : null,
      lineCode: lineBits > 0 ? below(delayLinesS!.length) : null,
    }),
  );
}
