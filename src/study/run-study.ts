import { BeamloopError } from '../core/errors.js';
import { runAccuracy } from './accuracy/accuracy.js';
import { runBeamSplit } from './beam-split/beam-split.js';
import { runBoundary } from './boundary/boundary.js';
import type { StudyResult } from './common/result.js';
import type { ThreadOptions } from './fan-out/threads.js';
import { runPattern } from './pattern/pattern.js';
import { runPilots } from './pilots/pilots.js';
import { runRate } from './rate/rate.js';
import type { Study } from './study-file.js';
import { requireRoomFor } from './study-sizes.js';

export interface StudyOverrides {
  /** Users per point instead of the file's. */
  readonly numUsers?: number;
  readonly seed?: number;
}

/**
 * The study with what the command line says instead of the file.
 *
 * @throws BeamloopError BAD_ARGUMENT when there is nothing to override.
 */
export function overrideStudy(study: Study, { numUsers, seed }: StudyOverrides): Study {
  if (numUsers === undefined && seed === undefined) return study;
  if (study.kind !== 'accuracy' && study.kind !== 'rate') {
    throw new BeamloopError('BAD_ARGUMENT', {
      what:
        study.kind === 'scenario'
          ? "A study of a scenario has the scenario's users and seed"
          : `A study of kind '${study.kind}' draws no users`,
      todo: 'Leave out --users and --seed',
    });
  }
  if (study.kind === 'rate') {
    return {
      ...study,
      seed: seed ?? study.seed,
      users: { ...study.users, count: numUsers ?? study.users.count },
    };
  }
  if (numUsers !== undefined && study.users.list !== undefined) {
    throw new BeamloopError('BAD_ARGUMENT', {
      what: 'The study lists its users one by one',
      where: '--users',
      todo: 'Leave out --users, or edit the list',
    });
  }
  return {
    ...study,
    seed: seed ?? study.seed,
    users: { ...study.users, count: numUsers ?? study.users.count },
  };
}

/**
 * Runs a study of any kind. Studies that draw users use threads.
 *
 * @throws BeamloopError SCENARIO_INVALID when it is too large.
 */
export async function runStudy(study: Study, options: ThreadOptions): Promise<StudyResult> {
  if (study.kind !== 'scenario') requireRoomFor(study, options.traced);
  switch (study.kind) {
    case 'accuracy':
      return runAccuracy(study, options);
    case 'pilots':
      return runPilots(study);
    case 'boundary':
      return runBoundary(study);
    case 'pattern':
      return runPattern(study);
    case 'rate':
      return runRate(study, options);
    case 'beam-split':
      return runBeamSplit(study, options.signal);
    case 'scenario':
      throw new BeamloopError('BAD_ARGUMENT', {
        what: 'A study of a scenario needs a board that stands in for the emulated one',
        todo: 'Use runScenarioStudy, as the command beamloop study does',
      });
  }
}
