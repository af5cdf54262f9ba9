/** The checks of drivers/conformance against boards that break one rule: the right ones fail, and only those. */
import { describe, expect, it } from 'vitest';
import { runCheck } from '../../drivers/conformance/check.js';
import { CHECKS } from '../../drivers/conformance/checks.js';
import { mutatedBoard } from './mutants.js';
import { MUTATIONS } from './mutations.js';
import { CHECKED_BOARD, virtualRig } from './virtual-rig.js';

describe('a board that breaks one rule is seen', () => {
  it.each(MUTATIONS)('$rule', async ({ seenBy, clause, ...change }) => {
    const Board = mutatedBoard([change]);
    const failed: string[] = [];
    const against: string[] = [];
    for (const check of CHECKS) {
      if (check.long && !seenBy.includes(check.name)) continue;
      const rig = virtualRig({ model: CHECKED_BOARD }, Board);
      try {
        // A board that breaks a rule may also break down.
        const outcome = await rig.clock.during(runCheck(check, rig)).then(
          (verdict) => {
            if (verdict.outcome === 'fails') against.push(verdict.clause);
            return verdict.outcome;
          },
          () => 'fails',
        );
        if (outcome !== 'conforms') failed.push(check.name);
      } finally {
        rig.close();
      }
    }
    expect(failed).toEqual(seenBy);
    if (clause !== undefined) expect(against).toContain(clause);
  });
});

it('every check sees a broken rule', () => {
  const seen = new Set(MUTATIONS.flatMap(({ seenBy }) => seenBy));
  expect(CHECKS.map(({ name }) => name).filter((name) => !seen.has(name))).toEqual([]);
});

it('a board that breaks ten rules at once is seen ten times', async () => {
  const rules = [
    'no watchdog',
    'no resume',
    'no retransmission',
    'duplicates delivered',
    'no hash check',
    'order of slots not checked',
    'late acknowledgements',
    'same bootId after a reset',
    'version not checked',
    'no Fault 5',
  ];
  const broken = rules.map((rule) => MUTATIONS.find((each) => each.rule === rule)!);
  const Board = mutatedBoard(broken);
  const failed: string[] = [];
  for (const check of CHECKS.filter(({ long }) => !long)) {
    const rig = virtualRig({ model: CHECKED_BOARD }, Board);
    const { outcome } = await rig.clock.during(runCheck(check, rig));
    if (outcome === 'fails') failed.push(check.name);
    rig.close();
  }
  for (const { seenBy } of broken) expect(failed).toEqual(expect.arrayContaining([...seenBy]));
});
