/**
 * Every rule that a board is held to (drivers/conformance): emulated boards on every run, on virtual time; a real one where
 * BEAMLOOP_TEST_PORT names its port.
 */
import { execSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import { type Check, runCheck } from '../../drivers/conformance/check.js';
import { CHECKS } from '../../drivers/conformance/checks.js';
import { Probe } from '../../drivers/conformance/probe.js';
import type { Rig } from '../../drivers/conformance/rig.js';
import { SerialTransport } from '../../drivers/transports/serial.js';
import { monotonicClock } from '../../src/core/clock.js';
import { BAUD } from './board-rigs.js';
import { CHECKED_BOARD, virtualRig } from './virtual-rig.js';

const BOARDS = {
  'with every kind of control': CHECKED_BOARD,
  'with nothing but phases and a deep queue': {},
  'with little memory': { ...CHECKED_BOARD, memoryDepth: 1, queueDepth: 1, maxPayload: 64 },
} as const;

describe.each(Object.entries(BOARDS))('the emulated board, %s', (_name, model) => {
  it.each(CHECKS.filter(({ long }) => !long || model === CHECKED_BOARD))('$name', async (check) => {
    const rig = virtualRig({ model });
    try {
      const verdict = await rig.clock.during(runCheck(check, rig));
      if (verdict.outcome === 'skipped') expect(check.notFor).toBeDefined();
      else expect(verdict).toEqual({ outcome: 'conforms' });
      if (model === CHECKED_BOARD) expect(verdict.outcome).toBe('conforms');
    } finally {
      rig.close();
    }
  });
});

describe('the checks', () => {
  const spec = readFileSync(new URL('../../firmware-protocol/SPEC.md', import.meta.url), 'utf8');
  const checklist = spec.slice(spec.indexOf('## 11 Conformance checklist'));
  const items = [...checklist.matchAll(/^(\d+)\. /gm)].map(([, number]) => Number(number));

  it('stand for every item of the checklist of SPEC.md, and for clauses that it has', () => {
    expect(items.length).toBeGreaterThan(15);
    const covered = new Set(CHECKS.flatMap((check) => check.items));
    expect([...covered].sort((a, b) => a - b)).toEqual(items);
    const missing = CHECKS.flatMap(({ clauses }) => clauses).filter(
      (clause) =>
        !spec.includes(`\n**${clause}`) && !spec.includes(`\n### ${clause} `) && !/^[6]$/.test(clause),
    );
    expect(missing).toEqual([]);
    expect(new Set(CHECKS.map(({ name }) => name)).size).toBe(CHECKS.length);
  });

  it('end at their deadline', async () => {
    const rig = virtualRig();
    const endless: Check = {
      ...{ name: 'endless', clauses: ['2.3'], items: [], deadlineS: 5 },
      run: ({ probe }) => probe.wait(1e6),
    };
    expect(await rig.clock.during(runCheck(endless, rig))).toMatchObject({
      outcome: 'fails',
      why: 'SPEC 2.3: it took longer than 5 s',
    });
    rig.close();
  });

  it('each end within seconds where nothing answers', async () => {
    const rig = virtualRig();
    const silent: Rig = { ...rig, transport: { ...rig.transport, write: async () => {} } };
    for (const check of CHECKS) {
      const beganS = rig.clock.nowS();
      const { outcome } = await rig.clock.during(runCheck(check, silent));
      expect(outcome).toBe('fails');
      expect(rig.clock.nowS() - beganS).toBeLessThan(5);
    }
    rig.close();
  });
});

const port = process.env.BEAMLOOP_TEST_PORT;
describe.runIf(port !== undefined)(`the board at ${port}`, () => {
  const powerCycle = process.env.BEAMLOOP_TEST_POWER_CYCLE;
  const rig = (): Rig => ({
    transport: new SerialTransport({ port: port!, baudRate: Number(process.env.BEAMLOOP_TEST_BAUD ?? BAUD) }),
    clock: monotonicClock,
    random: () => randomBytes(4).readUInt32LE(),
    slackS: Number(process.env.BEAMLOOP_TEST_SLACK_MS ?? 25) / 1e3,
    ...(powerCycle !== undefined && { powerCycle: async () => void execSync(powerCycle) }),
  });

  // Where nothing answers, nothing else is tried.
  beforeAll(async () => {
    const probe = new Probe(rig());
    await probe.open();
    try {
      await probe.begin();
    } finally {
      await probe.close();
    }
  });

  it.each(CHECKS)(
    '$name',
    async (check) => {
      const verdict = await runCheck(check, rig());
      if (verdict.outcome === 'fails') expect.fail(verdict.why);
      if (verdict.outcome === 'skipped') console.warn(`${check.name}: ${verdict.why}`);
    },
    1_000_000,
  );
});
