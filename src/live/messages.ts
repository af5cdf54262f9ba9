/**
 * What a run tells whoever watches it, and what a watcher asks of it: JSON documents, one a line, over a socket that only this
 * user can open. A watcher gets `hello`, then what has been so far (`users`, `event`, `estimate`, …), then frames as they come. One
 * that reads too slowly misses frames, and is told how many; the run never waits for it.
 */

/** Raised when a message changes its meaning; a watcher of another version says so and watches nothing. */
export const LIVE_VERSION = 1;

/** At most so many frames are sent a second. */
export const MOST_FRAMES_PER_S = 25;
/** Columns of `PowerRow` at most; of more subcarriers, neighbours share one, which holds the strongest. */
export const MOST_BINS = 256;
/** Rows of powers and marks of slots in one frame at most; of more, neighbours in time share one. */
export const MOST_POWER_ROWS = 8;
export const MOST_SLOT_MARKS = 96;
/** What a watcher that comes later is told of what was before. */
export const MOST_REMEMBERED = 500;

/** First message of a run. */
export interface RunHello {
  readonly type: 'hello';
  readonly version: typeof LIVE_VERSION;
  /** Names this run among those of this user. */
  readonly id: string;
  readonly pid: number;
  readonly command: 'run' | 'calibrate' | 'steer';
  /** ISO 8601. */
  readonly startedAt: string;
  /** Of the scenario. */
  readonly name: string;
  readonly scheme: string;
  /** Where it is recorded, absolute; null where nothing is. */
  readonly folder: string | null;
  /** On virtual time board time says nothing of the wall clock's. */
  readonly time: 'real' | 'virtual';
  readonly slotDurationS: number;
  readonly array: LiveArray;
  readonly board: LiveBoardFacts;
  /** Null where UEs measure at the carrier alone. */
  readonly band: { readonly numSubcarriers: number; readonly bandwidthHz: number } | null;
  readonly users: readonly LiveUser[];
}

export interface LiveArray {
  readonly numElements: number;
  readonly carrierHz: number;
  readonly speedOfLightMPerS: number;
  /** Places of the elements in the array's own frame, m, base64 of Float64Array [3 numElements], x y z in turn; broadside is +x. */
  readonly placesM: string;
  /** Null of a linear array, whose elements stand on the y axis. */
  readonly planar: { readonly columns: number; readonly rows: number } | null;
}

interface LiveBoardFacts {
  readonly model: string;
  readonly serialNumber: string;
  readonly firmware: string;
  /** One per board of the array. */
  readonly ports: readonly string[];
  readonly isEmulated: boolean;
  readonly phaseBits: number;
  readonly delayBits: number;
  readonly amplitudeBits: number;
  readonly memoryDepth: number;
  readonly queueDepth: number;
}

export interface LiveUser {
  readonly id: string;
  /** Where it truly is, or was at the beginning, m in the array's frame; null where nobody knows. */
  readonly truthM: readonly [x: number, y: number, z: number] | null;
  readonly snrDb: number | null;
  readonly moves: boolean;
}

/** What went on since the last frame. */
export interface Frame {
  readonly type: 'frame';
  /** Counts from 1; what is missing was skipped because the watcher was slow. */
  readonly number: number;
  /** Milliseconds since 1970. */
  readonly wallTimeMs: number;
  /** Board time now, s; null while it is not known. */
  readonly boardTimeS: number | null;
  readonly board: LiveBoard;
  readonly counts: SlotCountsSoFar;
  /** Slots by what became of them, in the order of their numbers. */
  readonly slots: readonly SlotMark[];
  /** In the order of time. */
  readonly powers: readonly PowerRow[];
  /** What the board applied last; null before the first, and when it is muted. */
  readonly radiating: Radiating | null;
  /** How far the run is; null where nobody says. */
  readonly progress: RunProgress | null;
  /** Rows that this process itself could not look at, since the beginning. */
  readonly numRowsLost: number;
}

export type RunProgress =
  /** Pilots of the user in turn. */
  | { readonly of: 'pilots'; readonly ue: string; readonly done: number; readonly most: number }
  | { readonly of: 'epochs'; readonly done: number; readonly most: number };

interface LiveBoard {
  readonly link: 'up' | 'down';
  /** What the board last confirmed; null before. */
  readonly muted: boolean | null;
  readonly armed: boolean | null;
  /** Null before the first telemetry. */
  readonly temperatureC: number | null;
  readonly supplyV: number | null;
  readonly queuedSlots: number | null;
  readonly outstandingSlots: number;
  readonly codewordsLoaded: number;
  readonly codewordsReused: number;
  readonly roundTripS: number | null;
  readonly bytesSent: number;
  readonly bytesReceived: number;
  readonly retransmissions: number;
  readonly corruptFrames: number;
  readonly reconnects: number;
}

/** Slots by the board's word for them; boards without a slot clock of ours say `acknowledged` or `sent` where others latch. */
export interface SlotCountsSoFar {
  readonly planned: number;
  readonly latched: number;
  readonly acknowledged: number;
  readonly sent: number;
  readonly late: number;
  readonly missed: number;
  /** A power of every UE that listens counts. */
  readonly measured: number;
}

export type SlotState = 'planned' | 'sent' | 'acknowledged' | 'latched' | 'measured' | 'late' | 'missed';

/** `numSlots` neighbours from `slot` on, by the worst that became of one of them. */
export interface SlotMark {
  readonly slot: number;
  readonly numSlots: number;
  readonly state: SlotState;
  /** Of the first. */
  readonly plannedBoardTimeS: number | null;
  readonly codewordKey: string | null;
}

/** Received power of one UE in `numSlots` slots of hers, from `slot` to `lastSlot`. */
export interface PowerRow {
  readonly ue: string;
  readonly slot: number;
  readonly lastSlot: number;
  readonly numSlots: number;
  /** Strongest, mean and weakest of the slots' mean powers over subcarriers, dB; null where it is 0. */
  readonly mostDb: number | null;
  readonly meanDb: number | null;
  readonly leastDb: number | null;
  readonly noiseFloorDb: number | null;
  /**
   * The strongest of each bin of subcarriers over the slots: base64 of bytes [numBins], each 255 less twice the dB below `topDb`, and 0
   * what is 127 dB or more below it. Null at the carrier alone.
   */
  readonly bins: string | null;
  /** Of the strongest bin; null without bins, and where all are 0. */
  readonly topDb: number | null;
}

export interface Radiating {
  readonly slot: number | null;
  /** What the board says of it: that it latched, that it was told, or nothing. */
  readonly status: 'latched' | 'acknowledged' | 'sent';
  readonly codewordKey: string | null;
  readonly hash: string;
  /** As its receipt says, s. */
  readonly boardTimeS: number;
}

/** What the board was told for a codeword; comes once to each watcher, before a frame that speaks of it. */
export interface Settings {
  readonly type: 'settings';
  readonly hash: string;
  /** Base64 of Float32Array [numElements] each. */
  readonly phaseRad: string;
  readonly delayS: string | null;
  readonly amplitude: string | null;
}

/** As recorded in table `events`, and in words where there are some. */
export interface LiveEvent {
  readonly type: 'event';
  readonly wallTimeMs: number;
  readonly kind: string;
  readonly detail: unknown;
  readonly text: string | null;
}

export interface LiveEstimate {
  readonly type: 'estimate';
  readonly ue: string;
  readonly epoch: number;
  readonly codewordKey: string;
  readonly angleRad: number;
  readonly elevationRad: number | null;
  /** Null on the far-field ring. */
  readonly distanceM: number | null;
  readonly numPilots: number;
  readonly rate: number | null;
}

/** How a tracked user was served in an epoch. */
export interface LiveEpoch {
  readonly type: 'epoch';
  readonly ue: string;
  readonly epoch: number;
  readonly boardTimeS: number;
  readonly state: string;
  readonly servedKey: string | null;
  readonly powerDb: number | null;
  readonly gainDb: number | null;
  /** Where the beam that served it is focused, m; null at infinity, and where nobody knows. */
  readonly placeM: readonly [x: number, y: number] | null;
}

/** Where a moving user truly was, m in the array's own frame. */
export interface LivePosition {
  readonly type: 'position';
  readonly ue: string;
  readonly boardTimeS: number;
  readonly placeM: readonly [x: number, y: number];
}

/** The last message: the run is over, and the array muted if `muted`. */
export interface RunEnd {
  readonly type: 'end';
  /** As in docs/errors.md; null when all went well. */
  readonly code: string | null;
  readonly what: string | null;
  /** Whether the board confirmed it. */
  readonly muted: boolean;
  /** Board time of the latest that is known, s. */
  readonly boardTimeS: number | null;
}

/** Answer to an order: when it was carried out, or why it was not. */
export interface Done {
  readonly type: 'done';
  readonly order: Order['order'];
  /** The watcher's own name for it. */
  readonly tag: string;
  /** The board's clock when it confirmed, s; null where it said nothing. */
  readonly boardTimeS: number | null;
  /** Milliseconds from the order's arrival to the board's confirmation. */
  readonly tookMs: number;
  readonly error: { readonly code: string; readonly what: string; readonly todo: string | null } | null;
}

export type LiveMessage =
  | RunHello
  | Frame
  | Settings
  | LiveEvent
  | LiveEstimate
  | LiveEpoch
  | LivePosition
  | RunEnd
  | Done;

/** What a watcher may ask for. A stop mutes the board ahead of everything that waits to be sent, and then ends the run. */
export interface Order {
  readonly order: 'stop' | 'mute' | 'unmute';
  readonly tag: string;
}
