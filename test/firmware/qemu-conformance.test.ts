/** The reference firmware as a bare-metal image, on the processor of an evaluation board, against drivers/conformance. */
import { beforeAll, describe, expect, it } from 'vitest';
import type { Verdict } from '../../drivers/conformance/check.js';
import { CHECKS } from '../../drivers/conformance/checks.js';
import { runChecks } from './conformance.js';
import { QemuBoard } from './qemu-board.js';
import { IS_FULL, make, requireTools } from './toolchain.js';

/** Each with a processor of its own. */
const AT_ONCE = 6;

/** One of every kind: the image differs from the program by its interrupts, clock and line alone. */
const QUICK = [
  'describes itself',
  'decodes every good frame after any damage, and obeys no damaged one',
  'answers every request of as many as it acknowledges',
  'takes codewords whose packing and hash are right, and no others',
  'makes the codes of points and split beams that the clause makes',
  'latches every queued slot at its time with its codeword, and says so once, in order',
  'waits for its trigger, or says that it has none',
];

describe('the image in QEMU', () => {
  const checks = CHECKS.filter(({ name, long }) => (IS_FULL ? !long : QUICK.includes(name)));
  let verdicts: Map<string, Verdict>;

  beforeAll(async () => {
    requireTools('make', 'arm-none-eabi-gcc', 'qemu-system-arm');
    const folder = await make('lm3s6965');
    verdicts = await runChecks(checks, () => QemuBoard.start(folder), AT_ONCE);
  });

  it.each(checks)('$name', ({ name, notFor }) => {
    const verdict = verdicts.get(name)!;
    if (verdict.outcome === 'skipped') expect(notFor, verdict.why).toBeDefined();
    else expect(verdict).toEqual({ outcome: 'conforms' });
  });
});
