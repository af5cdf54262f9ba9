/** Every kind of study. Adding one is its folder and a line here; whatever is done with studies of any kind asks this list. */
import { z } from 'zod';
import type { Simulation, Simulator } from '../fan-out/executor.js';
import { accuracyKind } from './accuracy/accuracy-kind.js';
import { beamPredictionKind } from './beam-prediction/beam-prediction-kind.js';
import { beamSplitKind } from './beam-split/beam-split-kind.js';
import { boundaryKind } from './boundary/boundary-kind.js';
import { calibrationKind } from './calibration/calibration-kind.js';
import { cameraPredictionKind } from './camera-prediction/camera-prediction-kind.js';
import type { KindSchema, StudyKind } from './common/study-kind.js';
import { patternKind } from './pattern/pattern-kind.js';
import { pilotsKind } from './pilots/pilots-kind.js';
import { predictionCostKind } from './prediction-cost/prediction-cost-kind.js';
import { rateKind } from './rate/rate-kind.js';
import { scenarioKind } from './scenario/scenario-kind.js';
import { trackingKind } from './tracking/tracking-kind.js';

export const STUDY_KINDS = [
  accuracyKind,
  pilotsKind,
  boundaryKind,
  patternKind,
  rateKind,
  beamSplitKind,
  trackingKind,
  beamPredictionKind,
  predictionCostKind,
  cameraPredictionKind,
  calibrationKind,
  scenarioKind,
] as const;

/** What a study file of any kind reads as. */
export type Study = z.output<(typeof STUDY_KINDS)[number]['schema']>;

export const studySchema = z.discriminatedUnion(
  'kind',
  STUDY_KINDS.map(({ schema }) => schema) as unknown as [KindSchema, ...KindSchema[]],
) as unknown as z.ZodType<Study>;

/** All that a study's kind says about itself. */
export function kindOf({ kind }: Pick<Study, 'kind'>): StudyKind {
  return STUDY_KINDS.find((one) => one.kind === kind)!;
}

/** What simulates the users of a study. */
export function userSimulatorOf({ kind, study, traced }: Simulation): Simulator {
  const simulator = STUDY_KINDS.find((one) => one.kind === kind)?.simulator as StudyKind['simulator'];
  if (simulator == null) throw new Error(`No kind of study has its users simulated as ${kind}`);
  return simulator(study as Study, traced);
}
