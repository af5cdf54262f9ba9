/** Options of commands that read a source, and what Ctrl-C leaves. */
import { BeamloopError } from '../../core/errors.js';
import type { ScenarioOptions } from '../../prediction/datasets/deepsense/scenario.js';
import { quantityOption } from '../options.js';

export const sourceOptions = {
  gap: {
    type: 'string',
    requiresArg: true,
    describe:
      'Longer steps from sample to sample are gaps, e.g. "0.2 s"; 1.75 times the usual step unless given',
  },
  'label-base': {
    type: 'string',
    requiresArg: true,
    choices: ['0', '1'],
    describe: 'From which released labels count, where nothing in the data tells it',
  },
} as const;

export function scenarioOptions({
  gap,
  labelBase,
}: {
  readonly gap?: string | undefined;
  readonly labelBase?: string | undefined;
}): ScenarioOptions {
  const gapS = gap === undefined ? undefined : quantityOption('gap', gap, 's');
  if (gapS !== undefined && !(gapS > 0)) {
    throw new BeamloopError('BAD_ARGUMENT', {
      what: `--gap cannot be ${gap}`,
      todo: 'Give a time above 0, such as --gap "0.2 s"',
    });
  }
  return {
    ...(gapS !== undefined && { gapS }),
    ...(labelBase !== undefined && { labelBase: labelBase === '1' ? 1 : 0 }),
  };
}
