import { availableParallelism } from 'node:os';
import { requireWhole } from '../core/arguments.js';
import { BeamloopError } from '../core/errors.js';
import { MAX_USERS } from './common/file-sections.js';
import type { StudyResult } from './common/result.js';
import type { StudyContext, StudyKind, StudyOverrides } from './common/study-kind.js';
import { requireRoomFor } from './common/study-sizes.js';
import { kindOf, STUDY_KINDS, type Study } from './study-kinds.js';
import { studyThreads } from './study-threads.js';

/**
 * What a study runs with: a thread per core and no traces unless given. A study of a scenario needs `openScenario`, which
 * opens the scenario that the study names relative to its own file.
 */
export type StudyOptions = Partial<StudyContext>;

/**
 * The study with what the command line says instead of the file.
 *
 * @throws BeamloopError BAD_ARGUMENT when there is nothing to override.
 */
export function overrideStudy(study: Study, overrides: StudyOverrides): Study {
  const { numUsers, seed, data } = overrides;
  if (numUsers === undefined && seed === undefined && data === undefined) return study;
  if (numUsers !== undefined) requireWhole('numUsers', numUsers, 1, MAX_USERS);
  if (seed !== undefined) requireWhole('seed', seed, 0, Number.MAX_SAFE_INTEGER);
  const kind = kindOf(study);
  if (data !== undefined && kind.takesData !== true) {
    throw new BeamloopError('BAD_ARGUMENT', {
      what: `A study of kind '${study.kind}' works on no data set`,
      where: '--data',
      todo: `Leave out --data; it is for studies of kind ${kindsWithData()}`,
    });
  }
  return kind.override(study, overrides) as Study;
}

/**
 * Runs a study of any kind.
 *
 * @throws BeamloopError SCENARIO_INVALID when it is too large, or cannot work; BAD_ARGUMENT where it keeps no traces, or
 * has no way to its scenario; the signal's reason when it is aborted.
 */
export async function runStudy(study: Study, options: StudyOptions = {}): Promise<StudyResult> {
  const {
    executor = studyThreads(availableParallelism()),
    traced = false,
    openScenario = noScenarios,
  } = options;
  const kind = kindOf(study);
  requireRoomFor(kind.sizes(study, traced));
  return kind.run(study, { ...options, executor, traced, openScenario });
}

function kindsWithData(): string {
  const taking = (STUDY_KINDS as readonly StudyKind[]).filter(({ takesData }) => takesData === true);
  return taking.map(({ kind }) => `'${kind}'`).join(', ');
}

function noScenarios(file: string): never {
  throw new BeamloopError('BAD_ARGUMENT', {
    what: 'A study of a scenario needs a board that stands in for the emulated one',
    where: file,
    todo: 'Give openScenario, such as openStudiedScenario',
  });
}
