/** How users of a tracking study are found: somebody says which codeword is best, or a scheme looks for them. */
import type { ChannelEvaluator } from '../../channel/channel.js';
import { createEvaluator } from '../../channel/evaluator.js';
import type { Path } from '../../channel/paths.js';
import { PolarCodebook } from '../../codebook/polar.js';
import type { Powers } from '../../sounding/powers.js';
import type { Sounding } from '../../sounding/sounding.js';
import { BeamMap } from '../../tracking/beam-map.js';
import type { FoundUser } from '../../tracking/tracker.js';
import { createScheme } from '../../training/registry.js';
import type { SchemeChoice } from '../../training/scheme-definition.js';
import type { SchemeFactory } from '../../training/scheme-factory.js';

/** Rings of the polar codebook that schemes search; the last is at infinity. */
const SCHEME_RINGS = 6;

export class Finder {
  readonly #codebook: PolarCodebook;
  readonly #evaluator: ChannelEvaluator;
  readonly #map: BeamMap;
  /** Null where somebody says it. */
  readonly #scheme: SchemeFactory | null;

  /** @throws BAD_ARGUMENT when the scheme cannot work with the array. */
  constructor(start: 'exact' | SchemeChoice, codebook: PolarCodebook) {
    this.#codebook = codebook;
    this.#evaluator = createEvaluator(codebook);
    this.#map = new BeamMap(codebook);
    const polar = new PolarCodebook(codebook.array, { numRings: SCHEME_RINGS });
    this.#scheme = start === 'exact' ? null : createScheme(start, polar);
  }

  /** @param pathsNow to the user, when it is asked for. */
  *train(pathsNow: () => readonly Path[]): Sounding<FoundUser, Powers> {
    if (this.#scheme === null) {
      const paths = pathsNow();
      this.#evaluator.setChannel(paths);
      const [xM, yM] = paths[0]!.positionM;
      return { column: this.#codebook.column(this.#evaluator.best()), positionM: [xM, yM] };
    }
    return this.#map.found(yield* this.#scheme.start());
  }
}
