/** Schemes with the boards that send their pilots. */
import { PolarCodebook } from '../codebook/polar.js';
import { createScheme, type SchemeFactory } from '../training/registry.js';
import type { RateStudy } from './rate-file.js';
import { buildBoard, type Hardware, IDEAL_BOARD, type StudyBoard } from './rate-hardware.js';
import { type RateScheme, type RateSetting, rateSchemes } from './rate-setting.js';

/** One scheme on one board. Schemes bring lines for their own pilots, so that every one has a board of its own. */
export interface RateBench {
  readonly scheme: RateScheme;
  readonly factory: SchemeFactory;
  readonly board: StudyBoard;
}

/** @throws BAD_ARGUMENT when the scheme does not fit array and band, or its pilots the board. */
export function buildBench(
  study: RateStudy,
  setting: RateSetting,
  scheme: RateScheme,
  hardware: Hardware | null,
): RateBench {
  let board = IDEAL_BOARD;
  // Wideband schemes take nothing but the array from the polar codebook.
  const factory = createScheme(scheme.choice, new PolarCodebook(setting.array, { numRings: 1 }), {
    ...setting,
    realise: (codeword) => board.realise(codeword),
  });
  const first = factory.band === null || hardware === null ? undefined : factory.start().next();
  if (first !== undefined && !first.done) {
    board = buildBoard(hardware, first.value, setting.band.carrierHz, study.seed);
  }
  return { scheme, factory, board };
}

export function buildBenches(study: RateStudy, setting: RateSetting, hardware: Hardware | null): RateBench[] {
  return rateSchemes(study).map((scheme) => buildBench(study, setting, scheme, hardware));
}
