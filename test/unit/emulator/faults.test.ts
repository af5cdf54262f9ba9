import { describe, expect, it } from 'vitest';
import { NO_FAULTS } from '../../../drivers/emulator/faults/fault-plan.js';
import { faultsSchema } from '../../../drivers/emulator/faults/fault-schema.js';
import { parseSettings } from '../../../src/core/settings-file.js';
import { SMALL_BOARD, TestHost } from './test-host.js';

describe('faults section of a scenario', () => {
  it('reads what its documentation shows', () => {
    const text = `
toBoard: { drop: 0.001, flip: 0.002, duplicate: 0.003 }
toHost: { flip: 0.001 }
fragment: 7
slowMemory: 5 ms
missedLatches: { slots: [12, 40], rate: 0.001 }
events:
  - { atSlot: 100, action: stall, for: 300 ms }
  - { atBytes: 50000, action: unplug, for: 0.5 s }
  - { atTime: 2 s, action: reset }
`;
    expect(parseSettings(text, faultsSchema, 'x.yaml')).toEqual({
      toBoard: { drop: 0.001, flip: 0.002, duplicate: 0.003 },
      toHost: { drop: 0, flip: 0.001, duplicate: 0 },
      fragmentBytes: 7,
      memoryDelayS: 0.005,
      missedSlots: [12, 40],
      missRate: 0.001,
      events: [
        { trigger: { kind: 'slot', slot: 100 }, action: { kind: 'stall', durationS: 0.3 } },
        { trigger: { kind: 'bytes', count: 50_000 }, action: { kind: 'unplug', durationS: 0.5 } },
        { trigger: { kind: 'time', timeS: 2 }, action: { kind: 'reset' } },
      ],
    });
    expect(faultsSchema.parse({})).toEqual(NO_FAULTS);
  });

  it.each([
    ['toBoard: { dorp: 0.1 }', /'drop'/],
    ['toBoard: { drop: 2 }', /drop/],
    ['events: [{ action: stall, for: 1 s }]', /exactly one of atBytes, atSlot, atTime/],
    ['events: [{ action: stall, atSlot: 1, atTime: 1 s, for: 1 s }]', /exactly one/],
    ['events: [{ action: stall, atSlot: 1, for: 1 m }]', /quantity in s/],
    ['events: [{ action: stall, atSlot: 1, for: -1 s }]', /negative/],
    ['events: [{ action: unplug, atSlot: 1 }]', /for/],
    ['events: [{ action: explode, atSlot: 1 }]', /explode/],
  ])('refuses %s', (text, complaint) => {
    expect(() => parseSettings(text, faultsSchema, 'x.yaml')).toThrow(complaint);
  });
});

describe('fault events', () => {
  async function armedBoard(events: unknown) {
    const plugs: boolean[] = [];
    const host = new TestHost({ model: SMALL_BOARD, faults: faultsSchema.parse({ events }) }, (plugged) =>
      plugs.push(plugged),
    );
    await host.hello();
    await host.load(0, 1);
    await host.queue([0, 0], [1, 0], [2, 0], [3, 0]);
    await host.arm(0, 10_000, 1000);
    return { host, plugs };
  }

  it('pulls the cable in a slot, and puts it back; the board goes on alone meanwhile', async () => {
    const { host, plugs } = await armedBoard([{ atSlot: 1, action: 'unplug', for: '200 ms' }]);
    host.board.advanceTo(0.0125);
    expect(plugs).toEqual([false]);
    const heard = host.heard.length;
    await host.send('ReadClock', { token: 1 });
    await host.pass(0.19);
    expect(host.heard).toHaveLength(heard);
    await host.pass(0.02);
    expect(plugs).toEqual([false, true]);
    await host.pass(1);
    expect(host.receipts().map(({ slot }) => slot)).toEqual([0, 1, 2]);
  });

  it('stalls the line after so many bytes, once', async () => {
    const { host } = await armedBoard([{ atBytes: 200, action: 'stall', for: '100 ms' }]);
    const heard = host.heard.length;
    for (let k = 0; k < 12; k++) await host.send('ReadClock', { token: k });
    const answered = () =>
      host.heard.slice(heard).filter(({ message }) => message.name === 'ClockReading').length;
    expect(answered()).toBeLessThan(12);
    await host.pass(0.099);
    expect(answered()).toBeLessThan(12);
    await host.pass(0.02);
    expect(answered()).toBe(12);
    await host.send('ReadClock', { token: 99 });
    expect(answered()).toBe(13);
  });

  it('cuts the power in the middle of a run through several slots', async () => {
    const { host } = await armedBoard([{ atSlot: 1, action: 'reset' }]);
    expect(host.board.advanceTo(0.02)).toBe(0);
    expect(host.air.map(({ slot }) => slot)).toEqual([0, 1]);
    expect(host.board.advanceTo(0.05)).toBe(0.05);
    expect(host.air).toHaveLength(2);
    await host.pass(1);
    expect(host.receipts()).toEqual([]);
  });

  it('fires at a time', async () => {
    const { host, plugs } = await armedBoard([{ atTime: '2 s', action: 'unplug', for: '1 s' }]);
    await host.pass(1.99);
    expect(plugs).toEqual([]);
    await host.pass(0.02);
    expect(plugs).toEqual([false]);
  });

  it('misses latches at a rate, in slots that the seed alone decides', async () => {
    const missed = async (seed: number, step: number) => {
      const faults = { ...NO_FAULTS, missRate: 0.2 };
      const host = new TestHost({ model: { ...SMALL_BOARD, queueDepth: 1000 }, seed, faults });
      await host.hello();
      await host.load(0, 1);
      for (let slot = 0; slot < 1000; slot += 100) {
        await host.queue(...Array.from({ length: 100 }, (_, k) => [slot + k, 0] as const));
      }
      await host.arm(0, 100_000, 100);
      for (let ticks = 100_000; ticks <= 200_100; ticks += step) await host.runTo(ticks);
      const slots = host.air.filter(({ codeword }) => codeword === null).map(({ slot }) => slot);
      expect(host.air).toHaveLength(1000);
      return slots;
    };
    const slots = await missed(1, 100_100);
    expect(Math.abs(slots.length - 200)).toBeLessThan(5 * Math.sqrt(160));
    expect(await missed(1, 7_150)).toEqual(slots);
    expect(await missed(2, 100_100)).not.toEqual(slots);
  });
});
