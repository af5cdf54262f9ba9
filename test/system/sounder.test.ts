/**
 * The sounder drives generators of any kind through an emulated board: a calibration that two UEs listen to, trackers of two
 * users over many epochs, and one that is cut off and goes on.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { BoardBeams } from '../../calibration/board-beams.js';
import { freshRequest, openSounder } from '../../src/campaign/open-sounder.js';
import { channelVector } from '../../src/channel/channel.js';
import { type Codeword, phaseCodeword } from '../../src/codebook/codeword.js';
import { BeamloopError } from '../../src/core/errors.js';
import { Recording } from '../../src/record/recording.js';
import { type Preparation, prepare } from '../../src/scenario/plan.js';
import { parseScenario } from '../../src/scenario/scenario.js';
import type { Sounder } from '../../src/slots/sounder.js';
import type { Testbed } from '../../src/slots/testbed.js';
import type { Powers } from '../../src/sounding/powers.js';
import type { Sounding } from '../../src/sounding/sounding.js';
import { emulatedSection, openTestbed } from '../../src/testbed.js';

const root = mkdtempSync(path.join(tmpdir(), 'beamloop-sounder-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));

const NUM_ELEMENTS = 32;
const SCENARIO = `
seed: 11
array: { elements: ${NUM_ELEMENTS}, carrier: 30 GHz, rings: 2 }
board: { port: emulated, baud: 3e6, emulated: { phaseBits: 8, queueDepth: 64, impairments: { phaseError: 40 deg } } }
slots: { duration: 125 us, turnaround: 2 ms }
bridge: { ueTimeout: 2 s }
scheme: dpc
channel: { snr: 60 dB, scatterers: 0 }
users:
  - { id: ada, position: { ring: 9 m, angle: 20 deg } }
  - { id: bela, position: { ring: 14 m, angle: -31 deg } }
`;

interface Bench {
  readonly sounder: Sounder;
  readonly testbed: Testbed;
  readonly preparation: Preparation;
  readonly recording: Recording;
  close(): Promise<void>;
}

/** Board, UEs and a recording in `name`, which is gone on with when it is there. */
async function openBench(name: string, signal = new AbortController().signal): Promise<Bench> {
  const { scenario, text } = parseScenario(SCENARIO, 'sounder.yaml', emulatedSection);
  const preparation = prepare(scenario);
  const folder = path.join(root, name);
  const isNew = await Recording.open(folder, 'read').then(
    async (recording) => {
      await recording.close();
      return false;
    },
    () => true,
  );
  const info = {
    scenarioName: name,
    scenarioText: text,
    calibrationText: null,
    scenario,
    seed: 11,
    versions: {},
  };
  const recording = isNew ? await Recording.create(folder, info) : await Recording.open(folder, 'write');
  const last = await recording.query('SELECT ue, max(sequence) AS sequence FROM powers GROUP BY ue');
  const testbed = await openTestbed({
    ...freshRequest({ ...preparation, scenario }, name, signal),
    durable: new Map(last.map(({ ue, sequence }) => [String(ue), Number(sequence)])),
  });
  const sounder = await openSounder(preparation, testbed, recording, { signal });
  const close = async () => {
    sounder.close();
    await testbed.close();
    await recording.close();
  };
  return { sounder, testbed, preparation, recording, close };
}

/** The second half of the array turned against the first. */
function turnedHalf(turnRad: number): Codeword {
  const key = `half/${turnRad.toFixed(3)}`;
  return phaseCodeword(key, { kind: 'dft', level: 1, index: 1 }, () =>
    Float64Array.from({ length: NUM_ELEMENTS }, (_, n) => (n < NUM_ELEMENTS / 2 ? 0 : turnRad)),
  );
}

/** By how much the second half must be turned to arrive in phase with the first, at each UE that listens, rad. */
function* alignHalves(): Sounding<number[], readonly Powers[]> {
  const heard = yield [0, 0.5, 1, 1.5].map((halves) => turnedHalf(halves * Math.PI));
  return heard.map(({ mean: [p0, p90, p180, p270] }) => Math.atan2(p90! - p270!, p0! - p180!));
}

const NUM_EPOCHS = 10;

/** Tries the beam that it has and its neighbours, and takes the best, again and again. */
function* follow({ polar }: Preparation, start: number): Sounding<number[]> {
  const chosen = [start];
  for (let epoch = 0; epoch < NUM_EPOCHS; epoch++) {
    const angles = [-1, 0, 1].map((step) => chosen.at(-1)! + step);
    const { mean } = yield angles.map((angleIndex) => polar.codeword({ ring: 1, angleIndex }));
    chosen.push(angles[mean.indexOf(Math.max(...mean))]!);
  }
  return chosen;
}

/** For one listener. */
function* heardByOne<R>(sounding: Sounding<R>): Sounding<R, readonly Powers[]> {
  let step = sounding.next();
  while (!step.done) step = sounding.next((yield step.value)[0]!);
  return step.value;
}

/** What a UE receives of elements [from, to) of a codeword, by what the board radiates with its errors, and its channel. */
function received({ preparation, testbed }: Bench, ue: string, codeword: Codeword, from: number, to: number) {
  const { polar, users } = preparation;
  const beams = new BoardBeams(testbed.board.description, polar.array.carrierHz, null);
  const sent = testbed.radiate!(beams.quantise(codeword).settings);
  const h = channelVector(polar.array, users.find(({ id }) => id === ue)!.truth!.paths);
  let [re, im] = [0, 0];
  for (let n = from; n < to; n++) {
    re += h.re[n]! * sent.re[n]! - h.im[n]! * sent.im[n]!;
    im += h.re[n]! * sent.im[n]! + h.im[n]! * sent.re[n]!;
  }
  return { power: re * re + im * im, phaseRad: Math.atan2(im, re) };
}

/** The angle index that brings a user most. */
function bestAngle(bench: Bench, ue: string, among: readonly number[]): number {
  const powerOf = (angleIndex: number) =>
    received(bench, ue, bench.preparation.polar.codeword({ ring: 1, angleIndex }), 0, NUM_ELEMENTS).power;
  return among.reduce((best, angle) => (powerOf(angle) > powerOf(best) ? angle : best));
}

async function slotRows(recording: Recording) {
  await recording.flushed();
  return recording.rows('slots');
}

describe('the sounder', () => {
  it('drives a calibration that two UEs listen to in the same slots', async () => {
    const bench = await openBench('calibration');
    const { sounder, recording } = bench;
    const ues = ['ada', 'bela'];
    const turnsRad = await sounder.run({ name: 'halves', ues, sounding: alignHalves() });
    for (const [k, ue] of ues.entries()) {
      const phaseRad = (from: number) =>
        received(bench, ue, turnedHalf(0), from, from + NUM_ELEMENTS / 2).phaseRad;
      const offRad = turnsRad[k]! - (phaseRad(0) - phaseRad(NUM_ELEMENTS / 2));
      expect(Math.abs(Math.atan2(Math.sin(offRad), Math.cos(offRad)))).toBeLessThan(0.05);
    }
    const rows = await slotRows(recording);
    expect(rows.map(({ slot, ue, sounding }) => [slot - rows[0]!.slot, ue, sounding])).toEqual(
      [0, 1, 2, 3].flatMap((slot) => ues.map((ue) => [slot, ue, 'halves'])),
    );
    expect(await recording.rows('powers')).toHaveLength(8);
    expect(await recording.rows('receipts')).toHaveLength(4);
    await bench.close();
  });

  it('tracks two users over many epochs, whose pilots take turns in the slots', async () => {
    const bench = await openBench('tracking');
    const { sounder, preparation, recording } = bench;
    const starts = { ada: 21, bela: 11 };
    const ends = await sounder.runAll(
      Object.entries(starts).map(([ue, start]) => ({
        name: ue,
        ues: [ue],
        sounding: heardByOne(follow(preparation, start)),
      })),
    );
    for (const [k, ue] of Object.keys(starts).entries()) {
      const end = ends[k]!;
      if ('error' in end) throw end.error;
      const last = end.result.at(-1)!;
      expect(last).toBe(bestAngle(bench, ue, [last - 1, last, last + 1]));
      expect(last).not.toBe(end.result[0]);
    }
    const rows = await slotRows(recording);
    expect(rows).toHaveLength(2 * 3 * NUM_EPOCHS);
    expect(rows.slice(0, 6).map(({ ue }) => ue)).toEqual(['ada', 'bela', 'ada', 'bela', 'ada', 'bela']);
    expect(rows.at(-1)).toMatchObject({ ue: 'bela', batch: NUM_EPOCHS - 1, position: 2 });
    // One plan of slots per epoch: nothing lies between the six pilots of a round.
    for (let epoch = 0; epoch < NUM_EPOCHS; epoch++) {
      const slots = rows.filter(({ batch }) => batch === epoch).map(({ slot }) => slot);
      expect(slots.at(-1)! - slots[0]!).toBe(5);
    }
    await bench.close();
  });

  it('goes on with what was cut off, to the same slots, powers and ends', async () => {
    const runAll = (bench: Bench, onBatch?: () => void) =>
      bench.sounder.runAll(
        ['ada', 'bela'].map((ue) => ({
          name: ue,
          ues: [ue],
          sounding: heardByOne(follow(bench.preparation, 15)),
          ...(onBatch && { onBatch }),
        })),
      );
    const tablesOf = async ({ recording }: Bench) => {
      await recording.flushed();
      return [await recording.rows('slots'), await recording.rows('powers')];
    };
    const whole = await openBench('whole');
    const ends = await runAll(whole);
    const undisturbed = await tablesOf(whole);
    await whole.close();

    const abort = new AbortController();
    const first = await openBench('cut', abort.signal);
    let numBatches = 0;
    const cut = runAll(first, () => {
      // One of two users has its powers, the other is about to get them.
      if (++numBatches === 7) abort.abort(new Error('cut off'));
    });
    await expect(cut).rejects.toThrow('cut off');
    await first.close();

    const second = await openBench('cut');
    expect((await second.recording.rows('slots')).length).toBeGreaterThan(12);
    expect(await runAll(second)).toEqual(ends);
    expect(await tablesOf(second)).toEqual(undisturbed);
    await second.close();
  });

  it('ends the sounding of a UE that is absent alone, and that of a generator that refuses', async () => {
    const bench = await openBench('absent');
    const { sounder, preparation } = bench;
    // biome-ignore lint/correctness/useYield: it refuses at once
    const refuse = function* (): Sounding<number[], readonly Powers[]> {
      throw new BeamloopError('BAD_ARGUMENT', { what: 'not today' });
    };
    const tracked = () => heardByOne(follow(preparation, 15));
    const [ada, nobody, refused] = await sounder.runAll([
      { name: 'ada', ues: ['ada'], sounding: tracked() },
      { name: 'nobody', ues: ['nobody'], sounding: tracked() },
      { name: 'refused', ues: ['bela'], sounding: refuse() },
    ]);
    expect(ada).toMatchObject({ result: { length: NUM_EPOCHS + 1 } });
    expect(nobody).toMatchObject({ error: { code: 'UE_ABSENT' } });
    expect(refused).toMatchObject({ error: { code: 'BAD_ARGUMENT' } });
    const asksNothing = function* (): Sounding<void, readonly Powers[]> {
      yield [];
    };
    const empty = sounder.run({ name: 'empty', ues: ['ada'], sounding: asksNothing() });
    await expect(empty).rejects.toThrow(/asks for no pilots/);
    await bench.close();
  });
});
