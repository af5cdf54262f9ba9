import { describe, expect, it } from 'vitest';
import { gaveUp } from '../../../src/slots/gave-up.js';

describe('what is said when a pilot cannot be measured', () => {
  it.each(['wrong-codeword', 'no-receipt', 'missed', 'late', 'unloaded'] as const)(
    'names what the board did against its protocol, not the turnaround: %s',
    (end) => {
      const { what, todo } = gaveUp(
        'alice',
        3,
        end,
        false,
        'it sent two receipts for slot 7 (SPEC 7.5)',
        null,
      );
      expect(what).toContain('does not keep to its protocol: it sent two receipts for slot 7 (SPEC 7.5)');
      expect(todo).toContain('firmware');
      expect(todo).not.toContain('turnaround');
    },
  );

  it.each([
    ['wrong-codeword', '7.3'],
    ['no-receipt', '7.5'],
  ] as const)('knows by the end itself that the board is at fault: %s', (end, clause) => {
    const { what, todo } = gaveUp('alice', 3, end, false, null, null);
    expect(`${what} ${todo}`).toContain(`${clause})`);
    expect(todo).toContain('firmware');
    expect(todo).not.toContain('turnaround');
  });

  it.each(['missed', 'late', 'unloaded'] as const)('advises more time where that helps: %s', (end) => {
    expect(gaveUp('alice', 3, end, false, null, null).todo).toContain('slots.turnaround');
  });

  it('does not accuse a board that restarted, or one that this machine left alone', () => {
    expect(gaveUp('alice', 3, 'lost', false, 'x (SPEC 1)', null).what).not.toContain('protocol');
    expect(gaveUp('alice', 3, 'missed', true, 'x (SPEC 1)', null).todo).toContain('watchdog');
  });
});
