import { afterEach, describe, expect, it } from 'vitest';
import { DEFAULT_BOARD, elementFormat } from '../../../drivers/emulator/board-model.js';
import { contentHash, hashFromHex } from '../../../firmware-protocol/content-hash.js';
import { packElementSettings } from '../../../firmware-protocol/element-settings.js';
import { LinearArray, polarPointM } from '../../../src/array/linear-array.js';
import type { PowerRecord } from '../../../src/bridge/bridge.js';
import { startBridge } from '../../../src/bridge/server.js';
import { startEmulatedBoard } from '../../../src/emulation/start-emulated-board.js';
import { type EmulatedUeConfig, startEmulatedUes } from '../../../src/emulation/start-emulated-ues.js';
import { PATIENCE_S } from '../../fixtures/patience.js';
import { SerialHost } from './serial-host.js';

const array = new LinearArray({ numElements: 64, carrierHz: 100e9 });
const MODEL = { ...DEFAULT_BOARD, numElements: 64, phaseBits: 8 };
const closing: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

/** Settings that focus on a point, by the definition: each element makes up for its path to the point. */
function focused(pointM: readonly [number, number]) {
  const levels = 2 ** MODEL.phaseBits;
  const phaseRad = array.propagationPhaseRad(pointM);
  const phaseCode = Uint16Array.from(phaseRad, (phase) => {
    const code = Math.round((phase / (2 * Math.PI)) * levels);
    return ((code % levels) + levels) % levels;
  });
  const data = packElementSettings(
    { phaseCode, delayCode: null, amplitudeCode: new Uint16Array(64).fill(1), lineCode: null },
    elementFormat(MODEL),
  );
  return { data, hash: hashFromHex(contentHash(data)) };
}

/** As the board is armed below. */
const CLOCK = { slotDurationS: 0.01, uncertaintyS: 0, virtual: true };
const startOfS = (slot: number) => 1 + slot * CLOCK.slotDurationS;

const POINTS = [polarPointM(4, 0.3), polarPointM(7, -0.6)] as const;

/** Two users, four slots: focused on the first, on the second, muted, on the first again. */
async function measured(snrDb: number, seed: number, slotsOf: readonly (readonly number[])[]) {
  const board = await startEmulatedBoard({ model: MODEL });
  const bridge = await startBridge({});
  const records: PowerRecord[] = [];
  bridge.onPower((record) => {
    records.push(record);
    bridge.acknowledge(record.ueId, record.sequence);
  });
  const ues: EmulatedUeConfig[] = POINTS.map((positionM, k) => ({
    ueId: `ue-${k}`,
    paths: [{ gain: { re: 0.6, im: -0.8 }, positionM }],
    snrDb,
  }));
  const process = await startEmulatedUes({
    bridgeUrl: bridge.url,
    airPath: board.airPath,
    realtime: false,
    array: { numElements: 64, carrierHz: 100e9 },
    ues,
    seed,
  });
  const host = new SerialHost(0x9999);
  closing.push(
    () => board.close(),
    () => bridge.close(),
    () => process.close(),
    () => host.close(),
  );
  for (const [k, slots] of slotsOf.entries()) {
    await bridge.waitForUe(`ue-${k}`, PATIENCE_S);
    const [slot] = slots;
    if (slot === undefined) continue;
    const clock = { ...CLOCK, slot, startS: startOfS(slot) };
    expect(await bridge.measure(`ue-${k}`, slots, PATIENCE_S, undefined, false, clock)).toBe(true);
  }
  await host.open(board.path);
  await host.hello();
  for (const [index, point] of POINTS.entries()) {
    await host.request('LoadCodeword', { index, offset: 0, last: 1, ...focused(point) });
  }
  await host.request('Arm', { mode: 0, firstSlot: 0, startTicks: 100_000_000n, slotTicks: 1_000_000 });
  const queued = [0, 1, 0, 0].map((index, slot) => ({ slot, index }));
  await host.request('QueueSlots', { entries: queued });
  await board.advance(1.015);
  await host.request('Mute', { muted: 1 });
  await board.advance(1.025);
  await host.request('Mute', { muted: 0 });
  await board.advance(1.04);
  const total = slotsOf.flat().length;
  while (records.length < total) await new Promise((resolve) => setTimeout(resolve, 10));
  for (const close of closing.splice(0).reverse()) await close();
  return new Map<string, PowerRecord>(records.map((record) => [`${record.ueId}/${record.slot}`, record]));
}

const ALL = [0, 1, 2, 3];

describe('emulated UEs', () => {
  it('receive full power where the array is focused, and nothing when it is muted', async () => {
    const records = await measured(Number.POSITIVE_INFINITY, 1, [ALL, ALL]);
    const power = (key: string) => records.get(key)!.powers[0]!;
    // h^T w = sqrt(N) at the focus of a unit-gain path, less the loss of 8-bit phases.
    expect(power('ue-0/0')).toBeGreaterThan(64 * 0.9995);
    expect(power('ue-0/0')).toBeLessThanOrEqual(64 * (1 + 1e-6));
    expect(power('ue-1/1')).toBeGreaterThan(64 * 0.9995);
    expect(power('ue-0/1')).toBeLessThan(6.4);
    expect(power('ue-1/0')).toBeLessThan(6.4);
    expect(power('ue-0/2')).toBe(0);
    expect(power('ue-0/3')).toBe(power('ue-0/0'));
    expect(records.get('ue-0/3')!.ueTimeS).toBeCloseTo(1.03, 9);
    expect(records.get('ue-0/3')!.noiseFloor).toBe(0);
  });

  it('draw noise from seed, UE and slot alone', async () => {
    const whole = await measured(0, 5, [ALL, ALL]);
    const part = await measured(0, 5, [[2, 3], []]);
    const other = await measured(0, 6, [ALL, []]);
    expect(part.size).toBe(2);
    for (const [key, record] of part) expect(record.powers).toEqual(whole.get(key)!.powers);
    expect(other.get('ue-0/2')!.powers).not.toEqual(whole.get('ue-0/2')!.powers);
    expect(whole.get('ue-1/2')!.powers).not.toEqual(whole.get('ue-0/2')!.powers);
    expect(whole.get('ue-0/2')!.powers[0]).toBeGreaterThan(0);
    expect(whole.get('ue-0/0')!.noiseFloor).toBe(1);
  });

  it('say what is wrong when there is no array to hear, or not the one expected', async () => {
    const config = {
      bridgeUrl: 'ws://127.0.0.1:9',
      airPath: '/nonexistent/air',
      realtime: false,
      array: { numElements: 64, carrierHz: 100e9 },
      ues: [],
      seed: 1,
    };
    await expect(startEmulatedUes(config)).rejects.toMatchObject({ code: 'UE_ABSENT' });
    const board = await startEmulatedBoard({ model: { numElements: 32 } });
    closing.push(() => board.close());
    await expect(startEmulatedUes({ ...config, airPath: board.airPath })).rejects.toMatchObject({
      code: 'UE_ABSENT',
      message: expect.stringContaining('32 elements'),
    });
  });
});
