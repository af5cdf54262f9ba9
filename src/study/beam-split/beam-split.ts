/** What the subcarriers of splitting beams cover between direction and distance (the paper's Fig. 6). */
import { setImmediate } from 'node:timers/promises';
import { ringRangeOf } from '../../array/focal-point.js';
import type { SplitCodebook, SplitParameters } from '../../codebook/beam-split.js';
import { coverageRatio, missedShare } from '../../codebook/coverage.js';
import { describeTdPs } from '../../codebook/tdps.js';
import { BeamPowers } from '../../training/estimators/beam-powers.js';
import { splitOf } from '../../training/registry.js';
import { describeArray } from '../common/file-sections.js';
import { fociFigure } from '../common/foci-figure.js';
import { percent, short } from '../common/format.js';
import type { Figure, StudyResult } from '../common/result.js';
import { withPilots } from '../common/scheme-pilots.js';
import { studyResult } from '../common/study-result.js';
import { buildSetting, type WidebandSetting } from '../common/wideband-setting.js';
import { coverageMap, shareFigure } from './beam-split-figures.js';
import type { BeamSplitStudy } from './beam-split-file.js';
import type { BeamSplitRow, GainMap } from './beam-split-rows.js';

/** @throws the signal's reason when it is raised. */
export async function runBeamSplit(study: BeamSplitStudy, signal?: AbortSignal): Promise<StudyResult> {
  const setting = buildSetting(study);
  const { scheme } = study;
  const choices = study.pilots?.map((count) => withPilots(scheme, count, 'pilots')) ?? [scheme];
  const rows: BeamSplitRow[] = [];
  const figures: Figure[] = [];
  let first: SplitParameters | undefined;
  for (const choice of choices) {
    // Its schema takes no other schemes.
    const codebook = splitOf(choice)!.codebook(setting.array, setting);
    first ??= codebook.pilots[0]!.parameters;
    const map = await mapGain(study, setting, codebook, signal);
    rows.push(rowOf(setting, codebook, map));
    if (study.drawn !== undefined && !study.drawn.includes(codebook.pilots.length)) continue;
    figures.push(fociFigure(setting, codebook), coverageMap(codebook, map));
  }
  if (rows.length > 2) figures.push(shareFigure(rows));
  return studyResult(study, ['numPilots'], {
    settings: settingsOf(study, setting, first!),
    rows,
    tables: [
      {
        title: 'What the pilots cover',
        columns: [
          { title: 'Pilots', align: 'right' },
          { title: 'Needed', align: 'right' },
          { title: 'Hole over beam', align: 'right' },
          { title: 'Covered at -3 dB', align: 'right' },
          { title: '95 % above (dB)', align: 'right' },
          { title: 'Worst (dB)', align: 'right' },
          { title: 'Visible subcarriers', align: 'right' },
        ],
        rows: rows.map((row) => [
          String(row.numPilots),
          row.minPilots === null ? '-' : String(row.minPilots),
          row.pilotRatio === null ? '-' : row.pilotRatio.toFixed(3),
          percent(row.coveredShare),
          row.gainDbOf95Percent.toFixed(1),
          row.leastGainDb.toFixed(1),
          percent(row.visibleShare),
        ]),
      },
    ],
    figures,
  });
}

/** Points in the middles of equal cells, so that every point stands for the same share of the sector. */
async function mapGain(
  study: BeamSplitStudy,
  { sector }: WidebandSetting,
  codebook: SplitCodebook,
  signal: AbortSignal | undefined,
): Promise<GainMap> {
  const most = Math.sin(sector.maxAngleRad);
  const sinAngles = middles([-most, most], study.directions);
  const ringsPerM = middles(ringRangeOf(sector), study.rings);
  const powers = new BeamPowers(
    codebook,
    codebook.pilots.map(({ codeword }) => codeword),
    study.air,
  );
  const gains = new Float64Array(powers.numValues);
  const gainDb: number[][] = [];
  for (const ringPerM of ringsPerM) {
    // Lets a signal through.
    await setImmediate();
    signal?.throwIfAborted();
    gainDb.push(
      sinAngles.map((sinAngle) => {
        powers.evaluate({ sinAngle, ringPerM }, gains);
        return 10 * Math.log10(gains.reduce((a, b) => Math.max(a, b)));
      }),
    );
  }
  return { sinAngles, ringsPerM, gainDb };
}

function middles([low, high]: readonly [number, number], count: number): number[] {
  return Array.from({ length: count }, (_, k) => low + ((k + 0.5) / count) * (high - low));
}

function rowOf({ array, band }: WidebandSetting, codebook: SplitCodebook, { gainDb }: GainMap): BeamSplitRow {
  const { pilots } = codebook;
  const { parameters, foci } = pilots[0]!;
  const design = parameters.phaseRingPerM === 0 ? null : describeTdPs(array, band, parameters);
  const sorted = Float64Array.from(gainDb.flat()).sort();
  const halfPowerDb = 10 * Math.log10(0.5);
  const seen = pilots.reduce((sum, pilot) => sum + pilot.foci.visible.reduce((a, b) => a + b, 0), 0);
  return {
    numPilots: pilots.length,
    minPilots: design?.minPilots ?? null,
    pilotRatio: design?.pilotRatio ?? null,
    coverageRatio: coverageRatio(array, band, foci),
    missedShare: missedShare(array, band, foci),
    visibleShare: seen / (pilots.length * band.numSubcarriers),
    coveredShare: sorted.filter((db) => db >= halfPowerDb).length / sorted.length,
    leastGainDb: sorted[0]!,
    gainDbOf95Percent: sorted[Math.floor(0.05 * sorted.length)]!,
  };
}

function settingsOf(
  study: BeamSplitStudy,
  { band, sector }: WidebandSetting,
  parameters: SplitParameters,
): [string, string][] {
  const [near, far] = sector.distanceM;
  const rings = ringRangeOf(sector).map(short).join(' to ');
  return [
    ['Elements', String(study.array.elements)],
    ...describeArray(study.array),
    ['Band', `${short(band.bandwidthHz / 1e9)} GHz, ${band.numSubcarriers} subcarriers`],
    [
      'Sector',
      `within ${short((sector.maxAngleRad * 180) / Math.PI)} deg, ${near} to ${far} m: rings ${rings} 1/m`,
    ],
    ['Scheme', study.scheme.name],
    ...parametersOf(parameters),
    ['Waves', study.air === 'exact' ? 'spherical' : 'to second order in the element position'],
    ['Grid', `${study.directions} directions x ${study.rings} rings`],
  ];
}

/** Of the first pilot. */
function parametersOf(parameters: SplitParameters): [string, string][] {
  const { delaySinAngle, delayRingPerM, phaseSinAngle, phaseRingPerM } = parameters;
  return [
    ['Direction and ring of the delays', `${short(delaySinAngle)}, ${short(delayRingPerM)} 1/m`],
    ['Direction and ring of the phases', `${short(phaseSinAngle)}, ${short(phaseRingPerM)} 1/m`],
  ];
}
