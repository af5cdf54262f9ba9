/** One pilot, whose subcarriers look in all directions at infinity. */
import { farRainbowCodebook } from '../../codebook/rainbow.js';
import { rainbowAdvice } from '../../codebook/split-advice.js';
import { estimatorSchema } from '../estimators/choice.js';
import { estimatorLabel } from '../estimators/label.js';
import { builtIn } from '../scheme-definition.js';

export const farFieldRainbowScheme = builtIn({
  name: 'far-field-rainbow',
  title: 'Far-field rainbow',
  source: 'compared in Near-Field Wideband Beam Training Based on Distance-Dependent Beam Split',
  pilots: '1',
  colour: null,
  needs: 'split beams',
  options: { estimator: estimatorSchema.prefault('on-grid') },
  rules: null,
  label: ({ estimator }) => [estimatorLabel(estimator)],
  codebook: (_, array, { band, sector }) => farRainbowCodebook(array, band, Math.sin(sector.maxAngleRad)),
  givenParameters: () => null,
  advice: (_, array, { band, sector }) => rainbowAdvice(array, band, Math.sin(sector.maxAngleRad), null),
  refinement: null,
  coarseBeams: null,
  searchesWholeCodebook: false,
  tracedPilots: () => 100,
  withPilots: null,
  chosenPilots: () => null,
});
