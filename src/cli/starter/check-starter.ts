/** A starter scenario is what beamloop's own reader and planner take: it is made, read and planned before it is written. */

import { BeamloopError } from '../../core/errors.js';
import { largest } from '../../core/extremes.js';
import { prepare } from '../../scenario/plan.js';
import { type PlanOnBoard, planOnBoard } from '../../scenario/plan-on-board.js';
import { parseScenario } from '../../scenario/scenario.js';
import { assumedBoard, emulatedSection } from '../../testbed.js';
import type { StarterAnswers } from './starter-answers.js';
import { starterScenario } from './starter-scenario.js';

/** Enough for any pilots; what they need of it is measured. */
const GENEROUS_S = 100e-6;

/**
 * The text of a scenario that can be run as it stands.
 *
 * @param file its name, for complaints.
 * @throws BAD_ARGUMENT, SCENARIO_INVALID, PLAN_REFUSED where the answers do not go together.
 */
export function checkedStarter(answers: StarterAnswers, file: string): string {
  if (answers.scheme.needs !== 'split beams') {
    const text = starterScenario(answers, 0);
    planned(text, file);
    return text;
  }
  const { realisability } = planned(starterScenario(answers, GENEROUS_S), file);
  const spanS = largest((realisability?.pilots ?? []).map(({ delaySpanS }) => delaySpanS));
  const text = starterScenario(answers, spanS);
  planned(text, file);
  return text;
}

function planned(text: string, file: string): PlanOnBoard {
  try {
    const { scenario } = parseScenario(text, file, emulatedSection);
    return planOnBoard(prepare(scenario), assumedBoard(scenario), null);
  } catch (error) {
    if (!(error instanceof BeamloopError)) throw error;
    const { code, what, where, todo, cause } = error;
    throw new BeamloopError(code, {
      what: `Nothing was written, as the answers do not go together: ${what}`,
      ...(where !== undefined && { where }),
      ...(todo !== undefined && { todo }),
      cause,
    });
  }
}
