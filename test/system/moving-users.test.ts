/** Users that move and tell where they are, through an emulated board's port and the WebSocket of the bridge. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { BoardBeams } from '../../calibration/board-beams.js';
import type { PowerRecord } from '../../src/bridge/bridge.js';
import type { SensorRecord } from '../../src/bridge/sensor-reading.js';
import { freshRequest, openSounder } from '../../src/campaign/open-sounder.js';
import { CarrierReceiver } from '../../src/channel/carrier-receiver.js';
import { Sensors } from '../../src/channel/motion/sensors.js';
import { Recording } from '../../src/record/recording.js';
import { prepare } from '../../src/scenario/plan.js';
import { parseScenario } from '../../src/scenario/scenario.js';
import { pathsAt } from '../../src/scenario/users.js';
import type { Powers } from '../../src/sounding/powers.js';
import type { Sounding } from '../../src/sounding/sounding.js';
import { emulatedSection, openTestbed } from '../../src/testbed.js';

const root = mkdtempSync(path.join(tmpdir(), 'beamloop-moving-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));

const SCENARIO = `
seed: 11
array: { elements: 32, carrier: 30 GHz, rings: 2 }
board: { port: emulated, emulated: { phaseBits: 8, queueDepth: 64 } }
slots: { duration: 1 ms, turnaround: 2 ms }
scheme: dpc
channel: { snr: Infinity, scatterers: 3 }
users:
  - { id: ada, motion: { kind: walk, start: [9 m, 1 m], step: 5 ms } }
  - { id: bela, motion: { kind: line, start: [9 m, -2 m], velocity: [0 m/s, 20 m/s] }, sensors: none }
sensors: { position: 0.5 m, speed: 1 m/s, heading: 0.2 rad, rate: 200 Hz, latency: 2 ms }
`;
const NUM_BATCHES = 12;

type Item = PowerRecord | SensorRecord;

interface RunOptions {
  /** Batches before everything is closed. */
  readonly numBatches?: number;
  readonly realtime?: boolean;
  readonly text?: string;
}

/** Both users listen to the same four beams again and again; the recording is gone on with when it is there. */
async function run(
  name: string,
  { numBatches = NUM_BATCHES, realtime = false, text = SCENARIO }: RunOptions = {},
) {
  const { scenario } = parseScenario(text, 'moving.yaml', emulatedSection);
  const preparation = prepare(scenario);
  const { polar } = preparation;
  const folder = path.join(root, name);
  const info = {
    scenarioName: name,
    scenarioText: text,
    calibrationText: null,
    scenario,
    seed: 11,
    versions: {},
  };
  const recording = await Recording.open(folder, 'write').catch(() => Recording.create(folder, info));
  const last = await recording.query('SELECT ue, max(sequence) AS sequence FROM powers GROUP BY ue');
  const testbed = await openTestbed({
    ...freshRequest({ ...preparation, scenario }, name),
    realtime,
    durable: new Map(last.map(({ ue, sequence }) => [String(ue), Number(sequence)])),
  });
  const items: Item[] = [];
  testbed.bridge.onSensor((reading) => items.push(reading));
  testbed.bridge.onPower((record) => items.push(record));
  const sounder = await openSounder(preparation, testbed, recording);
  const beams = [5, 12, 20, 27].map((angleIndex) => polar.codeword({ ring: 1, angleIndex }));
  function* listen(): Sounding<number[][], readonly Powers[]> {
    const heard: number[][] = [];
    for (let batch = 0; batch < numBatches; batch++)
      heard.push((yield beams).flatMap(({ mean }) => [...mean]));
    return heard;
  }
  const heard = await sounder.run({ name: 'listen', ues: ['ada', 'bela'], sounding: listen() });
  await recording.flushed();
  const times = await recording.query('SELECT slot, board_time_s FROM receipts ORDER BY slot');
  const motionTimes = times.map(({ slot, board_time_s }) => ({
    slot: Number(slot),
    motionS: testbed.motionTimeS!(Number(board_time_s)),
  }));
  const radiated = beams.map((codeword) => {
    const settings = new BoardBeams(testbed.board.description, polar.array.carrierHz, null).quantise(
      codeword,
    );
    return testbed.radiate!(settings.settings);
  });
  sounder.close();
  await testbed.close();
  await recording.close();
  return { heard, items, motionTimes, radiated, preparation };
}

const powersOf = (items: readonly Item[], ue: string) =>
  items.flatMap((item) => ('powers' in item && item.ueId === ue ? [item] : []));
const readingsOf = (items: readonly Item[]) => items.flatMap((item) => ('positionM' in item ? [item] : []));

describe('users that move, on virtual time', () => {
  it('hear each slot from where they are then, the same in every run, and tell where that is', async () => {
    const whole = await run('whole');
    const { items, radiated, preparation } = whole;
    const { array } = preparation.polar;
    for (const { id, truth } of preparation.users) {
      const records = powersOf(items, id);
      expect(records).toHaveLength(4 * NUM_BATCHES);
      records.forEach(({ ueTimeS, powers }, k) => {
        // UEs read the board's clock.
        const receiver = new CarrierReceiver(array, pathsAt(truth!, ueTimeS, array));
        const { re, im } = receiver.receive(radiated[k % 4]!);
        expect(powers[0]! / (re[0]! ** 2 + im[0]! ** 2)).toBeCloseTo(1, 4);
      });
    }
    // A beam is not received twice alike.
    const [first, second] = [whole.heard[0]!, whole.heard.at(-1)!];
    first.forEach((power, k) => {
      expect(Math.abs(second[k]! / power - 1)).toBeGreaterThan(1e-3);
    });

    const [ada] = preparation.users;
    const lastS = powersOf(items, 'ada').at(-1)!.ueTimeS;
    const expected = new Sensors(ada!.sensors!, ada!.motion!, 11, 'ada').readyBy(lastS);
    expect(expected.length).toBeGreaterThan(5);
    expect(readingsOf(items)).toMatchObject(
      expected.map(({ measuredS, ...reading }) => ({ ueId: 'ada', ueTimeS: measuredS, ...reading })),
    );
    // Each comes before the first power that is measured when it is ready, and after the power before.
    const adas = items.filter(({ ueId }) => ueId === 'ada');
    adas.forEach((item, k) => {
      if (!('positionM' in item)) return;
      const before = adas.slice(0, k).findLast((other) => 'powers' in other);
      const after = adas.slice(k).find((other) => 'powers' in other);
      expect(item.ueTimeS + 2e-3).toBeLessThanOrEqual(after!.ueTimeS + 1e-9);
      expect(item.ueTimeS + 2e-3).toBeGreaterThan((before?.ueTimeS ?? -1) + 1e-9);
    });
    for (const { slot, motionS } of whole.motionTimes) {
      const record = powersOf(items, 'ada').find((power) => power.slot === slot);
      expect(motionS).toBeCloseTo(record!.ueTimeS, 6);
    }

    const again = await run('again');
    expect(again.heard).toEqual(whole.heard);
    const undated = (readings: SensorRecord[]) => readings.map(({ arrivedS: _, ...reading }) => reading);
    expect(undated(readingsOf(again.items))).toEqual(undated(readingsOf(items)));
  });

  it('go on along their track when a run is resumed in the middle of it', async () => {
    const half = await run('resumed', { numBatches: NUM_BATCHES / 2 });
    const rest = await run('resumed');
    const whole = await run('uninterrupted');
    expect(half.heard).toEqual(whole.heard.slice(0, NUM_BATCHES / 2));
    expect(rest.heard).toEqual(whole.heard);
    // What was measured before was not measured again.
    expect(powersOf(rest.items, 'ada')).toHaveLength(2 * NUM_BATCHES);
  });
});

describe('users that move, on real time', () => {
  it('move from when they were started, which the controller knows on the clock of the board', async () => {
    const text = SCENARIO.replace(/position: 0.5 m.*200 Hz/, 'position: 0 m, rate: 200 Hz')
      .replace(', sensors: none', '')
      .replace('slots: { duration: 1 ms', 'slots: { duration: 10 ms');
    const { items, motionTimes } = await run('realtime', { realtime: true, text, numBatches: 4 });
    const readings = readingsOf(items).filter(({ ueId }) => ueId === 'bela');
    expect(readings.length).toBeGreaterThan(10);
    // By its track: 20 m/s along y from -2 m.
    const originsS = readings.map(({ ueTimeS, positionM: [, yM] }) => ueTimeS - (yM + 2) / 20);
    for (const originS of originsS) expect(originS).toBeCloseTo(originsS[0]!, 6);
    const records = powersOf(items, 'bela');
    expect(records.length).toBeGreaterThan(10);
    for (const { slot, ueTimeS } of records) {
      const { motionS } = motionTimes.find((time) => time.slot === slot)!;
      expect(Math.abs(motionS - (ueTimeS - originsS[0]!))).toBeLessThan(5e-3);
    }
  });
});
