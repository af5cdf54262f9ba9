import { describe, expect, it } from 'vitest';
import type { UserOutcome } from '../../../src/campaign/outcome.js';
import { usersText } from '../../../src/cli/user-tables.js';

/** User k of `count`, off by k/count half-widths and losing k/count per cent. */
function outcome(k: number, count: number): UserOutcome {
  const share = k / count;
  return {
    ue: `ue${k}`,
    truePositionM: [20, 5],
    trueSeen: null,
    estimate: {
      codewordKey: 'serving/1',
      angleRad: 0.1,
      elevationRad: null,
      distanceM: 20,
      regionIndex: null,
      numPilots: 3,
      numCheckPilots: 0,
      evidence: { peakOverNoiseDb: 10 + share, peakOverRunnerUpDb: null, likeness: null },
    },
    failure: null,
    bestKey: null,
    match: null,
    wideband: {
      sinAngleError: 0,
      ringErrorPerM: 0,
      sinAngleErrorHalfWidths: k % 2 === 0 ? share : -share,
      ringErrorHalfWidths: 0,
      rate: 5,
      boardRate: 5 - share,
      perfectRate: 5,
      lossPercent: 0,
      boardLossPercent: share,
    },
    losses: null,
  };
}

const users = (count: number) => Array.from({ length: count }, (_, k) => outcome(k + 1, count));

describe('users on the terminal', () => {
  it('have a row each while they are few', () => {
    const text = usersText(users(30), true, 80);
    for (const { ue } of users(30)) expect(text).toMatch(new RegExp(`^${ue} `, 'm'));
  });

  it('are told by distributions and the worst of them when they are many, within 80 columns', () => {
    const many = [...users(199), { ...outcome(1, 199), ue: 'lost', estimate: null, wideband: null }];
    const text = usersText(many, true, 80);
    const lines = text.split('\n');
    expect(lines.length).toBeLessThan(40);
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(80);
    expect(text).toContain('199 of 200 users found');
    expect(text).toMatch(/^off by, direction \(half-widths\) +0\.01 +0\.10 +0\.50 +0\.90 +1\.00$/m);
    expect(text).toMatch(/^loss of rate by the board \(%\) +0\.01 +0\.10 +0\.50 +0\.90 +1\.00$/m);
    const names = lines.flatMap((line) => /^(lost|ue\d+) /.exec(line)?.[1] ?? []);
    expect(names).toEqual(['lost', ...Array.from({ length: 9 }, (_, k) => `ue${199 - k}`)]);
    expect(text).toMatch(/--json, or by beamloop export <recording>/);
  });
});
