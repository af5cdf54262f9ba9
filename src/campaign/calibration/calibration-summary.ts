/** What came of a calibration, in words. */
import { plural } from '../../core/plural.js';
import type { CalibrationOutcome } from './calibration-outcome.js';
import type { BeamGain } from './focus-proof.js';

const DEGREES = 180 / Math.PI;

/** Elements are counted from 1 in front of people. */
export function calibrationSummary(outcome: CalibrationOutcome): [what: string, text: string][] {
  const { check, truth, dead, stuck, before, after, ues } = outcome;
  const degrees = (rad: number) => `${(rad * DEGREES).toFixed(2)}°`;
  const named = (elements: readonly number[]) => elements.map((n) => n + 1).join(', ');
  return [
    [
      'procedure',
      `${outcome.procedure}, ${plural(outcome.numSlots, 'slot')}, ${plural(outcome.numElements, 'element')}`,
    ],
    ...ues.map(({ ue, snrDb }): [string, string] => [
      `UE ${ue}`,
      `${snrDb.toFixed(1)} dB (pilot of unit norm, as measured)`,
    ]),
    ['phase errors found', `${degrees(outcome.foundErrorRad)} rms`],
    [
      'left in the table',
      `${degrees(outcome.expectedErrorRad)} rms by noise, element ${outcome.widestElement + 1} within ${degrees(outcome.widestRad)} (95 %, the widest)`,
    ],
    ['bound', `${degrees(outcome.boundRad)} rms: no unbiased estimate from these slots is better`],
    ['gain before', `${gainText(before)} against all elements in phase`],
    ['gain after', gainText(after)],
    [
      'do not follow',
      dead.length + stuck.length === 0
        ? 'none'
        : [dead.length > 0 ? `elements ${named(dead)}` : '', stuck.length > 0 ? `stuck: ${named(stuck)}` : '']
            .filter(Boolean)
            .join('; '),
    ],
    [
      'check',
      check.drifted
        ? `NOT as the table says: off by about ${degrees(check.driftRad)} rms (${plural(check.numSlots, 'slot')})`
        : `as the table says (${plural(check.numSlots, 'slot')} of other codes)`,
    ],
    ...(truth === null
      ? []
      : [
          [
            'against the truth',
            `${degrees(truth.rmsRad)} rms over ${plural(truth.numElements, 'element')}, element ${truth.worstElement + 1} off by ${degrees(truth.worstRad)} (the most)${truth.delayRmsS === null ? '' : `; delays ${(1e12 * truth.delayRmsS).toFixed(2)} ps rms`}; the board is emulated`,
          ] as [string, string],
        ]),
  ];
}

function gainText({ gainDb, intervalDb }: BeamGain): string {
  return `${gainDb.toFixed(2)} ± ${intervalDb.toFixed(2)} dB`;
}
