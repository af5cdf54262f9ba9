import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { PackedCodeword } from '../../../drivers/array-board.js';
import { CodewordTable } from '../../../drivers/boards/codeword-table.js';

const codeword = (name: number | string): PackedCodeword => ({
  hash: `hash-${name}`,
  bytes: Uint8Array.of(1),
});
const none: ReadonlySet<string> = new Set();

function hold(table: CodewordTable, ...names: (number | string)[]): void {
  const assignments = table.assign(names.map(codeword), new Set(names.map((name) => codeword(name).hash)));
  for (const assignment of assignments!) table.confirm(assignment);
}

describe('codeword table', () => {
  it('holds a codeword only once the board confirmed it', () => {
    const table = new CodewordTable(4);
    const [assignment] = table.assign([codeword('a')], none)!;
    expect(table.indexOf('hash-a')).toBeUndefined();
    table.confirm(assignment!);
    expect(table.indexOf('hash-a')).toBe(assignment!.index);
  });

  it('gives the place of a failed load to the next', () => {
    const table = new CodewordTable(1);
    const [failed] = table.assign([codeword('a')], none)!;
    expect(table.assign([codeword('b')], none)).toBeNull();
    table.abandon(failed!);
    // Its late confirmation changes nothing.
    table.confirm(failed!);
    expect(table.indexOf('hash-a')).toBeUndefined();
    expect(table.assign([codeword('b')], none)).toMatchObject([{ index: 0 }]);
  });

  it('evicts what was used least recently', () => {
    const table = new CodewordTable(3);
    hold(table, 'a', 'b', 'c');
    table.touch('hash-a');
    hold(table, 'd');
    const held = ['a', 'b', 'c', 'd'].filter((name) => table.indexOf(`hash-${name}`) !== undefined);
    expect(held).toEqual(['a', 'c', 'd']);
  });

  it('never evicts what a queued slot needs, until every such slot has its receipt', () => {
    const table = new CodewordTable(1);
    hold(table, 'a');
    table.pin('hash-a');
    table.pin('hash-a');
    expect(table.assign([codeword('b')], none)).toBeNull();
    table.unpin('hash-a');
    expect(table.assign([codeword('b')], none)).toBeNull();
    table.unpin('hash-a');
    expect(table.assign([codeword('b')], none)).toHaveLength(1);
    expect(table.indexOf('hash-a')).toBeUndefined();
  });

  it('assigns all or nothing', () => {
    const table = new CodewordTable(3);
    hold(table, 'a', 'b');
    table.pin('hash-a');
    expect(table.assign(['c', 'd', 'e'].map(codeword), none)).toBeNull();
    expect(table.numHeld).toBe(2);
    expect(table.assign(['c', 'd'].map(codeword), none)).toHaveLength(2);
    expect(table.indexOf('hash-a')).toBeDefined();
  });

  it('takes over what the board holds, and names what it has lost', () => {
    const table = new CodewordTable(4);
    hold(table, 'a', 'b');
    const before = table.snapshot();
    const contents = new Map([
      [0, null],
      [1, 'hash-b'],
      [2, 'hash-x'],
      [3, 'hash-b'],
    ]);
    expect(table.reconcile(contents, before).map(({ hash }) => hash)).toEqual(['hash-a']);
    expect(table.indexOf('hash-a')).toBeUndefined();
    expect(table.indexOf('hash-b')).toBe(1);
    expect(table.indexOf('hash-x')).toBe(2);
    // Index 3 held a second copy, index 0 nothing: both are free for new ones.
    expect(new Set(table.assign(['c', 'd'].map(codeword), none)!.map(({ index }) => index))).toEqual(
      new Set([0, 3]),
    );
  });

  it('believes what was confirmed after the board was asked', () => {
    const table = new CodewordTable(2);
    const before = table.snapshot();
    hold(table, 'a');
    const stale = new Map([
      [0, null],
      [1, null],
    ]);
    expect(table.reconcile(stale, before)).toEqual([]);
    expect(table.indexOf('hash-a')).toBe(0);
  });

  it('never lets two codewords share a place, nor loses a pinned one, whatever happens', () => {
    const depth = 5;
    const operation = fc.record({
      kind: fc.constantFrom('load', 'fail', 'pin', 'unpin'),
      names: fc.uniqueArray(fc.nat(12), { maxLength: 6 }),
    });
    fc.assert(
      fc.property(fc.array(operation, { maxLength: 60 }), (operations) => {
        const table = new CodewordTable(depth);
        /** What the board's memory really holds. */
        const memory = new Map<number, string>();
        const pins: string[] = [];
        for (const { kind, names } of operations) {
          const codewords = names.map(codeword);
          const held = codewords.filter(({ hash }) => table.indexOf(hash) !== undefined);
          if (kind === 'pin') {
            for (const { hash } of held) {
              table.pin(hash);
              pins.push(hash);
            }
          } else if (kind === 'unpin') {
            for (const hash of pins.splice(0, names.length)) table.unpin(hash);
          } else {
            const missing = codewords.filter((each) => !held.includes(each));
            const wanted = new Set(codewords.map(({ hash }) => hash));
            const assignments = table.assign(missing, wanted);
            if (assignments === null) expect(new Set([...wanted, ...pins]).size).toBeGreaterThan(depth);
            for (const assignment of assignments ?? []) {
              memory.delete(assignment.index);
              if (kind === 'fail') table.abandon(assignment);
              else table.confirm(assignment);
              if (kind === 'load') memory.set(assignment.index, assignment.codeword.hash);
            }
          }
          for (const hash of pins) expect(table.indexOf(hash)).toBeDefined();
          for (let name = 0; name <= 12; name++) {
            const index = table.indexOf(codeword(name).hash);
            if (index !== undefined) expect(memory.get(index)).toBe(codeword(name).hash);
          }
        }
      }),
    );
  });
});
