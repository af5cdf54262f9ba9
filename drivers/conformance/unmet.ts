/** What a board did against a clause of SPEC.md. */
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
