/** 'Found' needs evidence: what a user's pilots brought is judged before an estimate is recorded (src/training/evidence.ts). */

import type { BoardBeams } from '../../calibration/board-beams.js';
import type { PlanarCodebook } from '../codebook/planar.js';
import { PolarCodebook } from '../codebook/polar.js';
import { BeamloopError } from '../core/errors.js';
import type { Preparation } from '../scenario/plan.js';
import type { User } from '../scenario/users.js';
import type { Powers } from '../sounding/powers.js';
import type { PilotBatch } from '../sounding/sounding.js';
import { BeamPowers } from '../training/estimators/beam-powers.js';
import type { Decision, Evidence, MeasuredBatch, Verdict } from '../training/evidence.js';
import { judging, MOST_CHECK_PILOTS } from '../training/evidence-check.js';
import {
  carrierGains,
  placesAround,
  planarGains,
  planarPlacesAround,
  pointOfEstimate,
} from '../training/evidence-gains.js';
import { needsBand, splitOf } from '../training/registry.js';
import type { Estimate } from '../training/scheme.js';
import type { SchemeFactory } from '../training/scheme-factory.js';

/** Yields pilots that are to be sent again, where need be. */
export type JudgeUser = (
  user: User,
  batches: readonly MeasuredBatch[],
  estimate: Estimate,
) => Generator<PilotBatch, Evidence | null, MeasuredBatch>;

type Judged = Pick<Preparation, 'scenario' | 'scheme'>;

function isKeptByUe({ scenario }: Pick<Judged, 'scenario'>): boolean {
  return scenario.bridge.feedback === 'estimate' && splitOf(scenario.scheme) !== null;
}

/** Where UEs estimate, the UE judged by all of its powers; here are their means only. */
function decidesPerSubcarrier({ scenario, scheme }: Judged): boolean {
  return needsBand(scenario.scheme) && scheme.onlySubcarrier === null && !isKeptByUe({ scenario });
}

/** Pilots that a user may be sent again for want of evidence. */
export function mostCheckPilots(preparation: Judged): number {
  return isKeptByUe(preparation) || decidesPerSubcarrier(preparation) ? 0 : MOST_CHECK_PILOTS;
}

/**
 * Judges the users of a campaign. Null for a user that sent no pilots.
 *
 * @throws NO_EVIDENCE when the powers do not bear out the estimate.
 */
export function evidenceJudge(
  {
    scenario,
    codebook,
    wideband,
    scheme,
  }: Pick<Preparation, 'scenario' | 'codebook' | 'wideband' | 'scheme'>,
  beams: BoardBeams,
): JudgeUser {
  if (!(codebook instanceof PolarCodebook)) return planarJudge(codebook, scheme);
  const { array } = codebook;
  const keptByUe = isKeptByUe({ scenario });
  const numAveraged = keptByUe && wideband !== null ? wideband.band.numSubcarriers : 1;
  const perSubcarrier = decidesPerSubcarrier({ scenario, scheme });
  let whole: BeamPowers | undefined;
  const gainsOf = (pilots: PilotBatch): Decision['gainsAt'] | null => {
    if (keptByUe) return null;
    if (!perSubcarrier || wideband === null) return carrierGains(array, pilots);
    whole ??= new BeamPowers(
      { array, band: wideband.band },
      pilots.map((codeword) => beams.realise(codeword)),
      'exact',
    );
    const { numValues } = whole;
    return (place) => {
      const gains = new Float64Array(numValues);
      whole!.evaluate(place, gains);
      return gains;
    };
  };
  return function* judgeUser(user, batches, estimate) {
    if (batches.length === 0) return null;
    const gainsAt = gainsOf(batches.flatMap(({ pilots }) => pilots));
    const verdict = yield* judging(batches, {
      noiseExpected: expectsNoise(user),
      onlySubcarrier: scheme.onlySubcarrier,
      perSubcarrier,
      numAveraged,
      places: gainsAt === null ? [] : placesAround(array, pointOfEstimate(estimate)),
      gainsAt: gainsAt ?? (() => new Float64Array(0)),
    });
    return borneOut(user, verdict);
  };
}

function planarJudge(codebook: PlanarCodebook, { onlySubcarrier, estimates }: SchemeFactory): JudgeUser {
  return function* judgeUser(user, batches, estimate) {
    if (batches.length === 0) return null;
    const pilots = batches.flatMap((batch) => batch.pilots);
    const gainsAt = estimates === 'beam' ? null : planarGains(codebook.array, pilots);
    const verdict = yield* judging(batches, {
      noiseExpected: expectsNoise(user),
      onlySubcarrier,
      perSubcarrier: false,
      numAveraged: 1,
      places: gainsAt === null ? [] : planarPlacesAround(codebook, estimate),
      gainsAt: gainsAt ?? (() => new Float64Array(0)),
    });
    return borneOut(user, verdict);
  };
}

function expectsNoise({ truth }: User): boolean {
  return truth === null || truth.snrDb < Number.POSITIVE_INFINITY;
}

function borneOut({ id }: User, { evidence, doubt }: Verdict): Evidence {
  if (doubt === null) return evidence;
  throw new BeamloopError('NO_EVIDENCE', {
    what: `What UE '${id}' measured is no evidence of where it is. ${doubt.what}`,
    todo: `${doubt.todo}. Then measure in a new run: one that is resumed decides by the same powers`,
  });
}

/** Pilots that have a power at the UE's full scale; none where the UE did not say what that is. */
export function numSaturated(
  { perSubcarrier, numSubcarriers, mean }: Powers,
  fullScale: number | undefined,
): number {
  if (fullScale === undefined) return 0;
  const most = Math.fround(fullScale);
  let count = 0;
  for (let k = 0; k < mean.length; k++) {
    const row = perSubcarrier.subarray(k * numSubcarriers, (k + 1) * numSubcarriers);
    if (row.some((power) => power >= most)) count++;
  }
  return count;
}
