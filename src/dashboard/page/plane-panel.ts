/** What is radiated now over the plane, with the users on it; a click points the beam there when it is steered by hand. */
import { shortKey } from '../../codebook/codeword.js';
import type { Frame, RunHello } from '../../live/messages.js';
import type { PatternMessage, PlaneAxes, ShownMessage } from '../page-messages.js';
import { axis, Chart, type Colours } from './chart.js';
import { element, panel, setText } from './elements.js';
import { colourStrip, Picture, pixelOf } from './heat-colours.js';
import { Pace, type RunPanel } from './run-panel.js';
import { decibels, degrees, metres, seconds } from './words.js';

const DEG = Math.PI / 180;
const LOW_DB = -40;
const MARGINS = { left: 60, right: 16, top: 10, bottom: 44 };
const ANGLES = [-90, -60, -45, -30, -15, 0, 15, 30, 45, 60, 90];
/** Latest places of each moving user. */
const MOST_TRAIL = 100;
/** Names are shown of so many users at most. */
const MOST_NAMED = 30;

type Mark = readonly [x: number, y: number];

/** Where the operator wants the beam. */
export interface Target {
  readonly distanceM: number | null;
  readonly angleRad: number;
  /** Null for linear arrays. */
  readonly elevationRad: number | null;
}

export class PlanePanel implements RunPanel {
  readonly root: HTMLElement;
  readonly #chart: Chart;
  readonly #caption: HTMLElement;
  readonly #truths = new Map<string, Mark>();
  readonly #estimates = new Map<string, Mark>();
  readonly #trails = new Map<string, Mark[]>();
  readonly #beams = new Map<string, Mark>();
  readonly #pace = new Pace(12);
  readonly #markPace = new Pace(5);
  #axes: PlaneAxes = { kind: 'distance', nearM: 1, farM: 100 };
  #pattern: PatternMessage | null = null;
  #picture: Picture | null = null;
  #radiating: Frame['radiating'] = null;
  #isMuted = false;
  #isPatternNew = false;
  #areMarksNew = false;
  #target: Mark | null = null;

  constructor(onPoint: (target: Target) => void) {
    const { root, body, caption } = panel('plane', 'What is radiated, and where the users are');
    this.root = root;
    this.#caption = caption;
    this.#chart = new Chart('Beam pattern', 'tall', MARGINS, (colours, widthPx) =>
      this.#option(colours, widthPx),
    );
    const key = element(
      'p',
      { class: 'key' },
      ...[
        ['truth', 'true place'],
        ['estimate', 'estimate'],
        ['beam', 'beam that serves'],
        ['target', 'steered to'],
      ].map(([name = '', text = '']) =>
        element('span', {}, element('span', { class: `mark ${name}`, 'aria-hidden': 'true' }), text),
      ),
    );
    body.append(
      this.#chart.root,
      colourStrip(`${LOW_DB} dB`.replace('-', '−'), '0 dB: the whole array focused there'),
      key,
    );
    this.#chart.chart.getZr().on('click', ({ offsetX, offsetY }) => {
      const values = this.#chart.valuesAt(offsetX, offsetY);
      if (values === null) return;
      const [x, y] = values;
      onPoint(
        this.#axes.kind === 'direction'
          ? { distanceM: null, angleRad: x * DEG, elevationRad: y * DEG }
          : { distanceM: y, angleRad: Math.asin(Math.max(-1, Math.min(1, x))), elevationRad: null },
      );
    });
  }

  follow({ users, command }: RunHello, axes: PlaneAxes): void {
    const isSamePlane = axes.kind === this.#axes.kind;
    this.#axes = axes;
    // Who steers by hand after a run still sees where its users were.
    if (command !== 'steer' || !isSamePlane)
      for (const marks of [this.#truths, this.#estimates, this.#trails, this.#beams]) marks.clear();
    for (const { id, truthM } of users) if (truthM !== null) this.#truths.set(id, this.#markAt(truthM));
    this.#pattern = null;
    this.#picture = null;
    this.#radiating = null;
    this.#target = null;
    this.#isPatternNew = true;
    this.#chart.raster()?.reset();
    this.#chart.refresh();
  }

  take(message: ShownMessage | PatternMessage): void {
    switch (message.type) {
      case 'pattern':
        this.#pattern = message;
        this.#isPatternNew = true;
        return;
      case 'frame':
        this.#radiating = message.radiating;
        this.#isMuted = message.board.muted === true;
        return;
      case 'estimate': {
        const { ue, angleRad, elevationRad, distanceM } = message;
        const mark: Mark =
          this.#axes.kind === 'direction'
            ? [angleRad / DEG, (elevationRad ?? 0) / DEG]
            : [Math.sin(angleRad), Math.min(distanceM ?? Number.POSITIVE_INFINITY, this.#axes.farM)];
        this.#estimates.set(ue, mark);
        break;
      }
      case 'epoch':
        if (message.placeM !== null) this.#beams.set(message.ue, this.#markAt(message.placeM));
        break;
      case 'position': {
        const mark = this.#markAt(message.placeM);
        this.#truths.set(message.ue, mark);
        const trail = this.#trails.get(message.ue) ?? [];
        trail.push(mark);
        if (trail.length > MOST_TRAIL) trail.shift();
        this.#trails.set(message.ue, trail);
        break;
      }
      case 'end':
        this.#isMuted = message.muted;
        if (message.muted) this.#radiating = null;
        return;
      default:
        return;
    }
    this.#areMarksNew = true;
  }

  /** Shows where the beam was told to point. */
  aim({ distanceM, angleRad, elevationRad }: Target): void {
    this.#target =
      this.#axes.kind === 'direction'
        ? [angleRad / DEG, (elevationRad ?? 0) / DEG]
        : [Math.sin(angleRad), distanceM ?? this.#axes.farM];
    this.#areMarksNew = true;
  }

  draw(nowMs: number): void {
    this.#chart.settle();
    if (this.#areMarksNew && this.#markPace.isDue(nowMs)) {
      this.#areMarksNew = false;
      this.#chart.set({ series: this.#series() });
    }
    if (!this.#pace.isDue(nowMs)) return;
    const raster = this.#chart.raster();
    if (raster === null) return;
    if (this.#isPatternNew) this.#paint();
    this.#isPatternNew = false;
    if (this.#picture === null || this.#isMuted)
      raster.clearRect(0, 0, raster.canvas.width, raster.canvas.height);
    else this.#picture.drawOn(raster, 0, true);
    this.#say();
  }

  #paint(): void {
    const pattern = this.#pattern;
    if (pattern === null) return;
    const { numColumns, numRows, cells, floorDb, stepDb } = pattern;
    if (this.#picture?.width !== numColumns || this.#picture.height !== numRows)
      this.#picture = new Picture(numColumns, numRows);
    const bytes = atob(cells);
    const { pixels } = this.#picture;
    for (let row = 0; row < numRows; row++) {
      for (let column = 0; column < numColumns; column++) {
        const valueDb = floorDb + stepDb * bytes.charCodeAt(row * numColumns + column);
        pixels[(numRows - 1 - row) * numColumns + column] = pixelOf((valueDb - LOW_DB) / -LOW_DB);
      }
    }
    this.#picture.update();
  }

  #say(): void {
    if (this.#isMuted) {
      this.#tell('The array is muted: nothing is radiated.');
      return;
    }
    const pattern = this.#pattern;
    if (pattern === null) {
      this.#tell(
        this.#radiating === null
          ? 'Nothing has been radiated yet.'
          : `Codeword ${this.#radiating.codewordKey ?? this.#radiating.hash} is radiated; its pattern is not known here.`,
      );
      return;
    }
    const [first, second] = pattern.peak;
    const place =
      this.#axes.kind === 'direction'
        ? `azimuth ${degrees(first)}, elevation ${degrees(second)}`
        : `${metres(first)}, ${degrees(Math.asin(second))}`;
    const { status, boardTimeS, codewordKey, hash } = pattern.radiating;
    const at = `, ${status} at ${seconds(boardTimeS)} of the board`;
    const key = codewordKey === null ? `with hash ${hash}` : shortKey(codewordKey);
    this.#tell(`Codeword ${key}${at}: strongest at ${place}, ${decibels(pattern.peakDb)}.`);
  }

  #tell(text: string): void {
    setText(this.#caption, text);
    const kind = this.#axes.kind === 'direction' ? 'azimuth and elevation' : 'angle and distance';
    this.#chart.describe(`Beam pattern over ${kind}. ${text}`);
  }

  #markAt(place: readonly number[]): Mark {
    const [x = 0, y = 0, z = 0] = place;
    const distanceM = Math.hypot(x, y, z);
    if (this.#axes.kind === 'direction')
      return [Math.atan2(y, x) / DEG, Math.atan2(z, Math.hypot(x, y)) / DEG];
    return [y / distanceM, distanceM];
  }

  #option(colours: Colours, widthPx: number) {
    const axes = this.#axes;
    const angles = widthPx < 450 ? ANGLES.filter((angle) => angle % 30 === 0) : ANGLES;
    const degreesOf = (value: number) => `${Math.round(value)}°`.replace('-', '−');
    const [x, y] =
      axes.kind === 'direction'
        ? [
            axis(
              {
                name: 'Azimuth',
                min: -90,
                max: 90,
                ticks: angles,
                format: degreesOf,
                gap: 26,
                isAcross: true,
              },
              colours,
            ),
            axis(
              {
                name: 'Elevation',
                min: -90,
                max: 90,
                ticks: [-90, -45, 0, 45, 90],
                format: degreesOf,
                gap: 38,
              },
              colours,
            ),
          ]
        : [
            axis(
              {
                name: 'Angle from broadside',
                min: -1,
                max: 1,
                ticks: angles.map((angle) => Math.sin(angle * DEG)),
                format: (sine) => degreesOf(Math.asin(Math.max(-1, Math.min(1, sine))) / DEG),
                gap: 26,
                isAcross: true,
              },
              colours,
            ),
            axis(
              {
                name: 'Distance (m)',
                min: axes.nearM,
                max: axes.farM,
                scale: 'log',
                ticks: roundDistances(axes.nearM, axes.farM),
                format: (value) => String(Number(value.toPrecision(3))),
                gap: 38,
              },
              colours,
            ),
          ];
    return { xAxis: x, yAxis: y, series: this.#series() };
  }

  #series() {
    const named = this.#truths.size <= MOST_NAMED;
    const rightmost = (this.#axes.kind === 'direction' ? 90 : 1) * 0.6;
    const label = {
      show: named,
      formatter: '{b}',
      position: 'right' as const,
      color: '#ffffff',
      textBorderColor: '#10151b',
      textBorderWidth: 3,
      fontSize: 12,
    };
    const marks = (entries: Iterable<readonly [string, Mark]>) =>
      Array.from(entries, ([name, value]) => ({ name, value }));
    const scatter = { type: 'scatter' as const, silent: true, clip: true, animation: false };
    return [
      ...(this.#trails.size === 0
        ? []
        : [
            {
              ...scatter,
              id: 'trails',
              symbolSize: 3,
              itemStyle: { color: '#ffffff', opacity: 0.7 },
              data: [...this.#trails.values()].flat(),
            },
          ]),
      {
        ...scatter,
        id: 'truths',
        symbol: 'circle',
        symbolSize: 13,
        itemStyle: { color: 'rgba(16,21,27,0.35)', borderColor: '#ffffff', borderWidth: 2, opacity: 1 },
        label,
        labelLayout: { hideOverlap: true },
        data: marks(this.#truths).map((mark) => ({
          ...mark,
          // Within the plot.
          label: { position: mark.value[0] > rightmost ? ('left' as const) : ('right' as const) },
        })),
      },
      {
        ...scatter,
        id: 'estimates',
        symbol: 'diamond',
        symbolSize: 11,
        itemStyle: { color: '#ff6a3d', borderColor: '#10151b', borderWidth: 1, opacity: 1 },
        data: marks(this.#estimates),
      },
      {
        ...scatter,
        id: 'beams',
        symbol: 'triangle',
        symbolSize: 10,
        itemStyle: { color: '#57b6ff', borderColor: '#10151b', borderWidth: 1, opacity: 1 },
        data: marks(this.#beams),
      },
      {
        ...scatter,
        id: 'target',
        symbol: 'path://M-1,-12 L1,-12 L1,-1 L12,-1 L12,1 L1,1 L1,12 L-1,12 L-1,1 L-12,1 L-12,-1 L-1,-1 Z',
        symbolSize: 22,
        itemStyle: { color: '#ff4fd8', opacity: 1 },
        data: this.#target === null ? [] : [this.#target],
      },
    ];
  }
}

/** 1, 2, 5, 10, … within the range. */
function roundDistances(lowM: number, highM: number): number[] {
  const found: number[] = [];
  for (let power = Math.floor(Math.log10(lowM)); 10 ** power <= highM; power++) {
    for (const digit of [1, 2, 5]) {
      const value = digit * 10 ** power;
      if (value >= lowM && value <= highM) found.push(Number(value.toPrecision(1)));
    }
  }
  return found;
}
