/** Codewords as the board will hold them: corrected for its calibration, quantised, packed, named by their hash. */
import type { ArrayBoard, PackedCodeword } from '../../drivers/array-board.js';
import type { Codeword } from '../codebook/codeword.js';
import type { RealisabilityReport } from '../codebook/quantize.js';
import type { Recording } from '../record/recording.js';
import type { BoardBeams } from './board-beams.js';

export interface Pilot {
  readonly codeword: Codeword;
  readonly packed: PackedCodeword;
  readonly hash: string;
  readonly packedBytes: number;
}

/** Prepares each codeword once; `recordNew` records it. */
export class PilotFactory {
  readonly #board: ArrayBoard;
  readonly #beams: BoardBeams;
  readonly #recording: Recording;
  readonly #pilots = new Map<string, Pilot>();
  readonly #packed = new Map<string, PackedCodeword>();
  readonly #recordedKeys: Set<string>;
  readonly #unrecorded: { readonly pilot: Pilot; readonly report: RealisabilityReport }[] = [];

  /** @param recordedKeys codewords that the recording holds already. */
  constructor(
    board: ArrayBoard,
    beams: BoardBeams,
    recording: Recording,
    recordedKeys: Iterable<string> = [],
  ) {
    this.#board = board;
    this.#beams = beams;
    this.#recording = recording;
    this.#recordedKeys = new Set(recordedKeys);
  }

  /** Throws BOARD_MISMATCH when the board cannot hold the codeword. */
  pilot(codeword: Codeword): Pilot {
    const known = this.#pilots.get(codeword.key);
    if (known !== undefined) return known;
    const { settings, report } = this.#beams.quantise(codeword);
    const packed = this.#board.pack(settings);
    const pilot = { codeword, packed, hash: packed.hash, packedBytes: packed.bytes.length };
    this.#pilots.set(codeword.key, pilot);
    this.#packed.set(packed.hash, packed);
    if (!this.#recordedKeys.has(codeword.key)) this.#unrecorded.push({ pilot, report });
    return pilot;
  }

  /** Records what was prepared since; kept apart because it takes longer than a waiting board should be kept. */
  recordNew(): void {
    for (const { pilot, report } of this.#unrecorded.splice(0)) {
      const { key, label } = pilot.codeword;
      this.#recordedKeys.add(key);
      const { gainLossDb } = report;
      this.#recording.append('codewords', { key, hash: pilot.hash, label, gainLossDb });
    }
  }

  /** The codewords among these hashes, in the order in which they were first prepared: that of their first load. */
  packed(hashes: Iterable<string>): PackedCodeword[] {
    const wanted = new Set(hashes);
    return [...this.#packed.values()].filter(({ hash }) => wanted.has(hash));
  }
}
