/** Clauses of SPEC.md, and what a board did against them. */
import type { MessageName } from '../../firmware-protocol/registry.js';

/** Where SPEC.md says what comes of a request. */
export const CLAUSE_OF: Partial<Record<MessageName, string>> = {
  ...{ LoadCodeword: '6.2', QueryMemory: '6.3', QueueSlots: '6.4', Arm: '6.5', Stop: '6.6', Mute: '6.7' },
  ...{ QueryReceipts: '6.9', ReadLines: '6.14' },
};

/** A board broke this clause. */
export class Unmet extends Error {
  readonly clause: string;
  /** Without the clause. */
  readonly what: string;

  constructor(clause: string, what: string) {
    super(`SPEC ${clause}: ${what}`);
    this.clause = clause;
    this.what = what;
  }
}

/** Throws Unmet where a condition does not hold. */
export function must(condition: boolean, clause: string, what: string): asserts condition {
  if (!condition) throw new Unmet(clause, what);
}

/** Throws Unmet where two values differ; `what` names the value. */
export function mustEqual(found: unknown, wanted: unknown, clause: string, what: string): void {
  const [a, b] = [shown(found), shown(wanted)];
  must(a === b, clause, `${what} is ${a}, not ${b}`);
}

function shown(value: unknown): string {
  return JSON.stringify(value, (_key, each) => (typeof each === 'bigint' ? `0x${each.toString(16)}` : each));
}
