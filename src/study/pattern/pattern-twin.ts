/** Amplitude at one user over the virtual focal points behind the array (the paper's Fig. 9). */
import type { PointM } from '../../array/linear-array.js';
import { describeArray } from '../common/file-sections.js';
import { short } from '../common/format.js';
import type { StudyResult } from '../common/result.js';
import { buildArray } from '../common/study-array.js';
import { studyResult } from '../common/study-result.js';
import { AmplitudeMeter, divergingCodeword, isInDivergingRegion, mean } from './diverging.js';
import { ray } from './pattern-diverging.js';
import type { TwinPattern } from './pattern-file.js';

export function runTwin(study: TwinPattern): StudyResult {
  const array = buildArray(study.array, study.array.elements);
  const userM = study.user;
  const depthM = study.depth * array.apertureM;
  const heightM = study.height * array.apertureM;
  const n = study.drawnPoints;
  const xs = Array.from({ length: n }, (_, k) => ((k + 0.5) / n - 1) * depthM);
  const ys = Array.from({ length: n }, (_, k) => ((k + 0.5) / n - 0.5) * heightM);
  const meter = new AmplitudeMeter(array);
  meter.moveTo(userM);
  const values = ys.map((y) => xs.map((x) => meter.amplitude(divergingCodeword(array, [x, y]))));

  const inside: number[] = [];
  const outside: number[] = [];
  ys.forEach((y, j) => {
    xs.forEach((x, i) => {
      (isInDivergingRegion(array, [x, y], userM) ? inside : outside).push(values[j]![i]!);
    });
  });
  const leastInside = inside.reduce((a, b) => Math.min(a, b), Infinity);
  const row = {
    numElements: array.numElements,
    userM: userM as readonly number[],
    meanInside: mean(inside),
    meanOutside: mean(outside),
    insideOverOutside: mean(inside) / mean(outside),
    outsideBelowAllInside: outside.filter((value) => value < leastInside).length / outside.length,
  };
  const toTheBack = (elementYM: number): PointM[] => ray(userM, elementYM, -depthM);
  return studyResult(study, [], {
    settings: [
      ['Elements', String(array.numElements)],
      ...describeArray(study.array),
      ['User', `(${short(userM[0])}, ${short(userM[1])}) m`],
    ],
    rows: [row],
    tables: [
      {
        title: 'Amplitude at the user',
        columns: [
          { title: 'Mean, focal points in its region', align: 'right' },
          { title: 'elsewhere', align: 'right' },
          { title: 'ratio', align: 'right' },
        ],
        rows: [[short(row.meanInside), short(row.meanOutside), short(row.insideOverOutside)]],
      },
    ],
    figures: [
      {
        kind: 'heat',
        title: 'Amplitude at the user by virtual focal point',
        caption:
          'Normalised amplitude |b(u)^T c(v)| / sqrt N. The rays run from the user through the outermost elements.',
        x: { label: 'x of v (m)', scale: 'linear' },
        y: { label: 'y of v (m)', scale: 'linear' },
        xs,
        ys,
        values,
        valueLabel: 'Amplitude',
        outlines: [
          { name: 'Ray through the lowest element', points: toTheBack(-array.apertureM / 2) },
          { name: 'Ray through the highest element', points: toTheBack(array.apertureM / 2) },
        ],
      },
    ],
  });
}
