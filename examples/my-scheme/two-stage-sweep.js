/**
 * A scheme of one's own: every second far-field beam first, then all rings at the angles around the strongest.
 * Run it with: beamloop run examples/my-scheme/scenario.yaml
 */
export default {
  name: 'two-stage-sweep',
  title: 'Two-stage sweep',
  source: 'an example',
  colour: 'sky',
  needs: 'carrier',
  options: ({ z }) => ({
    /** Angles on either side of the strongest beam that are searched on all rings. */
    reach: z.int().min(1).max(8).default(2),
  }),
  build({ options, array, polar, codewordOfPhases, strongest, polarEstimate }) {
    // A beam to the far field in the direction of every second angle of the polar codebook.
    const coarse = [];
    for (let angleIndex = 1; angleIndex <= polar.numAngles; angleIndex += 2) {
      const sinAngle = Math.sin(polar.angleRad(angleIndex));
      const phaseRad = array.elementYM.map((yM) => (-2 * Math.PI * yM * sinAngle) / array.wavelengthM);
      coarse.push({ angleIndex, codeword: codewordOfPhases(`far beam ${angleIndex}`, phaseRad) });
    }

    // Called anew for every user: yields pilots, gets their powers, returns an estimate.
    return function* search() {
      const first = yield coarse.map(({ codeword }) => codeword);
      const middle = coarse[strongest(first.mean)].angleIndex;

      const candidates = [];
      for (let ring = 1; ring <= polar.numRings; ring++) {
        for (let angleIndex = middle - options.reach; angleIndex <= middle + options.reach; angleIndex++) {
          if (angleIndex >= 1 && angleIndex <= polar.numAngles) candidates.push({ ring, angleIndex });
        }
      }
      const second = yield candidates.map((index) => polar.codeword(index));
      return polarEstimate(candidates[strongest(second.mean)]);
    };
  },
};
