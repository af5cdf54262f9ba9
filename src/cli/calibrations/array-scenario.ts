/** The one scenario whose array is calibrated or checked. */
import { BeamloopError } from '../../core/errors.js';
import { readVariants, type ScenarioFile } from '../../scenario/scenario.js';
import { type EmulatedSection, emulatedSection } from '../../testbed.js';
import { calibrationOption, withCalibration } from '../calibration-option.js';
import { fileOrShipped } from '../shipped-files.js';

export const scenarioPositional = {
  type: 'string',
  demandOption: true,
  describe: 'Scenario file (YAML), or a name of `beamloop scenarios`',
} as const;

export const arrayScenarioOptions = {
  ...calibrationOption,
  set: {
    type: 'string',
    array: true,
    nargs: 1,
    default: [] as string[],
    describe: 'A key of the scenario with another value, key=value',
  },
} as const;

/** @throws BAD_ARGUMENT where --set gives several; what reading a scenario throws. */
export function readArrayScenario(args: {
  readonly scenario: string;
  readonly calibration?: string | undefined;
  readonly set: readonly string[];
}): ScenarioFile<EmulatedSection> {
  const files = readVariants(fileOrShipped(args.scenario), emulatedSection, {
    set: withCalibration(args.calibration, args.set),
    seed: undefined,
    repeat: 1,
  });
  if (files.length === 1) return files[0]!;
  throw new BeamloopError('BAD_ARGUMENT', {
    what: `--set gives ${files.length} scenarios; one array is calibrated at a time`,
    where: '--set',
    todo: 'Give each key one value',
  });
}
