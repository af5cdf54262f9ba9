/** How a tracked user is looked for: by the scenario's scheme, as in a run without tracking, and judged as there. */
import type { User } from '../../scenario/users.js';
import type { Powers } from '../../sounding/powers.js';
import type { Sounding } from '../../sounding/sounding.js';
import type { BeamMap } from '../../tracking/beam-map.js';
import type { FoundUser } from '../../tracking/tracker.js';
import type { SchemeFactory } from '../../training/scheme-factory.js';
import type { JudgeUser } from '../evidence.js';
import { heard, type JudgedTraining, judgedTraining } from '../judged-training.js';

export interface UserTraining {
  readonly scheme: SchemeFactory;
  readonly judge: JudgeUser;
  readonly map: BeamMap;
  /** Power at which the user's receiver clips; undefined where it does not know. */
  readonly fullScale: number | undefined;
  /** Told what the scheme found. */
  readonly onFound: (training: JudgedTraining) => void;
}

/** @throws NO_EVIDENCE and UE_ESTIMATE, of this user alone. */
export function* userTraining(
  user: User,
  { scheme, judge, map, fullScale, onFound }: UserTraining,
): Sounding<FoundUser, Powers> {
  const training = heard(judgedTraining(scheme.start(), user, judge), fullScale);
  let step = training.next();
  while (!step.done) step = training.next([yield step.value]);
  onFound(step.value);
  return map.found(step.value.estimate);
}
