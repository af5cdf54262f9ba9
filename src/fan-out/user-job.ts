/** A run of consecutive users of one place, or of windows of one purpose: what one thread simulates at a time. Plain data. */
export interface UserJob {
  readonly placeIndex: number;
  /** From 1. */
  readonly firstUser: number;
  readonly numUsers: number;
}

/** Jobs by their index, from 0: an array is such a list, and so is what computes its jobs when it is asked. */
export interface JobList {
  readonly length: number;
  at(index: number): UserJob | undefined;
}

/** The users of all places, in order, in runs of at most `usersPerJob`. Takes no memory for jobs. */
export function jobsOf(numUsersOfPlaces: readonly number[], usersPerJob: number): JobList {
  /** Of each place: index of its first job. */
  const firstJobs: number[] = [];
  let length = 0;
  for (const numUsers of numUsersOfPlaces) {
    firstJobs.push(length);
    length += Math.ceil(numUsers / usersPerJob);
  }
  return {
    length,
    at: (index) => {
      if (index < 0 || index >= length) return undefined;
      const placeIndex = lastUpTo(firstJobs, index);
      const numBefore = (index - firstJobs[placeIndex]!) * usersPerJob;
      return {
        placeIndex,
        firstUser: 1 + numBefore,
        numUsers: Math.min(usersPerJob, numUsersOfPlaces[placeIndex]! - numBefore),
      };
    },
  };
}

export function numUsersOf(jobs: JobList): number {
  let sum = 0;
  for (let index = 0; index < jobs.length; index++) sum += jobs.at(index)!.numUsers;
  return sum;
}

/** Index of the last of ascending values that is not above `value`. */
function lastUpTo(ascending: readonly number[], value: number): number {
  let low = 0;
  let high = ascending.length - 1;
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if (ascending[middle]! <= value) low = middle;
    else high = middle - 1;
  }
  return low;
}
