/** Figures of beams that split, on the plane of direction and distance ring. */
import type { SplitCodebook } from '../../codebook/beam-split.js';
import { DIRECTION, numberedPilots, RING } from '../common/foci-figure.js';
import type { HeatFigure, LineFigure } from '../common/result.js';
import type { BeamSplitRow, GainMap } from './beam-split-rows.js';

/** Below this everything is dark: a hole is a hole. */
const DARKEST_DB = -9;

export function coverageMap(
  { pilots }: SplitCodebook,
  { sinAngles, ringsPerM, gainDb }: GainMap,
): HeatFigure {
  return {
    kind: 'heat',
    title: `What the strongest subcarrier of ${numberedPilots(pilots.length)} brings`,
    caption: 'Power gain of the strongest subcarrier of all pilots over the sector; 0 dB is a perfect beam.',
    x: DIRECTION,
    y: RING,
    xs: sinAngles,
    ys: ringsPerM,
    values: gainDb,
    valueLabel: 'Power gain (dB)',
    range: [DARKEST_DB, 0],
    outlines: [],
  };
}

export function shareFigure(rows: readonly BeamSplitRow[]): LineFigure {
  return {
    kind: 'lines',
    title: 'Share of the sector covered by number of pilots',
    caption:
      'Share of directions and rings where a subcarrier of a pilot reaches half the power of a perfect beam.',
    x: { label: 'Pilots', scale: 'linear' },
    y: { label: 'Share covered at -3 dB', scale: 'near-one' },
    series: [
      {
        name: 'Covered',
        points: rows.map((row) => ({ x: row.numPilots, y: row.coveredShare })),
      },
    ],
  };
}
