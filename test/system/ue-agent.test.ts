import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { PowerRecord, UeBridge } from '../../src/bridge/bridge.js';
import type { BridgeOptions } from '../../src/bridge/bridge-options.js';
import { startBridge } from '../../src/bridge/server.js';
import { type AgentState, UeAgent, type UeAgentOptions } from '../../src/ue/agent.js';
import { BridgeLink } from '../../src/ue/bridge-link.js';
import { PowerQueue, type PowerSource } from '../../src/ue/power-source.js';

import { PATIENCE_S } from '../fixtures/patience.js';
import { CuttableWire } from './cuttable-wire.js';

/** A source that measures every slot that it is asked for at once: power m of slot s is s + m / 16. */
class InstantSource implements PowerSource {
  readonly asked: number[][] = [];
  readonly queue = new PowerQueue();
  readonly #numSubcarriers: number;

  constructor(numSubcarriers: number) {
    this.#numSubcarriers = numSubcarriers;
  }

  listenFor(slots: readonly number[]): void {
    this.asked.push([...slots]);
    for (const slot of slots) this.measure(slot);
  }

  measure(slot: number): void {
    const powers = Float32Array.from({ length: this.#numSubcarriers }, (_, m) => slot + m / 16);
    this.queue.push({ slot, ueTimeS: slot * 1e-3, noiseFloor: 0.5, powers });
  }

  powers(signal: AbortSignal) {
    return this.queue.read(signal);
  }
}

const cleanups: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

async function bridgeOf(options: BridgeOptions = {}): Promise<UeBridge> {
  const bridge = await startBridge(options);
  cleanups.push(() => bridge.close());
  return bridge;
}

function agentOf(url: string, source: PowerSource, options: Partial<UeAgentOptions> = {}) {
  const description = { ueId: 'ue-1', model: 'test', software: '1', numSubcarriers: 3 };
  const agent = new UeAgent({ url, description, source, ...options });
  const stop = new AbortController();
  const ended = agent.run(stop.signal);
  ended.catch(() => undefined);
  cleanups.push(async () => {
    stop.abort();
    await ended.catch(() => undefined);
  });
  return { agent, ended, stop: () => stop.abort() };
}

function collect(bridge: UeBridge, acknowledge = true): PowerRecord[] {
  const records: PowerRecord[] = [];
  bridge.onPower((record) => {
    records.push(record);
    if (acknowledge) bridge.acknowledge(record.ueId, record.sequence);
  });
  return records;
}

const settled = async (isTrue: () => boolean) => expect.poll(isTrue, { interval: 2 }).toBe(true);

describe('UE agent and bridge', () => {
  it('measures what it is asked for and delivers every power once, in order', async () => {
    const bridge = await bridgeOf();
    const records = collect(bridge);
    const source = new InstantSource(3);
    agentOf(bridge.url, source);
    await expect(bridge.waitForUe('ue-1', PATIENCE_S)).resolves.toMatchObject({
      ueId: 'ue-1',
      numSubcarriers: 3,
    });
    await bridge.measure('ue-1', [4, 5, 6, 9, 4_000_000_000], PATIENCE_S);
    await settled(() => records.length === 5);
    expect(source.asked).toEqual([[4, 5, 6, 9, 4_000_000_000]]);
    expect(records.map(({ sequence, slot }) => [sequence, slot])).toEqual([
      [1, 4],
      [2, 5],
      [3, 6],
      [4, 9],
      [5, 4_000_000_000],
    ]);
    expect([...records[1]!.powers]).toEqual([5, 5 + 1 / 16, 5 + 2 / 16]);
    expect(records[1]).toMatchObject({ ueId: 'ue-1', ueTimeS: 5e-3, noiseFloor: 0.5 });
  });

  it('loses and repeats nothing when the connection is cut again and again', async () => {
    const bridge = await bridgeOf();
    const records = collect(bridge);
    const wire = await CuttableWire.to(bridge.url);
    cleanups.push(() => wire.close());
    const source = new InstantSource(3);
    const { agent } = agentOf(wire.url, source);
    const numSlots = 2000;
    for (let first = 0; first < numSlots; first += 50) {
      const slots = Array.from({ length: 50 }, (_, k) => first + k);
      if (first % 200 === 100) wire.cut();
      const measuring = bridge.measure('ue-1', slots, PATIENCE_S);
      if (first % 200 === 150) wire.cut();
      await measuring;
      if (first % 200 === 0) wire.cut();
    }
    await settled(() => records.length === numSlots);
    expect(records.map(({ slot }) => slot)).toEqual([...Array(numSlots).keys()]);
    expect(records.map(({ sequence }) => sequence)).toEqual([...Array(numSlots).keys()].map((k) => k + 1));
    expect(source.asked.length).toBe(numSlots / 50);
    expect(bridge.statistics()[0]).toMatchObject({ duplicates: 0, gaps: 0, malformed: 0 });
    await settled(() => agent.statistics().kept === 0);
    expect(agent.statistics().connections).toBeGreaterThan(10);
  });

  it('sends again to a new bridge process what the old one had not made durable', async () => {
    const first = await bridgeOf({ run: 'r' });
    const seen = collect(first, false);
    const port = Number(new URL(first.url).port);
    const source = new InstantSource(3);
    const { agent } = agentOf(first.url, source);
    await first.measure('ue-1', [10, 11, 12, 13], PATIENCE_S);
    await settled(() => seen.length === 4);
    first.acknowledge('ue-1', 2);
    await settled(() => agent.statistics().kept === 2);
    await first.close();

    const second = await bridgeOf({ run: 'r', port, durable: new Map([['ue-1', 2]]) });
    const records = collect(second);
    await settled(() => records.length === 2);
    expect(records.map(({ sequence, slot }) => [sequence, slot])).toEqual([
      [3, 12],
      [4, 13],
    ]);
    expect(agent.statistics().recordsResent).toBe(2);
    // The new process numbers its requests from 1 again; the agent must not take them for old ones.
    await second.measure('ue-1', [20], PATIENCE_S);
    await settled(() => records.length === 3);
    expect(records[2]).toMatchObject({ sequence: 5, slot: 20 });
  });

  it('begins again for another run', async () => {
    const first = await bridgeOf();
    const seen = collect(first, false);
    const port = Number(new URL(first.url).port);
    const source = new InstantSource(3);
    agentOf(first.url, source);
    await first.measure('ue-1', [1, 2, 3], PATIENCE_S);
    await settled(() => seen.length === 3);
    await first.close();
    const second = await bridgeOf({ port });
    const records = collect(second);
    await second.measure('ue-1', [1], PATIENCE_S);
    await settled(() => records.length === 1);
    expect(records[0]).toMatchObject({ sequence: 1, slot: 1 });
  });

  it('a restarted UE goes on beyond the numbers of its earlier life', async () => {
    const bridge = await bridgeOf();
    const records = collect(bridge, false);
    const life = agentOf(bridge.url, new InstantSource(3));
    await bridge.measure('ue-1', [1, 2], PATIENCE_S);
    await settled(() => records.length === 2);
    life.stop();
    await life.ended;
    agentOf(bridge.url, new InstantSource(3));
    await bridge.measure('ue-1', [3], PATIENCE_S);
    await settled(() => records.length === 3);
    expect(records[2]).toMatchObject({ sequence: 3, slot: 3 });
    expect(bridge.statistics()[0]).toMatchObject({ duplicates: 0, gaps: 0, connections: 2 });
  });

  it('stops at the window and reads its source no further until the bridge acknowledges', async () => {
    const bridge = await bridgeOf({ limits: { window: 8 } });
    const records = collect(bridge, false);
    const source = new InstantSource(3);
    const { agent } = agentOf(bridge.url, source);
    await bridge.measure(
      'ue-1',
      Array.from({ length: 20 }, (_, k) => k),
      PATIENCE_S,
    );
    await settled(() => records.length === 8);
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(records.length).toBe(8);
    expect(agent.statistics()).toMatchObject({ kept: 8, recordsSent: 8 });
    bridge.acknowledge('ue-1', 3);
    await settled(() => records.length === 11);
    for (let through = 8; through <= 20; through += 4) {
      bridge.acknowledge('ue-1', through);
      await settled(() => records.length === Math.min(20, through + 8));
    }
    expect(bridge.statistics()[0]).toMatchObject({ gaps: 0, duplicates: 0 });
  });

  it('splits what does not fit into one message', async () => {
    const bridge = await bridgeOf({ limits: { maxMessageBytes: 300, maxRecordsPerMessage: 5 } });
    const records = collect(bridge);
    agentOf(bridge.url, new InstantSource(3));
    await bridge.measure(
      'ue-1',
      Array.from({ length: 100 }, (_, k) => k),
      PATIENCE_S,
    );
    await settled(() => records.length === 100);
    expect(bridge.statistics()[0]).toMatchObject({ connections: 1, malformed: 0 });
  });

  it('says bye when its source has ended and everything is acknowledged', async () => {
    const bridge = await bridgeOf();
    const records = collect(bridge, false);
    const source = new InstantSource(3);
    const { ended } = agentOf(bridge.url, source);
    await bridge.measure('ue-1', [1, 2], PATIENCE_S);
    source.queue.end();
    await settled(() => records.length === 2);
    expect(bridge.statistics()[0]!.connected).toBe(true);
    bridge.acknowledge('ue-1', 2);
    await ended;
    await settled(() => !bridge.statistics()[0]!.connected);
  });

  it('ends with one clear error when it is refused, when nobody is there, and when its source fails', async () => {
    const bridge = await bridgeOf({ token: 'sixteen letters!', ueIds: ['ue-1'] });
    const token = 'sixteen letters!';
    const source = () => new InstantSource(3);
    const stranger = { ueId: 'ue-9', model: 'test', software: '1', numSubcarriers: 3 };
    await expect(agentOf(bridge.url, source()).ended).rejects.toMatchObject({
      code: 'UE_REFUSED',
      what: expect.stringContaining('token'),
      where: bridge.url,
    });
    await expect(agentOf(bridge.url, source(), { token, description: stranger }).ended).rejects.toMatchObject(
      {
        code: 'UE_REFUSED',
        what: expect.stringContaining('ue-9'),
      },
    );
    agentOf(bridge.url, source(), { token });
    await bridge.waitForUe('ue-1', PATIENCE_S);
    await expect(agentOf(bridge.url, source(), { token }).ended).rejects.toMatchObject({
      code: 'UE_REFUSED',
      what: expect.stringContaining('Another UE called ue-1'),
    });

    const nobody = agentOf('ws://127.0.0.1:1', source(), { giveUpAfterS: 0.1 });
    await expect(nobody.ended).rejects.toMatchObject({ code: 'UE_ABSENT' });
    const nonsense = agentOf('bridge at home', source());
    await expect(nonsense.ended).rejects.toMatchObject({ code: 'BAD_ARGUMENT', where: 'bridge at home' });
    const web = createServer((_request, response) => response.end()).listen(0, '127.0.0.1');
    await new Promise((resolve) => web.once('listening', resolve));
    cleanups.push(async () => void web.close());
    const { port } = web.address() as AddressInfo;
    await expect(agentOf(`ws://127.0.0.1:${port}`, source()).ended).rejects.toMatchObject({
      code: 'UE_REFUSED',
    });

    const open = await bridgeOf();
    const broken = source();
    const failing = agentOf(open.url, broken);
    await open.waitForUe('ue-1', PATIENCE_S);
    broken.queue.push({ slot: 1, ueTimeS: 0, noiseFloor: 0, powers: Float32Array.of(1, Number.NaN, 1) });
    await expect(failing.ended).rejects.toMatchObject({ code: 'BAD_ARGUMENT', where: 'slot 1' });
    await settled(() => !open.statistics()[0]!.connected);

    const deaf = source();
    deaf.listenFor = () => {
      throw new Error('no antenna');
    };
    const unable = agentOf(open.url, deaf);
    open.measure('ue-1', [1], PATIENCE_S).catch(() => undefined);
    await expect(unable.ended).rejects.toThrow('no antenna');
  });

  it('asks for the time with every request that tells when slots are, but on virtual time', async () => {
    const bridge = await bridgeOf();
    const sent = vi.spyOn(BridgeLink.prototype, 'send');
    cleanups.push(async () => sent.mockRestore());
    const numQuestions = () => sent.mock.calls.filter(([{ type }]) => type === 'time').length;
    const source = new InstantSource(3);
    agentOf(bridge.url, source);
    await bridge.waitForUe('ue-1', PATIENCE_S);
    const clock = { startS: 1, slotDurationS: 1e-3, uncertaintyS: 0 };
    const ask = (slot: number, virtual: boolean) =>
      bridge.measure('ue-1', [slot], PATIENCE_S, undefined, false, {
        slot,
        ...clock,
        ...(virtual && { virtual }),
      });
    for (const slot of [1, 2, 3]) await ask(slot, true);
    // That of the welcome.
    expect(numQuestions()).toBe(1);
    for (const slot of [4, 5]) await ask(slot, false);
    expect(numQuestions()).toBe(3);
    expect(source.asked.flat()).toEqual([1, 2, 3, 4, 5]);
  });

  it('finds out that the bridge is gone although the connection stays open', async () => {
    const bridge = await bridgeOf({ limits: { heartbeatS: 0.1, challengeS: 0.1 } });
    const wire = await CuttableWire.to(bridge.url);
    cleanups.push(() => wire.close());
    const states: AgentState[] = [];
    agentOf(wire.url, new InstantSource(3), { onState: (state) => states.push(state) });
    await settled(() => states.at(-1)?.kind === 'connected');
    wire.freeze();
    await settled(() => states.some((state) => state.kind === 'disconnected' && /silent/.test(state.reason)));
    await settled(() => states.at(-1)?.kind === 'connected');
    await bridge.measure('ue-1', [1], PATIENCE_S);
  });
});
