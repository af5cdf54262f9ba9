/** One rule of SPEC.md that a board is held to, and how it is run. */
import type { PayloadOf } from '../../firmware-protocol/registry.js';
import { Bench } from './bench.js';
import { Probe } from './probe.js';
import type { Rig } from './rig.js';
import { Unmet } from './unmet.js';

export interface Check {
  readonly name: string;
  /** Clauses of SPEC.md that it stands for. */
  readonly clauses: readonly string[];
  /** Items of the checklist in SPEC.md section 11. */
  readonly items: readonly number[];
  /** It fails when it takes longer, s. */
  readonly deadlineS: number;
  /** What the rig must have for it. */
  readonly needs?: 'powerCycle' | 'trigger';
  /** Takes many messages: minutes on a slow line. */
  readonly long?: boolean;
  /** Why it says nothing about a board of this kind; null when it does. */
  readonly notFor?: (board: PayloadOf<'Welcome'>, bench: Bench) => string | null;
  /** Throws Unmet when the board does not conform. The bench begins a session, stopped and not muted. */
  readonly run: (bench: Bench) => Promise<void>;
}

export type Verdict =
  | { readonly outcome: 'conforms' }
  | { readonly outcome: 'fails'; readonly clause: string; readonly why: string }
  | { readonly outcome: 'skipped'; readonly why: string };

/** Runs one check. Rejects only where the rig fails: its transport cannot be opened. */
export async function runCheck(check: Check, rig: Rig): Promise<Verdict> {
  if (check.needs !== undefined && rig[check.needs] === undefined) {
    return { outcome: 'skipped', why: `nothing here can do it: ${check.needs}` };
  }
  const probe = new Probe(rig);
  await probe.open();
  const over = new AbortController();
  const tooLong = rig.clock.sleep(check.deadlineS, over.signal).then(() => {
    throw new Unmet(check.clauses[0]!, `it took longer than ${check.deadlineS} s`);
  });
  tooLong.catch(() => {});
  try {
    return await Promise.race([judge(check, probe, rig), tooLong]);
  } catch (error) {
    if (!(error instanceof Unmet)) throw error;
    return { outcome: 'fails', clause: error.clause, why: error.message };
  } finally {
    over.abort();
    await probe.close();
  }
}

async function judge(check: Check, probe: Probe, rig: Rig): Promise<Verdict> {
  const bench = await Bench.prepared(probe, rig);
  const why = check.notFor?.(bench.board, bench) ?? null;
  if (why !== null) return { outcome: 'skipped', why };
  await check.run(bench);
  return { outcome: 'conforms' };
}
