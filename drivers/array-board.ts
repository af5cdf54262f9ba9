/**
 * The one interface that the rest of beamloop sees of any board.
 *
 * Three facts about a slot are never mixed: it is *queued* (the board confirmed the queue entry), *latched* (a receipt
 * says so) and *measured* (a UE reported power; not the board's business).
 */

import type { CodewordShape } from '../src/core/codeword-shape.js';

/** How many `lineBits` a board with so many fixed lines has: its codewords are packed so. */
export { selectorBits } from '../firmware-protocol/element-settings.js';

/** What a board says about itself. */
export interface BoardDescription {
  readonly model: string;
  readonly serialNumber: string;
  readonly firmware: string;
  readonly protocolVersion: string;
  readonly numElements: number;
  readonly phaseBits: number;
  /** 0 = no true-time-delay. */
  readonly delayBits: number;
  /** Seconds per delay code; 0 when delayBits is 0. */
  readonly delayLsbS: number;
  /** Largest delay of the adjustable part, s. */
  readonly delayRangeS: number;
  /** Bits of the selector of a fixed line: the least that can tell its lines apart; 0 without lines, or with one. */
  readonly lineBits: number;
  /**
   * Nominal delays of the fixed switched lines, s, shape [numLines][numElements]; null without lines. An element's delay is
   * that of the line selected plus the adjustable one.
   */
  readonly delayLinesS: readonly Float64Array[] | null;
  /** 0 = the element cannot even be switched off; 1 = on/off; more = steps of linear amplitude code/(2^bits-1). */
  readonly amplitudeBits: number;
  /** Codewords that the memory holds. */
  readonly memoryDepth: number;
  /** Slots that can be queued ahead. */
  readonly queueDepth: number;
  /** Time from latch to settled beam, s. */
  readonly switchTimeS: number;
  /** Ticks per second of the board's clock. */
  readonly clockRateHz: number;
  /** Of a board without a slot clock of its own, whose slots this machine keeps; absent otherwise. */
  readonly hostTimed?: HostTiming;
}

/**
 * How much is known of a codeword: its bytes went out; the board answered; the board or its trigger line says that it was applied.
 * The first is the least.
 */
export const EVIDENCE = ['sent', 'acknowledged', 'latched'] as const;
export type Evidence = (typeof EVIDENCE)[number];

/** What it takes to have a board without a slot clock radiate a codeword. Times in s, all at most. */
export interface HostTiming {
  /** The most that a receipt of this board says of a slot that was kept. */
  readonly evidence: Evidence;
  /** From the start of a slot until its codeword was written, selected or applied. */
  readonly atSlotS: number;
  /** What is done for a slot before it begins, on boards that take a codeword without radiating it; 0 on others. */
  readonly aheadS: number;
  /** To put a codeword into the board's own table; 0 without one. */
  readonly storeS: number;
  /** From there until the beam stands. */
  readonly settleS: number;
  /** By how much this machine may be late. */
  readonly jitterS: number;
  /** Bytes that go out for a slot, and for a codeword that is stored. */
  readonly slotBytes: number;
  readonly storeBytes: number;
  /** Of its serial line, bit/s; 0 without one. */
  readonly baud: number;
}

/** A codeword as integer codes, shape [numElements] each. Null where the board has no such control. */
export interface ElementSettings {
  readonly phaseCode: Uint16Array;
  readonly delayCode: Uint16Array | null;
  readonly amplitudeCode: Uint16Array | null;
  /** Which fixed line each element switches in. */
  readonly lineCode: Uint16Array | null;
}

/** Of which a board that can makes the same settings. */
export interface CodewordParameters {
  readonly shape: CodewordShape;
  /** Fixed line of all elements; 0 without lines. */
  readonly line: number;
  /** Added to all delays, s. */
  readonly shiftS: number;
}

/** Where a board's elements stand in an array of elements half a wavelength apart. */
export interface ArrayGeometry {
  /** Of the whole array. */
  readonly arrayElements: number;
  /** The board's first place in it. */
  readonly firstElement: number;
  /** Whether the board's elements count against the array's. */
  readonly mirrored: boolean;
  readonly carrierHz: number;
  readonly speedOfLightMPerS: number;
}

/** By how much elements are off; shape [numElements] each. */
export interface ElementErrors {
  readonly phaseErrorRad: Float64Array;
  readonly delayErrorS: Float64Array | null;
}

/** Element settings ready for a board: bit-packed, with their content hash (16 hex digits). */
export interface PackedCodeword {
  readonly hash: string;
  readonly bytes: Uint8Array;
  /** What they come of; absent where nobody says. */
  readonly parameters?: CodewordParameters;
}

/** `sent` and `acknowledged` are of boards whose slots this machine keeps: in time, and known no better than that. */
export type ReceiptStatus = Evidence | 'late' | 'missed';

/** The board's record of what it latched and when; of a host-timed board this machine's, of what it knows. */
export interface Receipt {
  readonly slot: number;
  readonly index: number;
  readonly hash: string;
  /** Board time at latch, s since board start, exact in ticks. */
  readonly boardTimeS: number;
  readonly status: ReceiptStatus;
}

export interface SlotEntry {
  readonly slot: number;
  readonly hash: string;
}

/** When slot `firstSlot` begins and how long slots last. Times are the board's own. */
export interface SlotTiming {
  readonly firstSlot: number;
  readonly startBoardTimeS: number;
  readonly slotDurationS: number;
}

/** Board time as an interval with a bound: the true board time lies in [loS, hiS]. */
export interface BoardTimeInterval {
  readonly loS: number;
  readonly hiS: number;
}

export interface BoardFault {
  readonly code: string;
  readonly detail: number;
  readonly boardTimeS: number;
  /** What was wrong in words, where a board or its driver has some. */
  readonly says?: string;
  /** What the board did against which clause of SPEC.md, where it says so of itself by what it does; of each kind once. */
  readonly breach?: string;
  /** Which board of an array it was, by its port; absent where there is one only. */
  readonly board?: string;
}

export interface BoardTelemetry {
  readonly temperatureC: number;
  readonly supplyV: number;
  readonly queueDepth: number;
  readonly muted: boolean;
  readonly armed: boolean;
}

export interface LinkStatistics {
  readonly framesSent: number;
  readonly framesReceived: number;
  readonly bytesSent: number;
  readonly bytesReceived: number;
  readonly retransmissions: number;
  /** Frames from the board that came again. */
  readonly duplicatesReceived: number;
  readonly corruptFrames: number;
  readonly reconnects: number;
  /** Smoothed round trip, s; null before the first. */
  readonly roundTripS: number | null;
  readonly codewordsLoaded: number;
  /** Codewords that were asked for and already held. */
  readonly codewordsReused: number;
}

export interface ArrayBoardEvents {
  receipt: (receipt: Receipt) => void;
  fault: (fault: BoardFault) => void;
  telemetry: (telemetry: BoardTelemetry) => void;
  /** 'down' when the link is lost, 'up' when it is back and the memory was reconciled. */
  link: (state: 'up' | 'down', reason: string) => void;
  /** The board restarted (memory and queue are gone); slots that it had confirmed will never be latched. */
  reset: () => void;
  /**
   * The board has another session than ours, because another program spoke to it or because nothing of ours had reached it
   * yet. It is muted, and what became of requests without an answer is not known; receipts that it owed have been asked for.
   */
  replaced: () => void;
}

export interface ArrayBoard {
  readonly description: BoardDescription;
  on<E extends keyof ArrayBoardEvents>(event: E, listener: ArrayBoardEvents[E]): void;
  off<E extends keyof ArrayBoardEvents>(event: E, listener: ArrayBoardEvents[E]): void;

  /**
   * Lets the board make settings of parameters where it can, which takes a tenth of the bytes. What it makes is checked against the
   * hash of the settings; where they differ, it is sent the settings.
   *
   * @param errors that codewords are corrected for before they are settings; null: for none.
   */
  describeArray(geometry: ArrayGeometry, errors: ElementErrors | null): Promise<void>;
  /** Packs settings for this board's wire format. Pure. Throws BAD_ARGUMENT when a code is out of range. */
  pack(settings: ElementSettings, parameters?: CodewordParameters): PackedCodeword;
  /**
   * Makes sure that the board holds these codewords, loading only the missing ones; resolves when the board confirmed
   * all. Codewords that queued slots still need are never evicted; rejects with PLAN_REFUSED when memory cannot hold
   * all of them at once.
   */
  load(codewords: readonly PackedCodeword[]): Promise<void>;
  /**
   * Queues slots ahead; every hash must be loaded, or, on a board that has its own clock, be in a load that was begun. Resolves when the board confirmed all entries. Rejects with BOARD_RESET
   * when the board restarts or takes another session before: slots are meant for the clock that ran when they were queued.
   */
  queue(entries: readonly SlotEntry[]): Promise<void>;
  /** Starts the slot clock. Resolves when the board confirmed; rejects with BOARD_REFUSED, cause 'badTiming', when the start was past by then. */
  arm(timing: SlotTiming): Promise<void>;
  /** As `arm`, but slot `firstSlot` begins at the board's trigger input. */
  armOnTrigger(firstSlot: number, slotDurationS: number): Promise<void>;
  /** Stops the slot clock and empties the queue. */
  stop(): Promise<void>;
  mute(muted: boolean): Promise<void>;
  /** Asks again for the receipts of these slots that the board still remembers; they arrive as 'receipt' events. */
  requestReceipts(firstSlot: number, count: number): Promise<void>;
  /** The board's time now, from what is known. Throws BOARD_SILENT while nothing is known, as after a restart. */
  boardTime(): BoardTimeInterval;
  /** As `boardTime`, after asking the board: narrower, and on virtual time the only way to see the clock move. */
  readBoardTime(): Promise<BoardTimeInterval>;
  /** Asks for a 'telemetry' event now; a board also sends one every second. */
  requestTelemetry(): void;
  /** Everything queued so far has been latched or missed: slots confirmed but without a receipt yet. */
  outstandingSlots(): number;
  linkStatistics(): LinkStatistics;
  /** What the board last confirmed about being muted by us; null before. Still told after `close`. */
  readonly muted: boolean | null;
  /** What is to be told of whether the array radiates where `muted` is not true in the end; absent: its watchdog mutes it. */
  readonly muteDoubt?: string;
  /** Mutes, stops and closes. Never throws; safe to call twice. */
  close(): Promise<void>;
}
