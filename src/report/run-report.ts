/** Report of a run, or of a calibration: a self-contained HTML page beside the recording, and its figures as files. */
import { calibrationOf } from '../campaign/calibration/recorded-calibration.js';
import { renderCalibrationReport } from './calibration/calibration-report.js';
import type { Figure } from './drawing/chart.js';
import { figureBlock, page } from './page/blocks.js';
import { type Html, html } from './page/html.js';
import { writePage } from './page/write-page.js';
import { distributionCharts } from './run/distribution-charts.js';
import { eventsSection } from './run/events-section.js';
import { fociChart } from './run/foci-chart.js';
import { header, runTitle } from './run/header.js';
import { linkChart } from './run/link-chart.js';
import { linkSection } from './run/link-section.js';
import { localPilots } from './run/local-pilots.js';
import { lossesSection } from './run/losses-section.js';
import { isMany, worstFirst } from './run/many-users.js';
import { patternCaption, patternPanels } from './run/pattern-panels.js';
import { pilotChart } from './run/pilot-chart.js';
import { planView } from './run/plan-view.js';
import { DIRECTION_CAPTION, directionPanels } from './run/planar/direction-panels.js';
import { DIRECTIONS_CAPTION, directionsChart } from './run/planar/directions-chart.js';
import { realisabilitySection } from './run/realisability-section.js';
import { type RunData, readRunData } from './run/run-data.js';
import { slotChart } from './run/slot-chart.js';
import { slotsSection } from './run/slots-section.js';
import { spectrumChart } from './run/spectrum-chart.js';
import { confidenceChart } from './run/tracking/confidence-chart.js';
import { courseChart } from './run/tracking/course-chart.js';
import type { TrackingData } from './run/tracking/tracking-data.js';
import { trackingSection } from './run/tracking/tracking-section.js';
import { tracksChart } from './run/tracking/tracks-chart.js';
import { ueSection } from './run/ue-section.js';
import { usersSection } from './run/users-section.js';

/** More users than this get no pilot chart of their own. */
const MOST_PILOT_CHARTS = 10;
/** Of many users, the worst get one. */
const MANY_PILOT_CHARTS = 3;

/**
 * Writes `report.html` and `figures/*.svg` into the recording's folder.
 *
 * @param warn is told what of the recording is damaged; the page says it, too.
 * @param signal leaves what was there before, and throws its reason, unless the report is as good as written.
 * @returns the page's path.
 * @throws what `Recording.open` throws; FILE_UNWRITABLE when the folder cannot be written to.
 */
export async function writeReport(
  folder: string,
  warn: (text: string) => void = () => {},
  signal?: AbortSignal,
): Promise<string> {
  const calibration = await calibrationOf(folder);
  if (calibration !== null) {
    const { markup, figures } = renderCalibrationReport(calibration);
    return writePage(folder, 'report.html', markup, figures, signal);
  }
  const run = await readRunData(folder);
  for (const warning of run.warnings) warn(warning);
  const { markup, figures } = renderRunReport(run);
  return writePage(folder, 'report.html', markup, figures, signal);
}

export function renderRunReport(run: RunData): { markup: string; figures: Figure[] } {
  const training = run.tracking === null ? trainingPart(run) : trackingPart(run, run.tracking);
  const slots = slotChart(run);
  const link = linkChart(run);
  const body = html`${header(run)}
${training.body}
${slotsSection(run, slots)}
${linkSection(run, link)}
${ueSection(run)}
${realisabilitySection(run)}
${eventsSection(run)}
${run.facts.scenarioText !== null && html`<h2>Scenario</h2><details><summary>The scenario file as it was read</summary><pre>${run.facts.scenarioText}</pre></details>`}`;
  const footer = html`Made by beamloop from <span class="code">recording.duckdb</span>. The figures are in
<span class="code">figures/</span> as SVG.`;
  const figures = [...training.figures, slots, link].filter((figure) => figure !== null);
  return { markup: page(`${runTitle(run)} – beamloop`, body, footer), figures };
}

interface Part {
  readonly body: Html;
  readonly figures: readonly (Figure | null)[];
}

function trackingPart(run: RunData, tracking: TrackingData): Part {
  const figures = [tracksChart(tracking), courseChart(tracking), confidenceChart(tracking)].filter(
    (figure) => figure !== null,
  );
  const patternUser = run.users.find(({ ue }) => run.estimates.has(ue));
  const patterns = patternUser === undefined ? null : patternPanels(run, patternUser.ue);
  return {
    body: html`${trackingSection(tracking, figures)}
${patterns !== null && html`<h2>Beam patterns</h2>${figureBlock(patterns, patternCaption(run))}`}`,
    figures: [...figures, patterns],
  };
}

function trainingPart(run: RunData): Part {
  const plan = planView(run);
  const foci = fociChart(run);
  const many = isMany(run);
  const distributions = many ? distributionCharts(run) : [];
  const inDetail = many ? worstFirst(run).slice(0, MANY_PILOT_CHARTS) : run.users.slice(0, MOST_PILOT_CHARTS);
  const pilots = (run.facts.localEstimates ? [] : inDetail).flatMap(
    (user) => spectrumChart(run, user.ue, user.turn + 1) ?? pilotChart(run, user.ue, user.turn + 1) ?? [],
  );
  const patternUser = run.users.find(({ ue }) => run.estimates.has(ue)) ?? run.users[0];
  const planar = run.facts.planar !== null;
  const directions = directionsChart(run);
  const panelsOf = planar ? directionPanels : patternPanels;
  const patterns = patternUser === undefined ? null : panelsOf(run, patternUser.ue);
  return {
    body: html`${usersSection(run, plan, foci, distributions)}
${directions !== null && figureBlock(directions, DIRECTIONS_CAPTION)}
${lossesSection(run)}
${pilotsSection(run, pilots)}
${patterns !== null && html`<h2>Beam patterns</h2>${figureBlock(patterns, planar ? DIRECTION_CAPTION : patternCaption(run))}`}`,
    figures: [plan, directions, foci, ...distributions, ...pilots, patterns],
  };
}

/** @param charts of the first users. */
function pilotsSection(run: RunData, charts: readonly Figure[]): Html {
  if (run.slots.every(({ power }) => power === null)) {
    return html`<h2>Pilots</h2><p class="note">No received power was recorded.</p>`;
  }
  if (run.facts.localEstimates) return localPilots(run);
  const left = run.users.length - charts.length;
  return html`<h2>Pilots</h2>
<p>${pilotsText(run, charts)}</p>
${charts.map((chart) => figureBlock(chart, ''))}
${left > 0 && html`<p class="muted">${isMany(run) && 'These are the users that were served worst. '}No chart for ${left} more of the users.</p>`}`;
}

function pilotsText(run: RunData, charts: readonly Figure[]): string {
  if (charts.some(({ id }) => id.startsWith('spectrum'))) {
    return (
      'Received power of the pilots over the band. Where a pilot splits, each subcarrier looks at a point of its own: peaks are ' +
      'subcarriers that look at the user.'
    );
  }
  if (run.facts.band !== null) {
    return 'Received power of every pilot in the order in which they were sent, on the subcarrier in the middle of the band.';
  }
  return (
    'Received power of every pilot in the order in which they were sent. In a hierarchical search each level is a choice; the search ' +
    'goes on below the stronger half. After it come the candidates of the refinement, ring by ring.'
  );
}
