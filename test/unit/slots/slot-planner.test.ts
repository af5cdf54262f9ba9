import { describe, expect, it } from 'vitest';
import { LinkCost } from '../../../drivers/link/link-cost.js';
import { PlannedMemory } from '../../../src/slots/planned-memory.js';
import { type PlannerOptions, SlotPlanner } from '../../../src/slots/slot-planner.js';

/** Its codewords have 448 bytes. */
const board = { numElements: 512, phaseBits: 7, delayBits: 0, amplitudeBits: 0, lineBits: 0 };
const options: PlannerOptions = {
  slotDurationS: 125e-6,
  startBoardTimeS: 0.5,
  turnaroundS: 1e-3,
  link: new LinkCost(3e6, board),
  memoryDepth: 1024,
  queueDepth: 256,
};

function pilots(names: readonly string[]) {
  return names.map((hash) => ({ hash }));
}
const numbered = (count: number) => pilots(Array.from({ length: count }, (_, k) => `h${k}`));

describe('PlannedMemory', () => {
  it('forgets the least recently used beyond its depth', () => {
    const memory = new PlannedMemory(3);
    memory.use(['a', 'b', 'c']);
    memory.use(['a', 'd']);
    expect(memory.missing(['a', 'b', 'c', 'd', 'b'])).toEqual(['b']);
    memory.clear();
    expect(memory.missing(['a', 'a'])).toEqual(['a']);
  });
});

describe('SlotPlanner', () => {
  it('the first slot leaves room for turnaround, loads and queue entries, in whole slots', () => {
    const chunk = new SlotPlanner(options).next(pilots(['a', 'b']));
    const bytes = 2 * 476 + 26;
    expect(chunk.link.bytes).toBe(bytes);
    expect(chunk.link.timeS).toBeCloseTo((bytes * 10) / 3e6, 12);
    // 1 ms + 3.26 ms = 34.08 slots of 125 us.
    expect(chunk.slots.map((slot) => slot.slot)).toEqual([35, 36]);
    expect(chunk.slots[0]!.plannedBoardTimeS).toBeCloseTo(0.5 + 35 * 125e-6, 12);
  });

  it('what the board holds already is not loaded again', () => {
    const planner = new SlotPlanner(options);
    planner.next(pilots(['a', 'b']));
    const again = planner.next(pilots(['b', 'a']));
    expect(again.numLoads).toBe(0);
    expect(again.link.bytes).toBe(26);
    // 36 + 1 + ceil((1 ms + 0.0867 ms) / 125 us) = 37 + 9.
    expect(again.slots[0]!.slot).toBe(46);
    planner.forgetMemory();
    expect(planner.next(pilots(['a'])).numLoads).toBe(1);
  });

  it('a codeword that comes twice in a batch is loaded once', () => {
    expect(new SlotPlanner(options).next(pilots(['a', 'b', 'a'])).numLoads).toBe(2);
  });

  it('takes no more at once than the queue holds', () => {
    const planner = new SlotPlanner(options);
    let left = numbered(600);
    const sizes: number[] = [];
    let last = -1;
    while (left.length > 0) {
      const chunk = planner.next(left);
      expect(chunk.slots[0]!.slot).toBeGreaterThan(last);
      last = chunk.slots.at(-1)!.slot;
      sizes.push(chunk.slots.length);
      left = left.slice(chunk.slots.length);
    }
    expect(sizes).toEqual([256, 256, 88]);
  });

  it('takes no more different codewords at once than the memory holds', () => {
    const planner = new SlotPlanner({ ...options, memoryDepth: 3 });
    const chunk = planner.next(pilots(['a', 'b', 'a', 'c', 'b', 'd', 'a']));
    expect(chunk.slots.map((slot) => slot.pilot.hash)).toEqual(['a', 'b', 'a', 'c', 'b']);
  });

  it('in real time nothing is planned before the host can have sent it', () => {
    const planner = new SlotPlanner(options);
    const chunk = planner.next(pilots(['a']), 2.0);
    const sendS = ((476 + 20) * 10) / 3e6;
    const start = chunk.slots[0]!.plannedBoardTimeS;
    expect(start).toBeGreaterThanOrEqual(2.0 + options.turnaroundS + sendS - 1e-9);
    expect(start).toBeLessThan(2.0 + options.turnaroundS + sendS + options.slotDurationS);
  });

  it('goes on after adopted slots as if it had planned them', () => {
    const whole = new SlotPlanner(options);
    const first = whole.next(numbered(20));
    const second = whole.next(numbered(30));
    const resumed = new SlotPlanner(options);
    resumed.adopt(first.slots);
    expect(resumed.next(numbered(30))).toEqual(second);
  });
});

describe('a board that is slower than its line', () => {
  it('is given the time that it was seen to take, for codewords that it lacks only', () => {
    const planner = new SlotPlanner(options);
    const loadS = 50e-3;
    const first = planner.next(numbered(10), 1, loadS);
    expect(first.slots[0]!.plannedBoardTimeS).toBeGreaterThanOrEqual(1 + 10 * loadS + options.turnaroundS);
    const again = planner.next(numbered(10), 3, loadS);
    expect(again.slots[0]!.plannedBoardTimeS).toBeLessThan(3 + loadS);
  });
});

it('gives no slots away that were passed over', () => {
  const planner = new SlotPlanner(options);
  planner.skipTo(5000);
  expect(planner.lastSlot).toBe(4999);
  expect(planner.next(numbered(1)).slots[0]!.slot).toBeGreaterThan(5000);
  planner.skipTo(100);
  expect(planner.lastSlot).toBeGreaterThan(5000);
});
