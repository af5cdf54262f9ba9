/** Training with distance-dependent beam split: a few pilots sweep directions and distances at once. */
import { z } from 'zod';
import { ringRangeOf } from '../../array/focal-point.js';
import type { LinearArray } from '../../array/linear-array.js';
import type { SplitParameters } from '../../codebook/beam-split.js';
import { tdPsAdvice } from '../../codebook/split-advice.js';
import { describeTdPs, designTdPs, type TdPsDesign, tdPsCodebook } from '../../codebook/tdps.js';
import { plural } from '../../core/plural.js';
import { quantity } from '../../core/settings-quantity.js';
import { estimatorSchema } from '../estimators/choice.js';
import { estimatorLabel } from '../estimators/label.js';
import { builtIn, type OptionsOf } from '../scheme-definition.js';
import type { WidebandSetting } from '../scheme-factory.js';

/** A number or an expression such as `349/11`. */
const plainNumber = quantity('1').pipe(z.number('must be finite'));
const pair = z.tuple([plainNumber, plainNumber], 'must be two numbers: direction and ring (1/m)');

const options = {
  /** K; what Algorithm 1 asks for unless given. */
  pilots: z.int().min(1).max(65_535).optional(),
  gamma: plainNumber.pipe(z.number().gt(0).max(1)).optional(),
  epsilon: plainNumber.pipe(z.number().min(1)).optional(),
  endDirection: plainNumber.pipe(z.number().min(-1).max(1)).optional(),
  /** [theta_t, alpha_t] and [theta_p, alpha_p] in place of Algorithm 1. */
  delayParameters: pair.optional(),
  phaseParameters: pair.optional(),
  /** What pilots differ by; by phases one fixed delay per element will do. */
  interleaving: z.enum(['delays', 'phases']).default('delays'),
  estimator: estimatorSchema.prefault('matched-filter'),
};

type Options = OptionsOf<typeof options>;

/** What Algorithm 1 is told. */
const OF_ALGORITHM = ['gamma', 'epsilon', 'endDirection'] as const;

export const tdPsScheme = builtIn({
  name: 'tdps',
  title: 'TD-PS',
  source: 'Near-Field Wideband Beam Training Based on Distance-Dependent Beam Split, Algorithm 1',
  pilots: 'what Algorithm 1 asks for, a few',
  colour: null,
  needs: 'split beams',
  options,
  rules: (chosen, context) => {
    if ((chosen.delayParameters === undefined) !== (chosen.phaseParameters === undefined)) {
      const message = 'goes together with delayParameters';
      context.addIssue({ code: 'custom', message, path: ['phaseParameters'] });
    }
    for (const key of OF_ALGORITHM) {
      if (chosen.delayParameters === undefined || chosen[key] === undefined) continue;
      const message = 'is what parameters are computed from, and delayParameters gives them';
      context.addIssue({ code: 'custom', message, path: [key] });
    }
  },
  label: ({ pilots, delayParameters, estimator }, changed) => [
    ...(pilots === undefined ? [] : [plural(pilots, 'pilot')]),
    ...(delayParameters === undefined ? changed(OF_ALGORITHM) : ['given parameters']),
    ...changed(['interleaving']),
    estimatorLabel(estimator),
  ],
  codebook: (chosen, array, setting) =>
    tdPsCodebook(array, setting.band, designOf(chosen, array, setting), chosen.pilots, chosen.interleaving),
  givenParameters,
  advice: (chosen, array, setting) => {
    const design = designOf(chosen, array, setting);
    return tdPsAdvice(array, setting.band, design, chosen.pilots ?? design.minPilots);
  },
  refinement: null,
  coarseBeams: null,
  searchesWholeCodebook: false,
  tracedPilots: () => 100,
  withPilots: (chosen, count) => ({ ...chosen, pilots: count }),
  chosenPilots: ({ pilots }) => pilots ?? null,
});

function givenParameters({ delayParameters, phaseParameters }: Options): SplitParameters | null {
  if (delayParameters === undefined || phaseParameters === undefined) return null;
  return {
    delaySinAngle: delayParameters[0],
    delayRingPerM: delayParameters[1],
    phaseSinAngle: phaseParameters[0],
    phaseRingPerM: phaseParameters[1],
  };
}

/** The parameters that are given, or those of Algorithm 1 for the sector. */
function designOf(chosen: Options, array: LinearArray, { band, sector }: WidebandSetting): TdPsDesign {
  const given = givenParameters(chosen);
  if (given !== null) return describeTdPs(array, band, given);
  const { gamma, epsilon, endDirection } = chosen;
  return designTdPs(array, band, { gamma, epsilon, endDirection, ringRangePerM: ringRangeOf(sector) });
}
