/** Beam patterns of the codewords that led to one user, over azimuth and elevation, with where the user is and was found. */
import type { Codeword, PilotLabel } from '../../../codebook/codeword.js';
import { FRONT_RAD } from '../../../codebook/direction-gain.js';
import { valueAxis } from '../../drawing/axis.js';
import type { Figure } from '../../drawing/chart.js';
import { COLOUR } from '../../drawing/colour.js';
import { directionPatternDb } from '../../drawing/direction-pattern.js';
import { colourBar, heatImage, imageSeries } from '../../drawing/heat-image.js';
import { shown } from '../../page/html.js';
import { groupPilots } from '../pilot-groups.js';
import { measuredPilots, type RunData } from '../run-data.js';
import { foundDirection, planarCodewordOf, trueSeen } from './planar-run.js';

const DEG = Math.PI / 180;
const EDGE = FRONT_RAD / DEG;
const MOST_PANELS = 8;
const RANGE = { low: -40, high: 0 };
/** Cells of one panel: 2 degrees each. */
const NUM_CELLS = 90;

interface Panel {
  readonly title: string;
  readonly image: string;
}

interface Mark {
  readonly isTruth: boolean;
  readonly azimuthDeg: number;
  readonly elevationDeg: number;
}

/** Null when nothing is known to draw: no planar array, no codeword of its codebook. */
export function directionPanels(run: RunData, ue: string): Figure | null {
  const array = run.facts.planar?.array;
  if (array === undefined) return null;
  const choices = choicesOf(run, ue).flatMap(({ title, label }) => {
    const codeword = planarCodewordOf(label, array);
    return codeword === null ? [] : [{ title, codeword }];
  });
  if (choices.length === 0) return null;
  const panels = choices.map(({ title, codeword }: { title: string; codeword: Codeword }): Panel => {
    return { title, image: heatImage(directionPatternDb(array, codeword, NUM_CELLS, NUM_CELLS), RANGE) };
  });
  const marks = marksOf(run, ue);
  return {
    id: 'beam-patterns',
    title: `Beam patterns that led to user ${shown(ue, 64)}`,
    description:
      `${panels.length} heat maps of gain over azimuth and elevation, one per codeword: ` +
      `${panels.map((panel) => panel.title).join(', ')}.`,
    draw: (widthPx) => draw(panels, marks, widthPx),
  };
}

/** The strongest of each batch in their order, then the codeword that was chosen. */
function choicesOf(run: RunData, ue: string): { title: string; label: PilotLabel | null }[] {
  const groups = groupPilots(measuredPilots(run.slots, ue));
  const chosenKey = run.estimates.get(ue)?.codewordKey;
  const winners = groups.map((group) => group.pilots[group.strongest]!);
  const coarse = winners.filter(
    ({ codewordKey }, k) =>
      codewordKey !== chosenKey && winners.findIndex((other) => other.codewordKey === codewordKey) === k,
  );
  const chosen = run.codewords.find(({ key }) => key === chosenKey);
  return [
    ...coarse.slice(0, MOST_PANELS - 1).map(({ label }) => ({ title: gridText(label), label })),
    ...(chosen === undefined ? [] : [{ title: 'Chosen codeword', label: chosen.label as PilotLabel | null }]),
  ];
}

function gridText(label: PilotLabel | null): string {
  return label?.kind === 'planar' ? `Best of ${label.numAzimuths} × ${label.numElevations}` : '';
}

function marksOf(run: RunData, ue: string): Mark[] {
  const array = run.facts.planar!.array;
  const user = run.users.find((row) => row.ue === ue);
  const estimate = run.estimates.get(ue);
  const truth = user === undefined ? null : trueSeen(array, user);
  const found = estimate === undefined ? null : foundDirection(estimate);
  return [
    ...(truth === null ? [] : [{ isTruth: true, ...truth }]),
    ...(found === null ? [] : [{ isTruth: false, ...found }]),
  ].map(({ isTruth, azimuthRad, elevationRad }) => ({
    isTruth,
    azimuthDeg: azimuthRad / DEG,
    elevationDeg: elevationRad / DEG,
  }));
}

function draw(panels: readonly Panel[], marks: readonly Mark[], widthPx: number) {
  const compact = widthPx < 500;
  const perRow = Math.min(panels.length, compact ? 2 : 4);
  const left = 46;
  const gap = 16;
  const panelPx = Math.min(260, Math.floor((widthPx - left - 10 - gap * (perRow - 1)) / perRow));
  const pitchPx = panelPx + 54;
  const topPx = 24;
  const place = (k: number) => ({
    left: left + (k % perRow) * (panelPx + gap),
    top: topPx + Math.floor(k / perRow) * pitchPx,
    width: panelPx,
    height: panelPx,
  });
  const barTopPx = topPx + Math.ceil(panels.length / perRow) * pitchPx + 12;
  const axis = (label: string, isShown: boolean, gridIndex: number, labelGapPx: number) =>
    valueAxis({
      label: isShown ? label : '',
      min: -EDGE,
      max: EDGE,
      gridIndex,
      splitLine: false,
      showTickLabels: isShown,
      labelGapPx,
      customValues: [-90, -45, 0, 45, 90],
    });
  return {
    heightPx: barTopPx + 62,
    option: {
      title: panels.map((panel, k) => ({
        text: panel.title,
        left: place(k).left - 4,
        top: place(k).top - 22,
        padding: [0, 4],
        textStyle: { fontSize: 12, fontWeight: 600, color: COLOUR.ink },
      })),
      grid: panels.map((_, k) => ({ ...place(k), outerBoundsMode: 'none' })),
      xAxis: panels.map((_, k) => axis('Azimuth (°)', k >= panels.length - perRow, k, 22)),
      yAxis: panels.map((_, k) => axis('Elevation (°)', k % perRow === 0, k, 32)),
      series: panels.flatMap((panel, k) => [
        imageSeries(panel.image, [-EDGE, -EDGE], [EDGE, EDGE], k),
        ...marks.map(({ isTruth, azimuthDeg, elevationDeg }) => ({
          name: isTruth ? 'True direction' : 'Found direction',
          type: 'scatter' as const,
          xAxisIndex: k,
          yAxisIndex: k,
          silent: true,
          clip: true,
          data: [[azimuthDeg, elevationDeg]],
          symbol: isTruth ? 'circle' : 'diamond',
          symbolSize: isTruth ? 11 : 6,
          itemStyle: isTruth
            ? { color: 'none', borderColor: '#ffffff', borderWidth: 1.6, opacity: 1 }
            : { color: '#ff6a3d', opacity: 1 },
        })),
      ]),
      graphic: colourBar(
        { leftPx: left, topPx: barTopPx, widthPx: Math.min(300, widthPx - left - 10) },
        `${RANGE.low} dB`.replace('-', '−'),
        compact ? 'Gain' : 'Gain, 0 dB = whole array pointed there',
        `${RANGE.high} dB`,
      ),
    },
  };
}

export const DIRECTION_CAPTION =
  'Gain |b(u)ᵀw|²/N in the far field, over azimuth and elevation in the array’s own frame, computed from the codewords as designed (before ' +
  'quantisation). White ring: true direction; orange diamond: found direction.';
