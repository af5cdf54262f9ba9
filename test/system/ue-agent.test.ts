import { afterEach, describe, expect, it } from 'vitest';
import type { PowerRecord, UeBridge } from '../../src/bridge/bridge.js';
import { type BridgeOptions, startBridge } from '../../src/bridge/server.js';
import { UeAgent, type UeAgentOptions } from '../../src/ue/agent.js';
import { PowerQueue, type PowerSource } from '../../src/ue/power-source.js';

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

const settled = async (isTrue: () => boolean) =>
  expect.poll(isTrue, { timeout: 10_000, interval: 2 }).toBe(true);

describe('UE agent and bridge', () => {
  it('measures what it is asked for and delivers every power once, in order', async () => {
    const bridge = await bridgeOf();
    const records = collect(bridge);
    const source = new InstantSource(3);
    agentOf(bridge.url, source);
    await expect(bridge.waitForUe('ue-1', 5)).resolves.toMatchObject({ ueId: 'ue-1', numSubcarriers: 3 });
    await bridge.measure('ue-1', [4, 5, 6, 9, 4_000_000_000], 5);
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
});
