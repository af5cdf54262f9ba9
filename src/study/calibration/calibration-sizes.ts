/** What a study of calibrations keeps and computes. */
import { largest } from '../../core/extremes.js';
import { kept, keptTrainings, rows, type Size, sum } from '../common/study-sizes.js';
import type { CalibrationStudy } from './calibration-file.js';

export function calibrationSizes({
  array,
  board,
  errors,
  receivers,
  snr,
  procedures,
  users,
}: CalibrationStudy): Size[] {
  const places = Object.values(receivers);
  const numRows =
    array.elements.length *
    board.phaseBits.length *
    Object.keys(errors).length *
    sum(places, ({ aside }) => aside.length) *
    snr.length *
    Object.keys(procedures).length;
  const most = largest(array.elements);
  const passes = largest(Object.values(procedures).map((one) => one.passes));
  return [
    rows('elements × phase bits × errors × receivers × SNRs × procedures', numRows),
    keptTrainings('arrays × points × procedures', numRows * users.count),
    kept('What a procedure sends', '4 × elements² × passes', 4 * most ** 2 * passes),
    kept('The powers of one procedure', '4 × elements × subcarriers', 4 * most * (array.subcarriers ?? 1)),
  ];
}
