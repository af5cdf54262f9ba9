import { expect, it } from 'vitest';
import type { SplitCodebook } from '../../../../src/codebook/beam-split.js';
import { powersOf } from '../../../../src/sounding/powers.js';
import { BeamPowers } from '../../../../src/training/estimators/beam-powers.js';
import { OnGridEstimator } from '../../../../src/training/estimators/on-grid.js';
import { demonstration, evaluation, gainsAt, noiseless } from './setting.js';

/** Of two foci this near to each other either may be stronger by rounding: both are within 1e-9 of the peak. */
const SAME = 1e-6;

function returnsVisibleFoci(codebook: SplitCodebook): void {
  const estimator = new OnGridEstimator(codebook);
  const beams = new BeamPowers(
    codebook,
    codebook.pilots.map(({ codeword }) => codeword),
    'fresnel',
  );
  const gains = new Float64Array(beams.numValues);
  let visible = 0;
  codebook.pilots.forEach(({ foci }) => {
    for (let m = 0; m < foci.sinAngle.length; m++) {
      if (foci.visible[m] === 0) continue;
      visible++;
      const focus = { sinAngle: foci.sinAngle[m]!, ringPerM: foci.ringPerM[m]! };
      beams.evaluate(focus, gains);
      const estimate = estimator.estimate(noiseless(codebook, gains));
      expect(Math.abs(estimate.sinAngle - focus.sinAngle)).toBeLessThan(SAME);
      expect(Math.abs(estimate.ringPerM - focus.ringPerM)).toBeLessThan(SAME);
      // The sum over elements, now and then: it is slow.
      if (m % 64 !== 0) continue;
      expect(estimator.estimate(noiseless(codebook, gainsAt(codebook, focus, 'fresnel')))).toEqual(estimate);
    }
  });
  expect(visible).toBeGreaterThan(0.9 * gains.length);
}

it('returns the visible focus at which the user sits, in the demonstration', () => {
  returnsVisibleFoci(demonstration());
});

it('returns the visible focus at which the user sits, in the evaluation', () => {
  returnsVisibleFoci(evaluation());
});

it('takes a focus behind the horizon to the horizon', () => {
  const codebook = evaluation();
  const { foci } = codebook.pilots[0]!;
  const m = foci.visible.indexOf(0);
  expect(m).toBeGreaterThanOrEqual(0);
  const powers = new Float64Array(3 * 1024);
  powers[m] = 1;
  expect(new OnGridEstimator(codebook).estimate(powersOf(powers, 1024))).toEqual({
    sinAngle: Math.sign(foci.sinAngle[m]!),
    ringPerM: foci.ringPerM[m]!,
  });
});

it('refuses powers of another shape, with the numbers', () => {
  const estimator = new OnGridEstimator(demonstration());
  expect(() => estimator.estimate(powersOf(new Float64Array(3 * 512), 512))).toThrow(
    'The estimator got 1536 powers of 512 subcarriers a pilot; its codebook has 2 pilots of 512 subcarriers',
  );
  expect(() => estimator.estimate(powersOf(new Float64Array(1024), 1024))).toThrow(/1024 powers of 1024/);
});
