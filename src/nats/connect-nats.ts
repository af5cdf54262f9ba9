/** Connects to a NATS server. What only it can tell (its certificate, whom it lets in) is told in our words; secrets are told nobody. */
import { readFile } from 'node:fs/promises';
import { isIP } from 'node:net';
import { checkServerIdentity, type PeerCertificate } from 'node:tls';
import {
  type Authenticator,
  ClosedConnectionError,
  type ConnectionOptions,
  connect,
  credsAuthenticator,
  type NatsConnection,
  nkeyAuthenticator,
  TimeoutError,
  type TlsOptions,
  tokenAuthenticator,
  usernamePasswordAuthenticator,
} from '@nats-io/transport-node';
import { BeamloopError } from '../core/errors.js';
import { natsError } from './nats-errors.js';
import { hostAndPort, type NatsAccess, type NatsSettings, natsAccess } from './nats-settings.js';
import { type ServerInfo, serverInfo } from './server-info.js';

/** First contact: a server that is there answers at once. */
const CONNECT_TIMEOUT_MS = 5000;
const RECONNECT_WAIT_MS = 250;
/** A line that is cut without a word is found dead after two of these. */
const PING_INTERVAL_MS = 10_000;

export interface NatsOptions {
  /** What the server's administrator sees. */
  readonly name: string;
  /** Told when the server is gone, and when it is back. */
  readonly onState?: ((state: 'gone' | 'back', shown: string) => void) | undefined;
}

export interface Nats {
  readonly connection: NatsConnection;
  /** Addresses for people, without secrets. */
  readonly shown: string;
  /** Resolves once the connection is over for good: null where we closed it. */
  readonly ended: Promise<BeamloopError | null>;
  /** What was published is sent first. */
  close(): Promise<void>;
}

/**
 * Connects. From then on a server that is gone is waited for, however long.
 *
 * @throws BAD_ARGUMENT for settings that contradict each other; FILE_NOT_FOUND, FILE_UNREADABLE for files of keys and certificates;
 *   NATS_UNREACHABLE; NATS_REFUSED.
 */
export async function connectNats(settings: NatsSettings, options: NatsOptions): Promise<Nats> {
  const access = natsAccess(settings);
  const connectionOptions = await connectionOptionsOf(access, options.name);
  const { wantsCertificate } = await firstInfo(access);
  if (wantsCertificate && access.settings.cert === undefined) throw wantedCertificate(access.shown);
  const connection = await connect(connectionOptions).catch((error: unknown) => {
    // A server that turns our certificate down says so after it seems to have let us in: the library hears nothing.
    const isTurnedDown = wantsCertificate && error instanceof TimeoutError;
    throw isTurnedDown ? wantedCertificate(access.shown) : natsError(error, access.shown);
  });
  void watchStates(connection, access.shown, options.onState);
  let isClosing = false;
  return {
    connection,
    shown: access.shown,
    ended: connection.closed().then((error) => {
      if (error) return natsError(error, access.shown);
      return isClosing ? null : natsError(new ClosedConnectionError(), access.shown);
    }),
    close: async () => {
      isClosing = true;
      if (connection.isClosed()) return;
      // A server that is gone takes nothing more.
      await Promise.race([connection.drain().catch(() => {}), patience()]);
      await connection.close();
    },
  };
}

/** Of the first server that is there. */
async function firstInfo({ servers, shown }: NatsAccess): Promise<ServerInfo> {
  let firstError: unknown;
  for (const server of servers) {
    try {
      return await serverInfo(server, CONNECT_TIMEOUT_MS);
    } catch (error) {
      firstError ??= error;
    }
  }
  throw natsError(firstError, shown);
}

function wantedCertificate(shown: string): BeamloopError {
  return new BeamloopError('NATS_REFUSED', {
    what: 'The NATS server wants a client certificate that it trusts',
    where: shown,
    todo: 'Give --nats-cert and --nats-key (or NATS_CERT and NATS_KEY), signed by an authority of the server',
  });
}

const CLOSE_PATIENCE_MS = 2000;

function patience(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, CLOSE_PATIENCE_MS).unref());
}

async function watchStates(
  connection: NatsConnection,
  shown: string,
  onState: NatsOptions['onState'],
): Promise<void> {
  for await (const { type } of connection.status()) {
    if (type === 'disconnect') onState?.('gone', shown);
    if (type === 'reconnect') onState?.('back', shown);
  }
}

async function connectionOptionsOf(access: NatsAccess, name: string): Promise<ConnectionOptions> {
  const authenticator = await authenticatorOf(access.settings);
  return {
    servers: access.servers.map(hostAndPort),
    name,
    timeout: CONNECT_TIMEOUT_MS,
    maxReconnectAttempts: -1,
    reconnectTimeWait: RECONNECT_WAIT_MS,
    pingInterval: PING_INTERVAL_MS,
    // Stack traces of every request cost more than the request.
    noAsyncTraces: true,
    ...(authenticator !== null && { authenticator }),
    ...(access.isTls && { tls: await tlsOf(access) }),
  };
}

async function authenticatorOf(settings: NatsAccess['settings']): Promise<Authenticator | null> {
  const { user, password, token, nkey, creds } = settings;
  if (user !== undefined) return usernamePasswordAuthenticator(user, password);
  if (token !== undefined) return tokenAuthenticator(token);
  if (nkey !== undefined) {
    const text = (await readSecret(nkey, "an NKey's seed")).toString('utf8');
    const seed = /^SU[A-Z2-7]{56}$/m.exec(text)?.[0];
    if (seed === undefined) throw noSecret(nkey, "no NKey's seed of a user (SU…)");
    return checked(nkeyAuthenticator(Buffer.from(seed)), nkey);
  }
  if (creds !== undefined) {
    const text = await readSecret(creds, 'credentials');
    return checked(credsAuthenticator(text), creds);
  }
  return null;
}

/** Tried before it is used: what the library says of a broken seed comes late, and quotes. */
function checked(authenticator: Authenticator, file: string): Authenticator {
  try {
    authenticator('nonce');
  } catch {
    throw noSecret(file, 'no credentials that can be read: a JWT and the seed of its NKey');
  }
  return authenticator;
}

async function tlsOf({ servers, settings: { ca, cert, key } }: NatsAccess): Promise<TlsOptions> {
  // The library tells TLS no name where the address is a number, and Node then takes `localhost` for it.
  const names = servers.map(({ hostname }) => hostname);
  const pem = async (file: string, what: string) => (await readSecret(file, what)).toString('utf8');
  return {
    ...(ca !== undefined && { ca: await pem(ca, 'certificates of authorities') }),
    ...(cert !== undefined && { cert: await pem(cert, 'a certificate') }),
    ...(key !== undefined && { key: await pem(key, 'the key of a certificate') }),
    ...(names.some((name) => isIP(name) !== 0) && {
      checkServerIdentity: (told: string, certificate: PeerCertificate) => {
        const faults = (told === 'localhost' ? names : [told]).map((name) =>
          checkServerIdentity(name, certificate),
        );
        return faults.includes(undefined) ? undefined : faults[0];
      },
    }),
  };
}

async function readSecret(file: string, what: string): Promise<Buffer> {
  try {
    return await readFile(file);
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    const isMissing = code === 'ENOENT' || code === 'ENOTDIR';
    throw new BeamloopError(isMissing ? 'FILE_NOT_FOUND' : 'FILE_UNREADABLE', {
      what: isMissing ? `The file of ${what} does not exist` : `The file of ${what} cannot be read: ${code}`,
      where: file,
      todo: isMissing ? 'Check the path' : 'Check its permissions',
      cause,
    });
  }
}

/** What the file holds is not quoted. */
function noSecret(file: string, what: string): BeamloopError {
  return new BeamloopError('FILE_UNREADABLE', {
    what: `There is ${what} in it`,
    where: file,
    todo: 'Check that it is the right file',
  });
}
