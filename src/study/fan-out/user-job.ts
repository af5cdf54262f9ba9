/** A run of consecutive users of one place: what one thread simulates at a time. Plain data. */
export interface UserJob {
  readonly placeIndex: number;
  /** From 1. */
  readonly firstUser: number;
  readonly numUsers: number;
}

/** The users of all places, in order, in runs of at most `usersPerJob`. */
export function jobsOf(numUsersOfPlaces: readonly number[], usersPerJob: number): UserJob[] {
  return numUsersOfPlaces.flatMap((numUsers, placeIndex) =>
    Array.from({ length: Math.ceil(numUsers / usersPerJob) }, (_, k) => ({
      placeIndex,
      firstUser: 1 + k * usersPerJob,
      numUsers: Math.min(usersPerJob, numUsers - k * usersPerJob),
    })),
  );
}
