/** One pilot per distance ring, whose subcarriers look in all directions. */
import { ringRangeOf } from '../../array/focal-point.js';
import { rainbowCodebook } from '../../codebook/rainbow.js';
import { rainbowAdvice } from '../../codebook/split-advice.js';
import { estimatorSchema } from '../estimators/choice.js';
import { estimatorLabel } from '../estimators/label.js';
import { firstOf, firstPilots, rings, ringsAndPilotsLabel, ringsOf } from '../grid-options.js';
import { builtIn } from '../scheme-definition.js';

export const nearFieldRainbowScheme = builtIn({
  name: 'near-field-rainbow',
  title: 'Near-field rainbow',
  source: 'compared in Near-Field Wideband Beam Training Based on Distance-Dependent Beam Split',
  pilots: 'one per ring',
  colour: null,
  needs: 'split beams',
  options: { rings, pilots: firstPilots, estimator: estimatorSchema.prefault('on-grid') },
  rules: null,
  label: (options) => [...ringsAndPilotsLabel(options), estimatorLabel(options.estimator)],
  codebook: (options, array, { band, sector }) => {
    const ringsPerM = [...ringsOf(options.rings, array, sector)];
    const sent = firstOf(options.pilots, ringsPerM, 'near-field-rainbow');
    return rainbowCodebook(array, band, Math.sin(sector.maxAngleRad), sent);
  },
  givenParameters: () => null,
  advice: (options, array, { band, sector }) => {
    const even = options.rings === 'polar' ? null : { count: options.rings, rangePerM: ringRangeOf(sector) };
    return rainbowAdvice(array, band, Math.sin(sector.maxAngleRad), even);
  },
  refinement: null,
  coarseBeams: null,
  searchesWholeCodebook: false,
  tracedPilots: () => 100,
  withPilots: (options, count) =>
    typeof options.rings === 'number' ? { ...options, rings: count } : { ...options, pilots: count },
  chosenPilots: ({ pilots }) => pilots ?? null,
});
