/**
 * Every key of scenarios and calibration tables with values that are no such thing: each is refused by an error that names
 * the key, and nothing is accepted but what is of the kind of the key. BEAMLOOP_TEST_WALK=all tries all values.
 */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parse, stringify } from 'yaml';
import { parseCalibrationTable } from '../../../calibration/calibration-table.js';
import { BeamloopError } from '../../../src/core/errors.js';
import { prepare } from '../../../src/scenario/plan.js';
import { planOnBoard } from '../../../src/scenario/plan-on-board.js';
import { parseScenario } from '../../../src/scenario/scenario.js';
import { scenarioSchema } from '../../../src/scenario/scenario-schema.js';
import { assumedBoard, emulatedSection, standInBoard } from '../../../src/testbed.js';
import { type KeyPath, keysOf, keyText, pathsIn, valueIn, withValue } from './schema-walk.js';

const NARROW = `
title: t
seed: 1
array: { elements: 16, carrier: 28 GHz, speedOfLight: 3e8 m/s, rings: 3 }
board:
  port: emulated
  baud: 3000000
  openTimeout: 3 s
  allowClipping: false
  equaliseGains: false
  emulated:
    serialNumber: EMU
    at: pty
    phaseBits: 6
    delayBits: 8
    delayLsb: 16 ps
    delayRange: 1 ns
    amplitudeBits: 4
    lines: { delays: [[${Array.from({ length: 15 }, () => '0 s').join(', ')}, 1 ns]] }
    memoryDepth: 1024
    queueDepth: 1024
    switchTime: 1 us
    clockRate: 100 MHz
    clockDriftPpm: 0.5
    impairments:
      { phaseError: 3 deg, amplitudeError: 0.3 dB, delayError: 1 ps, lineError: 1 ps, insertionLoss: { perNs: 0.02 dB, switch: 0.5 dB }, deadElements: [3], deadRate: 0.01, stuckElements: [5], codePhaseError: 2 deg, codeAmplitudeError: 0.2 dB, delayGainError: 0.01, driftPerK: 0.1 deg }
    temperatureC: 45.5
    faults:
      toBoard: { drop: 0.1, flip: 0.1, duplicate: 0.1 }
      toHost: { drop: 0.1, flip: 0.1, duplicate: 0.1 }
      fragment: 7
      slowMemory: 5 ms
      missedLatches: { slots: [12], rate: 0.1 }
      events: [{ atSlot: 100, action: stall, for: 300 ms }, { atBytes: 50000, action: unplug, for: 500 ms }, { atTime: 2 s, action: reset }]
slots: { duration: 125 us, turnaround: 2 ms, contiguous: false, userTimeLimit: 500 s, maxAttempts: 5 }
scheme: { name: dpc, rangeReduction: true, pilotSetExpansion: true }
channel: { snr: 20 dB, ricianFactor: 13 dB, scatterers: 5, region: { ringDistance: [1 m, 8 m], angle: [-60 deg, 60 deg] } }
users:
  - { id: ada, position: [2 m, 1 m], emulatedAt: { ring: 2 m, angle: 20 deg } }
  - { id: bela, position: { distance: 3 m, angle: -20 deg }, emulatedAt: { distance: 2.9 m, angle: -19 deg }, fullScale: 30 dB, snr: 15 dB, ricianFactor: 10 dB, scatterers: 3 }
  - { id: chen, position: { ring: 3 m, angle: 20 deg }, beamformedSnr: 15 dB, paths: [{ gain: [0.8, 0.6], position: [1 m, 1 m] }, { gain: [0.1, 0.1], position: { distance: 1 m, angle: 20 deg } }, { gain: [0.1, 0.1], position: { ring: 1 m, angle: 20 deg } }] }
bridge: { host: 127.0.0.1, port: 0, token: a-secret-of-many-letters, ueTimeout: 60 s, powerTimeout: 5 s, feedback: powers }
radio: { sampleRate: 61.44 MHz, pilots: 64, emulated: { format: cs16, gain: 3 dB, clockDriftPpm: 20.5, carrierOffset: 1 kHz, startUncertainty: 300 us, drops: { share: 0.01, burst: 1000, told: true }, trigger: false, serve: {} } }
`;
const WIDE = `
array: { elements: 16, carrier: 28 GHz, bandwidth: 4 GHz, subcarriers: 64, sector: { angle: 50 deg, distance: [1 m, 8 m] } }
board: { port: emulated, emulated: { lines: { from: scheme, direct: true } } }
slots: { duration: 125 us }
scheme:
  { name: tdps, pilots: 4, gamma: 0.5, epsilon: 2.5, endDirection: 0.9, interleaving: delays, estimator: { name: matched-filter, score: debiased, directions: 64, rings: 4, dictionary: actual, model: exact, search: coarse-to-fine, refine: true } }
channel: { beamformedSnr: 15 dB, scatterers: 0, region: { distance: [1 m, 8 m], angle: [-60 deg, 60 deg] } }
users: { count: 3 }
`;
const MOTIONS = [
  '{ kind: line, start: [2 m, 1 m], velocity: [0.1 m/s, 0.2 m/s] }',
  '{ kind: line, start: { distance: 2 m, angle: 10 deg }, speed: 0.1 m/s, heading: 30 deg }',
  '{ kind: waypoints, points: [[2 m, 1 m], { distance: 2 m, angle: 10 deg }], speed: 1 m/s, laps: 3 }',
  '{ kind: waypoints, points: [{ ring: 2 m, angle: 10 deg }, [2 m, 1 m]], times: [1 s, 2 s] }',
  '{ kind: walk, start: { ring: 2 m, angle: 5 deg }, step: 20 ms, speed: 1 m/s, memory: 0.9, speedDeviation: 0.1 m/s, acceleration: 0.1 m/s, firstSpeedDeviation: 0.1 m/s, heading: correlated, turn: 5 deg, leastX: 0.5 m, distance: [1 m, 8 m] }',
  '{ kind: file, file: walk.csv, origin: { latitude: 48 deg, longitude: 11 deg, heading: 90 deg }, from: 1 s }',
];
const SENSORS =
  '{ position: 0.5 m, speed: 1 m/s, heading: 0.2 rad, rate: 50 Hz, latency: 10 ms, gaps: [[1 s, 2 s]], outliers: { size: 20 m, share: 0.01, times: [3 s] }, lie: { from: 4 s, offset: [20 m, 10 m] }, whenBlocked: silent }';
const TRACKS = {
  'board.yaml': readFileSync('scenarios/boards/text-board.yaml', 'utf8'),
  'walk.csv': 'time,latitude,longitude\n1,48,11.0001\n2,48,11.0002\n',
};
const users = (text: string, given: string) =>
  text.replace(/users:[\s\S]*?(?=\nbridge|$)/, `users: ${given}\n`);
const MOVING = MOTIONS.flatMap((motion) => [
  users(
    NARROW,
    `[{ id: ada, motion: ${motion}, sensors: ${SENSORS}, blocked: [[1 s, 3 s]], away: [[4 s, 5 s]] }]\nsensors: ${SENSORS}`,
  ),
  users(NARROW, `{ count: 2, motion: ${motion} }`),
]);
const TRACKERS = [
  '{ name: hold, epochs: 10 }',
  '{ name: retrain, lateEpochs: 2 }',
  '{ name: partial-codebook, codewords: 16 }',
  '{ name: neighbours, directions: 2, rings: 1 }',
  '{ name: ekf-position, speed: 2 m/s, turn: 5 deg, gate: 4.5, bearing: always }',
  '{ name: ekf-velocity, speed: 2 m/s, turn: 5 deg, gate: 4.5, bearing: never }',
  '{ name: stgcn, model: models/stgcn }',
  '{ name: camera, model: models/camera }',
];
const TRACKED = TRACKERS.map(
  (tracker) =>
    `${NARROW}\ntracking: { epoch: 20 ms, duration: 2 s, tracker: ${tracker}, camera: { source: emulated, rate: 10 Hz, latency: 30 ms, keep: true }, codebook: { directions: 16, rings: 2, spread: angles }, servingSlots: 2, prediction: 1 ms, probing: { budget: 0.1, confidence: 0.9, mostPerEpoch: 3, window: 1 s, order: first }, lost: { drop: 10 dB, overNoise: 3 dB, after: 3, giveUpAfter: 3, retryAfter: 1 s } }\n`,
);
const schemed = (text: string, scheme: string) => text.replace(/scheme:\s+\{.*\}\n/, `scheme: ${scheme}\n`);
/** Little beside the boards: it is planned for every odd value. */
const TILED = `
array: { elements: 16, carrier: 28 GHz, rings: 3 }
board:
  tiles: [{ elements: 4 }, { elements: [5, 6, 7, 8], reversed: true }, { elements: 8 }]
  alignment: 200 us
  emulated: { tiles: { 2: { clockDriftPpm: 20.5, faults: { missedLatches: { rate: 0.1 } } } } }
slots: { duration: 1 ms }
scheme: far-field-sweep
channel: { snr: 20 dB, scatterers: 0 }
users: [{ id: ada, position: [2 m, 1 m] }]
`;
/** Little beside the board, which speaks its own language. */
const OWN = `
array: { elements: 8, carrier: 28 GHz, rings: 2 }
board:
  driver: template
  file: board.yaml
  trust: acknowledged
  hostJitter: 5 ms
  emulated: { replies: { lost: 0.1, garbled: 0.1, late: 0.1, lateBy: 50 ms, wrongChecksum: 0.1 } }
slots: { duration: 100 ms }
scheme: far-field-sweep
channel: { snr: 20 dB, scatterers: 0 }
users: [{ id: ada, position: [2 m, 1 m] }]
`;
const IIO = OWN.replace(
  /driver: template\n {2}file: board.yaml/,
  'driver: iio-adar1000\n  wiring: [7, 8, 5, 6, 3, 4, 1, 2]\n  answerTime: 1 ms',
);
/** Heights and elevations wherever they can be given. */
const PLANAR = `
array: { rows: 2, columns: 4, carrier: 28 GHz, spacing: 0.6, boresight: 10 deg, tilt: 5 deg, height: 2 m, beams: [4, 4], beamSpread: sines, bandwidth: 400 MHz, subcarriers: 4 }
board: { port: emulated, emulated: { impairments: { coupling: { level: -20 dB, phase: 60 deg } } } }
slots: { duration: 1 ms }
scheme: { name: planar-hierarchical, first: 2, candidates: 9, wideBeams: sub-array }
channel: { snr: 20 dB, scatterers: 1, region: { distance: [5 m, 20 m], angle: [-20 deg, 40 deg], height: [0 m, 3 m] } }
users:
  - { id: ada, position: { distance: 9 m, angle: 20 deg, elevation: 3 deg }, emulatedAt: { distance: 9 m, angle: 21 deg, elevation: 3 deg } }
  - { id: bela, position: [9 m, 2 m, 1 m], paths: [{ gain: [1, 0], position: { distance: 9 m, angle: 20 deg, elevation: 3 deg } }] }
  - { id: chen, motion: { kind: line, start: { distance: 9 m, angle: 20 deg, elevation: 3 deg }, speed: 1 m/s, heading: 0 deg } }
  - { id: dora, motion: { kind: waypoints, points: [{ distance: 9 m, angle: 20 deg, elevation: 0 deg }, { distance: 8 m, angle: 20 deg, elevation: 0 deg }], speed: 1 m/s } }
`;
const PLANAR_DRAWN = [
  '{ kind: line, start: { distance: 9 m, angle: 20 deg, elevation: 3 deg }, speed: 1 m/s, heading: 0 deg }',
  '{ kind: waypoints, points: [{ distance: 9 m, angle: 20 deg, elevation: 0 deg }, { distance: 8 m, angle: 20 deg, elevation: 0 deg }], speed: 1 m/s }',
].map((motion) =>
  PLANAR.replace('height: [0 m, 3 m]', 'elevation: [-5 deg, 5 deg]').replace(
    /users:[\s\S]*$/,
    `users: { count: 2, motion: ${motion} }\n`,
  ),
);
/** Little beside the users: the city is drawn for every odd value. */
const CITY = `
array: { rows: 2, columns: 4, carrier: 28 GHz, height: 5 m }
board: { port: emulated }
slots: { duration: 1 ms }
scheme: planar-sweep
channel: { snr: 20 dB }
users: { count: 2, city: 1 }
`;
const DOCUMENTS = [
  OWN,
  IIO,
  CITY,
  NARROW,
  WIDE,
  NARROW.replace('port: emulated\n', 'port: /dev/ttyUSB0\n  dtr: on\n  rts: off\n  calibration: none.yaml\n'),
  schemed(
    WIDE,
    '{ name: tdps, delayParameters: [31.7, -0.53], phaseParameters: [-30.5, 0.58], estimator: { name: auxiliary-pair, snr: 15 dB } }',
  ),
  schemed(WIDE, '{ name: near-field-rainbow, rings: 3, pilots: 2, estimator: { name: on-grid } }'),
  schemed(NARROW, '{ name: far-field-hierarchical, refinementAngles: 4, wideBeams: shaped }'),
  TILED,
  TILED.replace('[{ elements: 4 }, {', '[{ port: /dev/ttyUSB0, elements: 4 }, { port: /dev/ttyUSB1,').replace(
    '{ elements: 8 }',
    '{ port: /dev/ttyUSB2 }',
  ),
  ...MOVING,
  ...TRACKED,
  PLANAR,
  ...PLANAR_DRAWN,
].map((text) => parse(text) as unknown);

const TABLE = {
  board: 'EMU',
  phaseError: ['3 deg', '-11 deg'],
  delayError: { unit: 'ps', values: [1.5, 2.5] },
  lineError: [['1 ps', '2 ps']],
};

const ALL = process.env.BEAMLOOP_TEST_WALK === 'all';
/** The first catch most slips of a schema; the others are for whoever has a minute. */
const ODD: readonly unknown[] = [
  ...[1.5, Infinity, 1e300, '5', '5 kg', null],
  ...(ALL
    ? [
        -1,
        Number.NaN,
        [],
        {},
        true,
        0,
        -0,
        2,
        2 ** 32,
        2 ** 53,
        1e-300,
        -Infinity,
        false,
        [1],
        [1, 2, 3],
        ['1 m', '2 m', '3 m'],
        { a: 1 },
      ]
    : []),
  ...(ALL ? ['5 m', '-5 m', '1e300 m', '1e-300 m', '5 s', '1e300 s', '1e-300 s', '5 dB', '1e300 dB'] : []),
  ...(ALL ? ['5 deg', '5 Hz', '', 'NaN', 'true', '1,5 m', '0x10', '1e3', 'Infinity', 'x'.repeat(3000)] : []),
];

/** Keys of texts that anything can stand in. */
const FREE =
  /^(title|board\.(port|tiles\[\]\.port|calibration|emulated\.serialNumber)|bridge\.(host|token)|users\[\]\.id|users(\[\])?\.motion\.file|tracking\.(tracker\.model|camera\.source)|board)$/;
/** Keys of plain numbers that may be written as expressions. */
const EXPRESSIONS = /(gain|Parameters)\[\]$|gamma$|epsilon$|endDirection$|gate$|spacing$/;

type Kind = 'flag' | 'list' | 'map' | 'whole number' | 'number' | 'text' | `in ${string}`;

function kindOf(value: unknown): Kind {
  if (typeof value === 'boolean') return 'flag';
  if (typeof value === 'number') return Number.isSafeInteger(value) ? 'whole number' : 'number';
  if (typeof value === 'object') return Array.isArray(value) ? 'list' : 'map';
  const unit = /^-?[\d.e-]+ ([A-Za-z/]+)$/.exec(String(value))?.[1];
  return unit === undefined ? 'text' : `in ${unit.replace(/^[GMunpm](?=Hz|s$|m$)/, '')}`;
}

/** Whether a value of this key may be meant as what was there. */
function isMeant(path: KeyPath, was: unknown, odd: unknown): boolean {
  const key = keyText(path);
  if (FREE.test(key) && typeof odd === 'string') return true;
  const [wanted, given] = [kindOf(was), kindOf(odd)];
  if (wanted === given) return true;
  if (wanted === 'number' && (given === 'whole number' || EXPRESSIONS.test(key))) return Number(odd) < 1e299;
  if (!wanted.startsWith('in ')) return false;
  return odd === 0 || (wanted === 'in dB' && Math.abs(Number(odd)) === Infinity);
}

/** Every value that was taken and cannot be meant, every error that does not say where, everything that breaks. */
function faults(documents: readonly unknown[], read: (text: string) => void): string[] {
  const found: string[] = [];
  const seen = new Set<string>();
  for (const document of documents) {
    for (const path of pathsIn(document)) {
      const key = keyText(path);
      if (seen.has(key)) continue;
      seen.add(key);
      for (const odd of ODD) {
        const say = (what: string) =>
          found.push(`${key}: ${String(JSON.stringify(odd)).slice(0, 40)} ${what}`);
        try {
          read(stringify(withValue(document, path, odd)));
          if (!isMeant(path, valueIn(document, path), odd)) say('is accepted');
        } catch (error) {
          const name = String(path.findLast((part) => typeof part === 'string'));
          if (!(error instanceof BeamloopError)) say(`breaks: ${error}`);
          else if (!isMeant(path, valueIn(document, path), odd) && !error.message.includes(name)) {
            say(`is refused without its name: ${error.message}`);
          }
        }
      }
    }
  }
  return found;
}

describe('values that are no such thing', () => {
  it('are tried for every key of a scenario', () => {
    const tried = new Set(DOCUMENTS.flatMap((document) => [...pathsIn(document)].map(keyText)));
    const known = [...new Set(keysOf(scenarioSchema(emulatedSection)))];
    expect(known.length).toBeGreaterThan(100);
    // One quantity or list of a kind stands for its other spellings.
    const spelt = known.filter((key) => !/\.(unit|values)$/.test(key));
    expect(spelt.filter((key) => !tried.has(key))).toEqual([]);
  });

  it('are refused by name in a scenario, or planned without breaking', () => {
    const read = (text: string) => {
      const { scenario } = parseScenario(
        text,
        'f.yaml',
        emulatedSection,
        stringify(TABLE),
        undefined,
        TRACKS,
      );
      const { radiate } = standInBoard(scenario);
      planOnBoard(prepare(scenario), assumedBoard(scenario), null, radiate);
    };
    for (const document of DOCUMENTS) expect(() => read(stringify(document))).not.toThrow();
    expect(faults(DOCUMENTS, read)).toEqual([]);
  });

  it('are refused by name in a calibration table', () => {
    expect(faults([TABLE], (text) => parseCalibrationTable(text, 'c.yaml'))).toEqual([]);
  });
});
