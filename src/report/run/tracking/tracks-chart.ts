/** The floor from above: where users truly went, and where the beams that served them were focused. */
import { largest } from '../../../core/extremes.js';
import { legend, legendHeightPx, roundTicks, valueAxis } from '../../drawing/axis.js';
import type { Figure } from '../../drawing/chart.js';
import { COLOUR, coloursOf } from '../../drawing/colour.js';
import { line, type Point, scatter } from '../../drawing/marks.js';
import { plural } from '../../drawing/number-format.js';
import { arrayLine } from '../plan-series.js';
import type { TrackedUser, TrackingData } from './tracking-data.js';

const BEAMS = 'Focus of a serving beam';
const START = 'Where a track begins';
/** Of one user. */
const MOST_BEAMS = 250;
/** More users than this cannot be told apart by colour. */
const MOST_NAMED = 8;

/** Null when neither tracks nor beams have a place. */
export function tracksChart(tracking: TrackingData): Figure | null {
  const drawn = tracking.users.map((user) => ({ user, beams: beamsOf(tracking, user) }));
  const places = drawn.flatMap(({ user, beams }) => [
    ...user.track.map(({ positionM }) => floor(positionM)),
    ...beams,
  ]);
  if (places.length === 0) return null;
  const numTracks = tracking.users.filter(({ track }) => track.length > 0).length;
  return {
    id: 'tracks',
    title: 'Tracks and beams',
    description:
      `Plan of the floor with the array at the bottom. The true tracks of ${plural(numTracks, 'user')} as lines, and the foci of ` +
      'the beams that served them as dots.',
    draw: (widthPx) => draw(tracking, drawn, places, widthPx),
  };
}

/** [across, ahead], as plans have it. */
function floor([xM, yM]: readonly [number, number]): Point {
  return [yM, xM];
}

function beamsOf({ codebook }: TrackingData, { epochs }: TrackedUser): Point[] {
  if (codebook === null) return [];
  const every = Math.max(1, Math.ceil(epochs.length / MOST_BEAMS));
  return epochs.flatMap(({ servedKey }, k) => {
    const index = /^tracking\/(\d+)\/(\d+)$/.exec(servedKey ?? '');
    if (index === null || k % every > 0) return [];
    const focusM = codebook.focusM({ ring: Number(index[1]), angleIndex: Number(index[2]) });
    return focusM === null ? [] : [floor(focusM)];
  });
}

function draw(
  { codebook }: TrackingData,
  drawn: readonly { readonly user: TrackedUser; readonly beams: readonly Point[] }[],
  places: readonly Point[],
  widthPx: number,
) {
  const compact = widthPx < 500;
  const named = drawn.length <= MOST_NAMED;
  const palette = coloursOf(drawn.map((_, k) => `user ${k}`));
  const colourOf = (k: number) => (named ? palette[k]! : COLOUR.blue);
  const names = [...(named ? drawn.map(({ user }) => user.ue) : ['True tracks']), BEAMS, START];
  const top = legendHeightPx(names, widthPx - 20) + 14;
  const [left, right] = [58, compact ? 12 : 20];
  const plotPx = widthPx - left - right;
  const reachM = 1.06 * largest(places.map(([, ahead]) => ahead));
  const acrossM = 1.12 * largest(places.map(([across]) => Math.abs(across)));
  const mostHighPx = compact ? 330 : 480;
  const sideM = Math.max(acrossM, 0.3 * reachM, (reachM * plotPx) / (2 * mostHighPx));
  const heightPx = Math.round((plotPx * reachM) / (2 * sideM));
  return {
    heightPx: top + heightPx + 52,
    option: {
      legend: legend(names, 10, 10),
      grid: { left, right, top, height: heightPx, outerBoundsMode: 'none' },
      xAxis: valueAxis({
        label: compact ? 'Along the array, y (m)' : 'Along the array, y (m); positive angles to the right',
        min: -sideM,
        max: sideM,
        splitLine: false,
        customValues: roundTicks(-sideM, sideM, 'linear', compact ? 5 : 9),
      }),
      yAxis: valueAxis({
        label: 'Ahead of the array, x (m)',
        min: 0,
        max: reachM,
        labelGapPx: 36,
        splitLine: false,
        customValues: roundTicks(0, reachM, 'linear', 7),
      }),
      series: [
        arrayLine(codebook === null ? 0 : codebook.array.apertureM / 2, sideM),
        ...drawn.map(({ beams }, k) =>
          scatter(BEAMS, beams, 'circle', 3.5, { color: named ? palette[k]! : COLOUR.orange, opacity: 0.45 }),
        ),
        ...drawn.map(({ user }, k) =>
          line(
            named ? user.ue : 'True tracks',
            user.track.map(({ positionM }) => floor(positionM)),
            { color: colourOf(k), width: 2 },
            4,
          ),
        ),
        scatter(
          START,
          drawn.flatMap(({ user: { track } }) => (track.length === 0 ? [] : [floor(track[0]!.positionM)])),
          'circle',
          10,
          { color: 'none', borderColor: COLOUR.ink, borderWidth: 1.6 },
        ),
      ],
    },
  };
}
