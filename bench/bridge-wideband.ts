/**
 * The bridge under the load of a wideband testbed in real time: slots of 125 us, 2048 subcarriers, a UE agent in a
 * process of its own, receipts as a board would send them, every slot joined and its powers checked. Then as fast as it
 * goes, against a bare WebSocket server that throws the same messages away.
 *
 * BEAMLOOP_BENCH_S sets how long the run in real time lasts, s; 10 when not given.
 */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { WebSocketServer } from 'ws';
import type { Receipt, SlotEntry } from '../drivers/array-board.js';
import { DEFAULT_LIMITS } from '../src/bridge/limits.js';
import { startBridge } from '../src/bridge/server.js';
import { HEADER_BYTES, recordBytes } from '../src/bridge/wire.js';
import { monotonicClock } from '../src/core/clock.js';
import type { PlannedSlot } from '../src/slots/planned-slot.js';
import { type LedgerStore, SlotLedger } from '../src/slots/slot-ledger.js';
import type { SlotStatistics } from '../src/slots/slot-outcome.js';
import { type Benchmark, type BenchRow, comparison } from './benchmark.js';
import { NUM_PATTERNS, patternOf, type WidebandClient } from './bridge-wideband-client.js';

const NUM_SUBCARRIERS = 2048;
const SLOTS_PER_S = 8000;
const DEFAULT_DURATION_S = 10;
/** Slots of one measure request, and how many requests are under way. */
const BATCH = 400;
const BATCHES_AHEAD = 8;
const PATIENCE_S = 5;
const RECEIPTS_EVERY_MS = 5;
/** The rest is what the first request and the last batch take. */
const KEEPS_UP = 0.97;
const FAST_SLOTS = 40_000;
/** A window of records may be under way: 64 MiB. A leak would be 64 MiB each second. */
const ALLOWED_GROWTH_MIB = 64;

interface Outcome {
  readonly slotsPerS: number;
  readonly numSlots: number;
  readonly join: SlotStatistics;
  readonly duplicates: number;
  readonly gaps: number;
  readonly throttled: number;
  readonly wrongPowers: number;
  /** Longest time from a slot to its batch being joined, less the length of the batch, s. */
  readonly worstLagS: number;
  /** This process, at the start, in the middle and at the end, MiB. */
  readonly rssMiB: readonly number[];
  /** Processor time of this process per second. */
  readonly load: number;
}

function startClient(client: WidebandClient): ChildProcess {
  const path = fileURLToPath(new URL('./bridge-wideband-client.js', import.meta.url));
  return fork(path, [JSON.stringify(client)]);
}

/** As if everything were on disk at once. */
const NOWHERE: LedgerStore = { append: () => {}, event: () => {}, durable: async () => {} };
const { signal } = new AbortController();

function plannedOf(batch: number, { slot, hash }: SlotEntry): PlannedSlot {
  const place = { sounding: 'bench', batch, position: slot - batch, attempt: 1 };
  return { slot, ...place, codewordKey: 'bench', hash, plannedBoardTimeS: 0, ues: ['bench'] };
}

/** @param slotsPerS null = receipts and powers come as soon as a slot was asked for. */
async function throughBridge(numSlots: number, slotsPerS: number | null): Promise<Outcome> {
  const bridge = await startBridge();
  const ledger = new SlotLedger(
    NOWHERE,
    (ueId, sequence) => bridge.acknowledge(ueId, sequence),
    monotonicClock,
  );
  const patterns = Array.from({ length: NUM_PATTERNS }, (_, k) => patternOf(k, NUM_SUBCARRIERS));
  bridge.onPower((record) => ledger.onPower(record));
  const client = startClient({
    url: bridge.url,
    mode: 'agent',
    numSubcarriers: NUM_SUBCARRIERS,
    slotsPerS,
    numMessages: 0,
    recordsPerMessage: 0,
  });
  await bridge.waitForUe('bench', 10);

  let startMs: number | null = null;
  const latched: SlotEntry[] = [];
  const receipts = setInterval(() => {
    const now =
      slotsPerS === null || startMs === null ? 0 : ((performance.now() - startMs) / 1e3) * slotsPerS;
    let count = 0;
    while (count < latched.length && (slotsPerS === null || latched[count]!.slot <= now)) count++;
    for (const entry of latched.splice(0, count)) ledger.onReceipt(receiptOf(entry));
  }, RECEIPTS_EVERY_MS);

  let wrongPowers = 0;
  let worstLagS = 0;
  const train = async (first: number) => {
    const entries = Array.from({ length: Math.min(BATCH, numSlots - first) }, (_, k) => entryOf(first + k));
    const slots = entries.map(({ slot }) => slot);
    for (const entry of entries) ledger.plan(plannedOf(first, entry));
    const settled = ledger.settle(slots, PATIENCE_S, signal);
    await bridge.measure('bench', slots, 10);
    startMs ??= performance.now();
    if (slotsPerS === null) for (const entry of entries) ledger.onReceipt(receiptOf(entry));
    else latched.push(...entries);
    await settled;
    for (const entry of entries) {
      const power = ledger.measured(plannedOf(first, entry), 'bench');
      if (power === null || !isPattern(power.powers, patterns[entry.slot % NUM_PATTERNS]!)) wrongPowers++;
    }
    ledger.release('bench', first, entries.length);
    const endS = (first + entries.length) / (slotsPerS ?? Number.POSITIVE_INFINITY);
    worstLagS = Math.max(worstLagS, (performance.now() - startMs) / 1e3 - endS);
  };

  const rssMiB: number[] = [];
  const measureRss = () => rssMiB.push(process.memoryUsage().rss / 2 ** 20);
  const cpuBefore = process.cpuUsage();
  const beganMs = performance.now();
  const under = new Set<Promise<void>>();
  for (let first = 0; first < numSlots; first += BATCH) {
    // After a second of warming up, in the middle and at the end.
    if (rssMiB.length === 0 && first >= Math.min(SLOTS_PER_S, numSlots / 4)) measureRss();
    if (rssMiB.length === 1 && first >= numSlots / 2) measureRss();
    const batch = train(first).finally(() => under.delete(batch));
    under.add(batch);
    if (under.size >= BATCHES_AHEAD) await Promise.race(under);
  }
  await Promise.all(under);
  const durationS = (performance.now() - beganMs) / 1e3;
  const { user, system } = process.cpuUsage(cpuBefore);
  measureRss();
  clearInterval(receipts);
  const [ue] = bridge.statistics();
  client.send('end');
  await once(client, 'exit');
  await bridge.close();
  return {
    slotsPerS: numSlots / durationS,
    numSlots,
    join: ledger.statistics(),
    duplicates: ue!.duplicates,
    gaps: ue!.gaps,
    throttled: ue!.throttled,
    wrongPowers,
    worstLagS,
    rssMiB,
    load: (user + system) / 1e6 / durationS,
  };
}

/** Records per second into a WebSocket server that only counts bytes. */
async function throughBareSocket(numSlots: number): Promise<number> {
  const recordsPerMessage = Math.floor(
    (DEFAULT_LIMITS.maxMessageBytes - HEADER_BYTES) / recordBytes(NUM_SUBCARRIERS),
  );
  const numMessages = Math.ceil(numSlots / recordsPerMessage);
  const server = new WebSocketServer({ host: '127.0.0.1', port: 0, perMessageDeflate: false });
  await once(server, 'listening');
  const client = startClient({
    url: `ws://127.0.0.1:${(server.address() as AddressInfo).port}`,
    mode: 'bare',
    numSubcarriers: NUM_SUBCARRIERS,
    slotsPerS: null,
    numMessages,
    recordsPerMessage,
  });
  let messages = 0;
  let beganMs = 0;
  await new Promise<void>((resolve) => {
    server.on('connection', (socket) => {
      beganMs = performance.now();
      socket.on('message', () => {
        if (++messages === numMessages) resolve();
      });
    });
  });
  const durationS = (performance.now() - beganMs) / 1e3;
  client.send('end');
  await once(client, 'exit');
  await new Promise((resolve) => server.close(resolve));
  return (numMessages * recordsPerMessage) / durationS;
}

function entryOf(slot: number): SlotEntry {
  return { slot, hash: `codeword ${slot % 3}` };
}

function receiptOf({ slot, hash }: SlotEntry): Receipt {
  return { slot, index: slot % 3, hash, status: 'latched', boardTimeS: slot / SLOTS_PER_S };
}

function isPattern(powers: Float32Array, pattern: Float32Array): boolean {
  for (let m = 0; m < pattern.length; m++) if (powers[m] !== pattern[m]) return false;
  return powers.length === pattern.length;
}

function row(what: string, value: number, unit: string, target?: BenchRow['target']): BenchRow {
  const alone = { what, value, unit, alternative: null, alternativeValue: null, ratio: null };
  return target === undefined ? alone : { ...alone, target };
}

export const bridgeWideband: Benchmark = {
  name: 'bridge-wideband',
  async run() {
    const durationS = Number(process.env.BEAMLOOP_BENCH_S ?? DEFAULT_DURATION_S);
    const paced = await throughBridge(durationS * SLOTS_PER_S, SLOTS_PER_S);
    const barePerS = await throughBareSocket(FAST_SLOTS);
    const fast = await throughBridge(FAST_SLOTS, null);
    const { joined } = paced.join.outcomes;
    const twice = paced.duplicates + paced.join.duplicatePowers + paced.join.duplicateReceipts;
    const [start, middle, end] = paced.rssMiB as [number, number, number];
    const load = `${SLOTS_PER_S} slots/s of ${NUM_SUBCARRIERS} subcarriers for ${durationS} s`;
    return [
      row(`${load}: joined with the right powers`, joined - paced.wrongPowers, 'slots', {
        of: 'value',
        atLeast: paced.numSlots,
      }),
      row(`${load}: lost, of ${paced.numSlots}`, paced.numSlots - joined + paced.gaps, 'slots', {
        of: 'value',
        atMost: 0,
      }),
      row(`${load}: came twice`, twice, 'records', { of: 'value', atMost: 0 }),
      row(`${load}: reading was paused`, paced.throttled, 'times'),
      row(`${load}: rate, waiting for the last slot included`, paced.slotsPerS, 'slots/s', {
        of: 'value',
        atLeast: KEEPS_UP * SLOTS_PER_S,
      }),
      row(`${load}: longest wait for a batch after its last slot`, paced.worstLagS * 1e3, 'ms'),
      row(`${load}: processor time of the bridge and the join`, paced.load, 's/s'),
      row(`${load}: memory after 1 s`, start, 'MiB'),
      row(`${load}: memory in the middle`, middle, 'MiB'),
      row(`${load}: memory at the end`, end, 'MiB'),
      row(`${load}: growth of memory from the middle to the end`, end - middle, 'MiB', {
        of: 'value',
        atMost: ALLOWED_GROWTH_MIB,
      }),
      comparison({
        what: `as fast as it goes, ${NUM_SUBCARRIERS} subcarriers, from the UE's source to the joined slot`,
        value: fast.slotsPerS,
        unit: 'slots/s',
        alternative: 'a bare WebSocket that throws the same messages away',
        alternativeValue: barePerS,
        target: { of: 'value', atLeast: SLOTS_PER_S },
      }),
    ];
  },
};
