/** Campaigns under faults that are drawn at random, and what has to hold of each whatever the faults were. */

import { replayRecording } from '../../src/campaign/replay.js';
import { startRun } from '../../src/campaign/run.js';
import { Random } from '../../src/core/random.js';
import { Recording } from '../../src/record/recording.js';
import { parseScenario } from '../../src/scenario/scenario.js';
import { outcomeOfSlot } from '../../src/slots/slot-outcome.js';
import { emulatedSection, openTestbed } from '../../src/testbed.js';

export type MixTime = 'virtual' | 'real';

const SILENT = { warning() {}, waiting() {}, batch() {}, finished() {} };

/** A scenario of three users on a board with faults; `number` draws both. */
export function drawMix(number: number, time: MixTime): string {
  const random = new Random(20_261, 'fault mix', time, number);
  const chance = (probability: number) => random.uniform() < probability;
  const between = (low: number, high: number) => low + random.uniform() * (high - low);
  const whole = (low: number, high: number) => Math.floor(between(low, high + 1));
  const pick = <T>(...of: readonly T[]) => of[whole(0, of.length - 1)]!;
  const rate = () => (chance(0.5) ? 0 : 10 ** between(-5, -3)).toFixed(7);
  const noise = () => `{ drop: ${rate()}, flip: ${rate()}, duplicate: ${rate()} }`;
  const trigger = () =>
    pick(`atSlot: ${whole(0, 400)}`, `atBytes: ${whole(1, 60_000)}`, `atTime: ${whole(1, 1500)} ms`);
  const action = () =>
    pick(
      'action: reset',
      'action: reset',
      `action: unplug, for: ${whole(1, 800)} ms`,
      `action: stall, for: ${whole(1, 1500)} ms`,
    );
  const events = Array.from({ length: whole(0, 4) }, () => `{ ${trigger()}, ${action()} }`);
  const faults = [
    ...(chance(0.5) ? [`toBoard: ${noise()}`] : []),
    ...(chance(0.5) ? [`toHost: ${noise()}`] : []),
    ...(chance(0.2) ? [`fragment: ${whole(1, 20)}`] : []),
    ...(chance(0.3) ? [`slowMemory: ${whole(1, 20)} ms`] : []),
    ...(chance(0.3) ? [`missedLatches: { rate: ${between(0, 0.01).toFixed(4)} }`] : []),
    `events: [${events.join(', ')}]`,
  ];
  const memory = pick('', 'memoryDepth: 48, queueDepth: 32, ', 'queueDepth: 16, ');
  const baud = pick('3e6', '115200');
  const elements = pick(32, 64, 256);
  // Rings of the codebook lie at 1/2 and 1/6 of this, and at infinity.
  const reachM = (elements ** 2 * 3e8) / 100e9 / 2;
  return `seed: ${number}
array: { elements: ${elements}, carrier: 100 GHz, rings: 3 }
board: { port: emulated, baud: ${baud}, emulated: { ${memory}faults: { ${faults.join(', ')} } } }
slots: { duration: ${pick('125 us', '250 us', '1 ms')}, turnaround: ${pick('2 ms', '10 ms')}, maxAttempts: 20 }
scheme: ${pick('dpc', 'dpc', 'far-field-sweep')}
channel: { snr: 20 dB, region: { ringDistance: [${reachM / 8} m, ${reachM / 2} m], angle: [-55 deg, 55 deg] } }
users: { count: 3 }
`;
}

/** Runs a scenario into `folder` and says what does not hold of it; throws what ended the campaign. */
export async function troublesOf(text: string, time: MixTime, folder: string): Promise<string[]> {
  const file = parseScenario(text, 'mix.yaml', emulatedSection);
  const outcome = await startRun(file, folder, {
    openTestbed,
    realtime: time === 'real',
    signal: new AbortController().signal,
    progress: SILENT,
  });
  const troubles = outcome.users.flatMap(({ ue, estimate, failure }) =>
    estimate === null ? [`${ue} was not found: ${failure?.what}`] : [],
  );
  const { planned, ...ends } = outcome.slots;
  const sum = Object.values(ends).reduce((a, b) => a + b, 0);
  if (sum !== planned) troubles.push(`${planned} slots planned, ${sum} accounted for`);
  const recording = await Recording.open(folder, 'read');
  try {
    for (const { ue, same, recorded, replayed } of await replayRecording(
      recording,
      file,
      file.scenario.scheme,
    )) {
      if (!same) troubles.push(`${ue}: the run found ${recorded}, the replay ${replayed}`);
    }
    troubles.push(...(await unevenPilots(recording)));
  } finally {
    await recording.close();
  }
  return troubles;
}

/** Pilots that were not measured once and once only. */
async function unevenPilots(recording: Recording): Promise<string[]> {
  const receipts = new Map((await recording.rows('receipts')).map((row) => [row.slot, row]));
  const powers = new Set((await recording.rows('powers')).map(({ slot }) => slot));
  const times = new Map<string, number>();
  for (const { ue, batch, position, slot, hash } of await recording.rows('slots')) {
    const isMeasured = outcomeOfSlot(hash, receipts.get(slot) ?? null, powers.has(slot)) === 'joined';
    const pilot = `${ue}, batch ${batch}, position ${position}`;
    times.set(pilot, (times.get(pilot) ?? 0) + (isMeasured ? 1 : 0));
  }
  return [...times].flatMap(([pilot, count]) =>
    count === 1 ? [] : [`${pilot} was measured ${count} times`],
  );
}
