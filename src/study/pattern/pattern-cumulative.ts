/** How the elements' shares of one diverging pilot add up at users (Fig. 5 of Li, Xu and Zhang). */
import type { LinearArray, PointM } from '../../array/linear-array.js';
import { describeArray } from '../common/file-sections.js';
import { short } from '../common/format.js';
import type { StudyResult } from '../common/result.js';
import { buildArray } from '../common/study-array.js';
import { studyResult } from '../common/study-result.js';
import { crossingM } from './diverging.js';
import type { CumulativePattern } from './pattern-file.js';

export function runCumulative(study: CumulativePattern): StudyResult {
  const array = buildArray(study.array, study.array.elements);
  const { numElements, apertureM, spacingM } = array;
  const inMetres = ([x, y]: PointM): PointM => [x * apertureM, y * apertureM];
  const focalM = inMetres(study.virtualFocalPoint);
  const users = Object.entries(study.users).map(([user, place]) => {
    const userM = inMetres(place);
    const sums = cumulativeAmplitudes(array, focalM, userM);
    const row = {
      user,
      userM: userM as readonly number[],
      /** Counted from 1 like the elements; beyond 1 to N the line from v to u misses the array. */
      crossingIndex: crossingM(focalM, userM) / spacingM + (numElements + 1) / 2,
      steepestIndex: steepestIndex(sums),
      amplitude: sums.at(-1)! / numElements,
    };
    return { row, sums };
  });
  const rows = users.map(({ row }) => row);
  return studyResult(study, ['user'], {
    settings: [
      ['Elements', String(numElements)],
      ...describeArray(study.array),
      ['Virtual focal point', `(${focalM.map(short).join(', ')}) m`],
    ],
    rows,
    tables: [
      {
        title: 'Where the elements add up',
        columns: [
          { title: 'User', align: 'left' },
          { title: 'Place (m)', align: 'right' },
          { title: 'Line crosses at element', align: 'right' },
          { title: 'Steepest rise at element', align: 'right' },
          { title: 'Amplitude / N', align: 'right' },
        ],
        rows: rows.map((row) => [
          row.user,
          row.userM.map(short).join(', '),
          row.crossingIndex.toFixed(2),
          short(row.steepestIndex),
          short(row.amplitude),
        ]),
      },
    ],
    figures: [
      {
        kind: 'lines',
        title: 'Amplitude of the first n elements',
        caption: 'What the user receives of the elements 1 to n together, over what all would give in phase.',
        x: { label: 'Element n', scale: 'linear' },
        y: { label: 'Amplitude / N', scale: 'linear' },
        series: users.map(({ row, sums }) => ({
          name: row.user,
          points: Array.from(sums, (sum, k) => ({ x: k + 1, y: sum / numElements })),
        })),
      },
    ],
  });
}

/** |sum over the first n elements of exp(-j 2 pi (|v p| + |p u|) / lambda)|, n = 1..N, shape [numElements]. */
function cumulativeAmplitudes(array: LinearArray, focalM: PointM, userM: PointM): Float64Array {
  const fromFocal = array.propagationPhaseRad(focalM);
  const toUser = array.propagationPhaseRad(userM);
  let [re, im] = [0, 0];
  return fromFocal.map((phaseRad, k) => {
    re += Math.cos(phaseRad + toUser[k]!);
    im -= Math.sin(phaseRad + toUser[k]!);
    return Math.hypot(re, im);
  });
}

/** Middle of the eighth of the elements over which the sum grows most. */
function steepestIndex(sums: Float64Array): number {
  const window = Math.max(1, Math.floor(sums.length / 8));
  let [best, most] = [0, -Infinity];
  for (let k = 0; k + window < sums.length; k++) {
    const rise = sums[k + window]! - sums[k]!;
    if (rise > most) [best, most] = [k, rise];
  }
  // sums[k] is that of k + 1 elements: those that follow are k + 2 to k + 1 + window.
  return best + (window + 3) / 2;
}
