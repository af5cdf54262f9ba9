/** What camera networks cost: weights, multiplications, and the time that a step takes here. */
import { cameraDesign, historyDesign } from '../../prediction/camera/camera-lesson.js';
import { CameraPass } from '../../prediction/camera/forward/camera-pass.js';
import type { CameraNetwork } from '../../prediction/camera/model-file.js';
import { type CameraNetworkName, cameraSizes } from '../../prediction/camera/networks/camera-network.js';
import {
  multiplicationsOfHistory,
  multiplicationsPerFrame,
  multiplicationsPerStep,
  numParameters,
} from '../../prediction/camera/networks/camera-weights.js';
import { zeroWeights } from '../../prediction/learning/weights.js';
import type { Table } from '../common/result.js';

export interface NetworkCost {
  readonly parameters: number;
  /** For one more frame alone; null of a network that sees none. */
  readonly perFrame: number | null;
  /** For all that comes with one more slot. */
  readonly perStep: number;
}

export function costOf(network: CameraNetwork, size: CameraNetworkName, numBeams: number): NetworkCost {
  if (network === 'beam-history') {
    const parameters = numParameters(historyDesign(numBeams).shapes);
    return { parameters, perFrame: null, perStep: multiplicationsOfHistory(numBeams) };
  }
  const sizes = cameraSizes(size, { numBeams, withAttention: network === 'camera' });
  return {
    parameters: numParameters(cameraDesign(sizes).shapes),
    perFrame: multiplicationsPerFrame(sizes),
    perStep: multiplicationsPerStep(sizes),
  };
}

const ROWS = [
  ['camera', 'full'],
  ['camera-no-attention', 'full'],
  ['camera', 'miniature'],
  ['camera-no-attention', 'miniature'],
  ['beam-history', 'miniature'],
] as const;

/** Of both sizes, whichever was trained. */
export function costTable(numBeams: number): Table {
  const count = (value: number) => value.toLocaleString('en-US');
  const millions = (value: number) => (value / 1e6).toFixed(2);
  return {
    title: 'What the networks cost',
    columns: [
      { title: 'Network', align: 'left' },
      { title: 'Pictures', align: 'left' },
      { title: 'Weights', align: 'right' },
      { title: 'Multiplications a frame (million)', align: 'right' },
      { title: 'A step of seven slots (million)', align: 'right' },
      { title: 'Time of a step here (ms)', align: 'right' },
    ],
    rows: ROWS.map(([network, size]) => {
      const { parameters, perFrame, perStep } = costOf(network, size, numBeams);
      const stepMs = network === 'beam-history' ? null : measuredStepMs(network, size, numBeams);
      return [
        network,
        network === 'beam-history' ? 'none' : size === 'full' ? '224 × 224' : '56 × 56',
        count(parameters),
        perFrame === null ? '-' : millions(perFrame),
        millions(perStep),
        stepMs === null ? '-' : stepMs.toPrecision(2),
      ];
    }),
  };
}

const NUM_STEPS = 9;

/** Median: weights do not matter. */
function measuredStepMs(network: CameraNetwork, size: CameraNetworkName, numBeams: number): number {
  const sizes = cameraSizes(size, { numBeams, withAttention: network === 'camera' });
  const pass = new CameraPass(sizes, zeroWeights(cameraDesign(sizes).shapes));
  const mask = Uint8Array.from({ length: sizes.size ** 2 }, (_, k) => (k % 10 === 0 ? 1 : 0));
  const times = Array.from({ length: NUM_STEPS }, () => {
    const startedMs = performance.now();
    pass.push(mask);
    pass.scores();
    return performance.now() - startedMs;
  });
  return times.sort((a, b) => a - b)[NUM_STEPS >> 1]!;
}
