/**
 * Estimation where the powers are: the controller tells a UE what was sent, the UE answers with a point instead of
 * reporting a power per subcarrier and pilot. The estimator is the one that the controller would run.
 */
import { z } from 'zod';
import { Band } from '../array/band.js';
import type { FocalPoint, Sector } from '../array/focal-point.js';
import { LinearArray } from '../array/linear-array.js';
import type { SplitCodebook } from '../codebook/beam-split.js';
import type { Codeword } from '../codebook/codeword.js';
import { BeamloopError } from '../core/errors.js';
import { type MeasuredPilot, powersOfRecords } from '../sounding/pilot-powers.js';
import { BeamPowers } from './estimators/beam-powers.js';
import { createEstimator } from './estimators/create-estimator.js';
import type { PointEstimator } from './estimators/point-estimator.js';
import { judge } from './evidence.js';
import { placesAround } from './evidence-gains.js';
import { schemeSchema, splitOf, splitSchemes } from './registry.js';
import type { SchemeChoice } from './scheme-definition.js';

const positive = z.number().positive();
/** Doubles, little-endian, base64. */
const doubles = z.base64();

const setupSchema = z.object({
  array: z.object({ numElements: z.int().min(2), carrierHz: positive, speedOfLightMPerS: positive }),
  band: z.object({ bandwidthHz: positive, numSubcarriers: z.int().min(1) }),
  sector: z.object({
    maxAngleRad: positive.lt(Math.PI / 2),
    distanceM: z
      .tuple([positive, positive])
      .refine(([nearM, farM]) => nearM < farM, 'the second must be above the first'),
  }),
  scheme: schemeSchema,
  /** What the board radiates, pilot by pilot; null = exactly the codebook. */
  beams: z
    .array(z.object({ phaseRad: doubles, delayS: doubles.nullable(), amplitude: doubles.nullable() }))
    .nullable(),
});

/** Plain data: it travels to the UE as JSON. */
export type LocalEstimateSetup = z.input<typeof setupSchema>;

/**
 * @param scheme one whose pilots split.
 * @param beams what the board radiates, pilot by pilot; null = exactly the codebook.
 */
export function localEstimateSetup(
  array: LinearArray,
  band: Band,
  { maxAngleRad, distanceM: [nearM, farM] }: Sector,
  scheme: SchemeChoice,
  beams: readonly Codeword[] | null,
): LocalEstimateSetup {
  const { numElements, carrierHz, speedOfLightMPerS } = array;
  const { bandwidthHz, numSubcarriers } = band;
  return {
    array: { numElements, carrierHz, speedOfLightMPerS },
    band: { bandwidthHz, numSubcarriers },
    sector: { maxAngleRad, distanceM: [nearM, farM] },
    scheme,
    beams:
      beams?.map(({ phaseRad, delayS, amplitude }) => ({
        phaseRad: encode(phaseRad),
        delayS: delayS && encode(delayS),
        amplitude: amplitude && encode(amplitude),
      })) ?? null,
  };
}

/** Estimates by setups as they come; dictionaries are kept as long as the setup stays the same. */
export class LocalEstimator {
  #known: ({ readonly text: string } & Built) | null = null;

  /**
   * @param setup a `LocalEstimateSetup` from outside.
   * @param pilots in the order of the codebook.
   * @throws BAD_ARGUMENT when the setup is none, or does not fit the pilots; UE_MISMATCH when these have different numbers
   * of subcarriers; NO_EVIDENCE when the powers do not bear out the estimate.
   */
  estimate(setup: unknown, pilots: readonly MeasuredPilot[]): FocalPoint {
    if (pilots.length === 0) {
      throw new BeamloopError('BAD_ARGUMENT', {
        what: 'A local estimate was asked for without any pilots',
        todo: 'Name the slots of all pilots, in the order of the codebook',
      });
    }
    const text = JSON.stringify(setup) ?? '';
    if (this.#known?.text !== text) this.#known = { text, ...build(setup) };
    const { estimator, codebook, gains } = this.#known;
    const powers = powersOfRecords(pilots);
    const point = estimator.estimate(powers);
    const { doubt } = judge(
      [{ pilots: codebook.pilots.map(({ codeword }) => codeword), powers, numSaturated: 0 }],
      {
        // The controller knows whether there must be noise, and looks at the noise floor itself.
        noiseExpected: powers.noiseFloor > 0,
        onlySubcarrier: null,
        perSubcarrier: true,
        numAveraged: 1,
        places: placesAround(codebook.array, point),
        gainsAt: (place) => {
          const values = new Float64Array(gains.numValues);
          gains.evaluate(place, values);
          return values;
        },
      },
    );
    if (doubt === null) return point;
    throw new BeamloopError('NO_EVIDENCE', doubt);
  }
}

/** What is made of a setup. */
interface Built {
  readonly estimator: PointEstimator;
  readonly codebook: SplitCodebook;
  /** Of the beams that are radiated. */
  readonly gains: BeamPowers;
}

function build(setup: unknown): Built {
  const parsed = setupSchema.safeParse(setup);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw new BeamloopError('BAD_ARGUMENT', {
      what: `The setup of a local estimate is wrong: ${issue!.path.join('.')}: ${issue!.message}`,
      todo: 'Use the same version of beamloop on both sides',
    });
  }
  const { scheme, sector, beams } = parsed.data;
  const split = splitOf(scheme);
  if (split === null) {
    throw new BeamloopError('BAD_ARGUMENT', {
      what: `Scheme ${scheme.name} has no estimator that a UE could run`,
      todo: `Use ${splitSchemes('or')}`,
    });
  }
  const array = new LinearArray(parsed.data.array);
  const band = new Band({ ...parsed.data.band, carrierHz: array.carrierHz });
  const codebook = split.codebook(array, { band, sector });
  const { pilots } = codebook;
  const radiated = new Map(
    beams?.map((beam, k) => {
      const length = array.numElements;
      const read = (text: string | null) => text && decode(text, length);
      return [
        pilots[k]?.codeword.key,
        {
          phaseRad: decode(beam.phaseRad, length),
          delayS: read(beam.delayS),
          amplitude: read(beam.amplitude),
        },
      ] as const;
    }),
  );
  if (beams !== null && beams.length !== pilots.length) {
    throw new BeamloopError('BAD_ARGUMENT', {
      what: `The setup of a local estimate tells of ${beams.length} beams, its scheme has ${pilots.length} pilots`,
    });
  }
  const realise = (codeword: Codeword) => ({ ...codeword, ...radiated.get(codeword.key) }) as Codeword;
  const estimator = createEstimator(split.estimator, { codebook, sector, realise });
  const realised = pilots.map(({ codeword }) => realise(codeword));
  return { estimator, codebook, gains: new BeamPowers(codebook, realised, 'exact') };
}

function encode(values: Float64Array): string {
  return Buffer.from(values.buffer, values.byteOffset, values.byteLength).toString('base64');
}

function decode(text: string, length: number): Float64Array {
  const bytes = Buffer.from(text, 'base64');
  if (bytes.length !== 8 * length) {
    throw new BeamloopError('BAD_ARGUMENT', {
      what: `The setup of a local estimate has ${bytes.length / 8} values for ${length} elements`,
    });
  }
  const values = Float64Array.from({ length }, (_, n) => bytes.readDoubleLE(8 * n));
  const odd = values.findIndex((value) => !Number.isFinite(value));
  if (odd < 0) return values;
  throw new BeamloopError('BAD_ARGUMENT', {
    what: `A beam in the setup of a local estimate is ${values[odd]} at element ${odd + 1}`,
    todo: 'Send finite phases, delays and amplitudes',
  });
}
