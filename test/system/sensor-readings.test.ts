/** Sensor readings over a real WebSocket: asked for, checked, counted, and in order with the powers. */
import { afterEach, describe, expect, it } from 'vitest';
import type { BridgeEvent, UeBridge } from '../../src/bridge/bridge.js';
import type { BridgeOptions } from '../../src/bridge/bridge-options.js';
import type { SensorRecord } from '../../src/bridge/sensor-reading.js';
import { startBridge } from '../../src/bridge/server.js';
import { encodePowerMessage } from '../../src/bridge/wire.js';
import { UeAgent } from '../../src/ue/agent.js';
import { PowerQueue, type SensorReport, type SlotPower } from '../../src/ue/power-source.js';
import { PATIENCE_S } from '../fixtures/patience.js';
import { CuttableWire } from './cuttable-wire.js';
import { RawUe } from './raw-ue.js';

const cleanups: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

async function bridgeOf(options: BridgeOptions = {}) {
  const events: BridgeEvent[] = [];
  const bridge = await startBridge({ sensors: true, onEvent: (event) => events.push(event), ...options });
  cleanups.push(() => bridge.close());
  return { bridge, events };
}

const settled = async (isTrue: () => boolean) =>
  expect.poll(isTrue, { interval: 2, timeout: PATIENCE_S * 1e3 }).toBe(true);

const withSensors = { description: { model: 'raw', software: 't', numSubcarriers: 2, sensors: true } };
const message = (sequence: number, change: object = {}) => ({
  type: 'sensor',
  sequence,
  ueTimeS: sequence / 50,
  positionM: [20, sequence],
  covariance: [0.25, 0, 0, 0.25],
  ...change,
});
const report = (sequence: number): SensorReport => ({
  sequence,
  ueTimeS: sequence / 50,
  positionM: [20, sequence],
  velocityMPerS: [1, 0],
  covariance: [0.25, 0, 0, 0, 0, 0.25, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1],
});

/** What arrives, in the order in which it does: readings as negative numbers, records as positive ones. */
function arrivals(bridge: UeBridge): number[] {
  const order: number[] = [];
  bridge.onPower(({ ueId, sequence }) => {
    order.push(sequence);
    bridge.acknowledge(ueId, sequence);
  });
  bridge.onSensor(({ sequence }) => order.push(-sequence));
  return order;
}

describe('the bridge and sensor readings', () => {
  it('asks a UE that has sensors, and hands on what it tells', async () => {
    const { bridge } = await bridgeOf();
    const { ue, welcome } = await RawUe.welcomed(bridge.url, withSensors);
    expect(welcome.sensors).toEqual({ after: 0, readingsPerS: 2000 });
    await expect(bridge.waitForUe('ue-1', PATIENCE_S)).resolves.toMatchObject({ sensors: true });
    ue.say(message(1));
    const velocity = { velocityMPerS: [1, 2], covariance: report(1).covariance };
    ue.say(message(2, velocity));
    const readings: SensorRecord[] = [];
    // Whoever listens late is told what came before.
    await settled(() => bridge.statistics('ue-1')[0]!.readings!.received === 2);
    bridge.onSensor((reading) => readings.push(reading));
    ue.say(message(4));
    await settled(() => readings.length === 3);
    expect(readings).toMatchObject([
      { ueId: 'ue-1', sequence: 1, ueTimeS: 0.02, positionM: [20, 1], velocityMPerS: null },
      { ueId: 'ue-1', sequence: 2, ueTimeS: 0.04, positionM: [20, 2], ...velocity },
      { ueId: 'ue-1', sequence: 4, covariance: [0.25, 0, 0, 0.25] },
    ]);
    for (const { arrivedS } of readings) expect(Number.isFinite(arrivedS)).toBe(true);
    expect(bridge.statistics('ue-1')[0]!.readings).toEqual({
      received: 3,
      repeated: 0,
      gaps: 1,
      malformed: 0,
    });
  });

  it('asks nobody in a run that wants none, and tells a UE that sends all the same', async () => {
    const { bridge, events } = await bridgeOf({ sensors: false });
    const readings: SensorRecord[] = [];
    bridge.onSensor((reading) => readings.push(reading));
    const { ue, welcome } = await RawUe.welcomed(bridge.url, withSensors);
    expect(welcome).not.toHaveProperty('sensors');
    for (const sequence of [1, 2, 3]) ue.say(message(sequence));
    expect(await ue.next('notice')).toMatchObject({
      code: 'sensor-not-asked',
      message: 'The UE sends sensor readings, which this run does not want',
    });
    ue.say({ type: 'time', ueTimeS: 1 });
    await ue.next('time');
    expect(readings).toEqual([]);
    expect(bridge.statistics('ue-1')[0]).not.toHaveProperty('readings');
    expect(bridge.statistics('ue-1')[0]!.malformed).toBe(0);
    // Told once, however many came.
    expect(events.filter(({ kind }) => kind === 'remarked')).toHaveLength(1);
    expect(ue.received.filter(({ type }) => type === 'notice')).toEqual([]);
  });

  it('takes none of a UE whose hello did not speak of them; UEs without go on as ever', async () => {
    const { bridge } = await bridgeOf();
    const order = arrivals(bridge);
    const { ue, welcome } = await RawUe.welcomed(bridge.url);
    expect(welcome).not.toHaveProperty('sensors');
    ue.say(message(1));
    expect(await ue.next('notice')).toMatchObject({ message: expect.stringMatching(/hello did not speak/) });
    const measured = bridge.measure('ue-1', [7], PATIENCE_S);
    const { request } = await ue.next('measure');
    ue.say({ type: 'measuring', request });
    await measured;
    const powers = Float32Array.of(1, 2);
    ue.socket.send(encodePowerMessage([{ sequence: 1, slot: 7, ueTimeS: 1, noiseFloor: 0, powers }]));
    await settled(() => order.length > 0);
    expect(order).toEqual([1]);
  });

  it('says what is wrong with a reading, and shows the door to who sends nothing else', async () => {
    const { bridge } = await bridgeOf();
    const { ue } = await RawUe.welcomed(bridge.url, withSensors);
    ue.say(message(1, { covariance: [1, 2, 2, 1] }));
    expect(await ue.next('notice')).toMatchObject({
      code: 'bad-sensor',
      message: expect.stringMatching(/sensor reading that cannot be read: covariance: is not positive/),
      todo: expect.stringMatching(/"Sensor readings"/),
    });
    expect(bridge.complaint('ue-1')!.code).toBe('bad-sensor');
    for (let k = 0; k < 32; k++) ue.say(message(1, { positionM: null }));
    await expect(ue.ended).resolves.toMatchObject({ error: { code: 'malformed' } });
    expect(bridge.statistics('ue-1')[0]!.readings).toMatchObject({ received: 0, malformed: 33 });
  });

  it('takes no reading before the welcome', async () => {
    const { bridge } = await bridgeOf();
    const ue = await RawUe.dial(bridge.url);
    ue.say(message(1));
    await expect(ue.ended).resolves.toMatchObject({ error: { code: 'hello-expected' } });
  });

  it('takes many more of them than other messages, and holds back who sends more than that', async () => {
    const { bridge } = await bridgeOf({ limits: { controlPerS: 5, readingsPerS: 100 } });
    const order = arrivals(bridge);
    const { ue } = await RawUe.welcomed(bridge.url, withSensors);
    for (let sequence = 1; sequence <= 120; sequence++) ue.say(message(sequence));
    await settled(() => order.length === 120);
    expect(order.at(-1)).toBe(-120);
    expect(bridge.statistics('ue-1')[0]).toMatchObject({ connected: true });
    expect(bridge.statistics('ue-1')[0]!.throttled).toBeGreaterThan(0);
  });

  it('goes on after the readings of an earlier bridge of the run', async () => {
    const { bridge } = await bridgeOf({ run: 'r', durableReadings: new Map([['ue-1', 7]]) });
    const order = arrivals(bridge);
    const { ue, welcome } = await RawUe.welcomed(bridge.url, withSensors);
    expect(welcome.sensors!.after).toBe(7);
    for (const sequence of [6, 7, 8]) ue.say(message(sequence));
    await settled(() => order.length > 0);
    expect(order).toEqual([-8]);
    expect(bridge.statistics('ue-1')[0]!.readings).toMatchObject({ repeated: 2, gaps: 0 });
  });
});

describe('a UE agent with sensors', () => {
  type Item = SlotPower | SensorReport;
  const power = (slot: number): SlotPower => ({
    slot,
    ueTimeS: slot,
    noiseFloor: 1,
    powers: Float32Array.of(slot),
  });

  /** Resolves when the agent was welcomed: what it measured before belongs to no run. */
  async function agentOf(url: string, sensors = true) {
    let connected = () => {};
    const welcomed = new Promise<void>((resolve) => {
      connected = resolve;
    });
    const queue = new PowerQueue<Item>();
    const stop = new AbortController();
    const agent = new UeAgent({
      url,
      description: { ueId: 'ue-1', model: 'test', software: '1', numSubcarriers: 1, sensors },
      source: { listenFor: () => {}, powers: (signal) => queue.read(signal) },
      onState: ({ kind }) => kind === 'connected' && connected(),
    });
    const ended = agent.run(stop.signal);
    ended.catch(() => undefined);
    cleanups.push(async () => {
      stop.abort();
      await ended.catch(() => undefined);
    });
    await welcomed;
    return { queue, ended };
  }

  it('sends readings in order with its powers, whatever the batches', async () => {
    const { bridge } = await bridgeOf();
    const order = arrivals(bridge);
    const { queue } = await agentOf(bridge.url);
    const expected: number[] = [];
    for (let k = 1; k <= 300; k++) {
      queue.push(power(k));
      expected.push(k);
      if (k % 7 === 0) {
        queue.push(report(k / 7));
        expected.push(-k / 7);
      }
      if (k % 50 === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    }
    await settled(() => order.length === expected.length);
    expect(order).toEqual(expected);
  });

  it('keeps the order when the window of unacknowledged records is full', async () => {
    const { bridge } = await bridgeOf({ limits: { window: 4 } });
    const order: number[] = [];
    bridge.onPower(({ sequence }) => order.push(sequence));
    bridge.onSensor(({ sequence }) => order.push(-sequence));
    const { queue } = await agentOf(bridge.url);
    for (let k = 1; k <= 6; k++) {
      queue.push(power(k));
      queue.push(report(k));
    }
    await settled(() => order.length === 7);
    expect(order).toEqual([1, -1, 2, -2, 3, -3, 4]);
    bridge.acknowledge('ue-1', 4);
    await settled(() => order.length === 12);
    expect(order.slice(7)).toEqual([-4, 5, -5, 6, -6]);
  });

  it('numbers reports without a number beyond those that the bridge has', async () => {
    const { bridge } = await bridgeOf({ run: 'r', durableReadings: new Map([['ue-1', 7]]) });
    const order = arrivals(bridge);
    const { queue } = await agentOf(bridge.url);
    const { sequence: _, ...unnumbered } = report(1);
    queue.push(unnumbered);
    queue.push(report(6));
    queue.push(unnumbered);
    queue.push(power(1));
    await settled(() => order.at(-1) === 1);
    expect(order).toEqual([-8, -9, 1]);
  });

  it('sends none where none are wanted', async () => {
    const { bridge } = await bridgeOf({ sensors: false });
    const order = arrivals(bridge);
    const { queue } = await agentOf(bridge.url);
    queue.push(report(1));
    queue.push(power(1));
    await settled(() => order.length === 1);
    expect(order).toEqual([1]);
    expect(bridge.complaint('ue-1')).toBeNull();
  });

  it('goes on after a lost connection; what waits meanwhile is sent in its place', async () => {
    const { bridge } = await bridgeOf();
    const order = arrivals(bridge);
    const wire = await CuttableWire.to(bridge.url);
    cleanups.push(() => wire.close());
    const { queue } = await agentOf(wire.url);
    queue.push(power(1));
    queue.push(report(1));
    await settled(() => order.length === 2);
    wire.cut();
    await settled(() => !bridge.statistics('ue-1')[0]!.connected);
    queue.push(report(2));
    queue.push(power(2));
    queue.push(report(3));
    await settled(() => order.length === 5);
    expect(order).toEqual([1, -1, -2, 2, -3]);
  });

  it.each<[string, Partial<SensorReport>, RegExp]>([
    ['NaN', { positionM: [Number.NaN, 0] }, /holds what is no finite number/],
    ['a covariance of another size', { velocityMPerS: null }, /its covariance has 16 values/],
    ['no covariance', { velocityMPerS: null, covariance: [1, 2, 2, 1] }, /positive semi-definite/],
  ])('ends when its source gives %s', async (_, change, what) => {
    const { bridge } = await bridgeOf();
    const { queue, ended } = await agentOf(bridge.url);
    queue.push({ ...report(1), ...change });
    await expect(ended).rejects.toThrow(what);
  });
});
