/** Beam patterns of the codewords that led to one user, on the angle-distance plane. */
import type { Codeword } from '../../codebook/codeword.js';
import type { PolarCodebook } from '../../codebook/polar.js';
import { valueAxis } from '../drawing/axis.js';
import { beamPatternDb, type PlaneWindow } from '../drawing/beam-pattern.js';
import type { Figure } from '../drawing/chart.js';
import { COLOUR } from '../drawing/colour.js';
import { colourBar, heatImage, imageSeries } from '../drawing/heat-image.js';
import { fixed, metres } from '../drawing/number-format.js';
import { shown } from '../page/html.js';
import { codewordOfLabel } from './codewords-of-labels.js';
import { groupPilots } from './pilot-groups.js';
import { measuredPilots, type RunData } from './run-data.js';

const DEG = Math.PI / 180;
const WIDEST_RAD = 75 * DEG;
const MOST_PANELS = 12;
const RANGE = { low: -40, high: 0 };
/** Cells of one panel. */
const NUM_COLUMNS = 96;
const NUM_ROWS = 48;

interface Panel {
  readonly title: string;
  readonly window: PlaneWindow;
  readonly image: string;
}

interface Choice {
  readonly title: string;
  readonly codeword: Codeword;
  /** Half of what the codeword is meant to cover, in the sine of the angle. */
  readonly halfWidthSine: number;
}

/** Null when nothing is known to draw: no array, no codeword of ours. */
export function patternPanels(run: RunData, ue: string): Figure | null {
  const { polar } = run.facts;
  if (polar === null) return null;
  const choices = choicesOf(run, polar, ue);
  if (choices.length === 0) return null;
  const marks = marksOf(run, ue);
  const centre = Math.sin(marks[0]?.angleRad ?? 0);
  const innermostM = Number.isFinite(polar.ringDistanceM(1)) ? polar.ringDistanceM(1) : 10;
  const distanceM = [innermostM / 4, innermostM * 30] as const;
  const panels = choices.map(({ title, codeword, halfWidthSine }): Panel => {
    const window = { angleRad: angleWindow(centre, halfWidthSine), distanceM };
    const pattern = beamPatternDb(polar.array, codeword, window, NUM_COLUMNS, NUM_ROWS);
    return { title, window, image: heatImage(pattern, RANGE) };
  });
  return {
    id: 'beam-patterns',
    title: `Beam patterns that led to user ${shown(ue, 64)}`,
    description:
      `${panels.length} heat maps of gain over angle and distance, one per codeword: ` +
      `${panels.map((panel) => panel.title).join(', ')}. The lit sector narrows from panel to panel until the ` +
      `last codeword is focused at the user.`,
    draw: (widthPx) => draw(panels, marks, widthPx),
  };
}

/** Winners of the coarse levels in their order, then the codeword that was chosen. */
function choicesOf(run: RunData, polar: PolarCodebook, ue: string): Choice[] {
  const pilots = measuredPilots(run.slots, ue);
  const winners = groupPilots(pilots)
    .filter((group) => group.kind === 'level')
    .map((group) => group.pilots[group.strongest]!);
  const chosenKey = run.estimates.get(ue)?.codewordKey;
  const chosen = run.codewords.find((row) => row.key === chosenKey);
  const labels = winners.flatMap(({ label }) => (label === null ? [] : [label]));
  const choices: Choice[] = [];
  for (const label of labels.slice(0, MOST_PANELS - 1)) {
    const codeword = codewordOfLabel(label, polar, run.facts.schemeOptions);
    if (codeword === null || !('level' in label)) continue;
    choices.push({ title: `Level ${label.level}`, codeword, halfWidthSine: 2 ** -label.level });
  }
  const pilot = pilots.find((slot) => slot.codewordKey === chosenKey);
  const label = pilot?.label ?? (chosen === undefined ? null : (chosen.label as (typeof labels)[number]));
  const final = label === null ? null : codewordOfLabel(label, polar, run.facts.schemeOptions);
  if (final !== null) {
    choices.push({ title: 'Chosen codeword', codeword: final, halfWidthSine: 2 / polar.array.numElements });
  }
  return choices;
}

/** Four times as wide as what the codeword is for, around the user, no wider than what arrays are for. */
function angleWindow(centreSine: number, halfWidthSine: number): readonly [number, number] {
  const reach = 4 * halfWidthSine;
  const widest = Math.sin(WIDEST_RAD);
  const low = Math.max(-widest, Math.min(widest, centreSine - reach));
  const high = Math.max(-widest, Math.min(widest, centreSine + reach));
  return [Math.asin(low), Math.asin(high)];
}

interface Mark {
  readonly name: 'True position' | 'Found position';
  readonly angleRad: number;
  readonly distanceM: number;
}

function marksOf(run: RunData, ue: string): Mark[] {
  const user = run.users.find((row) => row.ue === ue);
  const estimate = run.estimates.get(ue);
  const marks: Mark[] = [];
  if (user !== undefined && user.xM !== null && user.yM !== null) {
    marks.push({
      name: 'True position',
      angleRad: Math.atan2(user.yM, user.xM),
      distanceM: Math.hypot(user.xM, user.yM),
    });
  }
  if (estimate !== undefined) {
    marks.push({ name: 'Found position', angleRad: estimate.angleRad, distanceM: estimate.distanceM });
  }
  return marks;
}

function draw(panels: readonly Panel[], marks: readonly Mark[], widthPx: number) {
  const compact = widthPx < 500;
  const perRow = Math.min(panels.length, compact ? 2 : 5);
  const numRows = Math.ceil(panels.length / perRow);
  const left = 46;
  const gap = 16;
  const panelPx = Math.floor((widthPx - left - 10 - gap * (perRow - 1)) / perRow);
  const heightPx = Math.round(compact ? panelPx * 0.95 : panelPx * 0.8);
  const pitchPx = heightPx + 54;
  const topPx = 24;
  const place = (k: number) => {
    const column = k % perRow;
    return {
      column,
      left: left + column * (panelPx + gap),
      top: topPx + Math.floor(k / perRow) * pitchPx,
      width: panelPx,
      height: heightPx,
    };
  };
  const barTopPx = topPx + numRows * pitchPx + 12;
  const barPx = Math.min(300, widthPx - left - 10);
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
      xAxis: panels.map((panel, k) => ({
        ...valueAxis({
          label: k >= panels.length - perRow ? 'Angle (°)' : '',
          min: panel.window.angleRad[0] / DEG,
          max: panel.window.angleRad[1] / DEG,
          gridIndex: k,
          splitLine: false,
          labelGapPx: 22,
          customValues: angleTicks(panel.window.angleRad),
        }),
      })),
      yAxis: panels.map((panel, k) =>
        valueAxis({
          label: place(k).column === 0 ? 'Distance (m)' : '',
          scale: 'log',
          min: panel.window.distanceM[0],
          max: panel.window.distanceM[1],
          gridIndex: k,
          splitLine: false,
          showTickLabels: place(k).column === 0,
          labelGapPx: 32,
          customValues: distanceTicks(panel.window.distanceM),
        }),
      ),
      series: panels.flatMap((panel, k) => [
        imageSeries(
          panel.image,
          [panel.window.angleRad[0] / DEG, panel.window.distanceM[0]],
          [panel.window.angleRad[1] / DEG, panel.window.distanceM[1]],
          k,
        ),
        ...marks.map((mark) => ({
          name: mark.name,
          type: 'scatter' as const,
          xAxisIndex: k,
          yAxisIndex: k,
          silent: true,
          clip: true,
          data: [[mark.angleRad / DEG, Math.min(mark.distanceM, panel.window.distanceM[1] * 0.97)]],
          symbol: mark.name === 'True position' ? 'circle' : 'diamond',
          symbolSize: mark.name === 'True position' ? 11 : 6,
          itemStyle:
            mark.name === 'True position'
              ? { color: 'none', borderColor: '#ffffff', borderWidth: 1.6, opacity: 1 }
              : { color: '#ff6a3d', opacity: 1 },
        })),
      ]),
      graphic: colourBar(
        { leftPx: left, topPx: barTopPx, widthPx: barPx },
        `${RANGE.low} dB`.replace('-', '−'),
        compact ? 'Gain' : 'Gain, 0 dB = whole array focused',
        `${RANGE.high} dB`,
      ),
    },
  };
}

/** 1 and 3 of each decade; the near field of a small array ends within a metre. */
function distanceTicks([nearM, farM]: readonly [number, number]): number[] {
  const decades = [-3, -2, -1, 0, 1, 2, 3];
  return decades
    .flatMap((decade) => [1, 3].map((digit) => Number(`${digit}e${decade}`)))
    .filter((m) => m >= nearM && m <= farM);
}

/** Two to five round angles. */
function angleTicks([lowRad, highRad]: readonly [number, number]): number[] {
  const low = lowRad / DEG;
  const high = highRad / DEG;
  const steps = [0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 30, 60];
  const step = steps.find((s) => (high - low) / s <= 5) ?? 60;
  const first = Math.ceil(low / step);
  return Array.from(
    { length: Math.floor(high / step) - first + 1 },
    (_, k) => Math.round((first + k) * step * 10) / 10,
  );
}

/** What the figure's caption says of its marks. */
export function patternCaption(run: RunData): string {
  const { polar } = run.facts;
  const nearM = polar === null ? null : polar.ringDistanceM(1) / 4;
  const ringM =
    nearM === null ? '' : ` from ${nearM < 0.1 ? `${fixed(1e3 * nearM, 1)} mm` : metres(nearM)} outwards`;
  return (
    `Gain |b(u)ᵀw|²/N at every point u${ringM}, computed from the codewords as designed (before quantisation). Each panel is ` +
    'four times as wide as the sector that its codeword is for, so the angle axis zooms in. White ring: true position; ' +
    'orange diamond: found position (at the upper edge when it is at infinity).'
  );
}
