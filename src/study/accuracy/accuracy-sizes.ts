/** What an accuracy study keeps and computes. */
import { schemeOf } from '../../training/registry.js';
import { kept, rows, type Size, sum, trainings } from '../common/study-sizes.js';
import type { AccuracyStudy } from './accuracy-file.js';

/** @param traced whether every pilot is told, which is kept to the end. */
export function accuracySizes(study: AccuracyStudy, traced: boolean): Size[] {
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
    ...(traced ? [traces(study)] : []),
  ];
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
