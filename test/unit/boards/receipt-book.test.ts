import { describe, expect, it } from 'vitest';
import type { Receipt } from '../../../drivers/array-board.js';
import { ReceiptBook } from '../../../drivers/boards/receipt-book.js';

const receipt = (slot: number, changes: Partial<Receipt> = {}): Receipt => ({
  slot,
  index: 0,
  hash: 'h',
  boardTimeS: slot * 1e-3,
  status: 'latched',
  ...changes,
});
const entries = (...slots: number[]) => slots.map((slot) => ({ slot, hash: 'h' }));

function queued(...slots: number[]): ReceiptBook {
  const book = new ReceiptBook(100);
  book.announce(entries(...slots));
  book.confirm(entries(...slots));
  return book;
}

describe('receipt book', () => {
  it('owes a receipt from the confirmation on, and takes each once', () => {
    const book = new ReceiptBook(100);
    book.announce(entries(1, 2));
    expect(book.numOwed).toBe(0);
    book.confirm(entries(1, 2));
    expect(book.numOwed).toBe(2);
    expect(book.judge(receipt(1))).toBe('new');
    expect(book.judge(receipt(1))).toBe('duplicate');
    expect(book.numOwed).toBe(1);
  });

  it('does not wait for a slot whose receipt came before the confirmation', () => {
    const book = new ReceiptBook(100);
    book.announce(entries(1));
    expect(book.judge(receipt(1, { status: 'missed' }))).toBe('new');
    book.confirm(entries(1));
    expect(book.numOwed).toBe(0);
  });

  it('tells strangers, contradictions and wrong codewords apart', () => {
    const book = queued(1, 2, 3);
    expect(book.judge(receipt(9))).toBe('unknown');
    expect(book.judge(receipt(1, { hash: 'other' }))).toBe('mismatch');
    expect(book.judge(receipt(2))).toBe('new');
    expect(book.judge(receipt(2, { boardTimeS: 7 }))).toBe('contradiction');
    // A missed slot latched nothing, so its hash says nothing.
    expect(book.judge(receipt(3, { status: 'missed', hash: '0' }))).toBe('new');
  });

  it('takes what was asked for again as repeated, as often as the board announced', async () => {
    const book = queued(1, 2);
    book.judge(receipt(1));
    book.judge(receipt(2));
    const replay = book.replay(1, 5);
    replay.found(3);
    expect(book.judge(receipt(1))).toBe('repeated');
    // From an earlier program; nobody here has queued it.
    expect(book.judge(receipt(4))).toBe('repeated');
    let done = false;
    void replay.done.then(() => {
      done = true;
    });
    await Promise.resolve();
    expect(done).toBe(false);
    expect(book.judge(receipt(2))).toBe('repeated');
    await replay.done;
    expect(book.judge(receipt(2))).toBe('duplicate');
    expect(book.judge(receipt(5))).toBe('unknown');
  });

  it('counts repeated receipts that come before the number of them is read', async () => {
    const book = queued(1, 2);
    book.judge(receipt(1));
    book.judge(receipt(2));
    const replay = book.replay(1, 2);
    expect(book.judge(receipt(1))).toBe('repeated');
    expect(book.judge(receipt(2))).toBe('repeated');
    replay.found(2);
    await replay.done;
  });

  it('does not count a new receipt as one that was asked for again', async () => {
    const book = queued(1, 2);
    book.judge(receipt(1));
    const replay = book.replay(1, 2);
    replay.found(2);
    expect(book.judge(receipt(2))).toBe('new');
    expect(book.judge(receipt(1))).toBe('repeated');
    expect(book.judge(receipt(2))).toBe('repeated');
    await replay.done;
  });

  it('fails a question that the board can no longer answer, and answers at once one that found nothing', async () => {
    const book = queued(1);
    const lost = book.replay(1, 2);
    lost.found(1);
    book.endReplays(new Error('gone'));
    await expect(lost.done).rejects.toThrow('gone');
    const empty = book.replay(1, 2);
    empty.found(0);
    await empty.done;
  });

  it('returns what a stop dropped, and lets the slots be queued again', () => {
    const book = queued(1, 2, 3);
    book.judge(receipt(1));
    expect(book.stopped()).toEqual(entries(2, 3));
    expect(book.numOwed).toBe(0);
    book.announce(entries(1));
    book.confirm(entries(1));
    expect(book.judge(receipt(1, { boardTimeS: 99 }))).toBe('new');
  });

  it('forgets everything when the board restarts', () => {
    const book = queued(1, 2);
    book.judge(receipt(1));
    book.restarted();
    expect(book.numOwed).toBe(0);
    expect(book.owedRange()).toBeNull();
    expect(book.judge(receipt(1))).toBe('unknown');
  });

  it('knows the range that is owed', () => {
    const book = queued(5, 6, 9);
    book.judge(receipt(5));
    expect(book.owedRange()).toEqual({ first: 6, last: 9 });
  });

  it('remembers no more receipts than it should', () => {
    const book = new ReceiptBook(10);
    for (let slot = 0; slot < 50; slot++) {
      book.announce(entries(slot));
      book.confirm(entries(slot));
      book.judge(receipt(slot));
    }
    expect(book.judge(receipt(45))).toBe('duplicate');
    expect(book.judge(receipt(20))).toBe('unknown');
  });
});
