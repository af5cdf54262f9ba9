/** Codewords as the board will hold them: corrected for its calibration, quantised, packed, named by their hash. */

import type { BoardBeams } from '../../calibration/board-beams.js';
import type { ArrayBoard, ElementSettings, PackedCodeword } from '../../drivers/array-board.js';
import type { Codeword } from '../codebook/codeword.js';
import type { RealisabilityReport } from '../realisation/quantise.js';
import { realisedCodeword } from '../realisation/realised.js';
import type { Recording } from '../record/recording.js';

export interface Pilot {
  readonly codeword: Codeword;
  readonly packed: PackedCodeword;
  readonly hash: string;
}

/** Keys of codewords and content hashes of element settings that a recording holds. */
export interface Recorded {
  readonly keys: Set<string>;
  readonly hashes: Set<string>;
}

/** Prepares each codeword once; `recordNew` records it. */
export class PilotFactory {
  readonly #board: ArrayBoard;
  readonly #beams: BoardBeams;
  readonly #recording: Recording;
  readonly #pilots = new Map<string, Pilot>();
  readonly #packed = new Map<string, PackedCodeword>();
  readonly #recorded: Recorded;
  readonly #unrecorded: {
    readonly pilot: Pilot;
    readonly settings: ElementSettings;
    readonly report: RealisabilityReport;
  }[] = [];

  /** @param recorded what the recording holds already. */
  constructor(
    board: ArrayBoard,
    beams: BoardBeams,
    recording: Recording,
    recorded: Recorded = { keys: new Set(), hashes: new Set() },
  ) {
    this.#board = board;
    this.#beams = beams;
    this.#recording = recording;
    this.#recorded = recorded;
  }

  /** Throws BOARD_MISMATCH when the board cannot hold the codeword. */
  pilot(codeword: Codeword): Pilot {
    const known = this.#pilots.get(codeword.key);
    if (known !== undefined) return known;
    const { settings, parameters, report } = this.#beams.quantise(codeword);
    const packed = this.#board.pack(settings, parameters);
    const pilot = { codeword, packed, hash: packed.hash };
    this.#pilots.set(codeword.key, pilot);
    this.#packed.set(packed.hash, packed);
    if (!this.#recorded.keys.has(codeword.key)) this.#unrecorded.push({ pilot, settings, report });
    return pilot;
  }

  /** Records what was prepared since; kept apart because it takes longer than a waiting board should be kept. */
  recordNew(): void {
    for (const { pilot, settings, report } of this.#unrecorded.splice(0)) {
      const { key, label } = pilot.codeword;
      const { hash } = pilot;
      this.#recorded.keys.add(key);
      const { gainLossDb } = report;
      this.#recording.append('codewords', { key, hash, label, gainLossDb });
      if (this.#recorded.hashes.has(hash)) continue; // codewords that differ by less than the board can tell
      this.#recorded.hashes.add(hash);
      const { phaseRad, delayS, amplitude } = realisedCodeword(settings, this.#board.description);
      this.#recording.append('element_settings', {
        hash,
        // Not by `from`, which takes them one by one.
        phaseRad: new Float32Array(phaseRad),
        delayS: delayS && new Float32Array(delayS),
        amplitude: amplitude && new Float32Array(amplitude),
      });
    }
  }

  /** The codewords among these hashes, in the order in which they were first prepared: that of their first load. */
  packed(hashes: Iterable<string>): PackedCodeword[] {
    const wanted = new Set(hashes);
    return [...this.#packed.values()].filter(({ hash }) => wanted.has(hash));
  }
}
