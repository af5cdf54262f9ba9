/** Schemes with the boards that send their pilots. */
import { PolarCodebook } from '../../codebook/polar.js';
import { usesActualBeams } from '../../training/estimators/choice.js';
import { createScheme, splitOf } from '../../training/registry.js';
import type { SchemeChoice } from '../../training/scheme-definition.js';
import type { SchemeFactory } from '../../training/scheme-factory.js';
import type { WidebandSetting } from '../common/wideband-setting.js';
import type { RateStudy } from './rate-file.js';
import { buildBoard, type Hardware, IDEAL_BOARD, type StudyBoard } from './rate-hardware.js';
import { type RateScheme, rateSchemes } from './rate-setting.js';

/** One scheme on one board. Schemes bring lines for their own pilots, so that every one has a board of its own. */
export interface RateBench {
  readonly scheme: RateScheme;
  readonly factory: SchemeFactory;
  readonly board: StudyBoard;
}

/** Puts the schemes of a study before its boards, one board after the other. */
export class RateBenches {
  readonly #study: RateStudy;
  readonly #setting: WidebandSetting;
  readonly #schemes: readonly RateScheme[];
  /** Of schemes to which the board makes no difference: their dictionaries are built once. */
  readonly #indifferent = new Map<RateScheme, SchemeFactory>();

  constructor(study: RateStudy, setting: WidebandSetting) {
    this.#study = study;
    this.#setting = setting;
    this.#schemes = rateSchemes(study);
  }

  /** @throws BAD_ARGUMENT when a scheme does not fit array and band, or its pilots the board. */
  before(hardware: Hardware | null): RateBench[] {
    return this.#schemes.map((scheme) => this.bench(scheme, hardware));
  }

  bench(scheme: RateScheme, hardware: Hardware | null): RateBench {
    let board = IDEAL_BOARD;
    const factory = this.#indifferent.get(scheme) ?? this.#newFactory(scheme, () => board);
    if (!knowsBoard(scheme.choice)) this.#indifferent.set(scheme, factory);
    const first = factory.band === null || hardware === null ? undefined : factory.start().next();
    if (first !== undefined && !first.done) {
      board = buildBoard(hardware, first.value, this.#setting.band.carrierHz, this.#study.seed);
    }
    return { scheme, factory, board };
  }

  #newFactory({ choice }: RateScheme, boardOf: () => StudyBoard): SchemeFactory {
    // Wideband schemes take nothing but the array from the polar codebook.
    return createScheme(choice, new PolarCodebook(this.#setting.array, { numRings: 1 }), {
      ...this.#setting,
      realise: (codeword) => boardOf().realise(codeword),
    });
  }
}

/** Whether the scheme's estimator asks what the board makes of its pilots. */
function knowsBoard(choice: SchemeChoice): boolean {
  const split = splitOf(choice);
  return split !== null && usesActualBeams(split.estimator);
}
