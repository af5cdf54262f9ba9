/**
 * Whatever lines, cables and boards do: no error ends a campaign, what is measured is measured once, and a replay decides as
 * the run did. BEAMLOOP_TEST_MIXES=200 tries more mixes of faults, BEAMLOOP_TEST_FIRST_MIX=1000 others.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { drawMix, type MixTime, troublesOf } from './fault-mixes.js';

const folder = mkdtempSync(path.join(tmpdir(), 'beamloop-mixes-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const NUM_MIXES = Number(process.env.BEAMLOOP_TEST_MIXES ?? 2);
const FIRST_MIX = Number(process.env.BEAMLOOP_TEST_FIRST_MIX ?? 0);
const numbers = Array.from({ length: NUM_MIXES }, (_, k) => FIRST_MIX + k);

describe.each<MixTime>(['virtual', 'real'])('a campaign under faults, %s time', (time) => {
  it.each(numbers)('mix %i', async (number) => {
    const text = drawMix(number, time);
    expect(await troublesOf(text, time, path.join(folder, `${time}-${number}`)), text).toEqual([]);
  });
});

/** Each ended the campaign, or made a replay contradict it, until it was mended. */
describe('faults that once ended a campaign', () => {
  const scenario = (board: string, slots = 'duration: 125 us') => `seed: 3
array: { elements: 256, carrier: 100 GHz, rings: 3 }
board: { port: emulated, ${board} }
slots: { ${slots} }
scheme: dpc
channel: { snr: 20 dB, region: { ringDistance: [0.5 m, 3 m], angle: [-55 deg, 55 deg] } }
users: { count: 3 }
`;
  const run = (name: string, time: MixTime, text: string) => troublesOf(text, time, path.join(folder, name));

  it('a restarted board takes longer to reload than to the start of its slots', async () => {
    const events = '[{ atSlot: 120, action: reset }, { atSlot: 240, action: reset }]';
    const text = scenario(`baud: 115200, emulated: { faults: { events: ${events} } }`);
    expect(await run('late', 'virtual', text)).toEqual([]);
  });

  it('the emulated board is unplugged while its port is being opened', async () => {
    const text = scenario('emulated: { faults: { events: [{ atTime: 1 ms, action: unplug, for: 1 s }] } }');
    expect(await run('unplugged', 'virtual', text)).toEqual([]);
  });

  it('a board restarts in the middle of batches, and again', async () => {
    const resets = [10, 20, 35, 60, 90, 130].map((slot) => `{ atSlot: ${slot}, action: reset }`);
    const text = scenario(`emulated: { faults: { events: [${resets.join(', ')}] } }`);
    expect(await run('resets', 'virtual', text)).toEqual([]);
  });
});
