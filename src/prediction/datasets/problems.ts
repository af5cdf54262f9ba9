/** What is wrong with a data set: each kind of problem once, with how often it occurs and where it was met first. */
import { BeamloopError } from '../../core/errors.js';
import { plural } from '../../core/plural.js';

export interface Problem {
  /** As a sentence begins, without numbers: `power file is missing`. */
  readonly what: string;
  readonly count: number;
  /** The first places, `file:line` or `file`. */
  readonly where: readonly string[];
  /** What becomes of these samples. */
  readonly consequence: string;
}

const MOST_PLACES = 3;

export class Problems {
  readonly #found = new Map<string, { count: number; where: string[]; consequence: string }>();

  /** @param where `file` or `file:line`. */
  add(what: string, where: string, consequence: string): void {
    const known = this.#found.get(what);
    if (known === undefined) {
      this.#found.set(what, { count: 1, where: [where], consequence });
      return;
    }
    known.count += 1;
    if (known.where.length < MOST_PLACES) known.where.push(where);
  }

  /** That goes on by itself. */
  copy(): Problems {
    const copied = new Problems();
    for (const [what, { count, where, consequence }] of this.#found) {
      copied.#found.set(what, { count, where: [...where], consequence });
    }
    return copied;
  }

  /** The most frequent first. */
  list(): Problem[] {
    return [...this.#found]
      .map(([what, { count, where, consequence }]) => ({ what, count, where, consequence }))
      .sort((a, b) => b.count - a.count);
  }
}

/** In a line, such as `image is missing, 3 times, first at pass 4: the window is left out`. */
export function problemText({ what, count, where, consequence }: Problem): string {
  return `${what}, ${plural(count, 'time')}, first: ${where[0]}; ${consequence}`;
}

/** A data set that cannot be read, or not as what it says it is. */
export function invalid(what: string, where: string, todo: string, cause?: unknown): BeamloopError {
  return new BeamloopError('DATASET_INVALID', { what, where, todo, cause });
}
