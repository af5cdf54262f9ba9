/**
 * An array that was never aligned is calibrated through serial port and WebSocket, by the commands that a user types.
 * BEAMLOOP_TEST_STOPS=10 stops it at more moments.
 */
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseCalibrationTable } from '../../calibration/calibration-table.js';
import { resumeCalibration, startCalibration } from '../../src/campaign/calibration/run-calibration.js';
import { BeamloopError } from '../../src/core/errors.js';
import { Random } from '../../src/core/random.js';
import { parseScenario } from '../../src/scenario/scenario.js';
import { emulatedSection, openTestbed, parseRecordedScenario } from '../../src/testbed.js';
import { callCommandLine } from '../fixtures/call-command-line.js';

const root = mkdtempSync(path.join(tmpdir(), 'beamloop-calibrate-'));
const at = (name: string) => path.join(root, name);
afterAll(() => rmSync(root, { recursive: true, force: true }));

const NUM_STOPS = Number(process.env.BEAMLOOP_TEST_STOPS ?? 2);
const SHIPPED = 'scenarios/calibration.yaml';

describe('the shipped array that was never aligned', () => {
  const table = at('table.yaml');
  let outcome: Record<string, never> & {
    readonly dead: number[];
    readonly truth: { rmsRad: number };
    readonly expectedErrorRad: number;
  };

  beforeAll(async () => {
    const { stdout, stderr, status } = await callCommandLine(
      ...['calibrate', SHIPPED, '--out', table, '--recording', at('shipped'), '--json'],
    );
    expect(stderr).not.toContain('error');
    expect(status).toBe(0);
    outcome = JSON.parse(stdout);
  });

  it('is known to a few degrees, and the elements that do not follow are named, and no others', () => {
    expect(outcome.truth.rmsRad).toBeLessThan((6 * Math.PI) / 180);
    expect(outcome.truth.rmsRad / outcome.expectedErrorRad).toBeLessThan(1.3);
    expect(outcome.dead.map((n) => n + 1)).toEqual([12, 27, 41]);
    expect(parseCalibrationTable(readFileSync(table, 'utf8'), table).dead).toEqual([11, 26, 40]);
    expect(existsSync(at('shipped/report.html'))).toBe(true);
    expect(readFileSync(at('shipped/report.html'), 'utf8')).toContain('12, 27, 41');
  });

  it('is no run that could be replayed', async () => {
    const { status, stderr } = await callCommandLine('replay', at('shipped'));
    expect(stderr).toMatch(/This is the recording of a calibration.*\[RECORDING_INVALID\]/);
    expect(status).toBe(5);
  });

  it('finds the users that it misses without the table', async () => {
    const gains = async (...more: string[]) => {
      const { stdout } = await callCommandLine(
        ...['run', SHIPPED, '--out', at(`run-${more.length}`), '--no-report', '--json', ...more],
      );
      const { users } = JSON.parse(stdout) as {
        users: { ue: string; losses: { powerDb: { total: number } } | null }[];
      };
      return new Map(users.map(({ ue, losses }) => [ue, -(losses?.powerDb.total ?? Infinity)]));
    };
    const without = await gains();
    const withTable = await gains('--calibration', table);
    const missed = [...without].filter(([, gainDb]) => gainDb < -10).map(([ue]) => ue);
    expect(missed).toEqual(['ada', 'chen']);
    for (const gainDb of withTable.values()) expect(gainDb).toBeGreaterThan(-3);
  });

  it('is as its table says until it warms up', async () => {
    const check = (name: string, ...more: string[]) =>
      callCommandLine(
        ...['calibration', 'check', SHIPPED, '--calibration', table, '--recording', at(name), ...more],
      );
    const still = await check('still');
    expect([still.status, still.stdout]).toEqual([0, expect.stringContaining('as the table says')]);
    const drifted = await check(
      'drifted',
      ...['--set', 'board.emulated.temperatureC=61.5'],
      ...['--set', 'board.emulated.impairments.driftPerK=0.5 deg'],
    );
    expect(drifted.status).toBe(7);
    expect(drifted.stderr).toMatch(
      /20 K warmer .*41\.5.*\n.*off by about \d+\.\d° rms.*\[CALIBRATION_STALE\]/,
    );
  });
});

const SMALL = `
seed: 3
array: { elements: 24, carrier: 28 GHz, rings: 2 }
board: { port: emulated, emulated: { phaseBits: 5, impairments: { phaseError: 40 deg }, faults: FAULTS } }
slots: { duration: 125 us }
scheme: far-field-sweep
channel: { snr: 20 dB, scatterers: 0 }
users:
  - { id: ada, position: [6 m, 1 m] }
  - { id: bela, position: [5 m, -2 m], emulatedAt: [5 m, -2.4 m] }
  - { id: chen, position: [7 m, 2.5 m] }
  - { id: loud, position: [6 m, 1 m], fullScale: 8 dB }
`;
const file = (faults: string) =>
  parseScenario(SMALL.replace('FAULTS', faults), 'small.yaml', emulatedSection);
const settings = { procedure: 'hadamard', ues: ['ada', 'bela', 'chen'], passes: 1 } as const;

function calibrated(name: string, faults = '{}', signal?: AbortSignal, onBatch: () => void = () => {}) {
  const progress = { warning: () => {}, waiting: () => {}, finished: () => {}, batch: onBatch };
  return startCalibration(file(faults), settings, at(name), {
    ...{ openTestbed, progress },
    ...(signal !== undefined && { signal }),
  });
}

const undated = (text: string) => text.replace(/"date":"[^"]*"/, '"date":""');

describe('a calibration from three places', () => {
  let undisturbed = '';
  beforeAll(async () => {
    const outcome = await calibrated('undisturbed');
    expect(outcome.warnings.join('\n')).toMatch(/UE bela is not where it is said to be: it is \d+ cm aside/);
    expect(outcome.warnings.join('\n')).not.toMatch(/UE (ada|chen) is not/);
    undisturbed = undated(outcome.table);
  });

  it('gives the same table on a bad line', async () => {
    const noise = '{ drop: 0.0002, flip: 0.0002, duplicate: 0.0002 }';
    const faults = `{ toBoard: ${noise}, toHost: ${noise}, events: [{ atSlot: 40, action: unplug, for: 100 ms }, { atSlot: 90, action: stall, for: 100 ms }] }`;
    expect(undated((await calibrated('rough', faults)).table)).toBe(undisturbed);
  });

  it.each(Array.from({ length: NUM_STOPS }, (_, k) => k))(
    'is stopped at moment %i and gone on with, to the same table',
    async (k) => {
      const stop = new AbortController();
      let left = 1 + new Random('stops', k).integer(9);
      const stopped = calibrated(`stopped-${k}`, '{}', stop.signal, () => {
        left -= 1;
        if (left === 0) stop.abort(new BeamloopError('INTERRUPTED', { what: 'Interrupted' }));
      });
      await expect(stopped).rejects.toMatchObject({ code: 'INTERRUPTED' });
      const { table } = await resumeCalibration(at(`stopped-${k}`), parseRecordedScenario, { openTestbed });
      expect(undated(table)).toBe(undisturbed);
    },
  );
});

describe('what cannot be calibrated', () => {
  beforeAll(() => {
    writeFileSync(at('small.yaml'), SMALL.replace('FAULTS', '{}'));
    const phaseError = { unit: 'deg', values: Array.from({ length: 24 }, () => 1) };
    writeFileSync(at('other.yaml'), JSON.stringify({ board: 'OTHER', phaseError }));
  });

  it.each([
    [['--ue', 'loud'], 4, /\d+ of \d+ powers are at the UE's full scale, 6\.31: it is saturated/],
    [['--ue', 'nobody'], 2, /The scenario has no UE 'nobody'.*ada, bela, chen, loud/],
    [['--calibration', at('other.yaml')], 3, /The calibration is of board OTHER; this is board EMU-0001/],
    [['--procedure', 'delays'], 2, /Delays are told by phases over subcarriers/],
    [['--set', 'board.emulated.phaseBits=1'], 3, /mirror image/],
    [
      ['--set', 'users=[{ id: ada, motion: { kind: line, start: [2 m, 1 m], velocity: [1 m/s, 0 m/s] } }]'],
      2,
      /UE 'ada' moves/,
    ],
  ])('%j is told', async (more, code, said) => {
    const { status, stderr } = await callCommandLine(
      ...['calibrate', at('small.yaml'), '--recording', at('refused'), '--no-report', ...more],
    );
    rmSync(at('refused'), { recursive: true, force: true });
    expect(stderr).toMatch(said);
    expect(status).toBe(code);
  });

  it('is not one of several arrays, to be checked or calibrated', async () => {
    for (const command of [['calibrate'], ['calibration', 'check']]) {
      const { status, stderr } = await callCommandLine(
        ...[...command, at('small.yaml'), '--set', 'seed=1', '--set', 'seed=2'],
      );
      expect(stderr).toContain('--set gives 2 scenarios; one array is calibrated at a time');
      expect(status).toBe(2);
    }
  });

  it('is said before anything is sent how long it takes and what comes of it', async () => {
    const { stdout, status } = await callCommandLine('calibrate', at('small.yaml'), '--dry-run', '--json');
    expect(status).toBe(0);
    const { plan } = JSON.parse(stdout);
    expect(plan).toMatchObject({ numSlots: 104, snrDb: 20, exactSteps: true });
    expect(plan.expectedErrorRad).toBeCloseTo((4.3 * Math.PI) / 180, 2);
  });
});
