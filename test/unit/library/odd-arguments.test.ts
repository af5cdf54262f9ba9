/**
 * Every function of the entry that takes numbers is given odd ones: it answers, or says BAD_ARGUMENT and names the argument. It
 * never gives NaN, and never ends in another error.
 */
import { describe, expect, it } from 'vitest';
import * as beamloop from '../../../src/index.js';
import { BeamloopError } from '../../../src/index.js';

const array = new beamloop.LinearArray({ numElements: 16, carrierHz: 28e9 });
const band = new beamloop.Band({ carrierHz: 28e9, bandwidthHz: 2e9, numSubcarriers: 256 });
const polar = new beamloop.PolarCodebook(array, { numRings: 3 });
const dpc = new beamloop.DpcCodebook(array);
const planarOf = (options: Partial<beamloop.PlanarArrayOptions>) =>
  new beamloop.PlanarArray({ rows: 2, columns: 4, carrierHz: 28e9, ...options });
const planar = planarOf({});
const beams = new beamloop.PlanarCodebook(planar, { numAzimuths: 4, numElevations: 4 });
const codeword = polar.codeword({ ring: 3, angleIndex: 4 });
const path = { gain: { re: 1, im: 0 }, positionM: [3, 1] as const };
const channel = beamloop.channelVector(array, [path]);
const board = {
  ...beamloop.standInBoard(
    beamloop.parseScenario(
      'array: {elements: 16, carrier: 28 GHz}\nboard: {port: emulated}\nslots: {duration: 125 us}\nscheme: dpc\nchannel: {snr: 20 dB}\nusers: {count: 1}',
      'odd.yaml',
      beamloop.emulatedSection,
    ).scenario,
  ).description,
};
const region = { distanceM: [1, 3], angleRad: [0, 1] } as const;
const rainbow = beamloop.parseSettings(
  `kind: rate
title: t
array: {elements: 32, carrier: 30 GHz, bandwidth: 3 GHz, subcarriers: 32, sector: {angle: 60 deg, distance: [1 m, 9 m]}}
snr: 10 dB
schemes: {rainbow: {name: near-field-rainbow, rings: 4}}`,
  beamloop.studySchema,
  'odd-study.yaml',
);
const scenario = 'scenarios/first-light.yaml';
const emulated = beamloop.emulatedSection.parse({});

type Call = readonly [argument: RegExp, good: number, call: (value: number) => unknown];

/** By the function that is called: what its complaint names, a value that will do, and the call. */
const calls: Partial<Record<keyof typeof beamloop, readonly Call[]>> = {
  LinearArray: [
    [/elements/, 8, (numElements) => new beamloop.LinearArray({ numElements, carrierHz: 28e9 })],
    [/carrierHz/, 1e9, (carrierHz) => new beamloop.LinearArray({ numElements: 16, carrierHz })],
    [/pointM/, 2, (xM) => array.steeringVector([xM, 1])],
    [/frequencyHz/, 1e9, (frequencyHz) => array.steeringVector([1, 1], frequencyHz)],
  ],
  PlanarArray: [
    [/rows/, 2, (rows) => new beamloop.PlanarArray({ rows, columns: 4, carrierHz: 28e9 })],
    [/columns/, 2, (columns) => new beamloop.PlanarArray({ rows: 2, columns, carrierHz: 28e9 })],
    [/carrierHz/, 1e9, (carrierHz) => new beamloop.PlanarArray({ rows: 2, columns: 2, carrierHz })],
    [/spacing/, 0.5, (gap) => planarOf({ spacing: [0.5, gap] })],
    [/boresightRad/, 1, (boresightRad) => planarOf({ boresightRad })],
    [/tiltRad/, 1, (tiltRad) => planarOf({ tiltRad })],
    [/heightM/, 1, (heightM) => planarOf({ heightM })],
    [/pointM/, 2, (zM) => planar.steeringVector([1, 1, zM])],
    [/frequencyHz/, 1e9, (frequencyHz) => planar.steeringVector([1, 1], frequencyHz)],
    [/sineY/, 0.5, (sineY) => planar.planeWavePhaseRad(sineY, 0)],
    [/sineZ/, 0.5, (sineZ) => planar.planeWavePhaseRad(0, sineZ)],
    [
      /azimuthRad/,
      1,
      (azimuthRad) => planar.travelTimeDifferenceS({ azimuthRad, elevationRad: 0, distanceM: 1 }),
    ],
    [
      /distanceM/,
      Infinity,
      (distanceM) => planar.travelTimeDifferenceS({ azimuthRad: 0, elevationRad: 0, distanceM }),
    ],
  ],
  PlanarCodebook: [
    [
      /numAzimuths/,
      4,
      (numAzimuths) => new beamloop.PlanarCodebook(planar, { numAzimuths, numElevations: 4 }),
    ],
    [
      /numElevations/,
      4,
      (numElevations) => new beamloop.PlanarCodebook(planar, { numAzimuths: 4, numElevations }),
    ],
    [
      /active/,
      2,
      (columns) =>
        new beamloop.PlanarCodebook(planar, { numAzimuths: 4, numElevations: 4, active: [columns, 1] }),
    ],
    [/azimuth index/, 1, (azimuthIndex) => beams.codeword({ azimuthIndex, elevationIndex: 1 })],
    [/elevation index/, 1, (elevationIndex) => beams.codeword({ azimuthIndex: 1, elevationIndex })],
  ],
  Band: [
    [/carrierHz/, 1e10, (carrierHz) => new beamloop.Band({ carrierHz, bandwidthHz: 1e9, numSubcarriers: 4 })],
    [
      /bandwidthHz/,
      1e9,
      (bandwidthHz) => new beamloop.Band({ carrierHz: 28e9, bandwidthHz, numSubcarriers: 4 }),
    ],
    [
      /subcarriers/,
      4,
      (numSubcarriers) => new beamloop.Band({ carrierHz: 28e9, bandwidthHz: 1e9, numSubcarriers }),
    ],
  ],
  polarPointM: [
    [/distanceM/, 2, (distanceM) => beamloop.polarPointM(distanceM, 0)],
    [/angleRad/, 1, (angleRad) => beamloop.polarPointM(1, angleRad)],
  ],
  focalPointAt: [
    [/distanceM/, Infinity, (distanceM) => beamloop.focalPointAt(distanceM, 0)],
    [/angleRad/, 1, (angleRad) => beamloop.focalPointAt(1, angleRad)],
  ],
  focalPointOf: [[/distanceM/, 1, (xM) => beamloop.focalPointOf([xM, 0])]],
  PolarCodebook: [
    [/rings/, 2, (numRings) => new beamloop.PolarCodebook(array, { numRings })],
    [/ring spacing/, 1, (ringSpacing) => new beamloop.PolarCodebook(array, { numRings: 3, ringSpacing })],
    [/ring/, 1, (ring) => polar.codeword({ ring, angleIndex: 1 })],
    [/angle index/, 1, (angleIndex) => polar.codeword({ ring: 1, angleIndex })],
  ],
  DpcCodebook: [
    [/level/, 1, (level) => dpc.codeword(level, 1)],
    [/index/, 1, (index) => dpc.codeword(2, index)],
  ],
  DftCodebook: [
    [/level/, 1, (level) => new beamloop.DftCodebook(array).codeword(level, 1)],
    [/index/, 1, (index) => new beamloop.DftCodebook(array).codeword(2, index)],
  ],
  designTdPs: [
    [/gamma/, 1, (gamma) => beamloop.designTdPs(array, band, { ringRangePerM: [0, 1], gamma })],
    [/epsilon/, 1, (epsilon) => beamloop.designTdPs(array, band, { ringRangePerM: [0, 1], epsilon })],
    [
      /end direction/,
      1,
      (endDirection) => beamloop.designTdPs(array, band, { ringRangePerM: [0, 1], endDirection }),
    ],
    [/ring/, 0, (low) => beamloop.designTdPs(array, band, { ringRangePerM: [low, 1] })],
    [/ring/, 1, (high) => beamloop.designTdPs(array, band, { ringRangePerM: [0, high] })],
  ],
  describeTdPs: [
    [
      /TD-PS parameter/,
      1,
      (delaySinAngle) =>
        beamloop.describeTdPs(array, band, {
          delaySinAngle,
          delayRingPerM: 0.1,
          phaseSinAngle: 3,
          phaseRingPerM: 0.1,
        }),
    ],
  ],
  tdPsCodebook: [
    [
      /pilots/,
      2,
      (numPilots) =>
        beamloop.tdPsCodebook(
          array,
          band,
          beamloop.designTdPs(array, band, { ringRangePerM: [0, 1] }),
          numPilots,
        ),
    ],
  ],
  rainbowCodebook: [
    [/sweep/, 1, (maxSinAngle) => beamloop.rainbowCodebook(array, band, maxSinAngle, [0, 0.1])],
    [/ringPerM/, 0, (ringPerM) => beamloop.rainbowCodebook(array, band, 0.8, [ringPerM])],
  ],
  farRainbowCodebook: [[/sweep/, 1, (maxSinAngle) => beamloop.farRainbowCodebook(array, band, maxSinAngle)]],
  polarRings: [[/distance/, 1, (nearestM) => beamloop.polarRings(array, nearestM)]],
  evenRings: [
    [/rings/, 3, (numRings) => beamloop.evenRings([0, 1], numRings)],
    [/ring/, 0, (low) => beamloop.evenRings([low, 1], 3)],
  ],
  servingCodeword: [
    [/sinAngle/, 1, (sinAngle) => beamloop.servingCodeword(array, { sinAngle, ringPerM: 0 })],
    [/ringPerM/, 0, (ringPerM) => beamloop.servingCodeword(array, { sinAngle: 0, ringPerM })],
  ],
  focusCodeword: [
    [/sinAngle/, 0, (sinAngle) => beamloop.focusCodeword(array, { sinAngle, ringPerM: 0.1 })],
    [/ringPerM/, 0, (ringPerM) => beamloop.focusCodeword(array, { sinAngle: 0, ringPerM })],
  ],
  GainMeter: [
    [/sinAngle/, 1, (sinAngle) => new beamloop.GainMeter(array, band).setPoint(sinAngle, 3)],
    [/distanceM/, Infinity, (distanceM) => new beamloop.GainMeter(array, band).setPoint(0, distanceM)],
  ],
  channelVector: [
    [/pointM/, 1, (xM) => beamloop.channelVector(array, [{ ...path, positionM: [xM, 0] }])],
    [/gain/, -1, (re) => beamloop.channelVector(array, [{ ...path, gain: { re, im: 0 } }])],
    [/frequencyHz/, 1e9, (frequencyHz) => beamloop.channelVector(array, [path], frequencyHz)],
  ],
  receivePilot: [
    [/frequencyHz/, 1e9, (frequencyHz) => beamloop.receivePilot(channel, codeword, frequencyHz)],
  ],
  noiseVariance: [[/snrDb/, Infinity, (snrDb) => beamloop.noiseVariance(snrDb)]],
  drawNoise: [[/variance/, 0, (variance) => beamloop.drawNoise(variance, new beamloop.Random(1))]],
  drawPosition: [
    [
      /distanceM/,
      1,
      (nearM) => beamloop.drawPosition({ ...region, distanceM: [nearM, 3] }, new beamloop.Random(1)),
    ],
    [
      /[dD]istanceM/,
      1,
      (nearM) =>
        beamloop.drawPosition({ ringDistanceM: [nearM, 3], angleRad: [0, 1] }, new beamloop.Random(1)),
    ],
    [
      /angleRad/,
      0,
      (low) => beamloop.drawPosition({ ...region, angleRad: [low, 1] }, new beamloop.Random(1)),
    ],
  ],
  drawPaths: [
    [
      /numScatterers/,
      2,
      (numScatterers) =>
        beamloop.drawPaths([1, 0], region, { numScatterers, ricianFactorDb: 3 }, new beamloop.Random(1)),
    ],
    [
      /ricianFactorDb/,
      Infinity,
      (ricianFactorDb) =>
        beamloop.drawPaths([1, 0], region, { numScatterers: 2, ricianFactorDb }, new beamloop.Random(1)),
    ],
  ],
  Random: [
    [/key/, 7, (key) => new beamloop.Random(key).uniform()],
    [/bound/, 7, (bound) => new beamloop.Random(1).integer(bound)],
  ],
  quantise: [
    [/carrierHz/, 28e9, (carrierHz) => beamloop.quantise(codeword, board, carrierHz)],
    [/frequenciesHz/, 28e9, (hz) => beamloop.quantise(codeword, board, 28e9, { frequenciesHz: [hz] })],
    [
      /phases/,
      1,
      (rad) => beamloop.quantise({ ...codeword, phaseRad: new Float64Array(16).fill(rad) }, board, 28e9),
    ],
  ],
  realisabilityOf: [
    [/carrierHz/, 28e9, (carrierHz) => beamloop.realisabilityOf([codeword], board, carrierHz, [28e9])],
  ],
  BoardBeams: [
    [/carrierHz/, 28e9, (carrierHz) => new beamloop.BoardBeams(board, carrierHz, null).quantise(codeword)],
  ],
  powersOf: [
    [/perSubcarrier/, 1, (power) => beamloop.powersOf(Float64Array.from([power, 1]), 2)],
    [/numSubcarriers|perSubcarrier/, 2, (count) => beamloop.powersOf(Float64Array.from([1, 1]), count)],
  ],
  studyThreads: [[/numThreads/, 2, (numThreads) => beamloop.studyThreads(numThreads)]],
  overrideStudy: [
    [/numUsers/, 5, (numUsers) => beamloop.overrideStudy(rainbow, { numUsers })],
    [/seed/, 5, (seed) => beamloop.overrideStudy(rainbow, { seed })],
  ],
  readVariants: [
    [
      /repeat/,
      2,
      (repeat) =>
        beamloop.readVariants(scenario, beamloop.emulatedSection, { set: [], seed: undefined, repeat }),
    ],
    [
      /seed/,
      2,
      (seed) => beamloop.readVariants(scenario, beamloop.emulatedSection, { set: [], seed, repeat: 1 }),
    ],
  ],
  SerialTransport: [[/baudRate/, 9600, (baudRate) => new beamloop.SerialTransport({ port: 'p', baudRate })]],
};

const ODD = [Number.NaN, Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY, -1, 0, 0.5, 1e300];

/** Constants, and what takes no number of its own: files, folders, schemas, boards and what others checked. */
const WITHOUT_NUMBERS = new Set<string>([
  ...['BeamloopError', 'ERROR_CATALOGUE', 'EXPORT_FORMATS', 'TABLE_NAMES', 'ESTIMATOR_NAMES'],
  ...['emulatedSection', 'estimatorSchema', 'schemeSchema', 'studySchema', 'parseSettings', 'parseScenario'],
  ...['parseRecordedScenario', 'parseCalibrationTable', 'readScenario', 'readStudy', 'recordedScenario'],
  ...[
    'prepare',
    'planOnBoard',
    'assumedBoard',
    'standInBoard',
    'openTestbed',
    'openTestbedOn',
    'openBoard',
    'openStudiedScenario',
  ],
  ...[
    'startRun',
    'resumeRun',
    'replayRecording',
    'exportRecordings',
    'writeReport',
    'writeStudyReport',
    'runStudy',
  ],
  ...['Recording', 'createScheme', 'runSounding', 'requireRealisable', 'ChirpCodebook', 'listPorts', 'steer'],
  ...['readBoardState', 'PowerQueue', 'schemeNames', 'defineScheme', 'loadPlugin', 'loadNamedPlugins'],
  ...['openSounder', 'freshRequest'],
]);
/** What takes numbers and is walked below, one by one, since it opens things. */
const OPENED = new Set<string>([
  'startStandaloneBoard',
  'openPort',
  'openBoardAt',
  'openNativeBoard',
  'openHostTimedBoard',
  'startBridge',
  'UeAgent',
]);

function hasNaN(value: unknown, depth = 0): boolean {
  if (typeof value === 'number') return Number.isNaN(value);
  if (value === null || typeof value !== 'object' || depth > 4) return false;
  if (ArrayBuffer.isView(value)) return Array.from(value as Float64Array).some((each) => Number.isNaN(each));
  return Object.values(value).some((each) => hasNaN(each, depth + 1));
}

/** Null where the call answers with numbers. */
function complaint(call: () => unknown): BeamloopError | null {
  try {
    expect(hasNaN(call())).toBe(false);
    return null;
  } catch (error) {
    if (error instanceof BeamloopError) return error;
    throw error;
  }
}

it('every function of the entry is walked, or takes no numbers', () => {
  const left = Object.keys(beamloop).filter(
    (name) => !(name in calls) && !WITHOUT_NUMBERS.has(name) && !OPENED.has(name),
  );
  expect(left).toEqual([]);
});

describe.each(Object.entries(calls))('%s', (_, own) => {
  it.each(own!.map(([argument, good, call]) => ({ argument, good, call })))(
    'names $argument',
    ({ argument, good, call }) => {
      expect(complaint(() => call(good))).toBeNull();
      const complaints = ODD.map((value) => complaint(() => call(value))).filter((each) => each !== null);
      for (const each of complaints) {
        expect(each.code).toBe('BAD_ARGUMENT');
        expect(`${each.what} ${each.where}`).toMatch(argument);
      }
      // NaN is no number of anything.
      expect(complaint(() => call(Number.NaN))).not.toBeNull();
    },
  );
});

describe('shapes', () => {
  it('of a channel that is not the codeword’s are refused', () => {
    const short = { re: new Float64Array(3), im: new Float64Array(3) };
    expect(complaint(() => beamloop.receivePilot(short, codeword, 28e9))?.where).toBe('h');
  });

  it('of a codeword of another array are refused', () => {
    const other = new beamloop.LinearArray({ numElements: 8, carrierHz: 28e9 });
    const meter = new beamloop.GainMeter(other, band);
    meter.setPoint(0, 3);
    expect(complaint(() => meter.powerGain(codeword))?.where).toBe('codeword');
  });

  it('of powers that are no whole number of pilots are refused', () => {
    expect(complaint(() => beamloop.powersOf(new Float64Array(5), 2))?.where).toBe('perSubcarrier');
  });
});

describe('what opens things', () => {
  it.each([Number.NaN, -1, 0, 0.5, 1e300])('refuses %s before it does', async (value) => {
    const { signal } = new AbortController();
    const where = (call: () => unknown) => complaint(call)?.where;
    const settings = { emulated, numElements: 16, baud: 3e6, seed: 1 };
    const description = { ueId: 'ue' } as beamloop.UeDescription;
    const source: beamloop.PowerSource = { listenFor: () => {}, powers: async function* () {} };
    const agent = { url: 'ws://127.0.0.1:1', description, source };
    if (!(value > 0)) {
      expect(where(() => new beamloop.UeAgent({ ...agent, giveUpAfterS: value }))).toBe('giveUpAfterS');
    }
    const opening = [
      ['numElements', beamloop.startStandaloneBoard({ ...settings, numElements: value })],
      ['baud', beamloop.startStandaloneBoard({ ...settings, baud: value })],
      ['baudRate', beamloop.openBoardAt({ port: 'p', baud: value }, signal)],
    ] as const;
    const transport = new beamloop.SerialTransport({ port: 'p', baudRate: 9600 });
    const greeting = { transport, baudRate: value > 0 ? -value : value };
    const none = { write: 0, apply: 0, select: 0, store: 0 };
    const facts: beamloop.ElementDriverFacts = {
      ...{
        numElements: 8,
        phaseBits: 6,
        amplitudeBits: 0,
        baud: 0,
        tableDepth: 0,
        appliesApart: false,
        mutes: null,
      },
      timing: { writeS: 1e-3, applyS: 0, selectS: 0, storeS: 0, settleS: 0 },
      bytes: none,
      words: { write: 'sent', apply: 'sent', select: 'sent', store: 'sent' },
    };
    const driven = (given: Partial<beamloop.ElementDriverFacts>, jitterS = 1e-3) =>
      beamloop.openHostTimedBoard({
        driver: { facts: { ...facts, ...given } } as beamloop.ElementDriver,
        jitterS,
      });
    if (!(value >= 0 && value < 3600)) {
      await expect(driven({}, value)).rejects.toMatchObject({ where: 'jitterS' });
      const timing = { ...facts.timing, writeS: value };
      await expect(driven({ timing })).rejects.toMatchObject({ where: 'timing.writeS' });
    }
    for (const name of ['numElements', 'phaseBits'] as const) {
      await expect(driven({ [name]: value })).rejects.toMatchObject({ where: name });
    }
    await expect(driven({ tableDepth: 4 })).rejects.toMatchObject({ where: 'tableDepth' });
    await expect(driven({ appliesApart: true })).rejects.toMatchObject({ where: 'appliesApart' });
    await expect(beamloop.openNativeBoard(greeting)).rejects.toMatchObject({ where: 'baudRate' });
    for (const [argument, opened] of opening) {
      await expect(opened).rejects.toMatchObject({ code: 'BAD_ARGUMENT', where: argument });
    }
  });

  it('refuses a port that is none', async () => {
    await expect(beamloop.startBridge({ port: Number.NaN })).rejects.toMatchObject({ code: 'BRIDGE_LISTEN' });
  });

  it('refuses a format and a table that are none', async () => {
    const exported = (format: string, tables: string[]) =>
      beamloop.exportRecordings([], 'nowhere', format as 'csv', { tables: tables as ['users'] });
    await expect(exported('xml', [])).rejects.toMatchObject({ code: 'BAD_ARGUMENT', where: 'format' });
    await expect(exported('csv', ['userz'])).rejects.toMatchObject({ code: 'BAD_ARGUMENT', where: 'tables' });
  });
});
