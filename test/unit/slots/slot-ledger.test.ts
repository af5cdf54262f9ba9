/** What a campaign believes of its slots. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { Recording } from '../../../src/record/recording.js';
import { measuredPilots } from '../../../src/slots/measured-pilots.js';
import { SlotLedger } from '../../../src/slots/slot-ledger.js';

const HASH = '0123456789abcdef';
let folder: string;
let recording: Recording;
let ledger: SlotLedger;
beforeEach(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'beamloop-ledger-'));
  recording = await Recording.create(path.join(folder, 'run'), {
    scenarioName: 's',
    scenarioText: '',
    calibrationText: null,
    scenario: {},
    seed: 1,
    versions: {},
  });
  ledger = new SlotLedger(recording, () => {});
});
afterEach(async () => {
  await recording.close();
  rmSync(folder, { recursive: true, force: true });
});

/** A pilot's slot; all are of the same pilot unless told. */
function plan(slot: number, attempt = 1, position = 0): void {
  const place = { ue: 'ada', batch: 0, position, attempt };
  ledger.plan({ slot, ...place, codewordKey: 'k', hash: HASH, plannedBoardTimeS: slot });
}
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
  expect(ledger.measuredSlot('ada', 0, 0)).toBe(3);
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
    expect(ledger.measuredSlot('ada', 0, 0)).toBe(7);
    if (late === 'power') measure(3);
    else latch(3);
    expect(ledger.measuredSlot('ada', 0, 0)).toBe(7);
    await recording.durable();
    const rows = await recording.rows(late === 'power' ? 'powers' : 'receipts');
    expect(rows.map(({ slot }) => slot)).toEqual([7]);
    // A run that goes on finds the same.
    const restored = new SlotLedger(recording, () => {});
    await restored.restore();
    expect(restored.measuredSlot('ada', 0, 0)).toBe(7);
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
  expect(ledger.measuredSlot('ada', 0, 0)).toBe(5);
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
