/** `npm run bench [-- NAME …] [-- --json]`: runs the benchmarks one after another and prints their rows. */
import { type Benchmark, type BenchRow, meetsTarget } from './benchmark.js';
import { bestCodeword } from './best-codeword.js';
import { bridgeIngest } from './bridge-ingest.js';
import { bridgeWideband } from './bridge-wideband.js';
import { calibrationEstimate } from './calibration-estimate.js';
import { cameraStep } from './camera-step.js';
import { closedLoop } from './closed-loop.js';
import { codewordParameters } from './codeword-parameters.js';
import { dpcStudy } from './dpc-study.js';
import { emulatedCampaign } from './emulated-campaign.js';
import { gainLoss } from './gain-loss.js';
import { iqPowers } from './iq-powers.js';
import { linkGoodput } from './link-goodput.js';
import { manyUsers } from './many-users.js';
import { matchedFilter } from './matched-filter.js';
import { rateStudy } from './rate-study.js';
import { studyWorkers } from './study-workers.js';
import { sweepStep } from './sweep-step.js';
import { trackingStep } from './tracking-step.js';
import { trainingEpoch } from './training-epoch.js';
import { usbGoodput } from './usb-goodput.js';
import { widebandAir } from './wideband-air.js';

const benchmarks: readonly Benchmark[] = [
  linkGoodput,
  codewordParameters,
  usbGoodput,
  closedLoop,
  emulatedCampaign,
  bridgeIngest,
  dpcStudy,
  bestCodeword,
  trackingStep,
  cameraStep,
  sweepStep,
  trainingEpoch,
  rateStudy,
  studyWorkers,
  gainLoss,
  calibrationEstimate,
  widebandAir,
  iqPowers,
  bridgeWideband,
  matchedFilter,
  manyUsers,
];

function figure(value: number): string {
  const digits = Math.abs(value) >= 1000 ? 0 : Math.abs(value) >= 10 ? 1 : 3;
  return value.toLocaleString('en-GB', { maximumFractionDigits: digits });
}

function verdict(row: BenchRow): string {
  if (row.target === undefined) return '';
  const { of, atLeast, atMost } = row.target;
  const bounds = [
    ...(atLeast === undefined ? [] : [`≥ ${figure(atLeast)}`]),
    ...(atMost === undefined ? [] : [`≤ ${figure(atMost)}`]),
  ].join(' and ');
  return ` — target ${of} ${bounds}: ${meetsTarget(row) ? 'met' : 'MISSED'}`;
}

function line(row: BenchRow): string {
  const against =
    row.alternative === null || row.alternativeValue === null || row.ratio === null
      ? ''
      : `, against ${figure(row.alternativeValue)} ${row.unit} for ${row.alternative}: ${figure(row.ratio)}×`;
  return `  ${row.what}: ${figure(row.value)} ${row.unit}${against}${verdict(row)}`;
}

// `npm run bench | head` wants no more.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  process.exit(0);
});
const args = process.argv.slice(2);
if (args.includes('--help')) {
  process.stdout.write(
    `bench: runs all benchmarks, or those that are named.\n\n  npm run bench -- [NAME …] [--json]\n  e.g. npm run bench -- ${benchmarks[0]!.name}\n\nThere are: ${benchmarks.map(({ name }) => name).join(', ')}\n`,
  );
  process.exit(0);
}
const json = args.includes('--json');
const names = args.filter((arg) => arg !== '--json');
const unknown = names.filter((name) => !benchmarks.some((benchmark) => benchmark.name === name));
if (unknown.length > 0) {
  const known = benchmarks.map((benchmark) => benchmark.name).join(', ');
  process.stderr.write(`bench: no benchmark called ${unknown.join(', ')}; there are: ${known}\n`);
  process.exit(2);
}

const results: { name: string; rows: BenchRow[] }[] = [];
for (const benchmark of benchmarks) {
  if (names.length > 0 && !names.includes(benchmark.name)) continue;
  if (!json) process.stdout.write(`${benchmark.name}\n`);
  const rows = await benchmark.run();
  results.push({ name: benchmark.name, rows });
  if (!json) for (const row of rows) process.stdout.write(`${line(row)}\n`);
}
if (json) process.stdout.write(`${JSON.stringify({ benchmarks: results })}\n`);
