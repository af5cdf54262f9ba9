import { describe, expect, it } from 'vitest';
import { readStatistics } from '../../../src/report/run/run-statistics.js';

const COUNTS = { connections: 1, recordsReceived: 0, duplicates: 0, gaps: 0, malformed: 0, throttled: 0 };
const at = (second: number) => new Date(Date.UTC(2026, 0, 1, 0, 0, second));
const row = (second: number, received: Record<string, number>) => ({
  wallTime: at(second),
  statistics: {
    ues: Object.entries(received).map(([ueId, recordsReceived]) => ({ ...COUNTS, ueId, recordsReceived })),
  },
});

describe('readStatistics', () => {
  it('keeps what a UE had counted while rows tell of others only, and adds up over sessions', () => {
    const rows = [row(1, { ada: 5 }), row(2, { bela: 7 }), row(3, { ada: 6, bela: 7 }), row(11, { bela: 2 })];
    const resumed = { wallTime: at(10), kind: 'resumed', detail: {} };
    const { ues, resumptions } = readStatistics(rows, [resumed]);
    expect(resumptions).toBe(1);
    expect(ues.get('ada')?.recordsReceived).toBe(6);
    expect(ues.get('bela')?.recordsReceived).toBe(9);
  });
});
