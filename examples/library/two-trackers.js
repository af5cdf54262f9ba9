/**
 * A generator of one's own, driven through the slots of an emulated board: two users are followed together, each with the beam
 * that it has and its neighbours, epoch after epoch. Run it with a folder for the recording:
 *
 *   node examples/library/two-trackers.js my-tracking
 */
import {
  emulatedSection,
  freshRequest,
  openSounder,
  openTestbed,
  parseScenario,
  prepare,
  Recording,
} from 'beamloop';

const SCENARIO = `
array: { elements: 64, carrier: 28 GHz, rings: 3 }
board: { port: emulated }
slots: { duration: 125 us }
scheme: dpc
channel: { snr: 30 dB, scatterers: 0 }
users:
  - { id: ada, position: { distance: 4 m, angle: -20 deg } }
  - { id: bela, position: { distance: 6 m, angle: 12 deg } }
`;
const NUM_EPOCHS = 8;

const [folder = 'my-tracking'] = process.argv.slice(2);
const { scenario, text } = parseScenario(SCENARIO, 'two-users.yaml', emulatedSection);
const preparation = prepare(scenario);
const { polar } = preparation;

/** Yields pilots, gets the powers of each UE that listens (here of one), and returns what it makes of them. */
function* follow(startAngle) {
  let angleIndex = startAngle;
  for (let epoch = 0; epoch < NUM_EPOCHS; epoch++) {
    const around = [-1, 0, 1].map((step) => angleIndex + step);
    const [powers] = yield around.map((index) => polar.codeword({ ring: 1, angleIndex: index }));
    angleIndex = around[powers.mean.indexOf(Math.max(...powers.mean))];
  }
  return angleIndex;
}

const about = {
  scenarioName: 'two-users',
  scenarioText: text,
  calibrationText: null,
  scenario,
  seed: 1,
  versions: {},
};
const recording = await Recording.create(folder, about);
const testbed = await openTestbed(freshRequest(preparation, 'two-users'));
try {
  const sounder = await openSounder(preparation, testbed, recording);
  // A round measures the pilots of both in one plan of slots; a UE that fails ends its own sounding alone.
  const ends = await sounder.runAll([
    { name: 'ada', ues: ['ada'], sounding: follow(20) },
    { name: 'bela', ues: ['bela'], sounding: follow(41) },
  ]);
  for (const [k, ue] of ['ada', 'bela'].entries()) {
    const { result, error } = ends[k];
    console.log(error ? `${ue}: ${error.message}` : `${ue}: beam ${result} of ${polar.numAngles}`);
  }
  sounder.close();
} finally {
  await testbed.close(); // mutes the array
  await recording.close();
}
