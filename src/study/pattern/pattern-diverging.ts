/** Amplitude in front of the array for one diverging codeword, and how strongly it diverges (the paper's Fig. 4). */
import type { LinearArray, PointM } from '../../array/linear-array.js';
import { nearFieldBoundaryM, rayleighDistanceM } from '../../array/near-field.js';
import { describeArray } from '../common/file-sections.js';
import { percent, short } from '../common/format.js';
import type { HeatFigure, StudyResult } from '../common/result.js';
import { buildArray } from '../common/study-array.js';
import { studyResult } from '../common/study-result.js';
import {
  AmplitudeMeter,
  boundingRegion,
  divergingCodeword,
  divergingStrengths,
  weakestInside,
} from './diverging.js';
import type { DivergingPattern } from './pattern-file.js';

export function runDiverging(study: DivergingPattern): StudyResult {
  const array = buildArray(study.array, study.array.elements);
  const [xInD, yInD] = study.virtualFocalPoint;
  const focalM: PointM = [xInD * array.apertureM, yInD * array.apertureM];
  const weakest = weakestInside(array, focalM);
  const rows = study.gridPoints.map((gridPoints) => {
    const strength = divergingStrengths(array, [focalM], boundingRegion(array, gridPoints))[0]!;
    return {
      numElements: array.numElements,
      virtualFocalPointM: focalM,
      gridPoints,
      ...strength,
      insideOverOutside: strength.meanInside / strength.meanOutside,
    };
  });
  return studyResult(study, ['gridPoints'], {
    settings: [
      ['Elements', String(array.numElements)],
      ...describeArray(study.array),
      ['Virtual focal point', `(${short(focalM[0])}, ${short(focalM[1])}) m`],
      [
        'Weakest point of its region',
        `${weakest.pointM.map(short).join(', ')} m: amplitude ${short(weakest.amplitude)}`,
      ],
    ],
    rows,
    tables: [
      {
        title: 'Strength of the diverging effect',
        columns: [
          { title: 'Cells per side', align: 'right' },
          { title: 'Diverging degree', align: 'right' },
          { title: 'sampled', align: 'right' },
          { title: 'Mean amplitude inside', align: 'right' },
          { title: 'outside', align: 'right' },
          { title: 'ratio', align: 'right' },
        ],
        rows: rows.map((row) => [
          String(row.gridPoints),
          percent(row.divergingDegree),
          percent(row.sampledDegree),
          short(row.meanInside),
          short(row.meanOutside),
          short(row.insideOverOutside),
        ]),
      },
    ],
    figures: [amplitudeMap(array, focalM, study.drawnPoints)],
  });
}

function amplitudeMap(array: LinearArray, focalM: PointM, numPoints: number): HeatFigure {
  const sideM = rayleighDistanceM(array);
  const xs = Array.from({ length: numPoints }, (_, i) => ((i + 0.5) / numPoints) * sideM);
  const ys = Array.from({ length: numPoints }, (_, j) => ((j + 0.5) / numPoints - 0.5) * sideM);
  const meter = new AmplitudeMeter(array);
  const codeword = divergingCodeword(array, focalM);
  const boundary: PointM[] = Array.from({ length: 181 }, (_, k) => {
    const angleRad = ((k - 90) * Math.PI) / 180;
    const distanceM = nearFieldBoundaryM(array, angleRad);
    return [distanceM * Math.cos(angleRad), distanceM * Math.sin(angleRad)];
  });
  return {
    kind: 'heat',
    title: 'Amplitude of one diverging codeword',
    caption:
      'Normalised amplitude |b(u)^T c(v)| / sqrt N. Between the two rays lies the region that v sees through the array.',
    x: { label: 'x (m)', scale: 'linear' },
    y: { label: 'y (m)', scale: 'linear' },
    xs,
    ys,
    values: ys.map((y) =>
      xs.map((x) => {
        meter.moveTo([x, y]);
        return meter.amplitude(codeword);
      }),
    ),
    valueLabel: 'Amplitude',
    outlines: [
      { name: 'Near-field boundary', points: boundary },
      { name: 'Ray through the lowest element', points: ray(focalM, -array.apertureM / 2, sideM) },
      { name: 'Ray through the highest element', points: ray(focalM, array.apertureM / 2, sideM) },
    ],
  };
}

/** From the array towards +x or -x, along the line from `fromM` through the element at (0, elementYM). */
export function ray([fromX, fromY]: PointM, elementYM: number, toXM: number): PointM[] {
  const slope = (elementYM - fromY) / -fromX;
  return [
    [0, elementYM],
    [toXM, elementYM + slope * toXM],
  ];
}
