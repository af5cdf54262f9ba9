/** Whether users that move stay where users can be. */
import type { AntennaArray } from '../array/antenna-array.js';
import { placeText, wrongPlace } from '../channel/place-checks.js';
import { BeamloopError } from '../core/errors.js';
import type { Scenario } from './scenario-schema.js';
import { arrayOf, codebookOf, type User, usersOf } from './users.js';

/** Places of a motion that are looked at, evenly in time. */
const MOST_PLACES = 20_000;
const LEAST_STEP_S = 1e-3;
/** Steps of a walk that are drawn and kept. */
const MOST_STEPS = 2_000_000;

/**
 * Looks at all emulated users that move.
 *
 * @param durationS of the campaign; 0 = where they begin.
 * @throws SCENARIO_INVALID, naming user, time and place.
 */
export function checkMotions(scenario: Scenario, durationS: number, file: string): void {
  const { users } = scenario;
  const moves = Array.isArray(users)
    ? users.some(({ motion }) => motion !== undefined)
    : users.motion !== undefined;
  if (!moves) return;
  const array = arrayOf(scenario);
  for (const user of emulatedUsers(scenario, file)) checkMotion(user, durationS, array, file);
}

function emulatedUsers(scenario: Scenario, file: string): User[] {
  try {
    return usersOf(scenario, codebookOf(scenario));
  } catch (error) {
    if (!(error instanceof BeamloopError)) throw error;
    const { code, what, where, todo, cause } = error;
    throw new BeamloopError(code, {
      what,
      where: [file, where].filter((part) => part !== undefined).join(', '),
      ...(todo !== undefined && { todo }),
      cause,
    });
  }
}

/** As `checkMotions`, for one user. */
export function checkMotion({ id, truth }: User, durationS: number, array: AntennaArray, file: string): void {
  const { motion = null, motionPlan = null } = truth ?? {};
  if (motion === null) return;
  const where = `${file}, motion of user '${id}'`;
  const numSteps = motionPlan?.kind === 'walk' ? durationS / motionPlan.stepS : 0;
  if (numSteps > MOST_STEPS) {
    throw new BeamloopError('SCENARIO_INVALID', {
      what: `User '${id}' would walk ${Math.ceil(numSteps)} steps in ${durationS} s; ${MOST_STEPS} are the most`,
      where,
      todo: 'Give longer steps',
    });
  }
  const stepS = Math.max(LEAST_STEP_S, durationS / MOST_PLACES);
  for (let k = 0; k <= Math.ceil(durationS / stepS); k++) {
    const timeS = Math.min(k * stepS, durationS);
    const placeM = motion.positionAt(timeS);
    const wrong = wrongPlace(array, placeM);
    if (wrong === null) continue;
    throw new BeamloopError('SCENARIO_INVALID', {
      what: `User '${id}', which is at ${placeText(placeM)} after ${Number(timeS.toPrecision(4))} s, ${wrong.what}`,
      where,
      todo: 'Have it turn back before, or begin farther away',
    });
  }
}
