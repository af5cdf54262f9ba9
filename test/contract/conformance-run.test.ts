/** A whole run of the checks of drivers/conformance: what it says of boards that are silent, babble, stop or go away, and where it ends. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { CHECKS } from '../../drivers/conformance/checks.js';
import { clausesOf, NOT_JUDGED } from '../../drivers/conformance/clauses.js';
import type { Rig } from '../../drivers/conformance/rig.js';
import { type ConformanceRun, runConformance } from '../../drivers/conformance/run.js';
import type { Transport, TransportListener } from '../../drivers/transports/transport.js';
import { Random } from '../../src/core/random.js';
import { type Change, mutatedBoard } from './mutants.js';
import { CHECKED_BOARD, type VirtualRig, virtualRig } from './virtual-rig.js';

const SPEC = readFileSync(new URL('../../firmware-protocol/SPEC.md', import.meta.url), 'utf8');
const named = (...names: string[]) => CHECKS.filter(({ name }) => names.includes(name));
const SOME = named(
  'describes itself',
  'takes every form of a good frame',
  'drops frames of another session, without Ack',
  'answers another major version with session 0, and changes nothing',
);

function outcomes({ results }: ConformanceRun): string[] {
  return results.map(({ verdict }) =>
    verdict.outcome === 'fails' ? `fails ${verdict.clause}` : verdict.outcome,
  );
}

/** A rig whose transport is led through `change`. */
function through(rig: VirtualRig, change: (transport: Transport) => Partial<Transport>): Rig {
  return { ...rig, transport: { ...rig.transport, ...change(rig.transport) } };
}

async function runOn(rig: VirtualRig, changed: Rig = rig, signal?: AbortSignal): Promise<ConformanceRun> {
  try {
    return await rig.clock.during(runConformance(changed, SOME, signal === undefined ? {} : { signal }));
  } finally {
    rig.close();
  }
}

describe('clauses of SPEC.md', () => {
  const clauses = clausesOf(SPEC);

  it('are each judged by a check, or said not to be and why', () => {
    const checked = new Set(CHECKS.flatMap((check) => check.clauses));
    const inSections = [...clauses.keys()].filter((number) => number.includes('.'));
    expect(inSections.length).toBeGreaterThan(60);
    expect(inSections.filter((number) => !checked.has(number))).toEqual(Object.keys(NOT_JUDGED));
  });

  it('have a title and words of their own', () => {
    expect(clauses.get('5.4')!.title).toBe('Acknowledging');
    expect(clauses.get('6.2')!.title).toBe('Loading a codeword');
    expect(clauses.get('5.4')!.words.join(' ')).toContain('at the latest 5 ms after the first');
    expect(clauses.get('3.1')!.words).toEqual([]);
    expect(clauses.get('5.5')!.words.join(' ')).not.toContain('Retransmitting');
    for (const { title, number } of clauses.values()) expect(title, number).not.toBe('');
  });
});

describe('a run', () => {
  it('passes a board that conforms, and leaves it muted', async () => {
    const run = await runOn(virtualRig());
    expect(outcomes(run)).toEqual(SOME.map(() => 'conforms'));
    expect(run).toMatchObject({ ended: null, muted: true, board: { numElements: 9 } });
  });

  const CRC = 'firmware-protocol/crc32c.ts';
  const otherCrcs: [string, Change][] = [
    ['CRC-32 (polynomial 0x04C11DB7)', { file: CRC, from: '0x82f63b78', to: '0xedb88320' }],
    [
      'CRC-32C without the final exclusive-or',
      { file: CRC, from: 'return ~remainder >>> 0', to: 'return remainder >>> 0' },
    ],
    [
      'CRC-32C with its bytes in big-endian order',
      {
        file: CRC,
        from: 'return ~remainder >>> 0',
        to: 'const value = new DataView(new ArrayBuffer(4));\n  value.setInt32(0, ~remainder);\n  return value.getUint32(0, true)',
      },
    ],
  ];
  it.each(otherCrcs)('names the checksum of a board that has another: %s', async (name, change) => {
    const run = await runOn(virtualRig({ model: CHECKED_BOARD }, mutatedBoard([change])));
    expect(outcomes(run)).toEqual(['fails 3.2', ...SOME.map(() => 'not run')]);
    expect(run.results[0]!.verdict).toMatchObject({
      why: `SPEC 3.2: the board's frames carry ${name}, not CRC-32C`,
    });
  });

  it('says that nothing answers, within seconds', async () => {
    const rig = virtualRig();
    await expect(
      runOn(
        rig,
        through(rig, () => ({ write: async () => {} })),
      ),
    ).rejects.toMatchObject({
      code: 'NOT_A_BOARD',
      what: expect.stringContaining('not a byte came'),
    });
    expect(rig.clock.nowS()).toBeLessThan(5);
  });

  /** What sends noise, without end, from the time `fromS` on. */
  function babbling(rig: VirtualRig, fromS: number): Rig {
    const random = new Random(1, 'noise');
    return through(rig, ({ open }) => ({
      open: async (listener) => {
        const noise = () => {
          listener.onBytes(Uint8Array.from({ length: 3000 }, () => random.uint32() & 0xff));
          rig.clock.timers.after(0.01, noise);
        };
        rig.clock.timers.after(Math.max(0, fromS - rig.clock.nowS()), noise);
        await open(listener);
      },
      ...(fromS === 0 && { write: async () => {} }),
    }));
  }

  it('says of what only makes noise that it is no board', async () => {
    const rig = virtualRig();
    await expect(runOn(rig, babbling(rig, 0))).rejects.toMatchObject({
      code: 'NOT_A_BOARD',
      what: expect.stringMatching(/sends without end: \d+ bytes, and no frame among them/),
    });
    expect(rig.clock.nowS()).toBeLessThan(5);
  });

  it('ends where a board falls silent, and says since when', async () => {
    const rig = virtualRig();
    let opened = 0;
    const run = await runOn(
      rig,
      through(rig, ({ open, write }) => ({
        open: (listener) => {
          opened++;
          return open(listener);
        },
        // The greeting and the first check are answered.
        write: async (bytes) => (opened < 3 ? write(bytes) : undefined),
      })),
    );
    expect(outcomes(run)).toEqual(['conforms', 'fails 5.9', 'not run', 'not run']);
    expect(run.ended).toMatchObject({
      code: 'BOARD_SILENT',
      what: expect.stringContaining("since the check 'takes every form of a good frame'"),
    });
    expect(run.muted).toBe(false);
    expect(rig.clock.nowS()).toBeLessThan(20);
  });

  it('ends at once where the port is lost', async () => {
    const rig = virtualRig();
    let opened = 0;
    let lost = false;
    const run = await runOn(
      rig,
      through(rig, ({ open }) => ({
        open: async (listener: TransportListener) => {
          if (lost) throw new Error('it is gone');
          await open(listener);
          if (++opened < 3) return;
          rig.clock.timers.after(1e-4, () => {
            lost = true;
            listener.onClosed('unplugged');
          });
        },
      })),
    );
    expect(outcomes(run)).toEqual(['conforms', 'not run', 'not run', 'not run']);
    expect(run.ended).toMatchObject({ code: 'PORT_FAILED', what: expect.stringContaining('unplugged') });
    expect(rig.clock.nowS()).toBeLessThan(5);
  });

  it('that is interrupted leaves the board muted', async () => {
    const rig = virtualRig();
    const interrupt = new AbortController();
    const reason = new Error('Ctrl-C');
    rig.clock.timers.after(0.1, () => interrupt.abort(reason));
    const run = await runOn(rig, rig, interrupt.signal);
    expect(run).toMatchObject({ ended: reason, muted: true });
    expect(outcomes(run)).toContain('not run');
  });

  it('keeps the last frames of both directions before a failure', async () => {
    const unanswered = {
      file: 'drivers/emulator/firmware/firmware.ts',
      from: 'frame.type >= FROM_BOARD || ',
      to: '',
    };
    const rig = virtualRig({ model: CHECKED_BOARD }, mutatedBoard([unanswered]));
    const checks = named('drops frames of the wrong direction, without Ack');
    const { results } = await rig.clock.during(runConformance(rig, checks));
    rig.close();
    const [{ verdict }] = results as [(typeof results)[number]];
    if (verdict.outcome !== 'fails') throw new Error(`it ${verdict.outcome}`);
    expect(verdict.clause).toBe('3.7');
    expect(new Set(verdict.trace.map(({ from }) => from))).toEqual(new Set(['host', 'board']));
    expect(verdict.trace.every(({ atS }, k, all) => k === 0 || atS >= all[k - 1]!.atS)).toBe(true);
    expect(verdict.trace.length).toBeLessThanOrEqual(64);
  });
});
