/** All checks, or some, one after the other: what each came to, and the board left stopped and muted. */
import type { PayloadOf } from '../../firmware-protocol/registry.js';
import { BeamloopError } from '../../src/core/errors.js';
import { type Check, runCheck, type Verdict } from './check.js';
import { Probe } from './probe.js';
import type { Rig } from './rig.js';
import { Unmet } from './unmet.js';

type Outcome = Verdict | { readonly outcome: 'not run'; readonly why: string };

export interface CheckResult {
  readonly check: Check;
  readonly verdict: Outcome;
  readonly tookS: number;
}

export interface ConformanceRun {
  /** What the board says of itself; null when it gave no Welcome that could be read. */
  readonly board: PayloadOf<'Welcome'> | null;
  readonly results: readonly CheckResult[];
  /** Why it ended before all checks were run; null when they were. */
  readonly ended: Error | null;
  /** Whether the board confirmed in the end that it is muted. */
  readonly muted: boolean;
}

export interface ConformanceOptions {
  readonly signal?: AbortSignal;
  /** Time for the board to answer the first greeting, as one that restarts when its port is opened, s. */
  readonly openTimeoutS?: number;
  readonly onBegin?: (check: Check, index: number) => void;
  readonly onResult?: (result: CheckResult, index: number) => void;
}

/** The greeting before all checks: what fails here, every check would fail. */
const GREETING: Check = {
  name: 'answers a greeting',
  clauses: ['3.2', '5.9', '6.1'],
  items: [],
  deadlineS: 10,
  run: async () => {},
};

/** For Stop and Mute at the end, s: less than the time that Ctrl-C leaves. */
const QUIETEN_S = 5;
/** A board that fell silent is greeted so many times again before the rest is given up. */
const MOST_GREETINGS = 2;

/**
 * Rejects when there is nothing to judge: as the transport does when it cannot be opened, with NOT_A_BOARD when nothing answers
 * or only noise does, with PROTOCOL_VERSION when the board speaks another major version.
 */
export async function runConformance(
  rig: Rig,
  checks: readonly Check[],
  options: ConformanceOptions = {},
): Promise<ConformanceRun> {
  const { signal, openTimeoutS = 0, onBegin, onResult } = options;
  const results: CheckResult[] = [];
  let ended: Error | null = null;
  const add = (result: CheckResult) => {
    results.push(result);
    onResult?.(result, results.length - 1);
  };
  const greeted = await greetFirst(rig, openTimeoutS, signal);
  if (greeted.verdict !== null) {
    add({ check: GREETING, verdict: greeted.verdict, tookS: 0 });
    ended = new Error('the board was not greeted');
  }
  for (const [index, check] of checks.entries()) {
    if (ended !== null) {
      add({ check, verdict: { outcome: 'not run', why: ended.message }, tookS: 0 });
      continue;
    }
    onBegin?.(check, index);
    const beganS = rig.clock.nowS();
    let verdict: Outcome;
    try {
      verdict = await runCheck(check, rig, signal);
    } catch (error) {
      ended = error as Error;
      verdict = { outcome: 'not run', why: ended.message };
    }
    const tookS = rig.clock.nowS() - beganS;
    if (verdict.outcome === 'fails') ended = await goneSince(check, rig, signal);
    // What failed while the port went is nobody's fault but the port's.
    if (ended !== null && isOfPort(ended)) verdict = { outcome: 'not run', why: ended.message };
    add({ check, verdict, tookS });
  }
  return { board: greeted.board, results, ended, muted: await quieten(rig) };
}

interface Greeted {
  readonly board: PayloadOf<'Welcome'> | null;
  /** What was wrong with its answer; null when nothing was. */
  readonly verdict: Verdict | null;
}

async function greetFirst(rig: Rig, openTimeoutS: number, signal?: AbortSignal): Promise<Greeted> {
  const untilS = rig.clock.nowS() + openTimeoutS;
  for (;;) {
    signal?.throwIfAborted();
    const probe = new Probe(rig);
    await probe.open();
    try {
      return { board: await untilAborted(probe.begin(), signal), verdict: null };
    } catch (error) {
      if (!(error instanceof Unmet)) throw error;
      const { clause, message: why, what } = error;
      if (clause === '10.1') throw otherVersion(rig, what);
      // Who sends no frame at all, not even with another checksum, is no board to be judged.
      if (probe.heard.length > 0 || clause === '3.2') {
        const trace = probe.trace.entries;
        return { board: null, verdict: { outcome: 'fails', clause, why, trace, atS: rig.clock.nowS() } };
      }
      if (rig.clock.nowS() >= untilS) throw notABoard(rig, what, probe.numBytes);
    } finally {
      await probe.close();
    }
  }
}

function isOfPort(error: Error): boolean {
  return error instanceof BeamloopError && error.code.startsWith('PORT_');
}

/** Why nothing more can be judged after a check that failed; null when the board still answers a greeting. */
async function goneSince(check: Check, rig: Rig, signal?: AbortSignal): Promise<Error | null> {
  for (let k = 0; k < MOST_GREETINGS; k++) {
    const probe = new Probe(rig);
    try {
      await probe.open();
      await untilAborted(probe.begin(), signal);
      return null;
    } catch (error) {
      if (!(error instanceof Unmet)) return error as Error;
    } finally {
      await probe.close();
    }
  }
  return new BeamloopError('BOARD_SILENT', {
    what: `The board answers no greeting since the check '${check.name}'`,
    where: rig.transport.name,
    todo: 'What it was sent last must have stopped it (SPEC 9.3); take its power away and give it back',
  });
}

/** Stops and mutes; whether the board said that it did. */
async function quieten(rig: Rig): Promise<boolean> {
  const probe = new Probe(rig);
  const over = new AbortController();
  const tooLong = rig.clock.sleep(QUIETEN_S, over.signal);
  tooLong.catch(() => {});
  const quiet = async () => {
    await probe.open();
    await probe.begin();
    await probe.did('Stop', {});
    await probe.did('Mute', { muted: 1 });
    return true;
  };
  try {
    return await Promise.race([quiet(), tooLong.then(() => false)]);
  } catch {
    return false;
  } finally {
    over.abort();
    await probe.close();
  }
}

function untilAborted<T>(something: Promise<T>, signal?: AbortSignal): Promise<T> {
  if (signal === undefined) return something;
  return new Promise((resolve, reject) => {
    const abort = () => reject(signal.reason);
    signal.addEventListener('abort', abort, { once: true });
    something.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort));
  });
}

function otherVersion({ transport }: Rig, why: string): BeamloopError {
  return new BeamloopError('PROTOCOL_VERSION', {
    what: `Nothing can be judged: ${why}`,
    where: transport.name,
    todo: 'Use the beamloop of its version',
  });
}

function notABoard({ transport }: Rig, why: string, numBytes: number): BeamloopError {
  return new BeamloopError('NOT_A_BOARD', {
    what: why,
    where: transport.name,
    todo:
      numBytes === 0
        ? 'Check power and cable, and that this is the right port (`beamloop ports`); a board that restarts when its port is opened needs --open-timeout or --dtr'
        : 'Check that this is the right port (`beamloop ports`) and that the baud rate is the board’s',
  });
}
