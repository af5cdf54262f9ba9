/**
 * How large a study may be. Every number by itself may be as large as its schema says; what is bounded here is what they make
 * together. What would not fit into memory is refused. Work is bounded where nothing can be seen of it (patterns, maps): those
 * take minutes at most. Studies of users may take days: they show how far they are and what time is left.
 */
import type { z } from 'zod';
import { BeamloopError } from '../core/errors.js';
import { dictionaryPoints } from '../training/estimators/choice.js';
import { schemeOf, splitOf } from '../training/registry.js';
import type { SchemeChoice } from '../training/scheme-definition.js';
import type { AccuracyStudy } from './accuracy/accuracy-file.js';
import type { BeamSplitStudy } from './beam-split/beam-split-file.js';
import type { BoundaryStudy } from './boundary/boundary.js';
import type { PatternStudy, RingPattern } from './pattern/pattern-file.js';
import type { PilotsStudy } from './pilots/pilots.js';
import type { RateStudy } from './rate/rate-file.js';

interface Size {
  readonly what: string;
  /** The keys that it is the product of. */
  readonly keys: string;
  readonly size: number;
  readonly most: number;
}

type SizedStudy = AccuracyStudy | RateStudy | BeamSplitStudy | BoundaryStudy | PatternStudy | PilotsStudy;

/** Rows are all kept, written and drawn. */
const MOST_ROWS = 20_000;
/** Users times schemes times SNRs; threads report every 50 users or fewer, and what they report is kept to the end. */
const MOST_TRAININGS = 200_000_000;
/** Multiplications of what shows no progress: a few nanoseconds each. */
const MOST_OPERATIONS = 100e9;
/** Numbers of eight bytes that are kept at once, 400 MB. */
const MOST_NUMBERS = 50_000_000;
const MOST_CELLS_DRAWN = 1_000_000;

/** For a schema: complains of the first that is too large. */
export function refuseTooLarge(study: SizedStudy, context: z.core.$RefinementCtx): void {
  // What is wrong in itself has been complained about, and may lack what is looked at here.
  if (context.issues.length > 0) return;
  const complaint = tooLarge(study);
  if (complaint === null) return;
  const { what, todo } = complaint;
  context.addIssue({ code: 'custom', path: [], message: what, params: { todo } });
}

/** @throws SCENARIO_INVALID with the number that is too large; the command line may have made it so. */
export function requireRoomFor(study: SizedStudy, traced: boolean): void {
  const complaint = tooLarge(study, traced);
  if (complaint !== null) throw new BeamloopError('SCENARIO_INVALID', complaint);
}

function tooLarge(study: SizedStudy, traced = false): { what: string; todo: string } | null {
  const found = [...sizesOf(study), ...(traced && study.kind === 'accuracy' ? [traces(study)] : [])].find(
    ({ size, most }) => size > most,
  );
  if (found === undefined) return null;
  const { what, keys, size, most } = found;
  return {
    what: `${what} (${keys}) is ${size}; at most ${most} can be studied`,
    todo: 'Make one of them smaller, or split the study',
  };
}

function sizesOf(study: SizedStudy): Size[] {
  switch (study.kind) {
    case 'accuracy':
      return accuracySizes(study);
    case 'rate':
      return rateSizes(study);
    case 'beam-split':
      return beamSplitSizes(study);
    case 'boundary':
      return [rows('elements × angles', study.elements.length * study.angles.length)];
    case 'pilots':
      return [rows('elements × schemes', study.elements.length * study.schemes.length)];
    case 'pattern':
      return patternSizes(study);
  }
}

function rows(keys: string, size: number): Size {
  return { what: 'The number of rows', keys, size, most: MOST_ROWS };
}

function trainings(keys: string, size: number): Size {
  return { what: 'The number of trainings', keys, size, most: MOST_TRAININGS };
}

function operations(keys: string, size: number): Size {
  return { what: 'What has to be computed', keys, size, most: MOST_OPERATIONS };
}

function kept(what: string, keys: string, size: number): Size {
  return { what, keys, size, most: MOST_NUMBERS };
}

/** Each user at each place and SNR. */
function numTries({ users, cases, snr }: AccuracyStudy): { points: number; users: number } {
  const places = sum(cases ?? [{}], (c: NonNullable<AccuracyStudy['cases']>[number] | object) => {
    const own = { ...users, ...c };
    return (own.ring?.length ?? 1) * (own.angle?.length ?? 1);
  });
  return { points: places * (snr?.length ?? 1), users: users.list?.length ?? users.count };
}

function mostElements({ array, cases }: AccuracyStudy): number {
  return Math.max(array.elements ?? 0, ...(cases ?? []).map((c) => c.elements ?? 0));
}

/** A pilot that is told takes as much as some ten numbers. */
function traces(study: AccuracyStudy): Size {
  const { points, users } = numTries(study);
  const elements = mostElements(study);
  const pilots = sum(study.schemes, (choice) =>
    schemeOf(choice).tracedPilots(elements, study.codebook.rings),
  );
  return kept('What traces take', 'users × places × SNRs × pilots × 10', 10 * points * users * pilots);
}

function accuracySizes(study: AccuracyStudy): Size[] {
  const { codebook, schemes, channel } = study;
  const tries = numTries(study);
  const numPoints = tries.points * schemes.length;
  const numPaths = 1 + (channel?.scatterers ?? 5);
  const elements = mostElements(study);
  const isFast = elements >= 16 && Number.isInteger(Math.log2(elements));
  return [
    rows('places × SNRs × schemes', numPoints),
    trainings('users × places × SNRs × schemes', numPoints * tries.users),
    {
      what: 'The polar codebook',
      keys: 'elements × rings',
      size: elements * codebook.rings,
      most: 2_000_000,
    },
    kept('What propagation paths reach', 'elements × (1 + scatterers)', elements * numPaths),
    ...(isFast
      ? []
      : [
          kept(
            'The weights of the polar codebook, with elements that are no power of two,',
            'elements × elements × rings × 2',
            2 * elements ** 2 * codebook.rings,
          ),
        ]),
  ];
}

function rateSizes({ array, users, snr, schemes, pilots, hardware }: RateStudy): Size[] {
  const { elements, subcarriers } = array;
  const numBoards = sum(
    hardware ?? [],
    (board) => (board.phaseBits?.length ?? 1) * (board.delayBits?.length ?? 1) * board.delayError.length,
  );
  const numPlaces = Math.max(1, numBoards) * (users.distance?.length ?? 1);
  const variants = Object.entries(schemes).flatMap(([id, choice]) =>
    (pilots[id] ?? [pilotsOf(choice)]).map((count) => ({ choice, count })),
  );
  const numPoints = numPlaces * variants.length * snr.length;
  const dictionaries = sum(variants, ({ choice, count }) => {
    const split = splitOf(choice);
    return ((split && dictionaryPoints(split.estimator)) ?? 0) * subcarriers * count;
  });
  return [
    rows('boards × distances × SNRs × schemes', numPoints),
    trainings('users × boards × distances × SNRs × schemes', numPoints * users.count),
    {
      what: 'What the subcarriers of all elements are',
      keys: 'array.subcarriers × array.elements',
      size: subcarriers * elements,
      most: 16_000_000,
    },
    {
      what: 'The dictionaries of the matched filters, in bytes in every thread,',
      keys: 'directions × rings × subcarriers × pilots of every scheme',
      size: dictionaries,
      most: 2 ** 30,
    },
  ];
}

/** What a scheme sends where the file does not say; Algorithm 1 asks for few. */
function pilotsOf(choice: SchemeChoice): number {
  return schemeOf(choice).chosenPilots(choice) ?? 1;
}

function beamSplitSizes({ array, pilots, scheme, directions, rings }: BeamSplitStudy): Size[] {
  const cells = directions * rings;
  const numPilots = sum(pilots ?? [pilotsOf(scheme)], (count) => count);
  return [
    { what: 'The number of cells', keys: 'directions × rings', size: cells, most: MOST_CELLS_DRAWN },
    kept(
      'What the maps show',
      'directions × rings × numbers of pilots × 2',
      2 * cells * (pilots?.length ?? 1),
    ),
    operations(
      'directions × rings × subcarriers × all pilots',
      cells * array.subcarriers * Math.max(1, numPilots),
    ),
  ];
}

function patternSizes(study: PatternStudy): Size[] {
  switch (study.pattern) {
    case 'diverging': {
      const cells = sum(study.gridPoints, (side) => side ** 2);
      const most = Math.max(...study.gridPoints) ** 2;
      return [
        drawn(study.drawnPoints),
        // A cell takes its place, as two numbers and an object, and its amplitude.
        kept('What the cells take', 'gridPoints × gridPoints × 10', 10 * most),
        operations('elements × all cells', study.array.elements * (cells + study.drawnPoints ** 2)),
      ];
    }
    case 'diverging-degree': {
      const focalPoints = study.focalColumns * Math.ceil(study.focalRows / 2);
      const cells = focalPoints * study.gridPoints ** 2;
      return [
        kept('What the cells take', 'focalColumns × focalRows / 2 × gridPoints × gridPoints', cells),
        operations(
          'elements × (cells + 20 000 focal points)',
          sum(study.elements, (count) => count) * (cells + 20_000 * focalPoints),
        ),
      ];
    }
    case 'twin':
      return [
        drawn(study.drawnPoints),
        operations(
          'elements × drawnPoints × drawnPoints × 10',
          10 * study.array.elements * study.drawnPoints ** 2,
        ),
      ];
    case 'ring':
      return ringSizes(study);
    case 'lemma':
      return [
        rows('places', study.places.length),
        operations('elements × places × 20 000', 20_000 * study.array.elements * study.places.length),
      ];
    case 'cumulative': {
      const numUsers = Object.keys(study.users).length;
      return [
        {
          what: 'What curves show',
          keys: 'elements × users',
          size: study.array.elements * numUsers,
          most: MOST_CELLS_DRAWN,
        },
      ];
    }
    case 'regions': {
      const numSectors = 2 ** study.level;
      const numChosen = Math.min(numSectors, study.sectors?.length ?? Infinity) * study.rangeReduction.length;
      return [
        rows('sectors × rings', numChosen * study.rings.length),
        operations('sectors × sectors × 2 000', 2000 * numSectors * numChosen),
      ];
    }
  }
}

function drawn(side: number): Size {
  return {
    what: 'The number of cells drawn',
    keys: 'drawnPoints × drawnPoints',
    size: side ** 2,
    most: MOST_CELLS_DRAWN,
  };
}

/** Beams of the schemes, each of as many elements, all received in every direction. */
function ringSizes({ array, codebook, schemes, levels, drawnLevel, directions, ring }: RingPattern): Size[] {
  const { elements } = array;
  const beams = sum(schemes, (choice) => {
    const { coarseBeams } = schemeOf(choice);
    switch (coarseBeams?.kind) {
      case 'sweep':
        return elements;
      case 'tiers':
        // At the last tier there are two directions for every element, each with so many slopes.
        return 4 * elements * 2 ** Math.floor(Math.log2(elements) / 2);
      case 'levels': {
        const all = 2 ** Math.min(Math.max(levels, drawnLevel) + 1, Math.ceil(Math.log2(elements)) + 1);
        return all * coarseBeams.numPerSector(codebook.rings);
      }
      case undefined:
        return 0;
    }
  });
  return [
    rows('rings × schemes × levels', ring.length * schemes.length * levels),
    kept('What beams take', 'elements × beams of the schemes', elements * beams),
    operations('rings × directions × elements × beams', ring.length * directions * elements * beams),
  ];
}

function sum<T>(list: readonly T[], of: (one: T) => number): number {
  return list.reduce((total, one) => total + of(one), 0);
}
