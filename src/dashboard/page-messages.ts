/**
 * What the dashboard's server and its page tell each other: JSON documents over a WebSocket, one a message. The page is of the same
 * build as its server, so there are no versions to reconcile.
 */
import type { ErrorCode } from '../core/errors.js';
import type { Done, LiveMessage, Order, Radiating, RunHello, Settings } from '../live/messages.js';

/** Subprotocol; the token follows as a second one, `token.…`, because a browser's WebSocket sends no headers of ours. */
export const PAGE_PROTOCOL = 'beamloop.dashboard.v1';
export const TOKEN_PROTOCOL = 'token.';

/** A run that is there now, or was while this dashboard ran. */
export interface RunEntry {
  readonly id: string;
  readonly pid: number;
  readonly name: string;
  readonly command: RunHello['command'];
  readonly startedAt: string;
  readonly isEmulated: boolean;
  readonly isOver: boolean;
  /** Was started by this dashboard. */
  readonly isOwn: boolean;
  /** Where it goes on; null: on the machine of the dashboard. */
  readonly host: string | null;
  /** Why it can be neither stopped nor muted from here; null of runs that can. */
  readonly whyNoOrders: string | null;
}

export interface PageError {
  readonly code: ErrorCode | string;
  readonly what: string;
  readonly where?: string | undefined;
  readonly todo?: string | undefined;
}

/** The scenario that the dashboard was called with. */
export interface ScenarioEntry {
  readonly file: string;
  readonly title: string;
  readonly isEmulated: boolean;
  /** Of its boards. */
  readonly ports: readonly string[];
  /** Why no beam can be steered by hand with it; null where one can. */
  readonly whyNoSteering: string | null;
}

/** A command that this dashboard started. */
export interface StartedEntry {
  readonly state: 'idle' | 'starting' | 'running' | 'ended';
  readonly pid: number | null;
  /** Why it ended, where that was no good. */
  readonly error: PageError | null;
}

/** All that is not about one run; comes first, and whenever something of it changes. */
export interface StateMessage {
  readonly type: 'state';
  /** Newest first. */
  readonly runs: readonly RunEntry[];
  readonly scenario: ScenarioEntry | null;
  readonly run: StartedEntry;
  readonly steering: StartedEntry;
  /** Where recordings are looked for, as the user named it. */
  readonly recordings: string;
  /** Runs that are there but cannot be watched, and why. */
  readonly troubles: readonly string[];
}

/** What the plane of the pattern spans. */
export type PlaneAxes =
  | { readonly kind: 'distance'; readonly nearM: number; readonly farM: number }
  /** Azimuth and elevation, both from -90 to 90 degrees. */
  | { readonly kind: 'direction' };

/** From here on messages are about this run; what was before of it follows. */
export interface FollowingMessage {
  readonly type: 'following';
  readonly run: string;
  readonly hello: RunHello;
  readonly axes: PlaneAxes;
}

/** Messages of the run that do not go on to pages are made of something else there. */
export type ShownMessage = Exclude<LiveMessage, Settings | RunHello | Done>;

export interface RunMessage {
  readonly type: 'run';
  readonly run: string;
  readonly message: ShownMessage;
}

/** Gain over the plane of what was radiated: columns over the sine of the angle (or azimuth), rows upwards. */
export interface PatternMessage {
  readonly type: 'pattern';
  readonly run: string;
  /** What is radiated, and since when; another codeword may be by now. */
  readonly radiating: Radiating;
  readonly numColumns: number;
  readonly numRows: number;
  /** Base64 of bytes [numRows * numColumns], row 0 nearest or lowest: steps of `stepDb` from `floorDb`. */
  readonly cells: string;
  readonly floorDb: number;
  readonly stepDb: number;
  readonly peakDb: number;
  /** Where the peak is: distance and sine of the angle, or azimuth and elevation in rad. */
  readonly peak: readonly [x: number, y: number];
}

/** The run is gone without having said that it ends. */
export interface LostMessage {
  readonly type: 'lost';
  readonly run: string;
  readonly why: string;
}

/** What became of something that the page asked for. */
export interface AnswerMessage {
  readonly type: 'answer';
  readonly tag: string;
  /** In words; null with an error. */
  readonly text: string | null;
  readonly done: Done | null;
  readonly error: PageError | null;
}

export type ServerMessage =
  | StateMessage
  | FollowingMessage
  | RunMessage
  | PatternMessage
  | LostMessage
  | AnswerMessage;

export type PageMessage =
  | { readonly ask: 'follow'; readonly run: string }
  | { readonly ask: 'order'; readonly tag: string; readonly run: string; readonly order: Order['order'] }
  | { readonly ask: 'start'; readonly tag: string }
  /** Opens the board for steering by hand, or mutes and leaves it. */
  | { readonly ask: 'steering'; readonly tag: string; readonly on: boolean }
  | {
      readonly ask: 'steer';
      readonly tag: string;
      /** Null for the far field. */
      readonly distanceM: number | null;
      readonly angleRad: number;
      /** Null for linear arrays; of planar ones `angleRad` is the azimuth. */
      readonly elevationRad: number | null;
    };

/** A recording in the folder that is browsed. */
export interface RecordingEntry {
  /** Path below the folder. */
  readonly name: string;
  readonly state: 'complete' | 'unfinished' | 'busy' | 'unreadable';
  /** Why it cannot be read. */
  readonly error: PageError | null;
  readonly title: string | null;
  readonly scheme: string | null;
  readonly kind: 'run' | 'calibration' | null;
  /** ISO 8601. */
  readonly startedAt: string | null;
  readonly sizeBytes: number;
  readonly numUsers: number | null;
  readonly numFound: number | null;
  readonly hasReport: boolean;
}

export interface RecordingList {
  readonly folder: string;
  readonly recordings: readonly RecordingEntry[];
  /** Entries of the folder that are no recordings. */
  readonly numForeign: number;
  /** Recordings beyond those that are listed. */
  readonly numMore: number;
}

/** A table of what differs; `-` where a recording has no such thing. */
export interface Comparison {
  readonly names: readonly string[];
  readonly settings: readonly (readonly string[])[];
  readonly figures: readonly (readonly string[])[];
  readonly users: readonly (readonly string[])[];
}
