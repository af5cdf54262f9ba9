/** Tables and figures of a study of beam prediction. */

import { sizesOf, titleOf } from '../../prediction/sweep/model-file.js';
import {
  numLearned,
  sweepMultiplications,
  sweepShapes,
} from '../../prediction/sweep/networks/sweep-network.js';
import { snrText } from '../common/format.js';
import { grouped } from '../common/grouped.js';
import type { LineFigure, Table } from '../common/result.js';
import { type BeamPredictionStudy, modelFor } from './beam-prediction-file.js';
import { type BeamPredictionRow, idsOf } from './beam-prediction-rows.js';

const TITLES: Readonly<Record<string, string>> = {
  nearest: 'Nearest',
  hc4: 'HC4',
  hc9: 'HC9',
  '1-nn': '1-NN',
  exhaustive: 'Exhaustive',
};
const titleOfId = (id: string) => TITLES[id] ?? id;

export function networkTable(study: BeamPredictionStudy): Table {
  const rows = study.beams.fine.flatMap((fine) =>
    Object.keys(study.networks).map((network) => {
      const model = modelFor(study, { network, fine, snrDb: 0, numTraining: 1 });
      const sizes = sizesOf(model);
      return [
        network,
        String(sizes.numBeams),
        titleOf(model),
        numLearned(sweepShapes(sizes)).toLocaleString('en-US'),
        (sweepMultiplications(sizes).running / 1e6).toFixed(2),
      ];
    }),
  );
  return {
    title: 'Networks',
    columns: [
      { title: 'Name', align: 'left' },
      { title: 'Beams', align: 'right' },
      { title: 'Network', align: 'left' },
      { title: 'Weights', align: 'right' },
      { title: 'Million multiplications a sweep', align: 'right' },
    ],
    rows,
  };
}

interface Quantity {
  readonly title: string;
  readonly cell: (row: BeamPredictionRow) => string;
}
const shareText = (share: number) => (100 * share).toFixed(1);
const BEST: Quantity = { title: 'users with the best beam (%)', cell: ({ top1 }) => shareText(top1) };
const NEAR: Quantity = {
  title: 'users within 1 dB of the best beam (%)',
  cell: ({ within1Db }) => shareText(within1Db),
};
const RATE: Quantity = { title: 'rate (bit/s/Hz)', cell: ({ rate }) => rate.toFixed(2) };

/** Of networks alone: the table would be wider than its page. */
function withIntervals({ networks }: BeamPredictionStudy): Quantity {
  return {
    title: 'users with the best beam (%, of networks ± half of the 95 % interval)',
    cell: ({ id, top1, top1Interval95: [low, high] }) =>
      id in networks ? `${shareText(top1)} ±${shareText((high - low) / 2)}` : shareText(top1),
  };
}

/** Of each grid: at home and abroad, a column for whoever chooses. */
export function predictionTables(study: BeamPredictionStudy, rows: readonly BeamPredictionRow[]): Table[] {
  return [...grouped(rows, ({ numFine }) => numFine)].flatMap(([numFine, ofGrid]) => {
    const numCoarse = study.beams.coarse[0] * study.beams.coarse[1];
    const task = `${numCoarse} → ${numFine} beams`;
    const home = ofGrid.filter(({ isHome }) => isHome);
    const abroad = ofGrid.filter(({ isHome }) => !isHome);
    return [
      ...[withIntervals(study), NEAR, RATE].map((quantity) =>
        tableOf(`${task}, at home: ${quantity.title}`, study, home, quantity),
      ),
      ...(abroad.length === 0
        ? []
        : [BEST, NEAR].map((quantity) =>
            tableOf(`${task}, abroad: ${quantity.title}`, study, abroad, quantity),
          )),
      pilotTable(`${task}: pilots of a user`, study, ofGrid),
    ];
  });
}

function tableOf(
  title: string,
  study: BeamPredictionStudy,
  rows: readonly BeamPredictionRow[],
  { cell }: Quantity,
): Table {
  const ids = idsOf(study);
  const points = [
    ...grouped(rows, (row) => JSON.stringify([row.snrDb, row.trainedIn, row.testedIn])).values(),
  ];
  const isHome = rows[0]!.isHome;
  return {
    title,
    columns: [
      { title: 'SNR (dB)', align: 'right' },
      { title: isHome ? 'Place' : 'Trained in', align: 'left' },
      ...(isHome ? [] : [{ title: 'Tested in', align: 'left' as const }]),
      { title: 'Users', align: 'right' },
      ...ids.map((id) => ({ title: titleOfId(id), align: 'right' as const })),
    ],
    rows: points.map((ofPoint) => {
      const { snrDb, trainedIn, testedIn, numUes } = ofPoint[0]!;
      return [
        snrText(snrDb),
        trainedIn,
        ...(isHome ? [] : [testedIn]),
        String(numUes),
        ...ids.map((id) => cell(ofPoint.find((row) => row.id === id)!)),
      ];
    }),
  };
}

function pilotTable(title: string, study: BeamPredictionStudy, rows: readonly BeamPredictionRow[]): Table {
  const ids = idsOf(study);
  return {
    title,
    columns: ids.map((id) => ({ title: titleOfId(id), align: 'right' })),
    rows: [ids.map((id) => String(rows.find((row) => row.id === id)!.numPilots))],
  };
}

/** Over the SNR, of each home and grid; none where there is one SNR. */
export function predictionFigures(
  study: BeamPredictionStudy,
  rows: readonly BeamPredictionRow[],
): LineFigure[] {
  const known = rows.filter(({ snrDb, isHome }) => snrDb !== null && isHome);
  if (new Set(known.map(({ snrDb }) => snrDb)).size < 2) return [];
  return [...grouped(known, ({ numFine, trainedIn }) => `${trainedIn}, ${numFine} beams`)].map(
    ([title, ofPlace]): LineFigure => ({
      kind: 'lines',
      title: `Best beam at home: ${title}`,
      caption: 'Share of users whose beam is the best. Bands: 95 % intervals over users, of networks.',
      x: { label: 'SNR (dB)', scale: 'linear' },
      y: { label: 'Users with the best beam', scale: 'linear' },
      series: idsOf(study).map((id) => ({
        name: titleOfId(id),
        points: ofPlace
          .filter((row) => row.id === id)
          .map(({ snrDb, top1, top1Interval95 }) => ({
            ...{ x: snrDb!, y: top1 },
            ...(id in study.networks && { interval95: top1Interval95 }),
          }))
          .sort((a, b) => a.x - b.x),
      })),
    }),
  );
}
