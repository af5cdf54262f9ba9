/** The reference firmware against every rule of drivers/conformance, in several sizes, on virtual time. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Bench } from '../../drivers/conformance/bench.js';
import { runCheck } from '../../drivers/conformance/check.js';
import { CHECKS } from '../../drivers/conformance/checks.js';
import { Probe } from '../../drivers/conformance/probe.js';
import { libraryRig, loadLibrary } from './library-board.js';
import { MORE_CHECKS } from './more-checks.js';
import { CHECKED_SIZES, type Sizes } from './sizes.js';
import { IS_FULL, make, requireTools } from './toolchain.js';

const BOARDS: Readonly<Record<string, Sizes>> = {
  'with every kind of control': CHECKED_SIZES,
  ...(IS_FULL && {
    'with little memory': { ...CHECKED_SIZES, MEMORY_DEPTH: 1, QUEUE_DEPTH: 1, MAX_PAYLOAD: 64, WINDOW: 1 },
    'with nothing but phases, and no trigger': { AMPLITUDE_BITS: 0, HAS_TRIGGER: 0 },
    'with a wide window, a deep queue and front ends that take one codeword ahead': {
      ...CHECKED_SIZES,
      ...{ WINDOW: 32, QUEUE_DEPTH: 1000, MAX_PAYLOAD: 1024, LATCH_AHEAD: 1, CLOCK_HZ: 100_000_000 },
    },
  }),
};
// More than a moment: the numbers of frames go round once.
const CHECKED = [...CHECKS.filter(({ long }) => !long || IS_FULL), ...MORE_CHECKS];

const SLOT_S = 0.02;
const LATCHED = 0;
const MISSED = 2;
const LATCH_FAULT = 2;

describe.each(Object.entries(BOARDS))('the firmware, %s', (_name, sizes) => {
  let library: ReturnType<typeof loadLibrary>;
  beforeAll(async () => {
    requireTools('make', 'cc');
    library = loadLibrary(await make('library', sizes, { variables: { OPTIMISE: '-O1' } }));
  });
  afterAll(() => library?.unload());

  it.each(CHECKED.filter(({ long }) => !long || sizes === CHECKED_SIZES))('$name', async (check) => {
    const rig = libraryRig(library);
    try {
      const verdict = await rig.clock.during(runCheck(check, rig));
      if (verdict.outcome === 'skipped') expect(check.notFor).toBeDefined();
      else expect(verdict).toEqual({ outcome: 'conforms' });
      if (sizes === CHECKED_SIZES) expect(verdict.outcome).toBe('conforms');
    } finally {
      rig.close();
    }
  });

  it('misses slots whose latch does not come, with Fault 2, and goes on when it comes again', async () => {
    const rig = libraryRig(library);
    const run = async () => {
      const probe = new Probe(rig);
      await probe.open();
      const bench = await Bench.prepared(probe, rig);
      const hash = await bench.load(0, 1);
      const slotTicks = BigInt(bench.ticks(SLOT_S));
      rig.stick(true);
      const start = await bench.arm(0, SLOT_S);
      await bench.queue([5, 0]);
      const [missed] = await bench.receipts(5);
      expect(missed).toEqual({ slot: 5, index: 0, hash, ticks: start + 6n * slotTicks, status: MISSED });
      await probe.soon(() => probe.faults().includes(LATCH_FAULT), 1);
      const faults = probe.delivered.filter(({ name }) => name === 'Fault').map(({ value }) => value);
      expect(faults.at(-1)).toEqual({ code: LATCH_FAULT, detail: 5, ticks: start + 6n * slotTicks });
      rig.stick(false);
      await bench.queue([50, 0]);
      expect((await bench.receipts(50))[0]).toMatchObject({
        status: LATCHED,
        ticks: start + 50n * slotTicks,
      });
    };
    await rig.clock.during(run());
    rig.close();
  });
});
