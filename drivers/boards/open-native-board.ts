/** Finds out whether a board is at the other end of a transport, and connects to it. */
import { randomBytes } from 'node:crypto';
import { requirePositive } from '../../src/core/arguments.js';
import { type Clock, monotonicClock } from '../../src/core/clock.js';
import { BeamloopError } from '../../src/core/errors.js';
import { clipped } from '../../src/core/printable.js';
import { Link, type LinkEvents } from '../link/link.js';
import { lineBytesPerS } from '../link/link-cost.js';
import type { Refusal } from '../link/session.js';
import type { Transport } from '../transports/transport.js';
import { NativeBoard } from './native-board.js';
import { FIRMWARE_AT_FAULT } from './refusals.js';

export interface OpenNativeBoardOptions {
  readonly transport: Transport;
  readonly clock?: Clock;
  /** What the line carries, bit/s with 10 bits a byte; null where bytes take no time (loopback, virtual time). */
  readonly baudRate: number | null;
  /** Uniform 32-bit integers, for session ids. Seeded where runs are to be repeated byte for byte. */
  readonly random?: () => number;
  /** Time without a word after which the board mutes itself, s. */
  readonly watchdogS?: number;
  /** Time without a good frame after which the link counts as down, s. */
  readonly linkTimeoutS?: number;
  /** Time that the link may be down before it is given up, s; Infinity: never. */
  readonly giveUpAfterS?: number;
  /** Time for the board to answer the greeting, s. */
  readonly helloTimeoutS?: number;
  readonly signal?: AbortSignal;
}

/** Characters of a boot message that are shown. */
const MOST_TEXT = 160;

/**
 * Opens the transport, greets, asks what the memory holds and what time it is.
 *
 * Rejects as the transport does (PORT_NOT_FOUND, PORT_BUSY, PORT_FAILED), with NOT_A_BOARD when nothing or something else
 * answers, with PROTOCOL_VERSION when the board speaks another major version, or with the signal's reason. The transport
 * is closed then.
 */
export async function openNativeBoard(options: OpenNativeBoardOptions): Promise<NativeBoard> {
  const { transport, baudRate, clock = monotonicClock, helloTimeoutS = 3, signal } = options;
  if (baudRate !== null) requirePositive('baudRate', baudRate);
  requirePositive('helloTimeoutS', helloTimeoutS);
  signal?.throwIfAborted();
  let board: NativeBoard | null = null;
  let malformed: string | null = null;
  let settle: { resolve: (board: NativeBoard) => void; reject: (error: unknown) => void };
  const welcomed = new Promise<NativeBoard>((resolve, reject) => {
    settle = { resolve, reject };
  });
  const events: LinkEvents = {
    onWelcome: (welcome, continuity) => {
      if (board !== null) return board.onWelcome(welcome, continuity);
      board = new NativeBoard(link, welcome, transport.name, clock);
      return settle.resolve(board);
    },
    onRefused: (refusal) =>
      board === null ? settle.reject(versionError(transport.name, refusal)) : board.onRefused(),
    onDead: (error) => (board === null ? settle.reject(error) : board.onDead(error)),
    onDown: (reason) => board?.onDown(reason),
    onMessage: (message) => board?.onMessage(message),
    onClock: (exchange, token) => board?.onClock(exchange, token),
    onMalformed: (where) => {
      malformed ??= where;
      board?.onMalformed(where);
    },
  };
  const link = new Link(
    {
      transport,
      clock,
      random: options.random ?? (() => randomBytes(4).readUInt32LE()),
      watchdogS: options.watchdogS ?? 1,
      linkTimeoutS: options.linkTimeoutS ?? 2,
      giveUpAfterS: options.giveUpAfterS ?? 30,
      lineBytesPerS: options.baudRate === null ? null : lineBytesPerS(options.baudRate),
    },
    events,
  );
  const over = new AbortController();
  const deadline = clock.sleep(helloTimeoutS, over.signal).then(
    () => {
      throw silenceError(transport.name, helloTimeoutS, link, malformed);
    },
    () => welcomed,
  );
  const aborted = new Promise<never>((_resolve, reject) => {
    signal?.addEventListener('abort', () => reject(signal.reason), { once: true, signal: over.signal });
  });
  // Only the first of these is waited for; what the others come to later is nobody's business.
  for (const promise of [welcomed, deadline, aborted]) promise.catch(() => {});
  try {
    await link.start();
    const connected = await Promise.race([welcomed, deadline, aborted]);
    await Promise.race([connected.prepared(), aborted]);
    return connected;
  } catch (error) {
    await link.close();
    throw error;
  } finally {
    over.abort();
  }
}

function versionError(where: string, { board, host }: Refusal): BeamloopError {
  const newer = board.major > host.major ? 'a newer beamloop' : 'newer firmware on the board';
  return new BeamloopError('PROTOCOL_VERSION', {
    what:
      `The board speaks version ${board.major}.${board.minor} of the protocol, ` +
      `this beamloop ${host.major}.${host.minor}`,
    where,
    todo: `Install ${newer}`,
  });
}

const MORE_TIME =
  'A board that restarts when its port is opened needs more time, or DTR left low: board.openTimeout and board.dtr in the scenario, ' +
  '--open-timeout and --dtr of `beamloop board`';
const RIGHT_PORT =
  'check that this is the right port (`beamloop ports`) and that the baud rate is the board’s';

/** Nothing welcomed us: says what came instead. */
function silenceError(where: string, timeoutS: number, link: Link, malformed: string | null): BeamloopError {
  const { bytesReceived, framesReceived, echoedHellos } = link.statistics;
  const error = (what: string, todo: string) => new BeamloopError('NOT_A_BOARD', { what, where, todo });
  if (bytesReceived === 0 && link.lastLoss !== null) {
    const what = `Nothing answers, and the port was lost within ${timeoutS} s: ${link.lastLoss}`;
    return error(
      what,
      `Check whether another program, maybe on another machine, has the board, and ${RIGHT_PORT}`,
    );
  }
  if (bytesReceived === 0) {
    const what = `Nothing answers: not a byte came within ${timeoutS} s`;
    return error(what, `Check power and cable, and ${RIGHT_PORT}. ${MORE_TIME}`);
  }
  if (echoedHellos > 0) {
    return error('The device sends back what it gets; it is no board', capital(RIGHT_PORT));
  }
  if (malformed !== null) {
    const what = `The board’s greeting does not follow its layout (SPEC 6.1): ${malformed}`;
    return error(what, FIRMWARE_AT_FAULT);
  }
  const text = textIn(link.firstBytes);
  const shown = text === '' ? '' : `; there is text among them: "${text}"`;
  const what =
    framesReceived > 0
      ? `The device sent ${framesReceived} frames but no welcome within ${timeoutS} s`
      : `The device sent ${bytesReceived} bytes within ${timeoutS} s, none of which make a frame of a beamloop board${shown}`;
  return error(what, `${capital(RIGHT_PORT)}. ${MORE_TIME}`);
}

/** Words in bytes that are no frames, such as a boot message, in one line without control characters; empty: none. */
function textIn(bytes: Uint8Array): string {
  const runs =
    Buffer.from(bytes)
      .toString('latin1')
      .match(/[\x20-\x7e]{4,}/g) ?? [];
  return clipped(
    runs
      .map((run) => run.trim())
      .filter(Boolean)
      .join(' / '),
    MOST_TEXT,
  );
}

function capital(text: string): string {
  return `${text[0]!.toUpperCase()}${text.slice(1)}`;
}
