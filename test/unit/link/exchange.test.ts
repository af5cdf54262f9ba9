import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CLEAN, SimulatedLine } from './simulated-line.js';

const range = (count: number) => Array.from({ length: count }, (_, k) => k);

function connected(seed = 1, options = {}): SimulatedLine {
  const line = new SimulatedLine(seed, CLEAN, options);
  line.plug();
  line.run(0.05);
  expect(line.welcomes).toEqual(['first']);
  return line;
}

describe('exchange', () => {
  it('delivers every reliable message exactly once and in order, both ways, whatever the line does', () => {
    const probability = fc.double({ min: 0, max: 0.4, noNaN: true });
    const scenario = fc.record({
      seed: fc.integer(),
      loss: probability,
      duplication: probability,
      corruption: probability,
      jitterS: fc.double({ min: 0, max: 0.05, noNaN: true }),
      toBoard: fc.integer({ min: 0, max: 150 }),
      toHost: fc.integer({ min: 0, max: 150 }),
      outagesS: fc.array(fc.double({ min: 0.01, max: 3, noNaN: true }), { maxLength: 3 }),
    });
    fc.assert(
      fc.property(scenario, ({ seed, loss, duplication, corruption, jitterS, toBoard, toHost, outagesS }) => {
        const line = new SimulatedLine(seed, {
          loss,
          duplication,
          corruption,
          minDelayS: 0.0005,
          maxDelayS: 0.0005 + jitterS,
        });
        line.plug();
        line.run(60, () => line.exchange.isUp);
        for (const k of range(toBoard)) line.send(k);
        for (const k of range(toHost)) line.board.report(k);
        for (const outageS of outagesS) {
          line.run(0.1);
          line.unplug();
          line.run(outageS);
          line.plug();
        }
        line.run(300, () => line.board.delivered.length >= toBoard && line.received.length >= toHost);
        line.run(0.5);
        expect(line.board.delivered).toEqual(range(toBoard));
        expect(line.received).toEqual(range(toHost));
        expect(line.board.sessions).toHaveLength(1);
        expect(line.malformed).toEqual([]);
      }),
      { numRuns: 60 },
    );
  });

  it('sends everything once on a clean line, and acknowledges far fewer times than it receives', () => {
    const line = connected();
    for (const k of range(500)) line.send(k);
    for (const k of range(500)) line.board.report(k);
    const before = line.framesToBoard;
    line.run(5, () => line.board.delivered.length === 500 && line.received.length === 500);
    line.run(0.1);
    expect(line.board.delivered).toEqual(range(500));
    expect(line.exchange.statistics.retransmissions).toBe(0);
    expect(line.exchange.statistics.duplicatesReceived).toBe(0);
    expect(line.exchange.numUnconfirmed).toBe(0);
    // 500 messages, about 500/8 acknowledgements, some clock readings.
    expect(line.framesToBoard - before).toBeLessThan(620);
  });

  it('keeps going across the wrap of the sequence numbers', () => {
    const line = connected(2, { lineBytesPerS: null });
    const count = 66_000;
    for (const k of range(count)) {
      line.send(k);
      if (k % 200 === 0) line.run(1, () => line.exchange.numUnconfirmed === 0);
    }
    line.run(30, () => line.board.delivered.length >= count);
    expect(line.board.delivered).toEqual(range(count));
  });

  it('repairs a single loss without waiting for a timeout', () => {
    const line = connected(3);
    line.send(0);
    line.run(0.05);
    line.faults = { ...CLEAN, loss: 1 };
    line.send(1);
    line.run(0.002);
    line.faults = CLEAN;
    line.send(2);
    // There and back takes 2 ms, there again 1 ms; the shortest timeout is 20 ms.
    line.run(0.008);
    expect(line.board.delivered).toEqual([0, 1, 2]);
    expect(line.exchange.statistics.retransmissions).toBe(1);
  });

  it('keeps the line full: no slower than the line rate, with little written ahead', () => {
    const line = connected(4, { lineBytesPerS: 100_000 });
    const startS = line.nowS;
    for (const k of range(2000)) line.send(k);
    line.run(20, () => line.board.delivered.length === 2000);
    const bytesPerMessage = 1 + 5 + 17 + 4 + 2;
    const atLeastS = (2000 * bytesPerMessage) / 100_000;
    expect(line.nowS - startS).toBeLessThan(atLeastS * 1.1 + 0.05);
    expect(line.nowS - startS).toBeGreaterThan(atLeastS - 0.05);
  });

  it('can forget what it has not sent yet, and goes on with the next number', () => {
    const line = connected(12, { lineBytesPerS: null });
    for (const k of range(100)) line.send(k);
    line.run(0.0015);
    line.exchange.dropUnsent();
    expect(line.send(1000)).toBe(33);
    line.run(0.2);
    expect(line.board.delivered).toEqual([...range(32), 1000]);
  });

  it('goes down after the timeout of silence and resumes the same session without loss', () => {
    const line = connected(5);
    line.faults = { ...CLEAN, loss: 1 };
    for (const k of range(100)) line.send(k);
    line.run(1.9);
    expect(line.downs).toEqual([]);
    line.run(0.3);
    expect(line.downs).toHaveLength(1);
    for (const k of range(50)) line.board.report(k);
    line.faults = CLEAN;
    line.run(2);
    expect(line.welcomes).toEqual(['first', 'resumed']);
    expect(line.board.delivered).toEqual(range(100));
    expect(line.received).toEqual(range(50));
  });

  it('asks a silent board whether it is there without calling the link down', () => {
    const line = connected(6);
    line.faults = { ...CLEAN, loss: 1 };
    line.run(1);
    expect(line.exchange.isUp).toBe(false);
    line.faults = CLEAN;
    line.run(0.3);
    expect(line.exchange.isUp).toBe(true);
    expect(line.downs).toEqual([]);
    expect(line.welcomes).toEqual(['first']);
  });

  it('takes a new boot number for a restart: a new session, and no message of the old one gets through', () => {
    const line = connected(7);
    for (const k of range(10)) line.send(k);
    line.run(0.1);
    line.board.restart(2000);
    for (const k of range(10)) line.send(100 + k);
    line.run(2);
    expect(line.welcomes).toEqual(['first', 'restarted']);
    line.send(7);
    line.board.report(8);
    line.run(0.5);
    expect(line.board.delivered).toEqual([7]);
    expect(line.received).toEqual([8]);
    expect(new Set(line.board.sessions.map((id) => id & 0xffff)).size).toBe(line.board.sessions.length - 1);
  });

  it('notices that another host took the board over', () => {
    const line = connected(8);
    line.board.restart(1000);
    line.run(2);
    expect(line.welcomes).toEqual(['first', 'replaced']);
  });

  it('stops when the board speaks another major version, and says both', () => {
    const line = new SimulatedLine(9, CLEAN);
    line.board.versionMajor = 3;
    line.plug();
    line.run(1);
    expect(line.refusals).toEqual([{ board: { major: 3, minor: 0 }, host: { major: 1, minor: 2 } }]);
    expect(line.exchange.output(line.nowS)).toBeNull();
    expect(line.exchange.deadlineS).toBe(Number.POSITIVE_INFINITY);
  });

  it('never lets the board wait longer than a quarter of its watchdog for a word', () => {
    const line = connected(10, { watchdogS: 0.2 });
    const before = line.framesToBoard;
    line.run(10);
    expect(line.framesToBoard - before).toBeGreaterThanOrEqual(10 / 0.05 - 2);
    expect(line.readings.length).toBeGreaterThan(190);
    for (const reading of line.readings) {
      expect(Number(reading.boardReceivedTicks) / 1e6).toBeGreaterThanOrEqual(reading.sentS - 1e-6);
      expect(Number(reading.boardSentTicks) / 1e6).toBeLessThanOrEqual(reading.receivedS);
    }
  });
});
