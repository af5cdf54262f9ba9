import { describe, expect, it } from 'vitest';
import { contentHash, hashFromHex } from '../../../firmware-protocol/content-hash.js';
import { packElementSettings } from '../../../firmware-protocol/element-settings.js';
import { STATUS } from '../../../firmware-protocol/status.js';
import { SMALL_BOARD, TestHost } from './test-host.js';

/** Three lines of 8 elements, told in picoseconds here. */
const LINES_PS = [
  [0, 0, 0, 0, 0, 0, 0, 0],
  [0, 10, 20, 30, 40, 50, 60, 70],
  [70.5, 60, 50, 40, 30, 20, 10, 0],
];
const LINED = {
  ...SMALL_BOARD,
  delayBits: 4,
  delayLsbS: 1.5e-12,
  delayRangeS: 15e-12,
  delayLinesS: LINES_PS.map((line) => Float64Array.from(line, (ps) => ps * 1e-12)),
};

async function board(model: Partial<typeof LINED>): Promise<TestHost> {
  const host = new TestHost({ model });
  await host.hello();
  return host;
}

describe('ReadLines at the emulated board (SPEC 6.14)', () => {
  it('tells how many lines there are, and any part of each', async () => {
    const host = await board(LINED);
    const request = await host.send('ReadLines', { line: 0, firstElement: 0, count: 0 });
    expect(host.last('LineDelays')).toEqual({
      ...{ request, status: STATUS.ok, numLines: 3, line: 0, firstElement: 0, delays: [] },
    });
    await host.send('ReadLines', { line: 2, firstElement: 0, count: 2 });
    expect(host.last('LineDelays').delays).toEqual([{ delayFs: 70_500 }, { delayFs: 60_000 }]);
    await host.send('ReadLines', { line: 1, firstElement: 5, count: 3 });
    expect(host.last('LineDelays')).toMatchObject({ line: 1, firstElement: 5 });
    expect(host.last('LineDelays').delays.map(({ delayFs }) => delayFs)).toEqual([50_000, 60_000, 70_000]);
  });

  it('refuses what lies beyond the table, with nothing in the list', async () => {
    const host = await board(LINED);
    for (const beyond of [
      { line: 3, firstElement: 0, count: 1 },
      { line: 0, firstElement: 0, count: 9 },
      { line: 2, firstElement: 8, count: 1 },
      { line: 0, firstElement: 9, count: 0 },
    ]) {
      await host.send('ReadLines', beyond);
      expect(host.last('LineDelays')).toMatchObject({ status: STATUS.badIndex, numLines: 3, delays: [] });
    }
    // Asked only for the number of lines, the line does not matter.
    await host.send('ReadLines', { line: 9, firstElement: 8, count: 0 });
    expect(host.last('LineDelays')).toMatchObject({ status: STATUS.ok, numLines: 3 });
  });

  it('says that there are none', async () => {
    const host = await board(SMALL_BOARD);
    await host.send('ReadLines', { line: 0, firstElement: 0, count: 0 });
    expect(host.last('LineDelays')).toMatchObject({ status: STATUS.ok, numLines: 0, delays: [] });
    await host.send('ReadLines', { line: 0, firstElement: 0, count: 1 });
    expect(host.last('LineDelays')).toMatchObject({ status: STATUS.badIndex, numLines: 0 });
  });
});

describe('codes beyond the reach of elements (SPEC 4.4, 4.5, 6.2)', () => {
  const settings = (delay: number, line: number) => {
    const codes = (value: number) => new Uint16Array(8).fill(value);
    const format = { phaseBits: 4, delayBits: 4, amplitudeBits: 1, lineBits: 2 };
    const [delayCode, lineCode] = [codes(0), codes(0)];
    // One element is enough.
    [delayCode[7], lineCode[7]] = [delay, line];
    const all = { phaseCode: codes(3), delayCode, amplitudeCode: codes(1), lineCode };
    const data = packElementSettings(all, format);
    return { data, hash: hashFromHex(contentHash(data)) };
  };

  it('are refused with status 11, and leave the entry invalid', async () => {
    const host = await board(LINED);
    const load = async (delay: number, line: number) => {
      await host.send('LoadCodeword', { index: 1, offset: 0, last: 1, ...settings(delay, line) });
      await host.send('QueryMemory', { firstIndex: 1, count: 1 });
      return [host.last('LoadCodewordResult').status, host.last('MemoryContents').entries[0]!.valid];
    };
    // 10 codes of 1.5 ps are the 15 ps that the board can do; lines are 0 to 2.
    expect(await load(10, 2)).toEqual([STATUS.ok, 1]);
    expect(await load(11, 2)).toEqual([STATUS.badCode, 0]);
    expect(await load(10, 2)).toEqual([STATUS.ok, 1]);
    expect(await load(10, 3)).toEqual([STATUS.badCode, 0]);
  });

  it('radiates the sum of line and adjustable delay', async () => {
    const host = await board(LINED);
    await host.send('LoadCodeword', { index: 0, offset: 0, last: 1, ...settings(4, 1) });
    await host.queue([5, 0]);
    await host.arm(5, host.ticks() + 1000, 100);
    await host.runTo(host.ticks() + 1200);
    const { delayS } = host.air.at(-1)!.codeword!.weights;
    expect(Array.from(delayS!, (s) => Math.round(s * 1e15))).toEqual([0, 0, 0, 0, 0, 0, 0, 76_000]);
  });
});
