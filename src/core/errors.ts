/**
 * The one error class and the one catalogue of error codes.
 *
 * Every error that a user can meet says what happened, where, and what to do. docs/errors.md lists the
 * catalogue for readers; a test holds the two together.
 */
import { printable } from './printable.js';

/** Exit codes of the command line. */
export const EXIT = {
  ok: 0,
  internal: 1,
  usage: 2,
  board: 3,
  ue: 4,
  recording: 5,
  incomplete: 6,
  nonconforming: 7,
  hungUp: 129,
  interrupted: 130,
} as const;

/** Catalogue: code → exit code and one line for the documentation. */
export const ERROR_CATALOGUE = {
  INTERNAL: { exit: EXIT.internal, meaning: 'beamloop itself is at fault; please report it' },
  BAD_ARGUMENT: {
    exit: EXIT.usage,
    meaning: 'a command-line argument or function argument is out of its range',
  },
  BAD_UNIT: { exit: EXIT.usage, meaning: 'a quantity could not be read, or has the wrong unit' },
  FILE_NOT_FOUND: { exit: EXIT.usage, meaning: 'a file or folder that was named does not exist' },
  FILE_UNREADABLE: { exit: EXIT.usage, meaning: 'a file exists but could not be read or parsed' },
  FILE_UNWRITABLE: { exit: EXIT.usage, meaning: 'a file or folder could not be made or written' },
  SCENARIO_INVALID: { exit: EXIT.usage, meaning: 'a scenario or study file does not follow its schema' },
  PLUGIN_INVALID: {
    exit: EXIT.usage,
    meaning: 'a plugin is not there, does not load, defines no scheme that can be used, or fails',
  },
  MODEL_INVALID: { exit: EXIT.usage, meaning: 'a folder is not that of a trained model, or is damaged' },
  MODEL_MISMATCH: {
    exit: EXIT.usage,
    meaning: 'a trained model, or its unfinished training, is for something else than what it is asked for',
  },
  DATASET_INVALID: {
    exit: EXIT.usage,
    meaning:
      'a folder is no data set that can be read, or one of its files is damaged or contradicts the others',
  },
  PLAN_REFUSED: {
    exit: EXIT.usage,
    meaning:
      'link, codeword memory or switch time cannot keep the planned slots, the board its delays, or UEs the powers of so many pilots',
  },
  WATCH_REFUSED: {
    exit: EXIT.usage,
    meaning: 'a run that goes on cannot be watched, or did not do what its watcher asked for',
  },
  NATS_UNREACHABLE: { exit: EXIT.usage, meaning: 'a NATS server is not there, does not answer, or is none' },
  NATS_REFUSED: {
    exit: EXIT.usage,
    meaning:
      'a NATS server refused credentials, a certificate or a permission, or its own certificate cannot be trusted',
  },
  NATS_NO_JETSTREAM: { exit: EXIT.usage, meaning: 'a NATS server keeps no streams' },
  NATS_FULL: {
    exit: EXIT.usage,
    meaning: 'a NATS server has no room: its disk, or a limit that it was given',
  },
  NATS_STREAM: {
    exit: EXIT.usage,
    meaning: 'a stream on a NATS server is not as beamloop makes it, or is gone',
  },
  STUDY_MISMATCH: {
    exit: EXIT.usage,
    meaning: 'an unfinished study, or data on a server, are others, or of another version of beamloop',
  },
  SHARD_FAILED: {
    exit: EXIT.usage,
    meaning: 'a part of a study made no progress, or ended its thread, more than once',
  },
  PORT_NOT_FOUND: { exit: EXIT.board, meaning: 'the port does not exist, or nothing listens at its address' },
  PORT_BUSY: { exit: EXIT.board, meaning: 'another program holds the port' },
  PORT_FAILED: { exit: EXIT.board, meaning: 'the port could not be opened or failed while open' },
  NOT_A_BOARD: { exit: EXIT.board, meaning: 'the device does not answer as a beamloop board' },
  PROTOCOL_VERSION: {
    exit: EXIT.board,
    meaning: 'board and host speak different major versions of the protocol',
  },
  BOARD_REFUSED: { exit: EXIT.board, meaning: 'the board refused a request' },
  BOARD_SILENT: { exit: EXIT.board, meaning: 'the board stopped answering' },
  BOARD_RESET: {
    exit: EXIT.board,
    meaning: 'the board restarted, or obeyed another program, while a request was underway',
  },
  BOARD_MISMATCH: { exit: EXIT.board, meaning: 'the board is not the array that the scenario describes' },
  BOARD_FAULT: { exit: EXIT.board, meaning: 'the board reported a fault' },
  BRIDGE_LISTEN: { exit: EXIT.ue, meaning: 'the bridge could not listen on its address' },
  BRIDGE_TOKEN: { exit: EXIT.ue, meaning: 'the bridge needs a token when it listens beyond 127.0.0.1' },
  DASHBOARD_LISTEN: { exit: EXIT.usage, meaning: 'the dashboard could not listen on its port' },
  UE_REFUSED: { exit: EXIT.ue, meaning: 'the bridge refused a UE' },
  UE_ABSENT: { exit: EXIT.ue, meaning: 'a UE that the scenario needs is not connected, or went away' },
  UE_SILENT: { exit: EXIT.ue, meaning: 'a UE did not report the slots that it was asked to measure' },
  UE_MISMATCH: {
    exit: EXIT.ue,
    meaning: 'a UE measures other subcarriers than the scenario says',
  },
  UE_ESTIMATE: {
    exit: EXIT.ue,
    meaning: 'a UE could not estimate where it is, or what it measured allows no estimate',
  },
  NO_EVIDENCE: {
    exit: EXIT.ue,
    meaning:
      'what a UE measured is no evidence of where it is: noise, or a receiver that is stuck, saturated or makes it up',
  },
  RADIO_FAILED: {
    exit: EXIT.ue,
    meaning: 'a radio, or the stream or file of its samples, could not be opened, ended badly or stopped',
  },
  SAMPLES_INVALID: {
    exit: EXIT.ue,
    meaning: 'a stream or file of samples is not in the format that it should be in',
  },
  RECORDING_EXISTS: { exit: EXIT.recording, meaning: 'the folder already holds a recording' },
  RECORDING_INVALID: { exit: EXIT.recording, meaning: 'the folder is not a recording' },
  RECORDING_DAMAGED: { exit: EXIT.recording, meaning: 'the file of the recording is damaged' },
  RECORDING_VERSION: {
    exit: EXIT.recording,
    meaning: 'the recording was written by a beamloop whose recordings this one cannot read',
  },
  RECORDING_LOST: {
    exit: EXIT.recording,
    meaning: 'the recording of a run could not be written any more, or was deleted; the run ended',
  },
  RECORDING_BUSY: { exit: EXIT.recording, meaning: 'another process has the recording open' },
  RECORDING_LACKS_PILOT: {
    exit: EXIT.recording,
    meaning: 'a replayed scheme asked for a pilot that was not recorded',
  },
  CAMPAIGN_INCOMPLETE: {
    exit: EXIT.incomplete,
    meaning: 'the campaign ended without an estimate for every user',
  },
  CALIBRATION_STALE: {
    exit: EXIT.nonconforming,
    meaning: 'an array is not as its calibration table says',
  },
  BOARD_NONCONFORMING: {
    exit: EXIT.nonconforming,
    meaning:
      'a board failed a check of `beamloop conformance`; the table says which clause of SPEC.md it breaks',
  },
  REPLAY_DIFFERS: {
    exit: EXIT.nonconforming,
    meaning: 'an emulated board answers otherwise than the board in a wire log did',
  },
  INTERRUPTED: { exit: EXIT.interrupted, meaning: 'Ctrl-C or SIGTERM; the array was muted' },
  HUNG_UP: { exit: EXIT.hungUp, meaning: 'the terminal is gone (SIGHUP), else as INTERRUPTED' },
} as const satisfies Record<string, { exit: number; meaning: string }>;

export type ErrorCode = keyof typeof ERROR_CATALOGUE;

export interface ErrorParts {
  /** What happened, one sentence without a full stop. */
  readonly what: string;
  /** Where: a file with its key or line, a port, an address, an option. */
  readonly where?: string;
  /** What the user can do about it. */
  readonly todo?: string;
  /** Folder of a recording that `beamloop resume` can go on with. */
  readonly recording?: string;
  readonly cause?: unknown;
}

/** What a file, a board or a UE said is part of many messages, and must not command the terminal that shows them. */
function withoutControlCharacters(parts: ErrorParts): ErrorParts {
  const { what, where, todo } = parts;
  return {
    ...parts,
    what: printable(what),
    ...(where !== undefined && { where: printable(where) }),
    ...(todo !== undefined && { todo: printable(todo) }),
  };
}

/** Every error that beamloop raises on purpose. */
export class BeamloopError extends Error {
  override readonly name = 'BeamloopError';
  readonly code: ErrorCode;
  readonly what: string;
  readonly where: string | undefined;
  readonly todo: string | undefined;
  readonly recording: string | undefined;

  constructor(code: ErrorCode, given: ErrorParts) {
    const parts = code === 'INTERNAL' ? given : withoutControlCharacters(given);
    const where = parts.where === undefined ? '' : ` (${parts.where})`;
    const todo = parts.todo === undefined ? '' : `. ${parts.todo}`;
    super(`${parts.what}${where}${todo}`, parts.cause === undefined ? undefined : { cause: parts.cause });
    this.code = code;
    this.what = parts.what;
    this.where = parts.where;
    this.todo = parts.todo;
    this.recording = parts.recording;
  }

  get exitCode(): number {
    return ERROR_CATALOGUE[this.code].exit;
  }
}
