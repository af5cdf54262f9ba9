/** All checks of drivers/conformance against one kind of board, several at a time: most of their time they wait. */
import { type Check, runCheck, type Verdict } from '../../drivers/conformance/check.js';
import type { Rig } from '../../drivers/conformance/rig.js';

/** A board of its own for every check. */
export interface CheckedBoard {
  rig(): Rig;
  /** Rejects where the board itself complained. */
  end(): Promise<void>;
}

/** Once more, alone, for what a machine that stood still for a while may have made late. */
const TRIES = 3;

/** Verdicts by the name of the check: of the first try that the board passed, or else of the last. */
export async function runChecks(
  checks: readonly Check[],
  start: () => Promise<CheckedBoard>,
  atOnce: number,
): Promise<Map<string, Verdict>> {
  const verdicts = new Map<string, Verdict>();
  const run = async (check: Check) => {
    const board = await start();
    try {
      verdicts.set(check.name, await runCheck(check, board.rig()));
    } finally {
      await board.end();
    }
  };
  const left = [...checks];
  const worker = async () => {
    for (let check = left.shift(); check !== undefined; check = left.shift()) await run(check);
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
  const failed = () => checks.filter(({ name }) => verdicts.get(name)!.outcome === 'fails');
  for (let tries = 1; tries < TRIES; tries++) for (const check of failed()) await run(check);
  return verdicts;
}
