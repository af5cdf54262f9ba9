/**
 * UEs whose powers are none, in a campaign on a serial port: none of them is found, each for its own reason, and the one that
 * measures is. The reasons are on the terminal, in the outcome and in the report.
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, it } from 'vitest';
import { LinearArray, polarPointM } from '../../src/array/linear-array.js';
import type { UeBridge } from '../../src/bridge/bridge.js';
import { fromRanges } from '../../src/bridge/slot-ranges.js';
import { encodePowerMessage } from '../../src/bridge/wire.js';
import { startRun } from '../../src/campaign/run.js';
import { Random } from '../../src/core/random.js';
import { startEmulatedBoard } from '../../src/emulation/start-emulated-board.js';
import { writeReport } from '../../src/report/run-report.js';
import { parseScenario } from '../../src/scenario/scenario.js';
import { emulatedSection, openTestbed } from '../../src/testbed.js';
import { PATIENCE_S } from '../fixtures/patience.js';
import { radioUe } from './radio-ue.js';
import { RawUe } from './raw-ue.js';

/** What each UE sends of a slot, and why it is not found. */
const FAULTS: Readonly<
  Record<
    string,
    {
      readonly power: (random: Random) => number;
      readonly noise?: number;
      readonly slot?: (slot: number) => number;
      readonly asJson?: boolean;
      readonly fullScale?: number;
      readonly code: string;
      readonly reason: RegExp;
    }
  >
> = {
  random: {
    power: (random) => 1 + random.uniform(),
    code: 'NO_EVIDENCE',
    reason: /no beam explains them better/,
  },
  stuck: { power: () => 2, code: 'NO_EVIDENCE', reason: /powers are the same, 2/ },
  dead: { power: () => 0, noise: 0, code: 'NO_EVIDENCE', reason: /powers are 0/ },
  noiseless: {
    power: (random) => random.uniform(),
    noise: 0,
    code: 'NO_EVIDENCE',
    reason: /noise floor of 0/,
  },
  noisy: {
    power: (random) => -Math.log(1 - random.uniform()),
    noise: 1,
    code: 'NO_EVIDENCE',
    reason: /noise alone/,
  },
  clipped: {
    power: (random) => Math.min(1, 4 * random.uniform()),
    fullScale: 1,
    code: 'NO_EVIDENCE',
    reason: /full scale/,
  },
  decibels: { power: (random) => -60 - random.uniform(), code: 'UE_SILENT', reason: /looks like dB/ },
  nan: { power: () => Number.NaN, code: 'UE_SILENT', reason: /no finite number/ },
  json: { power: () => 1, asJson: true, code: 'UE_SILENT', reason: /text message of type "power"/ },
  elsewhere: {
    power: () => 1,
    slot: (slot) => slot + 1_000_000,
    code: 'UE_SILENT',
    reason: /was not asked for/,
  },
};

async function faultyUe(url: string, ueId: string): Promise<RawUe> {
  const { power, noise = 0.01, slot: named = (slot) => slot, asJson = false, fullScale } = FAULTS[ueId]!;
  const { ue, welcome } = await RawUe.welcomed(url, {
    ueId,
    description: { model: 'faulty', software: 'test', numSubcarriers: 1, ...(fullScale && { fullScale }) },
  });
  const random = new Random(1, ueId);
  let sequence = welcome.nextSequence;
  const serve = async () => {
    for (;;) {
      const { request, slots } = await ue.next('measure');
      ue.say({ type: 'measuring', request });
      for (const slot of fromRanges(slots)) {
        const powers = Float32Array.of(power(random));
        if (asJson) ue.say({ type: 'power', slot, powers: [...powers] });
        else
          ue.socket.send(
            encodePowerMessage([
              { sequence: sequence++, slot: named(slot), ueTimeS: 0, noiseFloor: noise, powers },
            ]),
          );
      }
    }
  };
  serve().catch(() => undefined); // the bridge is closed
  return ue;
}

it('nobody is found by powers that are none, and everybody reads why', async () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'beamloop-untrue-'));
  const array = new LinearArray({ numElements: 16, carrierHz: 28e9 });
  const board = await startEmulatedBoard({ model: { numElements: 16, baud: 3_000_000 }, realtime: true });
  const raw: RawUe[] = [];
  const told: { readonly kind: string; readonly detail: Record<string, unknown> }[] = [];
  let stop: (() => Promise<void>) | undefined;
  const connectAll = async (bridge: UeBridge) => {
    for (const ueId of Object.keys(FAULTS)) raw.push(await faultyUe(bridge.url, ueId));
    const [url, positionM] = [bridge.url, polarPointM(2, 0.2)] as const;
    stop = radioUe({
      url,
      airPath: board.airPath,
      ueId: 'good',
      array,
      positionM,
      snrDb: 20,
      fullScale: 1e6,
    });
  };
  try {
    const text = `
array: { elements: 16, carrier: 28 GHz, rings: 6 }
board: { port: ${board.path}, baud: 3e6 }
slots: { duration: 250 us, turnaround: 50 ms, maxAttempts: 2 }
scheme: far-field-sweep
users: [${['good', ...Object.keys(FAULTS)].map((id) => `{ id: ${id} }`)}]
bridge: { ueTimeout: ${PATIENCE_S} s, powerTimeout: 1 s }
`;
    const out = path.join(folder, 'run');
    const { users } = await startRun(parseScenario(text, 'untrue.yaml', emulatedSection), out, {
      openTestbed: async (request) => {
        const testbed = await openTestbed(request);
        await connectAll(testbed.bridge);
        return testbed;
      },
      realtime: false,
      signal: new AbortController().signal,
      progress: {
        warning: () => {},
        waiting: () => {},
        batch: () => {},
        finished: () => {},
        interruption: (kind, detail) => told.push({ kind, detail: detail as Record<string, unknown> }),
      },
    });
    const outcomes = new Map(users.map((user) => [user.ue, user]));
    expect(outcomes.get('good')).toMatchObject({ failure: null });
    expect(outcomes.get('good')!.estimate!.evidence.likeness).toBeGreaterThan(0.9);
    const report = readFileSync(await writeReport(out), 'utf8').replaceAll('&quot;', '"');
    for (const [ueId, { code, reason }] of Object.entries(FAULTS)) {
      const { estimate, failure } = outcomes.get(ueId)!;
      expect(estimate, ueId).toBeNull();
      expect(failure, ueId).toMatchObject({ code, what: expect.stringMatching(reason) });
      expect(report).toMatch(new RegExp(`${ueId} was not found[^<]*${reason.source}`));
      if (code === 'NO_EVIDENCE' && ueId !== 'clipped') continue;
      const notice = raw[Object.keys(FAULTS).indexOf(ueId)]!.received.find(({ type }) => type === 'notice');
      expect(notice, ueId).toMatchObject({ message: expect.stringMatching(reason) });
      expect(
        told.find(({ detail }) => detail.ueId === ueId && detail.todo !== undefined)?.detail.reason,
      ).toMatch(reason);
    }
  } finally {
    await stop?.();
    for (const ue of raw) ue.socket.terminate();
    await board.close();
    rmSync(folder, { recursive: true, force: true });
  }
});
