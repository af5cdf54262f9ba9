/** The training of one user, down to the pilots that are sent again for want of evidence. Campaigns and studies drive it alike. */
import { BeamloopError } from '../core/errors.js';
import type { User } from '../scenario/users.js';
import type { Powers } from '../sounding/powers.js';
import type { Sounding } from '../sounding/sounding.js';
import type { Evidence, MeasuredBatch } from '../training/evidence.js';
import type { Estimate, Scheme } from '../training/scheme.js';
import { type JudgeUser, numSaturated } from './evidence.js';

export interface JudgedTraining {
  readonly estimate: Estimate;
  /** Null for a user that sent no pilots, and where nobody judges. */
  readonly evidence: Evidence | null;
  /** That the scheme asked for. */
  readonly numPilots: number;
  /** That were sent after them, to check the estimate. */
  readonly numCheckPilots: number;
}

/**
 * Yields the scheme's pilots and then the judge's, wants to know what was received of them.
 *
 * @param judge null where the estimate is known to hold.
 * @throws NO_EVIDENCE when the powers do not bear out the estimate, UE_ESTIMATE when the scheme can make nothing of them.
 */
export function* judgedTraining(
  scheme: Scheme,
  user: User,
  judge: JudgeUser | null,
): Sounding<JudgedTraining, MeasuredBatch> {
  const batches: MeasuredBatch[] = [];
  let numPilots = 0;
  let step = scheme.next();
  while (!step.done) {
    const batch = yield step.value;
    batches.push(batch);
    numPilots += batch.pilots.length;
    step = resumed(scheme, batch.powers, user.id);
  }
  const estimate = step.value;
  if (judge === null) return { estimate, evidence: null, numPilots, numCheckPilots: 0 };
  let numCheckPilots = 0;
  const judging = judge(user, batches, estimate);
  let verdict = judging.next();
  while (!verdict.done) {
    numCheckPilots += verdict.value.length;
    verdict = judging.next(yield verdict.value);
  }
  return { estimate, evidence: verdict.value, numPilots, numCheckPilots };
}

/**
 * The training as a sounding that one UE listens to.
 *
 * @param fullScale power at which the UE's receiver clips; undefined where it does not know.
 */
export function* heard(
  training: ReturnType<typeof judgedTraining>,
  fullScale: number | undefined,
): Sounding<JudgedTraining, readonly Powers[]> {
  let step = training.next();
  while (!step.done) {
    const pilots = step.value;
    const powers = (yield pilots)[0]!;
    step = training.next({ pilots, powers, numSaturated: numSaturated(powers, fullScale) });
  }
  return step.value;
}

/** Runs a scheme on. What it refuses of one UE's powers (a noise floor that is missing, say) is no other user's trouble. */
function resumed(scheme: Scheme, powers: Powers, ue: string): ReturnType<Scheme['next']> {
  try {
    return scheme.next(powers);
  } catch (error) {
    if (!(error instanceof BeamloopError) || error.code !== 'BAD_ARGUMENT') throw error;
    throw new BeamloopError('UE_ESTIMATE', {
      what: `What UE '${ue}' measured allows no estimate: ${error.what}`,
      ...(error.where !== undefined && { where: error.where }),
      ...(error.todo !== undefined && { todo: error.todo }),
      cause: error,
    });
  }
}
