/** What a scenario says about opening its board reaches the port. */
import { afterEach, expect, it } from 'vitest';
import { parseScenario } from '../../src/scenario/scenario.js';
import { arrayOf } from '../../src/scenario/users.js';
import { emulatedSection, openTestbed } from '../../src/testbed.js';
import { type EmulatedRig, ptyRig } from './board-rigs.js';

let rig: EmulatedRig | null = null;
afterEach(async () => {
  await rig?.close();
  rig = null;
});

async function opening(more: string): Promise<unknown> {
  rig = await ptyRig();
  rig.emulated.stall(60);
  const text = `
array: { elements: 16, carrier: 30 GHz }
board: { port: ${rig.transport.name}, baud: 3e6, ${more} }
slots: { duration: 1 ms }
scheme: dpc
users: [{ id: ada }]
`;
  const { scenario } = parseScenario(text, 'opening.yaml', emulatedSection);
  const array = arrayOf(scenario);
  return openTestbed({
    scenario,
    array,
    users: [],
    realtime: true,
    signal: new AbortController().signal,
    run: 'opening',
    durable: new Map(),
    kept: new Map(),
    onEvent: () => {},
    onFailure: () => {},
  }).catch((error: unknown) => error);
}

it('waits for the board as long as the scenario says', async () => {
  expect(await opening('openTimeout: 0.2 s')).toMatchObject({
    code: 'NOT_A_BOARD',
    what: expect.stringContaining('within 0.2 s'),
  });
});

it('sets the lines that the scenario names', async () => {
  // A pseudo-terminal has none.
  expect(await opening('dtr: off')).toMatchObject({
    code: 'PORT_FAILED',
    what: expect.stringContaining('DTR'),
  });
});
