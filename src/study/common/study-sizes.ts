/**
 * How large a study may be. Every number by itself may be as large as its schema says; what is bounded here is what they make
 * together. What would not fit into memory is refused. Work is bounded where nothing can be seen of it (patterns, maps): those
 * take minutes at most. Studies of users may take days: they show how far they are and what time is left.
 */
import type { z } from 'zod';
import { BeamloopError } from '../../core/errors.js';

export interface Size {
  readonly what: string;
  /** The keys that it is the product of. */
  readonly keys: string;
  readonly size: number;
  readonly most: number;
}

/** Rows are all kept, written and drawn. */
const MOST_ROWS = 20_000;
/** Users times schemes times SNRs, where what threads report of every few users is kept to the end. */
const MOST_KEPT_TRAININGS = 200_000_000;
/** Where it is added up as it comes; whoever waits for so many has many machines. */
const MOST_TRAININGS = 100_000_000_000;
/** Multiplications of what shows no progress: a few nanoseconds each. */
const MOST_OPERATIONS = 100e9;
/** Numbers of eight bytes that are kept at once, 400 MB. */
const MOST_NUMBERS = 50_000_000;
export const MOST_CELLS_DRAWN = 1_000_000;

/** For a schema: complains of the first that is too large. */
export function refuseTooLarge<Study>(sizesOf: (study: Study) => readonly Size[]) {
  return (study: Study, context: z.core.$RefinementCtx): void => {
    // What is wrong in itself has been complained about, and may lack what is looked at here.
    if (context.issues.length > 0) return;
    const complaint = tooLarge(sizesOf(study));
    if (complaint === null) return;
    const { what, todo } = complaint;
    context.addIssue({ code: 'custom', path: [], message: what, params: { todo } });
  };
}

/** @throws SCENARIO_INVALID with the number that is too large; the command line may have made it so. */
export function requireRoomFor(sizes: readonly Size[]): void {
  const complaint = tooLarge(sizes);
  if (complaint !== null) throw new BeamloopError('SCENARIO_INVALID', complaint);
}

function tooLarge(sizes: readonly Size[]): { what: string; todo: string } | null {
  const found = sizes.find(({ size, most }) => size > most);
  if (found === undefined) return null;
  const { what, keys, size, most } = found;
  return {
    what: `${what} (${keys}) is ${size}; at most ${most} can be studied`,
    todo: 'Make one of them smaller, or split the study',
  };
}

export function rows(keys: string, size: number): Size {
  return { what: 'The number of rows', keys, size, most: MOST_ROWS };
}

/** Of a kind that keeps what comes of them. */
export function keptTrainings(keys: string, size: number): Size {
  return { what: 'The number of trainings', keys, size, most: MOST_KEPT_TRAININGS };
}

/** Of a kind that adds up what comes of them. */
export function trainings(keys: string, size: number): Size {
  return { what: 'The number of trainings', keys, size, most: MOST_TRAININGS };
}

export function operations(keys: string, size: number): Size {
  return { what: 'What has to be computed', keys, size, most: MOST_OPERATIONS };
}

export function kept(what: string, keys: string, size: number): Size {
  return { what, keys, size, most: MOST_NUMBERS };
}

export function drawn(side: number): Size {
  return {
    what: 'The number of cells drawn',
    keys: 'drawnPoints × drawnPoints',
    size: side ** 2,
    most: MOST_CELLS_DRAWN,
  };
}

export function sum<T>(list: readonly T[], of: (one: T) => number): number {
  return list.reduce((total, one) => total + of(one), 0);
}
