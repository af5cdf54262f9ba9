/** Angular regions of diverging codewords: what they cover, and how far they reach (Figs. 10, 11, 14 and 15 of Li, Xu and Zhang). */
import { type LinearArray, type PointM, polarPointM } from '../../array/linear-array.js';
import { rayleighDistanceM } from '../../array/near-field.js';
import { DpcCodebook } from '../../codebook/dpc.js';
import { requireIndex } from '../../codebook/polar.js';
import { regionRingM } from '../../training/dpc-refinement.js';
import { describeArray } from '../common/file-sections.js';
import { degrees, percent, short } from '../common/format.js';
import type { LineFigure, StudyResult } from '../common/result.js';
import { buildArray } from '../common/study-array.js';
import { studyResult } from '../common/study-result.js';
import { isInDivergingRegion, mean } from './diverging.js';
import { isAfterRangeReduction } from './pattern-degree.js';
import type { RegionsPattern } from './pattern-file.js';

interface Region {
  readonly rangeReduction: boolean;
  readonly sector: number;
  /** Boundary angles of the sector, lower and upper, rad. */
  readonly edgesRad: readonly [number, number];
  readonly focalM: PointM;
}

/** Points of a sector at which the regions are looked at. */
const NUM_ANGLES = 40;
const NUM_DISTANCES = 40;
/** More regions would be a carpet: one side of them is drawn. */
const MOST_DRAWN = 8;

export function runRegions(study: RegionsPattern): StudyResult {
  const array = buildArray(study.array, study.array.elements);
  const { numElements, apertureM } = array;
  const rayleighM = rayleighDistanceM(array);
  const all = study.rangeReduction.map((rangeReduction) =>
    regionsOf(new DpcCodebook(array, { rangeReduction }), study.level),
  );
  // Names the one that the level does not have; one that range reduction empties has nothing to show.
  study.sectors?.forEach((sector) => {
    requireIndex('sector', sector, 2 ** study.level);
  });
  const chosen = all.map((regions) =>
    regions.filter(({ sector }) => study.sectors === undefined || study.sectors.includes(sector)),
  );
  const isLast = 2 ** study.level === numElements;
  const rows = chosen.flatMap((regions, c) =>
    regions.flatMap((region) => {
      const covered = coverage(array, region, all[c]!);
      return study.rings.map((k) => ({
        ...covered,
        rayleighDistanceM: rayleighM,
        k,
        ringDistanceM: regionRingM(array, k),
        // Only the sectors of the last level are those of the codebook's angles.
        strayAngles: isLast ? strayAngles(array, region, k) : null,
      }));
    }),
  );
  return studyResult(study, ['rangeReduction', 'sector', 'k'], {
    settings: [
      ['Elements', String(numElements)],
      ...describeArray(study.array),
      ['Level', `${study.level}: ${2 ** study.level} sectors`],
      ['Rayleigh distance', `${short(rayleighM)} m`],
    ],
    rows,
    tables: [
      {
        title: 'Regions of diverging codewords',
        columns: [
          { title: 'Within 60 deg', align: 'left' },
          { title: 'Sector', align: 'right' },
          { title: 'Angles (deg)', align: 'right' },
          { title: 'Focal point (D)', align: 'right' },
          { title: 'Sector covered', align: 'right' },
          { title: 'shared', align: 'right' },
          { title: 'k', align: 'right' },
          { title: 'Ring (m)', align: 'right' },
          { title: 'Beyond n ± k (angles)', align: 'right' },
        ],
        rows: rows.map((row) => [
          row.rangeReduction ? 'yes' : 'no',
          String(row.sector),
          degrees(row.angleRad),
          `${short(row.focalXInD)}, ${short(row.focalYInD)}`,
          percent(row.coveredShare),
          percent(row.sharedShare),
          String(row.k),
          short(row.ringDistanceM),
          row.strayAngles === null ? '-' : short(row.strayAngles),
        ]),
      },
    ],
    figures: chosen.map((regions, c) =>
      draw(study, study.rangeReduction[c]!, regions, apertureM, (k) => regionRingM(array, k)),
    ),
  });
}

/** Where a region's focal point is, and the shares of its sector's points that it and the others of its level reach. */
function coverage(array: LinearArray, region: Region, regions: readonly Region[]) {
  const { rangeReduction, sector, edgesRad, focalM } = region;
  const { apertureM } = array;
  const samples = samplesOf(edgesRad, apertureM / 2, rayleighDistanceM(array));
  const share = (by: readonly Region[]) =>
    mean(samples.map((at) => Number(by.some((each) => isInDivergingRegion(array, each.focalM, at)))));
  const [x, y] = focalM.map((m) => m / apertureM) as [number, number];
  return {
    rangeReduction,
    sector,
    angleRad: edgesRad,
    focalXInD: x,
    focalYInD: y,
    inReducedArea: isAfterRangeReduction(x, y),
    coveredShare: share([region]),
    sharedShare: share(regions.filter((other) => other.sector !== sector)),
  };
}

/**
 * By how many of the codebook's angles a region reaches beyond the angles n - k and n + k outside the ring r_k (Observation 5.2);
 * below 0: it does not. Null where one of its edges is never within the ring.
 */
function strayAngles(array: LinearArray, region: Region, k: number): number | null {
  const { numElements, apertureM } = array;
  const [low, high] = edgeSines(region, apertureM / 2, regionRingM(array, k)) as [
    number | null,
    number | null,
  ];
  if (low === null || high === null) return null;
  const sine = (angleIndex: number) => (2 * angleIndex - numElements - 1) / numElements;
  return (Math.max(sine(region.sector - k) - low, high - sine(region.sector + k)) * numElements) / 2;
}

/** All sectors of the level; those that range reduction empties have no codeword. */
function regionsOf(codebook: DpcCodebook, level: number): Region[] {
  return Array.from({ length: codebook.numIndices(level) }, (_, k) => k + 1).flatMap((sector) => {
    const focalM = codebook.virtualFocalPointM(level, sector);
    if (focalM === null) return [];
    const edgesRad = [sector - 1, sector].map((n) => codebook.boundaryAngleRad(level, n));
    return [
      {
        rangeReduction: codebook.rangeReduction,
        sector,
        edgesRad: edgesRad as [number, number],
        focalM,
      },
    ];
  });
}

/** Middles of equal cells in angle and log distance. */
function samplesOf([low, high]: Region['edgesRad'], nearM: number, farM: number): PointM[] {
  const middle = (k: number, count: number) => (k + 0.5) / count;
  return Array.from({ length: NUM_ANGLES }, (_, a) => low + middle(a, NUM_ANGLES) * (high - low)).flatMap(
    (angleRad) =>
      Array.from({ length: NUM_DISTANCES }, (_, d) =>
        polarPointM(nearM * (farM / nearM) ** middle(d, NUM_DISTANCES), angleRad),
      ),
  );
}

/**
 * Sines of the directions at which the region's lower and upper edge leave the ring r = ringM cos^2 theta for good; null
 * where an edge is never inside it. Beyond the ring directions between these two are left.
 */
function edgeSines({ edgesRad }: Region, halfM: number, ringM: number): (number | null)[] {
  return edgesRad.map((edgeRad, side) => {
    const at = (lengthM: number) => {
      const [x, y] = polarPointM(lengthM, edgeRad);
      const [ux, uy] = [x, y + (side === 0 ? -halfM : halfM)];
      const distanceM = Math.hypot(ux, uy);
      return { sine: uy / distanceM, isInside: distanceM < ringM * (ux / distanceM) ** 2 };
    };
    // Inward from where r > ringM surely holds, to the first place inside; then halving.
    let outside = ringM + 2 * halfM;
    let inside = outside;
    while (!at(inside).isInside) {
      outside = inside;
      inside *= 0.99;
      if (inside < 1e-3 * halfM) return null;
    }
    for (let halvings = 0; halvings < 50; halvings++) {
      const middle = (inside + outside) / 2;
      if (at(middle).isInside) inside = middle;
      else outside = middle;
    }
    return at(outside).sine;
  });
}

function draw(
  { drawnDepth, rings }: RegionsPattern,
  rangeReduction: boolean,
  regions: readonly Region[],
  apertureM: number,
  ringOf: (k: number) => number,
): LineFigure {
  const shown =
    regions.length <= MOST_DRAWN ? regions : regions.filter(({ edgesRad }) => edgesRad[1] <= 1e-9);
  const inD = (m: number) => m / apertureM;
  /** As far along the edge as the figure goes. */
  const end = (edgeRad: number, side: number) => {
    const length = drawnDepth / Math.max(Math.cos(edgeRad), Math.abs(Math.sin(edgeRad)));
    const [x, y] = polarPointM(length, edgeRad);
    return { x, y: y + side / 2 };
  };
  return {
    kind: 'lines',
    plane: true,
    title: rangeReduction ? 'Regions within 60 degrees' : 'Regions over the half-plane',
    caption:
      'Each region opens from its virtual focal point through the ends of the array, which is the line at x = 0.' +
      (shown.length < regions.length ? ' Those of the other side are their mirror images.' : ''),
    x: { label: 'x / D', scale: 'linear' },
    y: { label: 'y / D', scale: 'linear' },
    series: [
      ...shown.map(({ sector, edgesRad, focalM: [x, y] }) => ({
        name: `Sector ${sector}`,
        points: [end(edgesRad[0], -1), { x: inD(x), y: inD(y) }, end(edgesRad[1], 1)],
      })),
      ...rings
        .filter((k) => inD(ringOf(k)) <= drawnDepth)
        .map((k) => ({
          name: `Ring k = ${k}`,
          points: Array.from({ length: 91 }, (_, i) => {
            const angleRad = ((2 * i - 90) * Math.PI) / 180;
            const [x, y] = polarPointM(inD(ringOf(k)) * Math.cos(angleRad) ** 2, angleRad);
            return { x, y };
          }),
          reference: true,
        })),
      { name: 'Array', points: [-0.5, 0.5].map((y) => ({ x: 0, y })), reference: true },
    ],
  };
}
