/** What befalls tracked users, through serial port and WebSocket: it is noticed, and the others lose nothing by it. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Progress } from '../../src/campaign/campaign-parts.js';
import type { CampaignOutcome } from '../../src/campaign/outcome.js';
import { startRun } from '../../src/campaign/run.js';
import { Recording } from '../../src/record/recording.js';
import { writeReport } from '../../src/report/run-report.js';
import { readScenario } from '../../src/scenario/scenario.js';
import { emulatedSection, openTestbed } from '../../src/testbed.js';

const root = mkdtempSync(path.join(tmpdir(), 'beamloop-troubles-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));

const FROM_S = 0.8;
const EPOCH_S = 0.02;
const SENSORS = 'position: 0.2 m, speed: 0.3 m/s, heading: 0.1 rad, rate: 50 Hz';

/** Down a line at 1 m/s; from a time on 5 m beside it, from one sample to the next. */
function track(jumpS: number): string {
  const rows = Array.from({ length: 250 }, (_, k) => {
    const timeS = k * EPOCH_S;
    return `${timeS.toFixed(2)},9,${((timeS < jumpS - 1e-9 ? 4 : -1) - timeS).toFixed(3)}`;
  });
  return ['time,x,y', ...rows, ''].join('\n');
}

/** Ada and chen are well; they come first, so their slots are the same whatever befalls the others. */
const scenarioText = (others: readonly string[], durationS: number, more = '') => `
seed: 7
array: { elements: 64, carrier: 60 GHz, rings: 4 }
board: { port: emulated, baud: 3e6, emulated: { phaseBits: 6 } }
slots: { duration: 125 us, turnaround: 2 ms }
scheme: dpc
channel: { snr: 20 dB, scatterers: 0 }
sensors: { ${SENSORS} }
users:
  - { id: ada, motion: { kind: line, start: [8 m, -5 m], velocity: [0 m/s, 2 m/s] } }
  - { id: chen, motion: { kind: line, start: [12 m, 5 m], velocity: [0 m/s, -3 m/s] } }
${others.map((user) => `  - { ${user} }`).join('\n')}
tracking: { epoch: 20 ms, duration: ${durationS} s, codebook: { directions: 64, rings: 4 }, tracker: ekf-velocity, probing: { budget: 0 } }
${more}`;

const ids = ['jumps', 'jumps-blind', 'silent', 'lies'] as const;
const well = 'motion: { kind: file, file: well.csv }';
const jumps = 'motion: { kind: file, file: jump.csv }';
const IN_TROUBLE = [
  `id: jumps, ${jumps}`,
  `id: jumps-blind, ${jumps}, sensors: none`,
  `id: silent, ${well}, sensors: { ${SENSORS}, gaps: [[${FROM_S} s, 100 s]] }`,
  `id: lies, ${well}, sensors: { ${SENSORS}, lie: { from: ${FROM_S} s, offset: [0 m, 20 m] } }`,
];
const WELL = ids.map((id) => `id: ${id}, ${well}${id === 'jumps-blind' ? ', sensors: none' : ''}`);

const quiet: Progress = { warning: () => {}, waiting: () => {}, batch: () => {}, finished: () => {} };

interface Seen {
  readonly outcome: CampaignOutcome;
  readonly epochs: Awaited<ReturnType<typeof epochsOf>>;
  readonly powers: Awaited<ReturnType<typeof powersOf>>;
}

const epochsOf = (recording: Recording) => recording.rows('epochs');
const powersOf = (recording: Recording) =>
  recording.query(
    `SELECT slot, slots.ue, sounding, codeword_key, powers FROM slots LEFT JOIN powers USING (slot, ue)
     WHERE sounding = slots.ue || '/serve' AND slots.ue IN ('ada', 'chen') ORDER BY slot, slots.ue`,
  );

async function run(
  name: string,
  text: string,
  { realtime = false, progress = quiet }: { realtime?: boolean; progress?: Progress } = {},
): Promise<Seen> {
  const file = path.join(root, `${name}.yaml`);
  writeFileSync(file, text);
  const folder = path.join(root, name);
  const outcome = await startRun(readScenario(file, emulatedSection), folder, {
    ...{ openTestbed, realtime, progress },
  });
  const recording = await Recording.open(folder, 'read');
  try {
    return { outcome, epochs: await epochsOf(recording), powers: await powersOf(recording) };
  } finally {
    await recording.close();
  }
}

const userOf = ({ outcome }: Seen, id: string) => outcome.tracking!.users.find(({ ue }) => ue === id)!;

describe('users in trouble', () => {
  let undisturbed: Seen;
  let disturbed: Seen;
  /** The first epoch in which something is wrong. */
  let first: number;

  beforeAll(async () => {
    writeFileSync(path.join(root, 'well.csv'), track(100));
    writeFileSync(path.join(root, 'jump.csv'), track(FROM_S));
    undisturbed = await run('undisturbed', scenarioText(WELL, 1.4));
    disturbed = await run('disturbed', scenarioText(IN_TROUBLE, 1.4));
    first = disturbed.epochs.find(({ boardTimeS }) => boardTimeS > FROM_S - EPOCH_S / 2)!.epoch;
  }, 120_000);

  const statesOf = (seen: Seen, id: string) =>
    seen.epochs.filter(({ ue }) => ue === id).map(({ state }) => state);

  it('notices a jump of 5 m at once, and has the user back by its sensor, or else by the scheme', () => {
    const sensed = userOf(disturbed, 'jumps');
    const fall = sensed.troubles.find(({ trouble, epoch }) => trouble === 'beam fell' && epoch >= first)!;
    expect(fall.epoch - first).toBeLessThanOrEqual(1);
    expect(fall.epochs).toBeLessThanOrEqual(4);
    const blind = userOf(disturbed, 'jumps-blind');
    const fell = blind.troubles.find(({ trouble, epoch }) => trouble === 'beam fell' && epoch >= first)!;
    expect(fell.epoch - first).toBeLessThanOrEqual(1);
    const states = statesOf(disturbed, 'jumps-blind');
    const lost = states.indexOf('lost', first);
    expect(lost - first).toBeLessThanOrEqual(4);
    expect(states.indexOf('tracked', lost) - lost).toBeLessThanOrEqual(12);
    expect(blind).toMatchObject({ losses: 1, recoveries: 1, state: 'tracked' });
  });

  it('notices a sensor that falls silent, and one that is off by 20 m, and has their users back where they are lost by it', () => {
    const noticed = [
      ['silent', 'sensor silent'],
      ['lies', 'sensor contradicted'],
    ] as const;
    for (const [id, trouble] of noticed) {
      const user = userOf(disturbed, id);
      const found = user.troubles.find((each) => each.trouble === trouble)!;
      expect(found.epoch - first).toBeGreaterThan(0);
      expect(found.epoch - first).toBeLessThanOrEqual(4);
      expect(found.epochs).toBeNull();
      // By its beams alone it may be lost, and is had back as any other.
      expect(user.recoveries).toBe(user.losses);
      expect(user.state).toBe('tracked');
      const states = statesOf(disturbed, id);
      for (const [k, state] of states.entries()) {
        if (state === 'lost' && states[k - 1] === 'tracked')
          expect(states.indexOf('tracked', k) - k).toBeLessThanOrEqual(12);
      }
      expect(userOf(undisturbed, id).troubles.filter((each) => /^sensor/.test(each.trouble))).toEqual([]);
    }
  });

  it('gives the others the same slots, beams and powers as if nothing had been', () => {
    expect(disturbed.powers).toEqual(undisturbed.powers);
    expect(disturbed.powers.every(({ powers }) => powers !== null)).toBe(true);
    for (const id of ['ada', 'chen']) expect(userOf(disturbed, id)).toEqual(userOf(undisturbed, id));
  });

  it('keeps account of power and slots as a run that trains does', () => {
    for (const { outcome } of [undisturbed, disturbed]) {
      const { losses, slots, users } = outcome;
      expect(losses!.powerDb.total).toBeGreaterThan(0);
      for (const { losses: own } of users) expect(own!.powerDb.estimation).toBeGreaterThanOrEqual(-1e-9);
      expect(slots.measured).toBe(slots.planned);
    }
  });

  it('says so in the report', async () => {
    const page = readFileSync(await writeReport(path.join(root, 'disturbed')), 'utf8');
    const section = page.slice(page.indexOf('What was noticed'));
    expect(section).toMatch(/<td>silent<\/td>\s*<td>sensor silent<\/td>/);
    expect(section).toMatch(/<td>lies<\/td>\s*<td>sensor contradicted<\/td>/);
    expect(page.slice(page.indexOf('Losses and recoveries'))).toMatch(/<td>jumps-blind<\/td>/);
  });

  it('has a user back whose UE was gone for 2 s', async () => {
    const said: string[] = [];
    const progress: Progress = { ...quiet, interruption: (kind) => said.push(kind) };
    const away = `id: away, ${well}, away: [[${FROM_S} s, ${FROM_S + 2} s]]`;
    const others = [...WELL.slice(0, 3), away];
    const seen = await run('away', scenarioText(others, 3.4), { progress });
    const user = userOf(seen, 'away');
    expect(user).toMatchObject({ losses: 1, recoveries: 1, state: 'tracked' });
    const trouble = user.troubles.find((each) => each.trouble === 'UE silent')!;
    expect(trouble.epoch - first).toBeLessThanOrEqual(1);
    const rows = seen.epochs.filter(({ ue }) => ue === 'away');
    const silent = rows.filter(({ epoch, power }) => epoch >= first && power === null);
    expect(silent.length).toBeGreaterThanOrEqual(99);
    // After that it is served as soon as it is connected, and found in a few epochs.
    const heard = rows.find(({ epoch, power }) => epoch > silent.at(-1)!.epoch && power !== null)!;
    const back = rows.find(({ epoch, state }) => epoch > silent.at(-1)!.epoch && state === 'tracked')!;
    expect(back.epoch - heard.epoch).toBeLessThanOrEqual(12);
    expect(said).toEqual(expect.arrayContaining(['ue disconnected', 'ue connected', 'user trouble']));
    expect(seen.powers.every(({ powers }) => powers !== null)).toBe(true);
    expect(seen.powers.slice(0, undisturbed.powers.length)).toEqual(undisturbed.powers);
  });
});

it('tracks on real time, and tells of every epoch and slot that it was too slow for', async () => {
  const told: unknown[] = [];
  const progress: Progress = {
    ...quiet,
    interruption: (kind, detail) => kind === 'epochs left out' && told.push(detail),
  };
  const text = scenarioText([], 1).replace('epoch: 20 ms', 'epoch: 50 ms');
  const { outcome, powers } = await run('real', text, { realtime: true, progress });
  const { epochs, leftOut } = outcome.tracking!;
  expect(epochs + leftOut).toBeLessThanOrEqual(20);
  expect(epochs).toBeGreaterThan(0);
  expect(told).toHaveLength(leftOut > 0 ? 1 : 0);
  const { planned, measured, late, missed, wrongCodeword, withoutPower, withoutReceipt } = outcome.slots;
  expect(measured + late + missed + wrongCodeword + withoutPower + withoutReceipt).toBe(planned);
  // How many were measured is a matter of the machine: none of them is measured twice, or without its latch.
  expect(wrongCodeword).toBe(0);
  expect(new Set(powers.map(({ slot, ue }) => `${slot} ${ue}`)).size).toBe(powers.length);
}, 60_000);
