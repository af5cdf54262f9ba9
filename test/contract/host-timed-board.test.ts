/** Slots that this machine keeps: what receipts say of them, and what becomes of boards that fail, go and come back. On virtual time. */
import { afterEach, expect, it } from 'vitest';
import type { ArrayBoardEvents, BoardFault, Receipt } from '../../drivers/array-board.js';
import type {
  BoardIdentity,
  ElementDriver,
  ElementDriverFacts,
  Word,
} from '../../drivers/boards/host-timed/element-driver.js';
import type { HostTimedBoard } from '../../drivers/boards/host-timed/host-timed-board.js';
import { openHostTimedBoard } from '../../drivers/boards/host-timed/open-host-timed-board.js';
import { BeamloopError } from '../../src/core/errors.js';
import { VirtualClock } from '../fixtures/virtual-clock.js';

const FACTS: ElementDriverFacts = {
  numElements: 4,
  phaseBits: 6,
  amplitudeBits: 0,
  timing: { writeS: 5e-3, applyS: 1e-3, selectS: 0, storeS: 0, settleS: 1e-3 },
  bytes: { write: 10, apply: 2, select: 0, store: 0 },
  baud: 0,
  words: { write: 'acknowledged', apply: 'applied', select: 'sent', store: 'sent' },
  tableDepth: 0,
  appliesApart: false,
  mutes: 'its command',
};
const SLOT_S = 60e-3;

/** A driver whose every step is told of, and does what it is told. */
class FakeDriver implements ElementDriver {
  readonly name = 'fake';
  readonly facts: ElementDriverFacts;
  readonly steps: string[] = [];
  readonly clock: VirtualClock;
  identity: BoardIdentity = { model: 'fake', serialNumber: 'F-1', firmware: '1' };
  /** What the next steps do, in turn; the facts' times and words where there is nothing. */
  acts: (() => Promise<Word>)[] = [];
  openings: (() => Promise<BoardIdentity>)[] = [];
  onLost: (reason: string) => void = () => {};
  apply?: NonNullable<ElementDriver['apply']>;
  store?: NonNullable<ElementDriver['store']>;
  select?: NonNullable<ElementDriver['select']>;
  isThere?: NonNullable<ElementDriver['isThere']>;
  numRetries = 0;

  constructor(clock: VirtualClock, facts: Partial<ElementDriverFacts> = {}) {
    this.clock = clock;
    this.facts = { ...FACTS, ...facts };
    if (this.facts.tableDepth > 0) this.#withTable();
    if (this.facts.appliesApart)
      this.apply = () => this.#step('apply', this.facts.timing.applyS, this.facts.words.apply);
  }

  /** It can be asked whether it is there. */
  asked(): this {
    this.isThere = async () => void (await this.#step('is there', 1e-3, 'acknowledged'));
    return this;
  }

  #withTable(): void {
    const { words } = this.facts;
    this.store = (index, { phaseCode }) => this.#step(`store ${index} ${phaseCode[0]}`, 1e-3, words.store);
    this.select = (index) => this.#step(`select ${index}`, 1e-3, words.select);
  }

  async open(onLost: (reason: string) => void): Promise<BoardIdentity> {
    this.onLost = onLost;
    this.steps.push('open');
    return (await this.openings.shift()?.()) ?? this.identity;
  }

  write(settings: { readonly phaseCode: Uint16Array }): Promise<Word> {
    return this.#step(`write ${settings.phaseCode[0]}`, this.facts.timing.writeS, this.facts.words.write);
  }

  mute(muted: boolean): Promise<Word> {
    return this.#step(muted ? 'mute' : 'unmute', 1e-3, this.facts.words.write);
  }

  statistics() {
    return {
      bytesSent: 0,
      bytesReceived: 0,
      commandsSent: 0,
      answersReceived: 0,
      retries: this.numRetries,
      garbled: 0,
      roundTripS: null,
    };
  }

  async close(): Promise<void> {
    this.steps.push('close');
  }

  async #step(what: string, tookS: number, word: Word): Promise<Word> {
    this.steps.push(what);
    const act = this.acts.shift();
    if (act !== undefined) return act();
    await this.clock.sleep(tookS);
    return word;
  }
}

const boards: HostTimedBoard[] = [];
afterEach(async () => {
  for (const board of boards.splice(0)) await board.leave();
});

async function openedOn(driver: FakeDriver) {
  const { clock } = driver;
  const board = await openHostTimedBoard({ driver, jitterS: 2e-3, clock });
  boards.push(board);
  const receipts: Receipt[] = [];
  const faults: BoardFault[] = [];
  const told: string[] = [];
  board.on('receipt', (receipt) => receipts.push(receipt));
  board.on('fault', (fault) => faults.push(fault));
  for (const event of ['reset', 'replaced'] as const) board.on(event, () => told.push(event));
  const onLink: ArrayBoardEvents['link'] = (state) => told.push(state);
  board.on('link', onLink);
  return { board, receipts, faults, told, clock };
}

const codeword = (board: HostTimedBoard, first: number) =>
  board.pack({
    phaseCode: Uint16Array.of(first, 0, 0, 0),
    delayCode: null,
    amplitudeCode: null,
    lineCode: null,
  });

/** Has slots 0, 1, … carried out with the codewords of phases 1, 2, …, and waits until they are over. */
async function carriedOut(
  opened: Awaited<ReturnType<typeof openedOn>>,
  numSlots: number,
  slotDurationS = SLOT_S,
) {
  const { board, clock } = opened;
  const packed = Array.from({ length: numSlots }, (_, k) => codeword(board, k + 1));
  await clock.during(board.load(packed));
  const startBoardTimeS = board.boardTime().hiS + 50e-3;
  await clock.during(board.arm({ firstSlot: 0, startBoardTimeS, slotDurationS }));
  await board.queue(packed.map(({ hash }, slot) => ({ slot, hash })));
  await clock.during(clock.sleep(50e-3 + (numSlots + 1) * slotDurationS));
  return startBoardTimeS;
}

const status = (receipts: readonly Receipt[]) => receipts.map((receipt) => receipt.status);

it.each([
  ['sent', 'sent'],
  ['acknowledged', 'acknowledged'],
  ['applied', 'latched'],
] as const)('says of a codeword that is written and %s: %s', async (word, wanted) => {
  const driver = new FakeDriver(new VirtualClock(), { words: { ...FACTS.words, write: word } });
  const opened = await openedOn(driver);
  expect(opened.board.description.hostTimed!.evidence).toBe(wanted);
  const startS = await carriedOut(opened, 3);
  expect(status(opened.receipts)).toEqual([wanted, wanted, wanted]);
  for (const [slot, { boardTimeS, slot: told }] of opened.receipts.entries()) {
    expect(told).toBe(slot);
    // When the word came, never before the slot began.
    expect(boardTimeS - startS - slot * SLOT_S).toBeGreaterThanOrEqual(5e-3 - 1e-9);
    expect(boardTimeS - startS - slot * SLOT_S).toBeLessThan(SLOT_S / 3);
  }
  expect(driver.steps).toEqual(['open', 'unmute', 'write 1', 'write 2', 'write 3']);
});

it.each([
  ['sent', 'applied', 'sent'],
  ['acknowledged', 'applied', 'latched'],
  ['acknowledged', 'acknowledged', 'acknowledged'],
  ['applied', 'sent', 'sent'],
] as const)('says of one that is prepared (%s) and then applied (%s): %s', async (write, apply, wanted) => {
  const driver = new FakeDriver(new VirtualClock(), {
    appliesApart: true,
    words: { ...FACTS.words, write, apply },
  });
  const opened = await openedOn(driver);
  expect(opened.board.description.hostTimed!.evidence).toBe(wanted);
  await carriedOut(opened, 2);
  expect(status(opened.receipts)).toEqual([wanted, wanted]);
  expect(driver.steps).toEqual(['open', 'unmute', 'write 1', 'apply', 'write 2', 'apply']);
});

it.each([
  ['sent', 'applied', 'sent'],
  ['acknowledged', 'applied', 'latched'],
  ['acknowledged', 'acknowledged', 'acknowledged'],
  ['applied', 'sent', 'sent'],
] as const)(
  'says of one that is stored in a table (%s) and selected there (%s): %s',
  async (store, select, wanted) => {
    const driver = new FakeDriver(new VirtualClock(), {
      tableDepth: 2,
      bytes: { ...FACTS.bytes, store: 10 },
      words: { ...FACTS.words, store, select },
    });
    const opened = await openedOn(driver);
    expect(opened.board.description).toMatchObject({ memoryDepth: 2, hostTimed: { evidence: wanted } });
    await carriedOut(opened, 2);
    expect(status(opened.receipts)).toEqual([wanted, wanted]);
    expect(driver.steps).toEqual(['open', 'store 0 1', 'store 1 2', 'unmute', 'select 0', 'select 1']);
    // Both places are taken; a third codeword takes that of the one that was used first.
    await opened.clock.during(opened.board.load([codeword(opened.board, 3)]));
    expect(driver.steps.at(-1)).toBe('store 0 3');
  },
);

it('tells of a codeword that came into force too late, and leaves slots alone whose time has passed', async () => {
  const clock = new VirtualClock();
  const driver = new FakeDriver(clock);
  const opened = await openedOn(driver);
  const slow = (durationS: number) => async () => {
    await clock.sleep(durationS);
    return 'acknowledged' as const;
  };
  // Unmuting, then three slots: the second one's writing goes on into the third one's middle.
  driver.acts = [slow(0), slow(21e-3), slow(SLOT_S + 30e-3)];
  await carriedOut(opened, 4);
  expect(status(opened.receipts)).toEqual(['late', 'late', 'missed', 'acknowledged']);
  // Once: that the first one was so slow says enough.
  expect(opened.faults).toMatchObject([{ code: 'slow', detail: 0 }]);
  expect(opened.faults[0]!.says).toMatch(/took 21 ms .* 5 ms at most/);
  expect(driver.steps).toEqual(['open', 'unmute', 'write 1', 'write 2', 'write 4']);
});

const silent = async () => {
  throw new BeamloopError('BOARD_SILENT', { what: 'no answer to SET' });
};
const refused = async () => {
  throw new BeamloopError('BOARD_REFUSED', { what: 'no such element' });
};

const answered = async () => 'acknowledged' as const;

it('tells of a slot when the board was heard after its end: by what it answers next, or by being asked', async () => {
  const driver = new FakeDriver(new VirtualClock()).asked();
  const opened = await openedOn(driver);
  const heard: [string, number][] = [];
  opened.board.on('receipt', ({ slot }) => heard.push([driver.steps.at(-1)!, slot]));
  const startS = await carriedOut(opened, 3);
  expect(heard).toEqual([
    ['write 2', 0],
    ['write 3', 1],
    ['is there', 2],
  ]);
  expect(status(opened.receipts)).toEqual(['acknowledged', 'acknowledged', 'acknowledged']);
  // Of when the codeword was taken, not of when that was told.
  expect(opened.receipts[2]!.boardTimeS).toBeLessThan(startS + 2 * SLOT_S + SLOT_S / 3);
  expect(opened.faults).toEqual([]);
});

it('does not count the slot before a silence: the board may have lost its power in it', async () => {
  const driver = new FakeDriver(new VirtualClock()).asked();
  const opened = await openedOn(driver);
  driver.acts = [answered, answered, silent, answered, answered, silent];
  await carriedOut(opened, 4);
  expect(status(opened.receipts)).toEqual(['missed', 'missed', 'acknowledged', 'missed']);
  expect(opened.faults.map(({ code, detail }) => [code, detail])).toEqual([
    ['noAnswer', 1],
    ['doubtful', 0],
    ['noAnswer', 3],
    ['doubtful', 3],
  ]);

  // It was silent and then answered when it was asked again.
  const retried = new FakeDriver(new VirtualClock()).asked();
  const again = await openedOn(retried);
  const late = async () => {
    retried.numRetries++;
    return 'acknowledged' as const;
  };
  retried.acts = [answered, answered, answered, late];
  await carriedOut(again, 4);
  expect(status(again.receipts)).toEqual(['acknowledged', 'missed', 'acknowledged', 'acknowledged']);
});

it('asks a board after each slot whose codewords a line puts in force', async () => {
  const driver = new FakeDriver(new VirtualClock(), {
    ...{ appliesApart: true, appliesByLine: true },
    words: { ...FACTS.words, write: 'acknowledged', apply: 'applied' },
  }).asked();
  const opened = await openedOn(driver);
  await carriedOut(opened, 2);
  expect(status(opened.receipts)).toEqual(['latched', 'latched']);
  expect(driver.steps).toEqual([
    ...['open', 'unmute', 'write 1', 'apply', 'write 2', 'apply', 'is there', 'is there'],
  ]);
});

it('stores codewords again in the table of a board that was silent', async () => {
  const driver = new FakeDriver(new VirtualClock(), { tableDepth: 2, bytes: { ...FACTS.bytes, store: 10 } });
  const opened = await openedOn(driver);
  // Stored twice, unmuted, selected once; then it does not answer.
  driver.acts = [answered, answered, answered, answered, silent];
  await carriedOut(opened, 2);
  await opened.clock.during(opened.clock.sleep(1));
  expect(status(opened.receipts)).toEqual(['acknowledged']);
  expect(opened.told).toEqual(['down', 'reset', 'up']);
  await expect(opened.board.queue([{ slot: 9, hash: codeword(opened.board, 1).hash }])).rejects.toThrow(
    /was not loaded/,
  );

  // The same where it answered when it was asked again.
  driver.acts = [
    answered,
    async () => {
      driver.numRetries++;
      return 'acknowledged';
    },
  ];
  const load = opened.board.load([1, 2].map((k) => codeword(opened.board, k)));
  await expect(opened.clock.during(load)).rejects.toMatchObject({ code: 'BOARD_RESET' });
});

it('misses a slot that the board did not answer, or refused, and says what it said', async () => {
  const driver = new FakeDriver(new VirtualClock());
  const opened = await openedOn(driver);
  driver.acts = [answered, silent, refused, answered];
  await carriedOut(opened, 3);
  expect(status(opened.receipts)).toEqual(['missed', 'missed', 'acknowledged']);
  expect(opened.faults).toMatchObject([
    { code: 'noAnswer', detail: 0, says: 'no answer to SET' },
    { code: 'refused', detail: 1, says: 'no such element' },
  ]);
  expect(opened.told).toEqual([]);
});

it('takes a board for gone that answers nothing three slots in a row, and greets it until it is back', async () => {
  const clock = new VirtualClock();
  const driver = new FakeDriver(clock);
  const opened = await openedOn(driver);
  driver.acts = [async () => 'acknowledged', silent, silent, silent];
  driver.openings = [silent as never, silent as never];
  await carriedOut(opened, 6);
  await clock.during(clock.sleep(3));
  // Of the third slot, and of those that were queued after it, nothing is said.
  expect(status(opened.receipts)).toEqual(['missed', 'missed']);
  expect(opened.told).toEqual(['down', 'reset', 'up']);
  expect(driver.steps.filter((step) => step === 'open')).toHaveLength(4);
  expect(opened.board.outstandingSlots()).toBe(0);
  const packed = codeword(opened.board, 1);
  await expect(opened.board.queue([{ slot: 9, hash: packed.hash }])).rejects.toMatchObject({
    code: 'PLAN_REFUSED',
  });
  await carriedOut(opened, 1);
  expect(status(opened.receipts)).toEqual(['missed', 'missed', 'acknowledged']);
});

it('mutes a board again that was away, where that was asked for', async () => {
  const clock = new VirtualClock();
  const driver = new FakeDriver(clock);
  const { board, told } = await openedOn(driver);
  await clock.during(board.mute(true));
  expect(board.muted).toBe(true);
  driver.onLost('unplugged');
  expect(board.muted).toBeNull();
  await clock.during(clock.sleep(1));
  expect(board.muted).toBe(true);
  expect(told).toEqual(['down', 'reset', 'up']);
  expect(driver.steps).toEqual(['open', 'mute', 'open', 'mute']);
});

it('rejects what was underway when the board went with BOARD_RESET, and not before it is back', async () => {
  const clock = new VirtualClock();
  const driver = new FakeDriver(clock);
  const { board, told } = await openedOn(driver);
  driver.acts = [
    async () => {
      driver.onLost('unplugged');
      throw new BeamloopError('PORT_FAILED', { what: 'unplugged' });
    },
  ];
  const armed = board.arm({ firstSlot: 0, startBoardTimeS: 99, slotDurationS: 1 }).then(
    () => 'armed',
    (error: BeamloopError) => `${error.code} after ${told.join(', ')}`,
  );
  expect(await clock.during(armed)).toBe('BOARD_RESET after down, reset, up');
});

it('makes room for a table’s worth of codewords while another load is underway that nobody waits for any more', async () => {
  const opened = await openedOn(
    new FakeDriver(new VirtualClock(), { tableDepth: 4, bytes: { ...FACTS.bytes, store: 10 } }),
  );
  const { board, clock } = opened;
  const some = [1, 2, 3, 4].map((k) => codeword(board, k));
  const others = [5, 6, 7, 8].map((k) => codeword(board, k));
  const first = board.load(some);
  const second = board.load(others);
  await clock.during(Promise.all([first, second]));
  await board.queue([{ slot: 0, hash: others[3]!.hash }]);
  await expect(board.queue([{ slot: 1, hash: some[0]!.hash }])).rejects.toThrow(/was not loaded/);
});

it('loads what was asked for while the board was away when it is back, in turn', async () => {
  const driver = new FakeDriver(new VirtualClock(), { tableDepth: 4, bytes: { ...FACTS.bytes, store: 10 } });
  const { board, clock } = await openedOn(driver);
  driver.onLost('the cable was pulled');
  const loads = [1, 5].map((first) => board.load([0, 1, 2, 3].map((k) => codeword(board, first + k))));
  await clock.during(Promise.all(loads));
  expect(driver.steps.filter((step) => step.startsWith('store'))).toEqual(
    [1, 2, 3, 4, 5, 6, 7, 8].map((phase, k) => `store ${k % 4} ${phase}`),
  );
});

it('gives a board up that does not come back, and one that comes back as another', async () => {
  const clock = new VirtualClock();
  const gone = new FakeDriver(clock);
  const { board } = await openedOn(gone);
  gone.openings = Array.from({ length: 100 }, () => silent as never);
  gone.onLost('unplugged');
  await clock.during(clock.sleep(40));
  await expect(board.mute(true)).rejects.toMatchObject({ code: 'BOARD_SILENT' });

  const other = new FakeDriver(clock);
  const opened = await openedOn(other);
  other.identity = { ...other.identity, serialNumber: 'F-2' };
  other.onLost('unplugged');
  await clock.during(clock.sleep(1));
  await expect(opened.board.mute(true)).rejects.toMatchObject({ code: 'BOARD_MISMATCH' });
});

it('is muted when the board said so, and says what is not known otherwise', async () => {
  const clock = new VirtualClock();
  const answering = new FakeDriver(clock);
  const first = await openedOn(answering);
  await clock.during(first.board.close());
  expect(first.board.muted).toBe(true);
  expect(answering.steps).toEqual(['open', 'mute', 'close']);

  const mutely = await openedOn(new FakeDriver(clock, { words: { ...FACTS.words, write: 'sent' } }));
  await clock.during(mutely.board.close());
  expect(mutely.board.muted).toBeNull();
  expect(mutely.board.muteDoubt).toMatch(/a mute was sent .* does not say whether it obeyed/);

  const deaf = new FakeDriver(clock);
  const third = await openedOn(deaf);
  deaf.acts = [silent];
  await clock.during(third.board.close());
  expect(third.board.muted).toBeNull();
  expect(third.board.muteDoubt).toMatch(/could not be told to mute: it may radiate/);

  const never = await openedOn(new FakeDriver(clock, { mutes: null }));
  await expect(never.board.mute(true)).rejects.toMatchObject({ code: 'BOARD_REFUSED' });
  await clock.during(never.board.close());
  expect(never.board.muteDoubt).toMatch(/cannot be muted/);
});

it('refuses what such a board cannot: a trigger for its slot clock, codewords of another board, a start that has passed', async () => {
  const clock = new VirtualClock();
  const { board } = await openedOn(new FakeDriver(clock));
  await expect(board.armOnTrigger()).rejects.toMatchObject({ code: 'BOARD_REFUSED' });
  await expect(board.load([{ hash: 'x', bytes: new Uint8Array(99) }])).rejects.toMatchObject({
    code: 'BAD_ARGUMENT',
  });
  await clock.during(clock.sleep(1));
  await expect(
    clock.during(board.arm({ firstSlot: 0, startBoardTimeS: 0.5, slotDurationS: 1 })),
  ).rejects.toMatchObject({
    cause: 'badTiming',
  });
});
