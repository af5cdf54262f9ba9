/**
 * A small campaign from a program: three users of an emulated board are found, the recording is replayed with the same scheme
 * and another one, exported and reported. Run it with a folder for what it writes:
 *
 *   node examples/library/first-campaign.js my-first-campaign
 */
import path from 'node:path';
import {
  emulatedSection,
  exportRecordings,
  openTestbed,
  parseRecordedScenario,
  parseScenario,
  Recording,
  recordedScenario,
  replayRecording,
  schemeSchema,
  startRun,
  writeReport,
} from 'beamloop';

const SCENARIO = `
title: Three users of a small array
array: { elements: 64, carrier: 28 GHz, rings: 4 }
board: { port: emulated }
slots: { duration: 125 us }
scheme: far-field-sweep
channel: { snr: 20 dB, scatterers: 0 }
users:
  - { id: ada, position: { distance: 3 m, angle: -30 deg } }
  - { id: bela, position: { distance: 5 m, angle: 5 deg } }
  - { id: chen, position: { distance: 8 m, angle: 40 deg } }
`;

const [folder = 'my-first-campaign'] = process.argv.slice(2);
const degrees = (angleRad) => `${((angleRad * 180) / Math.PI).toFixed(1)} deg`;

// With `port: /dev/ttyUSB0` in the scenario, the same call drives a real board.
const scenario = parseScenario(SCENARIO, 'three-users.yaml', emulatedSection);
const outcome = await startRun(scenario, path.join(folder, 'recording'), { openTestbed });
for (const { ue, estimate } of outcome.users) {
  console.log(estimate === null ? `${ue}: not found` : `${ue}: ${degrees(estimate.angleRad)}`);
}

const recording = await Recording.open(outcome.folder, 'read');
try {
  const recorded = await recordedScenario(recording, parseRecordedScenario, console.warn);
  const replayed = await replayRecording(recording, recorded, recorded.scenario.scheme);
  console.log(`replayed: ${replayed.filter(({ same }) => same).length} of ${replayed.length} the same`);

  // Another scheme can be replayed where it asks for pilots that were sent.
  const other = schemeSchema.parse('exhaustive');
  await replayRecording(recording, recorded, other).catch(({ code }) => console.log(`exhaustive: ${code}`));

  const estimates = await recording.rows('estimates');
  console.log(
    `estimates on disk: ${estimates.map(({ ue, codewordKey }) => `${ue} ${codewordKey}`).join(', ')}`,
  );

  const files = await exportRecordings([recording], path.join(folder, 'tables'), 'csv', {
    tables: ['users', 'estimates'],
  });
  console.log(`exported: ${files.map((file) => path.basename(file)).join(', ')}`);
} finally {
  await recording.close();
}
console.log(`report: ${await writeReport(outcome.folder)}`);
