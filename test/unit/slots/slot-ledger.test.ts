/** What a campaign believes of its slots. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { Recording } from '../../../src/record/recording.js';
import { measuredPilots } from '../../../src/slots/measured-pilots.js';
import { SlotLedger } from '../../../src/slots/slot-ledger.js';
import { handMadeRecording } from '../../fixtures/hand-made-recording.js';
import { ManualClock } from '../../fixtures/manual-clock.js';

const HASH = '0123456789abcdef';
let folder: string;
let recording: Recording;
let ledger: SlotLedger;
beforeEach(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'beamloop-ledger-'));
  recording = await handMadeRecording(path.join(folder, 'run'));
  ledger = new SlotLedger(recording, () => {}, new ManualClock());
});
afterEach(async () => {
  await recording.close();
  rmSync(folder, { recursive: true, force: true });
});

/** A pilot's slot; all are of the same pilot unless told. */
function plan(slot: number, attempt = 1, position = 0): void {
  const place = { sounding: 'ada', ues: ['ada'], batch: 0, position, attempt };
  ledger.plan({ slot, ...place, codewordKey: 'k', hash: HASH, plannedBoardTimeS: slot });
}
const PILOT = { sounding: 'ada', batch: 0, position: 0 };
const measuredSlot = (of: SlotLedger) => of.measured(PILOT, 'ada')?.slot;
const latch = (slot: number) =>
  ledger.onReceipt({ slot, index: 0, hash: HASH, boardTimeS: slot, status: 'latched' });
const measure = (slot: number, value = slot) =>
  ledger.onPower({
    ueId: 'ada',
    sequence: slot + 1,
    slot,
    ueTimeS: 0,
    noiseFloor: 0,
    powers: Float32Array.of(value),
  });

it('counts what comes after a slot was given up, so that nothing is measured twice', () => {
  plan(3);
  ledger.giveUp(3, 'no-power');
  latch(3);
  expect(ledger.end(3)).toBe('no-power');
  measure(3);
  expect(ledger.end(3)).toBe('joined');
  expect(measuredSlot(ledger)).toBe(3);
});

it.each(['power', 'receipt'] as const)(
  'leaves out a %s that comes when the pilot was measured in another slot',
  async (late) => {
    plan(3);
    if (late === 'power') latch(3);
    else measure(3);
    ledger.giveUp(3, 'lost');
    plan(7, 2);
    latch(7);
    measure(7);
    expect(measuredSlot(ledger)).toBe(7);
    if (late === 'power') measure(3);
    else latch(3);
    expect(measuredSlot(ledger)).toBe(7);
    await recording.durable();
    const rows = await recording.rows(late === 'power' ? 'powers' : 'receipts');
    expect(rows.map(({ slot }) => slot)).toEqual([7]);
    // A run that goes on finds the same.
    const restored = new SlotLedger(recording, () => {}, new ManualClock());
    await restored.restore(recording);
    expect(measuredSlot(restored)).toBe(7);
  },
);

it('gives a pilot another measurement when the UE that kept its power has forgotten it', () => {
  plan(3);
  latch(3);
  measure(3);
  ledger.forget(3);
  expect(ledger.end(3)).toBe('lost');
  plan(5, 2);
  latch(5);
  measure(5);
  expect(measuredSlot(ledger)).toBe(5);
});

it('of several measurements of a pilot in a recording the first counts, in the order of batches and positions', () => {
  const slots = [
    { slot: 1, ue: 'ada', batch: 0, position: 1 },
    { slot: 2, ue: 'ada', batch: 0, position: 0 },
    { slot: 4, ue: 'ada', batch: 0, position: 1 },
    { slot: 6, ue: 'ada', batch: 0, position: 0 },
    { slot: 9, ue: 'ada', batch: 1, position: 0 },
  ];
  expect(measuredPilots(slots, ({ slot }) => slot !== 2).map(({ slot }) => slot)).toEqual([6, 1, 9]);
});

it('of a slot that several UEs listen in each counts by itself, and a pilot comes again for those that lack it', async () => {
  const pilot = { sounding: 'array', batch: 0, position: 0 };
  const shared = { ...pilot, codewordKey: 'k', hash: HASH };
  ledger.plan({ ...shared, slot: 3, attempt: 1, plannedBoardTimeS: 3, ues: ['ada', 'bela'] });
  latch(3);
  measure(3);
  expect(ledger.end(3)).toBeNull();
  expect(ledger.unheard(3)).toEqual(['bela']);
  ledger.giveUp(3, 'no-power');
  ledger.plan({ ...shared, slot: 5, attempt: 2, plannedBoardTimeS: 5, ues: ['bela'] });
  latch(5);
  const record = { sequence: 1, ueTimeS: 0, noiseFloor: 0, powers: Float32Array.of(9) };
  ledger.onPower({ ...record, ueId: 'bela', slot: 5 });
  expect(ledger.measured(pilot, 'ada')?.slot).toBe(3);
  expect(ledger.measured(pilot, 'bela')?.slot).toBe(5);
  // What comes now is a second measurement.
  ledger.onPower({ ...record, ueId: 'bela', slot: 3 });
  expect(ledger.measured(pilot, 'bela')?.slot).toBe(5);
  await recording.durable();
  const rows = (await recording.rows('powers')).map(({ slot, ue }) => [slot, ue]);
  expect(rows).toEqual([
    [3, 'ada'],
    [5, 'bela'],
  ]);
  const restored = new SlotLedger(recording, () => {}, new ManualClock());
  await restored.restore(recording);
  expect(restored.measured(pilot, 'ada')?.powers[0]).toBe(3);
  expect(restored.measured(pilot, 'bela')?.powers[0]).toBe(9);
});

it('lets go of powers that a sounding has gone on with, and still tells what comes of them', () => {
  plan(3);
  latch(3);
  measure(3);
  ledger.release('ada', 0, 1);
  expect(ledger.measured(PILOT, 'ada')).toBeNull();
  measure(3);
  latch(3);
  expect(ledger.statistics()).toMatchObject({ duplicatePowers: 1, duplicateReceipts: 1 });
});
