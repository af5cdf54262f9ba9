/** The reference firmware against every rule of drivers/conformance, in several sizes, on virtual time. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runCheck } from '../../drivers/conformance/check.js';
import { CHECKS } from '../../drivers/conformance/checks.js';
import { isLeftOut } from './conformance.js';
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
      if (sizes === CHECKED_SIZES) expect(verdict.outcome).toBe(isLeftOut(check) ? 'skipped' : 'conforms');
    } finally {
      rig.close();
    }
  });
});
