/** Weights, multiplications and time of networks that name a beam from a sweep: counted, and run forward with drawn weights. */
import { setImmediate } from 'node:timers/promises';
import { BeamloopError } from '../../core/errors.js';
import { Random } from '../../core/random.js';
import { initialWeights } from '../../prediction/learning/weights.js';
import { sweepPass } from '../../prediction/sweep/forward/sweep-pass.js';
import { sizesOf, titleOf } from '../../prediction/sweep/model-file.js';
import {
  numLearned,
  type SweepSizes,
  sweepMultiplications,
  sweepShapes,
} from '../../prediction/sweep/networks/sweep-network.js';
import type { StudyResult, StudyRow, Table } from '../common/result.js';
import type { StudyContext } from '../common/study-kind.js';
import { studyResult } from '../common/study-result.js';
import { costedModel, type PredictionCostStudy } from './prediction-cost-file.js';

/** One network; the rows that `beamloop study --json` prints. */
interface PredictionCostRow extends StudyRow {
  readonly id: string;
  readonly network: string;
  /** That are learned. */
  readonly numWeights: number;
  /** Multiplications with an addition, thousand millions: of what runs for a sweep, and of all that goes forward in training. */
  readonly gmacsRunning: number;
  readonly gmacsTraining: number;
  /** Median over sweeps, one after the other, on a thread of this machine: the one column that is another on another run. */
  readonly millisecondsASweep: number;
}

/** @throws BAD_ARGUMENT when traces are asked for; SCENARIO_INVALID when a claim cannot be checked; the signal's reason. */
export async function runPredictionCost(
  study: PredictionCostStudy,
  { traced, signal, onProgress }: StudyContext,
): Promise<StudyResult> {
  if (traced) {
    throw new BeamloopError('BAD_ARGUMENT', {
      what: "A study of kind 'prediction-cost' keeps no traces",
      where: '--trace',
      todo: 'Leave out --trace',
    });
  }
  const names = Object.keys(study.networks);
  const rows: PredictionCostRow[] = [];
  for (const id of names) {
    await setImmediate();
    signal?.throwIfAborted();
    const model = costedModel(study, id);
    const sizes = sizesOf(model);
    const { running, training } = sweepMultiplications(sizes);
    rows.push({
      ...{ id, network: titleOf(model), numWeights: numLearned(sweepShapes(sizes)) },
      ...{ gmacsRunning: running / 1e9, gmacsTraining: training / 1e9 },
      millisecondsASweep: timed(sizes, model.beams.coarse[0] * model.beams.coarse[1], study.sweeps),
    });
    onProgress?.(rows.length, names.length);
  }
  return studyResult(study, ['id'], {
    settings: [
      ['Beams', `${study.beams.coarse.join(' × ')} swept, ${study.beams.fine.join(' × ')} to choose from`],
      ['Timed', `${study.sweeps} sweeps one after the other, median, one thread, Node ${process.version}`],
    ],
    rows,
    tables: [costTable(rows)],
    figures: [],
  });
}

function timed(sizes: SweepSizes, numCoarse: number, numSweeps: number): number {
  const pass = sweepPass(sizes, numCoarse, initialWeights(sweepShapes(sizes), 1));
  const random = new Random(1, 'powers');
  const milliseconds = Array.from({ length: numSweeps + 1 }, () => {
    const powers = Float64Array.from({ length: numCoarse }, () => random.uniform());
    const startedMs = performance.now();
    pass.scores(powers);
    return performance.now() - startedMs;
  });
  // The first one warms up.
  const sorted = milliseconds.slice(1).sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)]!;
}

function costTable(rows: readonly PredictionCostRow[]): Table {
  return {
    title: 'What networks cost',
    columns: [
      { title: 'Name', align: 'left' },
      { title: 'Network', align: 'left' },
      { title: 'Weights', align: 'right' },
      { title: 'GMAC a sweep', align: 'right' },
      { title: 'GMAC forward in training', align: 'right' },
      { title: 'Time a sweep (ms)', align: 'right' },
    ],
    rows: rows.map(({ id, network, numWeights, gmacsRunning, gmacsTraining, millisecondsASweep }) => [
      id,
      network,
      numWeights.toLocaleString('en-US'),
      gmacsRunning.toPrecision(3),
      gmacsTraining.toPrecision(3),
      millisecondsASweep.toPrecision(3),
    ]),
  };
}
