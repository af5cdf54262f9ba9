/** Received power along a ring for the beams of several schemes (the paper's Fig. 16). */

import { polarPointM } from '../../array/linear-array.js';
import type { ChirpCodebook } from '../../codebook/chirp.js';
import type { PolarCodebook } from '../../codebook/polar.js';
import { largest } from '../../core/extremes.js';
import { schemeOf } from '../../training/registry.js';
import type { SchemeChoice, SectorBeams } from '../../training/scheme-definition.js';
import { schemeLabel, schemeTitle } from '../../training/scheme-label.js';
import { middleOfSupport } from '../../training/schemes/far-field-sweep.js';
import { describeCodebook } from '../common/file-sections.js';
import { percent, short } from '../common/format.js';
import type { LineFigure, StudyResult, StudyRow } from '../common/result.js';
import { buildArray, buildPolar } from '../common/study-array.js';
import { studyResult } from '../common/study-result.js';
import { AmplitudeMeter, mean } from './diverging.js';
import type { RingPattern } from './pattern-file.js';

const MAX_ANGLE_RAD = Math.PI / 3;
const NUM_DRAWN_BEAMS = 8;

interface RingRow extends StudyRow {
  readonly scheme: string;
  readonly ringDistanceM: number;
  /** Null for the sweep, which has no levels. */
  readonly level: number | null;
  /**
   * Share of directions whose own sector receives more than the other half of its parent (for the sweep: whose nearest
   * codebook angle is the middle of the half-power support or next to it).
   */
  readonly correctFraction: number;
  /** Median power ratio of the right half to the wrong one, dB; null for the sweep. */
  readonly medianMarginDb: number | null;
  /**
   * Power of the strongest side lobe over the beam's peak, dB: the most that any beam sends beyond its own sector and the
   * two next to it; null for the sweep, and at levels with fewer than four sectors.
   */
  readonly sideLobeDb: number | null;
  /** Mean number of beams within 3 dB of the strongest; null but for the sweep. */
  readonly meanSupport: number | null;
}

export function runRing(study: RingPattern): StudyResult {
  const polar = buildPolar(buildArray(study.array, study.array.elements), study.codebook);
  const meter = new AmplitudeMeter(polar.array);
  const rows: RingRow[] = [];
  const figures: LineFigure[] = [];
  for (const ringM of study.ring) {
    const ring = new Ring(meter, ringM);
    for (const choice of study.schemes) {
      const { coarseBeams } = schemeOf(choice);
      if (coarseBeams === null) continue;
      if (coarseBeams.kind === 'tiers') {
        const codebook = coarseBeams.codebookOf(polar);
        for (let tier = 0; tier <= codebook.numTiers; tier++)
          rows.push(judgeTier(study, codebook, tier, ring));
        figures.push(drawFirstTier(codebook, ring));
        continue;
      }
      if (coarseBeams.kind === 'sweep') {
        rows.push(judgeSweep(study, polar, ring));
        figures.push(drawSweep(polar, ring));
        continue;
      }
      for (let level = 1; level <= study.levels; level++) {
        const beams = coarseBeams.beamsOf(choice, polar, level);
        if (beams !== null) rows.push(judgeLevel(study, choice, level, beams, ring));
      }
      const drawn = coarseBeams.beamsOf(choice, polar, study.drawnLevel);
      if (drawn !== null) figures.push(drawLevel(study, choice, drawn, ring));
    }
  }
  return studyResult(study, ['scheme', 'ringDistanceM', 'level'], {
    settings: [
      ['Elements', String(polar.array.numElements)],
      ...describeCodebook(study.array, study.codebook),
      ['Ring distances', `${study.ring.map(short).join('; ')} m`],
      ['Directions', `${study.directions} within +-60 deg`],
    ],
    rows,
    tables: [
      {
        title: 'Which beams tell directions apart',
        columns: [
          { title: 'Scheme', align: 'left' },
          { title: 'Ring (m)', align: 'right' },
          { title: 'Level', align: 'right' },
          { title: 'Right', align: 'right' },
          { title: 'Median margin (dB)', align: 'right' },
          { title: 'Side lobe (dB)', align: 'right' },
          { title: 'Beams within 3 dB', align: 'right' },
        ],
        rows: rows.map((row) => [
          schemeTitle(row.scheme),
          short(row.ringDistanceM),
          row.level === null ? '-' : String(row.level),
          percent(row.correctFraction),
          row.medianMarginDb === null ? '-' : row.medianMarginDb.toFixed(1),
          row.sideLobeDb === null ? '-' : row.sideLobeDb.toFixed(1),
          row.meanSupport === null ? '-' : row.meanSupport.toFixed(1),
        ]),
      },
    ],
    figures,
  });
}

/** Powers |b(u)^T w|^2 at points of the ring r = ring cos^2 theta. */
class Ring {
  readonly ringM: number;
  readonly #meter: AmplitudeMeter;

  constructor(meter: AmplitudeMeter, ringM: number) {
    this.#meter = meter;
    this.ringM = ringM;
  }

  /** Power of each sector's strongest beam, relative to the full array's gain; 0 for a sector without a beam. */
  powersAt(angleRad: number, beams: SectorBeams): number[] {
    this.#meter.moveTo(polarPointM(this.ringM * Math.cos(angleRad) ** 2, angleRad));
    return beams.map((codewords) =>
      codewords.reduce((most, codeword) => Math.max(most, this.#meter.amplitude(codeword) ** 2), 0),
    );
  }
}

function directionsOf(count: number, maxAngleRad: number): number[] {
  return Array.from({ length: count }, (_, k) => maxAngleRad * ((2 * k + 1) / count - 1));
}

function judgeLevel(
  study: RingPattern,
  choice: SchemeChoice,
  level: number,
  beams: SectorBeams,
  ring: Ring,
): RingRow {
  const marginsDb: number[] = [];
  const peaks = beams.map(() => 0);
  const lobes = beams.map(() => 0);
  for (const angleRad of directionsOf(study.directions, MAX_ANGLE_RAD)) {
    const own = Math.floor(((Math.sin(angleRad) + 1) / 2) * 2 ** level);
    const other = own ^ 1;
    const powers = ring.powersAt(angleRad, beams);
    powers.forEach((power, k) => {
      peaks[k] = Math.max(peaks[k]!, power);
      if (Math.abs(k - own) > 1) lobes[k] = Math.max(lobes[k]!, power);
    });
    // Where one half has no beam nothing is decided.
    if (beams[own]!.length === 0 || beams[other]!.length === 0) continue;
    marginsDb.push(10 * Math.log10(powers[own]! / powers[other]!));
  }
  return {
    scheme: schemeLabel(choice),
    ringDistanceM: ring.ringM,
    level,
    correctFraction: marginsDb.filter((margin) => margin > 0).length / marginsDb.length,
    medianMarginDb: marginsDb.sort((a, b) => a - b)[Math.floor(marginsDb.length / 2)]!,
    sideLobeDb:
      beams.length < 4
        ? null
        : Math.max(
            ...lobes.map((lobe, k) => (peaks[k]! > 0 ? 10 * Math.log10(lobe / peaks[k]!) : -Infinity)),
          ),
    meanSupport: null,
  };
}

function farFieldBeams(polar: PolarCodebook): SectorBeams {
  return Array.from({ length: polar.numAngles }, (_, k) => [
    polar.codeword({ ring: polar.numRings, angleIndex: k + 1 }),
  ]);
}

function judgeSweep(study: RingPattern, polar: PolarCodebook, ring: Ring): RingRow {
  const beams = farFieldBeams(polar);
  const supports: number[] = [];
  let numCorrect = 0;
  for (const angleRad of directionsOf(study.directions, MAX_ANGLE_RAD)) {
    const powers = ring.powersAt(angleRad, beams);
    const most = largest(powers);
    supports.push(powers.filter((power) => power >= most / 2).length);
    const nearest = Math.floor(((Math.sin(angleRad) + 1) / 2) * polar.numAngles) + 1;
    if (Math.abs(middleOfSupport(Float64Array.from(powers)) - nearest) <= 1) numCorrect++;
  }
  return {
    scheme: 'far-field-sweep',
    ringDistanceM: ring.ringM,
    level: null,
    correctFraction: numCorrect / supports.length,
    medianMarginDb: null,
    sideLobeDb: null,
    meanSupport: mean(supports),
  };
}

/** Beams of each direction cell of a tier: one per slope, of which the strongest speaks. */
function chirpBeams(codebook: ChirpCodebook, tier: number): SectorBeams {
  return Array.from({ length: codebook.numDirections(tier) }, (_, k) =>
    Array.from({ length: codebook.numSlopes(tier) }, (__, j) => codebook.codeword(tier, k + 1, j + 1)),
  );
}

/** The first tier decides among all direction cells, the others between the halves of the cell before. */
function judgeTier(study: RingPattern, codebook: ChirpCodebook, tier: number, ring: Ring): RingRow {
  const beams = chirpBeams(codebook, tier);
  const marginsDb = directionsOf(study.directions, MAX_ANGLE_RAD).map((angleRad) => {
    const own = Math.floor(((Math.sin(angleRad) + 1) / 2) * beams.length);
    const chosen = tier === 0 ? beams : beams.map((codewords, k) => (k >> 1 === own >> 1 ? codewords : []));
    const powers = ring.powersAt(angleRad, chosen);
    const others = powers.filter((_, k) => k !== own).reduce((a, b) => Math.max(a, b), 0);
    return 10 * Math.log10(powers[own]! / others);
  });
  return {
    scheme: 'spatial-chirp',
    ringDistanceM: ring.ringM,
    level: tier,
    correctFraction: marginsDb.filter((margin) => margin > 0).length / marginsDb.length,
    medianMarginDb: marginsDb.sort((a, b) => a - b)[Math.floor(marginsDb.length / 2)]!,
    sideLobeDb: null,
    meanSupport: null,
  };
}

/** Eight neighbouring cells around broadside. */
function drawFirstTier(codebook: ChirpCodebook, ring: Ring): LineFigure {
  const first = Math.max(0, codebook.numDirections(0) / 2 - NUM_DRAWN_BEAMS / 2);
  const beams = chirpBeams(codebook, 0).slice(first, first + NUM_DRAWN_BEAMS);
  return figure(
    'spatial-chirp, first tier',
    `The ${beams.length} direction cells around broadside, from cell ${first + 1}.`,
    beams,
    Math.asin(Math.min(Math.sin(MAX_ANGLE_RAD), NUM_DRAWN_BEAMS / codebook.numDirections(0))),
    ring,
  );
}

function figure(
  title: string,
  caption: string,
  beams: SectorBeams,
  maxAngleRad: number,
  ring: Ring,
  edges: readonly number[] = [],
): LineFigure {
  const angles = directionsOf(601, maxAngleRad);
  const powers = angles.map((angleRad) => ring.powersAt(angleRad, beams));
  return {
    kind: 'lines',
    title: `${title}, ring ${short(ring.ringM)} m`,
    caption,
    x: { label: 'Angle (deg)', scale: 'linear' },
    y: { label: 'Power over full gain', scale: 'linear' },
    edges,
    series: beams.flatMap((codewords, k) =>
      codewords.length === 0
        ? []
        : [
            {
              name: String(k + 1),
              points: angles.map((angleRad, a) => ({ x: (angleRad * 180) / Math.PI, y: powers[a]![k]! })),
            },
          ],
    ),
  };
}

function drawLevel(study: RingPattern, choice: SchemeChoice, beams: SectorBeams, ring: Ring): LineFigure {
  const several = beams.some((codewords) => codewords.length > 1) ? ' (strongest ring of each)' : '';
  return figure(
    `${schemeLabel(choice)}, level ${study.drawnLevel}`,
    `Beams of the sectors 1 to ${beams.length}${several}, received power along the ring. Dotted: where sectors meet.`,
    beams,
    MAX_ANGLE_RAD,
    ring,
    sectorEdgesDeg(beams.length),
  );
}

/** Between sectors that are equally wide in the sine of the angle, as far as they are drawn. */
function sectorEdgesDeg(numSectors: number): number[] {
  return Array.from({ length: numSectors - 1 }, (_, k) => Math.asin((2 * (k + 1)) / numSectors - 1))
    .filter((angleRad) => Math.abs(angleRad) < MAX_ANGLE_RAD)
    .map((angleRad) => (angleRad * 180) / Math.PI);
}

/** Eight neighbours around broadside: all N would be a carpet. */
function drawSweep(polar: PolarCodebook, ring: Ring): LineFigure {
  const first = Math.max(0, polar.numAngles / 2 - NUM_DRAWN_BEAMS / 2);
  const beams = farFieldBeams(polar).slice(first, first + NUM_DRAWN_BEAMS);
  return figure(
    'far-field-sweep',
    `The ${beams.length} far-field beams around broadside, from angle ${first + 1}.`,
    beams,
    Math.min(MAX_ANGLE_RAD, (3 * NUM_DRAWN_BEAMS) / polar.numAngles),
    ring,
  );
}
