import { BeamloopError } from '../../core/errors.js';
import { defineStudyKind, refuseOverrides, type StudyContext } from '../common/study-kind.js';
import { runScenarioStudy } from './scenario-study.js';
import { type ScenarioStudy, scenarioStudySchema } from './scenario-study-file.js';

/** The users of a scenario, trained on the channel model as `beamloop run` trains them on an emulated board. */
export const scenarioKind = defineStudyKind({
  kind: 'scenario',
  schema: scenarioStudySchema,
  // The scenario's own checks bound it.
  sizes: () => [],
  override: () => refuseOverrides("A study of a scenario has the scenario's users and seed"),
  simulator: null,
  run: runOnChannel,
});

async function runOnChannel(study: ScenarioStudy, { traced, openScenario, ...options }: StudyContext) {
  if (traced) {
    throw new BeamloopError('BAD_ARGUMENT', {
      what: 'A study of a scenario keeps no traces',
      where: '--trace',
      todo: 'Leave it out; beamloop run records every power',
    });
  }
  const { file, board } = await openScenario(study.scenario);
  return runScenarioStudy(study, file, board, options);
}
