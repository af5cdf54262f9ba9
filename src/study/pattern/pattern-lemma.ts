/** The sum over elements and the integral that Lemma 3.3 of Li, Xu and Zhang puts in its place (Figs. 7 and 21). */

import { describeArray } from '../common/file-sections.js';
import { degrees, percent, short } from '../common/format.js';
import type { StudyResult } from '../common/result.js';
import { buildArray } from '../common/study-array.js';
import { studyResult } from '../common/study-result.js';
import { mean } from './diverging.js';
import type { LemmaPattern } from './pattern-file.js';

/** Crossings y0 tried, over two apertures. */
const NUM_CROSSINGS = 201;
/** Steps of Simpson's rule per element; at 4 m the phase turns by less than 0.4 rad from one element to the next. */
const STEPS_PER_ELEMENT = 8;

export function runLemma(study: LemmaPattern): StudyResult {
  const array = buildArray(study.array, study.array.elements);
  const { numElements, apertureM, spacingM, wavelengthM } = array;
  const crossingsM = Array.from(
    { length: NUM_CROSSINGS },
    (_, k) => apertureM * ((2 * k) / (NUM_CROSSINGS - 1) - 1),
  );
  const places = study.places.map(({ distance, angle }) => {
    // The paper's eq. 7: v and u are equally far from where their line crosses the array.
    const gamma = (Math.PI / wavelengthM) * (2 / distance) * Math.cos(angle) ** 2;
    const plateau = Math.sqrt(Math.PI / gamma) / (numElements * spacingM);
    const points = crossingsM.map((crossingM) => {
      const phaseAt = (element: number) =>
        gamma * ((element - (numElements - 1) / 2) * spacingM - crossingM) ** 2;
      const sum = { re: 0, im: 0 };
      const integral = { re: 0, im: 0 };
      for (let n = 0; n < numElements; n++) {
        sum.re += Math.cos(phaseAt(n));
        sum.im -= Math.sin(phaseAt(n));
      }
      const numSteps = (numElements - 1) * STEPS_PER_ELEMENT;
      for (let k = 0; k <= numSteps; k++) {
        const weight = (k === 0 || k === numSteps ? 1 : k % 2 === 1 ? 4 : 2) / (3 * STEPS_PER_ELEMENT);
        integral.re += weight * Math.cos(phaseAt(k / STEPS_PER_ELEMENT));
        integral.im -= weight * Math.sin(phaseAt(k / STEPS_PER_ELEMENT));
      }
      return {
        x: crossingM,
        amplitude: Math.hypot(integral.re, integral.im) / numElements,
        error: Math.max(Math.abs(sum.re - integral.re), Math.abs(sum.im - integral.im)) / numElements,
      };
    });
    const inside = points.filter(({ x }) => Math.abs(x) <= apertureM / 2);
    const outside = points.filter(({ x }) => Math.abs(x) > apertureM / 2);
    const row = {
      distanceM: distance,
      angleRad: angle,
      /** sqrt(gamma_0) D / 2. */
      argument: Math.sqrt(gamma) * (apertureM / 2),
      plateau,
      insideOverPlateau: mean(inside.map(({ amplitude }) => amplitude)) / plateau,
      outsideOverPlateau: mean(outside.map(({ amplitude }) => amplitude)) / plateau,
      largestError: points.reduce((most, { error }) => Math.max(most, error), 0),
    };
    return { row, points };
  });
  const rows = places.map(({ row }) => row);
  return studyResult(study, ['distanceM', 'angleRad'], {
    settings: [['Elements', String(numElements)], ...describeArray(study.array)],
    rows,
    tables: [
      {
        title: 'Amplitude by the integral, where the line from v to u crosses the array',
        columns: [
          { title: 'v and u from there (m)', align: 'right' },
          { title: 'Angle (deg)', align: 'right' },
          { title: 'sqrt(gamma0) D/2', align: 'right' },
          { title: 'Mean inside / plateau', align: 'right' },
          { title: 'outside', align: 'right' },
          { title: 'Largest error / N', align: 'right' },
        ],
        rows: rows.map((row) => [
          short(row.distanceM),
          degrees(row.angleRad),
          row.argument.toFixed(2),
          short(row.insideOverPlateau),
          short(row.outsideOverPlateau),
          percent(row.largestError),
        ]),
      },
    ],
    figures: places.map(({ row, points }) => ({
      kind: 'lines',
      title: `Amplitude by the crossing, ${short(row.distanceM)} m, ${degrees(row.angleRad)} deg`,
      caption:
        "By the integral of the paper's eq. 8, the step that it draws through it, and the error of the integral.",
      x: { label: 'Crossing y0 (m)', scale: 'linear' },
      y: { label: 'Amplitude / N', scale: 'linear' },
      series: [
        { name: 'Integral', points: points.map(({ x, amplitude }) => ({ x, y: amplitude })) },
        {
          name: 'Step',
          points: points.map(({ x }) => ({ x, y: Math.abs(x) <= apertureM / 2 ? row.plateau : 0 })),
          reference: true,
        },
        { name: 'Error of the integral', points: points.map(({ x, error }) => ({ x, y: error })) },
      ],
    })),
  });
}
