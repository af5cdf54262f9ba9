/** What a study of beam prediction consists of: trainings, and searches beside them. */
import type { UserJob } from '../../fan-out/user-job.js';
import type { BeamPredictionStudy, Place } from './beam-prediction-file.js';

export interface Task {
  /** Null: what needs no network. */
  readonly network: string | null;
  readonly fine: readonly [number, number];
  readonly snrDb: number;
  /** Where it is at home. */
  readonly place: string;
}

/** Those of a data set are named by now. */
export function placesOf({ places }: BeamPredictionStudy): [name: string, place: Place][] {
  return Object.entries(places ?? {});
}

export function mostUsersOf(study: BeamPredictionStudy, place: Place): number {
  return place.users ?? study.users;
}

/** Trainings of many users first, so that threads end together; searches, which take the least, last. */
export function tasksOf(study: BeamPredictionStudy): Task[] {
  const places = placesOf(study).sort(([, a], [, b]) => mostUsersOf(study, b) - mostUsersOf(study, a));
  return [...Object.keys(study.networks), null].flatMap((network) =>
    places.flatMap(([place]) =>
      study.beams.fine.flatMap((fine) => study.snr.map((snrDb) => ({ network, fine, snrDb, place }))),
    ),
  );
}

/** One a task: `placeIndex` is the task's. */
export function jobsOfTasks(study: BeamPredictionStudy): UserJob[] {
  const places = study.places!;
  return tasksOf(study).map(({ place }, placeIndex) => ({
    ...{ placeIndex, firstUser: 1 },
    numUsers: mostUsersOf(study, places[place]!),
  }));
}
