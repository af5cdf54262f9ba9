/**
 * The contract that the author of a driver fills in for a board without beamloop's firmware. `HostTimedBoard` makes an `ArrayBoard`
 * of it: it keeps the slots, and says of each what is known. docs/boards.md walks through one.
 */
import type { ElementSettings } from '../../array-board.js';

/**
 * What is known when a step is over: its bytes went out; the board answered; the board's answer, or a line that triggers it, means that
 * it is in force. Never more than that.
 */
export type Word = 'sent' | 'acknowledged' | 'applied';

/** What a board said of itself; the empty text where it said nothing. */
export interface BoardIdentity {
  readonly model: string;
  readonly serialNumber: string;
  readonly firmware: string;
}

/** Known before a port is touched. */
export interface ElementDriverFacts {
  readonly numElements: number;
  readonly phaseBits: number;
  /** 0: elements cannot be switched off. */
  readonly amplitudeBits: number;
  /** Seconds each, at most. */
  readonly timing: {
    /** From the first byte of `write` until it resolves. */
    readonly writeS: number;
    /** Of `apply`, `select` and `store`; 0 where the driver has none. */
    readonly applyS: number;
    readonly selectS: number;
    readonly storeS: number;
    /** From then until the beam stands. */
    readonly settleS: number;
  };
  readonly bytes: {
    readonly write: number;
    readonly apply: number;
    readonly select: number;
    readonly store: number;
  };
  /** Of its serial line, bit/s; 0 without one. */
  readonly baud: number;
  /** The weakest word that each step resolves with. */
  readonly words: { readonly write: Word; readonly apply: Word; readonly select: Word; readonly store: Word };
  /** Codewords of the board's own table; 0 without `store` and `select`. */
  readonly tableDepth: number;
  /** Whether `write` and `select` are without effect until `apply`. */
  readonly appliesApart: boolean;
  /** Whether `apply` pulls a line of this machine, so that the board answers nothing; false unless given. */
  readonly appliesByLine?: boolean;
  /** How it is muted; `null`: it cannot be. */
  readonly mutes: string | null;
}

export interface ElementDriverStatistics {
  readonly bytesSent: number;
  readonly bytesReceived: number;
  readonly commandsSent: number;
  readonly answersReceived: number;
  /** Commands that were not answered in time and sent again. The board may have lost its power meanwhile. */
  readonly retries: number;
  /** Bytes or answers that were none. */
  readonly garbled: number;
  /** Smoothed, s; null before the first answer. */
  readonly roundTripS: number | null;
}

/**
 * Steps come one at a time: the next is begun when the last one is over. A step that the board refused, or did not answer however often
 * it was asked, rejects with a BeamloopError (BOARD_REFUSED, BOARD_SILENT); a lost connection with PORT_FAILED.
 */
export interface ElementDriver {
  /** What messages call it: its port. */
  readonly name: string;
  readonly facts: ElementDriverFacts;
  /**
   * Connects and asks who is there; again after a loss.
   *
   * @param onLost told once when the connection is lost later on.
   */
  open(onLost: (reason: string) => void): Promise<BoardIdentity>;
  /**
   * Writes every element's setting.
   *
   * @param untilS the clock's time from which on nothing is tried again, s: the slot is lost then.
   */
  write(settings: ElementSettings, untilS: number): Promise<Word>;
  /** Keeps a codeword in the board's own table. */
  store?(index: number, settings: ElementSettings): Promise<Word>;
  /** Takes one from there. Asked for once: a board that did not answer may have lost its table, and would take something else. */
  select?(index: number, untilS: number): Promise<Word>;
  /** Puts in force what was written or selected: a command, or a line that triggers. Asked for once, as `select`. */
  apply?(untilS: number): Promise<Word>;
  /**
   * Asks whether the board is there, without effect on what it radiates, once. With it a slot only counts when the board was heard after
   * its end. Absent on boards that cannot be asked.
   */
  isThere?(): Promise<void>;
  /** Never called where `facts.mutes` is null. */
  mute(muted: boolean): Promise<Word>;
  statistics(): ElementDriverStatistics;
  /** Closes the connection at once and leaves the board as it is. Never rejects. */
  close(): Promise<void>;
}
