/** What a rate study keeps and computes. */
import { dictionaryPoints } from '../../training/estimators/choice.js';
import { splitOf } from '../../training/registry.js';
import { pilotsOf } from '../common/scheme-pilots.js';
import { rows, type Size, sum, trainings } from '../common/study-sizes.js';
import type { RateStudy } from './rate-file.js';

export function rateSizes({ array, users, snr, schemes, pilots, hardware }: RateStudy): Size[] {
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
