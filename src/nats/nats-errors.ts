/** What NATS, its server and TLS say, in our words. */
import { JetStreamApiError, JetStreamError } from '@nats-io/jetstream';
import {
  AuthorizationError,
  ClosedConnectionError,
  ConnectionError,
  NoRespondersError,
  PermissionViolationError,
  TimeoutError,
  UserAuthenticationExpiredError,
} from '@nats-io/transport-node';
import { BeamloopError, type ErrorCode } from '../core/errors.js';

/** Codes of JetStream's errors (nats-server, server/errors.json). */
export const JETSTREAM = {
  noRoomForMessage: 10_077,
  insufficientResources: 10_023,
  storageExceeded: 10_047,
  memoryExceeded: 10_028,
  accountResources: 10_002,
  mostStreams: 10_027,
  streamNotFound: 10_059,
  consumerNotFound: 10_014,
  streamIsOther: 10_058,
  subjectsOverlap: 10_065,
  consumerIsOther: 10_148,
  notEnabled: 10_076,
  notEnabledForAccount: 10_039,
  wrongLastSequence: 10_071,
  messageNotFound: 10_037,
} as const;

const FULL: readonly number[] = [
  JETSTREAM.insufficientResources,
  JETSTREAM.storageExceeded,
  JETSTREAM.memoryExceeded,
  JETSTREAM.accountResources,
  JETSTREAM.mostStreams,
  JETSTREAM.noRoomForMessage,
];
const OTHERS: readonly number[] = [
  JETSTREAM.streamIsOther,
  JETSTREAM.subjectsOverlap,
  JETSTREAM.consumerIsOther,
];
const NO_JETSTREAM: readonly number[] = [JETSTREAM.notEnabled, JETSTREAM.notEnabledForAccount];

/** The number of an error of JetStream; null for any other. */
export function jetStreamCode(error: unknown): number | null {
  return error instanceof JetStreamApiError ? error.code : null;
}

/** Whether it may go well when it is asked again: the server is gone or slow, or starts. */
export function isPassing(error: unknown): boolean {
  return causesOf(error).some(
    (one) =>
      one instanceof TimeoutError ||
      one instanceof NoRespondersError ||
      one instanceof ConnectionError ||
      (one instanceof JetStreamApiError && one.status === 503 && !FULL.includes(one.code)),
  );
}

/** Whether nobody takes what was published: JetStream starts, or the stream is not there. */
export function isUnheard(error: unknown): boolean {
  return causesOf(error).some((one) => one instanceof NoRespondersError);
}

/** Whether it is about what messages are fetched by, which may be gone while its stream is there; or with it. */
export function isOfConsumer(error: unknown): boolean {
  return (
    error instanceof JetStreamError ||
    (error instanceof Error && /consumer|heartbeat/i.test(`${error.name} ${error.message}`))
  );
}

function causesOf(error: unknown): unknown[] {
  const causes: unknown[] = [];
  for (let one = error; one instanceof Error && causes.length < 8; one = one.cause) causes.push(one);
  return causes;
}

/** @param shown the server, as people may see it. */
export function natsError(error: unknown, shown: string): BeamloopError {
  if (error instanceof BeamloopError) return error;
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  const [code, what, todo] = inWords(error, cause);
  return new BeamloopError(code, { what, where: shown, todo, cause: error });
}

/** The library does not export its class. */
function isWithoutJetStream(error: unknown): boolean {
  return error instanceof Error && error.name === 'JetStreamNotEnabled';
}

type Words = readonly [code: ErrorCode, what: string, todo: string];

function inWords(error: unknown, cause: unknown): Words {
  const number = jetStreamCode(error) ?? jetStreamCode(cause);
  if (number !== null) return ofJetStream(number, (error as Error).message);
  for (const one of [error, cause]) {
    if (one instanceof UserAuthenticationExpiredError) {
      return ['NATS_REFUSED', 'The NATS server says that the credentials have expired', 'Get new ones'];
    }
    if (one instanceof AuthorizationError) {
      return [
        'NATS_REFUSED',
        'The NATS server does not let us in with these credentials',
        'Check user and password, token, NKey or credentials file, and that the server knows them',
      ];
    }
    if (one instanceof PermissionViolationError) {
      return [
        'NATS_REFUSED',
        `The NATS server does not allow ${one.operation === 'publish' ? 'publishing to' : 'subscribing to'} ${one.subject}`,
        'Ask its administrator for permission; docs/scale-out.md and docs/telemetry.md list the subjects that beamloop uses',
      ];
    }
  }
  const tls = ofTls(error) ?? ofTls(cause);
  if (tls !== null) return tls;
  if (cause instanceof NoRespondersError || isWithoutJetStream(error)) return NOBODY_KEEPS_STREAMS;
  return ofConnection(error, cause);
}

const NOBODY_KEEPS_STREAMS: Words = [
  'NATS_NO_JETSTREAM',
  'The NATS server keeps no streams: JetStream is off, or still starting',
  'Start it with JetStream: nats-server -js -sd FOLDER',
];

function ofJetStream(number: number, said: string): Words {
  if (NO_JETSTREAM.includes(number)) return NOBODY_KEEPS_STREAMS;
  if (FULL.includes(number)) {
    return [
      'NATS_FULL',
      `The NATS server has no room: ${said}`,
      'Free room on its disk, or raise the limits of JetStream or of the account; what was done so far is kept',
    ];
  }
  if (OTHERS.includes(number)) {
    return [
      'NATS_STREAM',
      `A stream or consumer of that name is not as beamloop makes it: ${said}`,
      'Use another name, or remove it from the server if nobody needs it',
    ];
  }
  if (number === JETSTREAM.streamNotFound || number === JETSTREAM.consumerNotFound) {
    return [
      'NATS_STREAM',
      `What was kept on the NATS server is gone: ${said}`,
      'Somebody took it away; start anew',
    ];
  }
  return ['NATS_STREAM', `The NATS server refuses: ${said}`, 'Look into its log'];
}

/** Node's codes of TLS. */
const UNKNOWN_SIGNER =
  /UNABLE_TO_(VERIFY|GET)|SELF_SIGNED|self.signed|unable to (verify|get)|CERT_UNTRUSTED/i;

function ofTls(error: unknown): Words | null {
  if (!(error instanceof Error)) return null;
  const { code = '' } = error as NodeJS.ErrnoException;
  const said = error.message;
  if (UNKNOWN_SIGNER.test(`${code} ${said}`)) {
    return [
      'NATS_REFUSED',
      "Nobody whom we trust has signed the NATS server's certificate",
      'Name the file of its authority: --nats-ca FILE or NATS_CA',
    ];
  }
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID') {
    return [
      'NATS_REFUSED',
      "The NATS server's certificate is for another host",
      'Use the name that the certificate has, or give the server a certificate for this one',
    ];
  }
  if (code === 'CERT_HAS_EXPIRED' || code === 'CERT_NOT_YET_VALID') {
    return [
      'NATS_REFUSED',
      `The NATS server's certificate ${code === 'CERT_HAS_EXPIRED' ? 'has expired' : 'is not valid yet'}`,
      'Give the server a valid one, and check the clocks',
    ];
  }
  if (/does not support 'tls'|is not available on this server/.test(said)) {
    return [
      'NATS_REFUSED',
      'TLS was asked for, and the NATS server does not offer it',
      'Use nats:// in place of tls:// if the line may be read by others, or configure TLS at the server',
    ];
  }
  if (/^ERR_(SSL|OSSL|TLS|CRYPTO)/.test(code) || /\bPEM\b|key values mismatch|\bASN1\b/i.test(said)) {
    return [
      'NATS_REFUSED',
      `TLS with the NATS server failed: ${code || said}`,
      'Check that certificate and key belong together and are in PEM, and that the server speaks TLS',
    ];
  }
  return null;
}

function ofConnection(error: unknown, cause: unknown): Words {
  const { code = '' } = (cause ?? {}) as NodeJS.ErrnoException;
  const said = error instanceof Error ? error.message : String(error);
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') {
    return ['NATS_UNREACHABLE', 'There is no host of that name', 'Check the address and the name service'];
  }
  if (said === 'connection refused' || code === 'ECONNREFUSED') {
    return [
      'NATS_UNREACHABLE',
      'No NATS server listens at that address',
      'Check host and port, and that nats-server runs: nats-server -js -sd FOLDER',
    ];
  }
  if (error instanceof ClosedConnectionError) {
    return ['NATS_UNREACHABLE', 'The connection to the NATS server was closed', 'Try again'];
  }
  if (error instanceof TimeoutError || cause instanceof TimeoutError || said === 'TIMEOUT') {
    return ['NATS_UNREACHABLE', 'The NATS server does not answer in time', 'Check the network and its load'];
  }
  const reason = code || said || 'it does not say why';
  return [
    'NATS_UNREACHABLE',
    `The NATS server cannot be reached, or what answers is none: ${reason}`,
    'Check host and port',
  ];
}
