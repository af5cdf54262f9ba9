/** Which NATS server, and who asks: from options of the command line and from the environment, as the nats CLI names it. */
import { BeamloopError } from '../core/errors.js';

/** Files are named, secrets are given. */
export interface NatsSettings {
  /** `nats://host:4222`, `tls://host:4222`, several with commas; user and password may stand in it. */
  readonly url?: string | undefined;
  readonly user?: string | undefined;
  readonly password?: string | undefined;
  readonly token?: string | undefined;
  /** File of an NKey's seed. */
  readonly nkey?: string | undefined;
  /** File of credentials: a JWT and the seed of its NKey. */
  readonly creds?: string | undefined;
  /** Files in PEM: who signs the server's certificate, and the certificate and key that we show. */
  readonly ca?: string | undefined;
  readonly cert?: string | undefined;
  readonly key?: string | undefined;
}

const NATS_VARIABLES: Readonly<Record<keyof NatsSettings, string>> = {
  url: 'NATS_URL',
  user: 'NATS_USER',
  password: 'NATS_PASSWORD',
  token: 'NATS_TOKEN',
  nkey: 'NATS_NKEY',
  creds: 'NATS_CREDS',
  ca: 'NATS_CA',
  cert: 'NATS_CERT',
  key: 'NATS_KEY',
};

/** Ways to say who one is: a server is told one of them. */
const IDENTITIES = ['user', 'token', 'nkey', 'creds'] as const;

/** What options say goes before the environment: whoever is named by an option is not named by variables as well. */
export function natsSettings(options: NatsSettings, environment: NodeJS.ProcessEnv): NatsSettings {
  const names = Object.keys(NATS_VARIABLES) as (keyof NatsSettings)[];
  const isNamed = IDENTITIES.some((name) => options[name] !== undefined) || hasUser(options.url);
  const isIdentity = (name: string) =>
    name === 'password' || (IDENTITIES as readonly string[]).includes(name);
  const settings: Record<string, string> = {};
  for (const name of names) {
    const variable = environment[NATS_VARIABLES[name]];
    const value = options[name] ?? (isNamed && isIdentity(name) && !isOfUser(name, options) ? '' : variable);
    if (value !== undefined && value !== '') settings[name] = value;
  }
  return settings;
}

/** A password is best left to the environment, also where the user is named by an option. */
function isOfUser(name: string, options: NatsSettings): boolean {
  return name === 'password' && options.user !== undefined;
}

function hasUser(url: string | undefined): boolean {
  return url?.includes('@') === true;
}

export interface NatsServer {
  readonly hostname: string;
  readonly port: number;
}

/** Where and as whom, checked; no file was read yet. */
export interface NatsAccess {
  readonly servers: readonly NatsServer[];
  /** For people: addresses, without user and password. */
  readonly shown: string;
  readonly isTls: boolean;
  readonly settings: Omit<NatsSettings, 'url'>;
}

const DEFAULT_PORT = 4222;

/** @throws BAD_ARGUMENT for addresses that are none, and for identities that contradict each other; secrets are not told. */
export function natsAccess({ url, ...given }: NatsSettings): NatsAccess {
  if (url === undefined) {
    throw refused('No NATS server was named', 'Give --nats nats://HOST:4222, or set NATS_URL');
  }
  const parsed = url.split(',').map((part) => parseServer(part.trim()));
  const inUrl = parsed.find(({ username }) => username !== '');
  const settings = inUrl === undefined ? given : { ...given, ...userOf(inUrl) };
  const named = IDENTITIES.filter((name) => settings[name] !== undefined);
  if (named.length > 1) {
    throw refused(
      `The NATS server is to be told ${named.map((name) => WORDS[name]).join(' and ')}`,
      `Give one of them; the environment counts, too: ${named.map((name) => NATS_VARIABLES[name]).join(', ')}`,
    );
  }
  if ((settings.user === undefined) !== (settings.password === undefined)) {
    throw refused(
      settings.user === undefined
        ? 'A password was given without its user'
        : 'A user was given without a password',
      'Give both: --nats-user (or NATS_USER) and NATS_PASSWORD',
    );
  }
  if ((settings.cert === undefined) !== (settings.key === undefined)) {
    throw refused(
      'A client certificate and its key belong together, and one is missing',
      'Give both: --nats-cert and --nats-key (or NATS_CERT and NATS_KEY)',
    );
  }
  const isTls =
    parsed.some(({ protocol }) => protocol === 'tls:') || [settings.ca, settings.cert].some((file) => file);
  const scheme = isTls ? 'tls' : 'nats';
  const servers = parsed.map(({ hostname, port }) => ({
    hostname: hostname.replace(/^\[|\]$/g, ''),
    port: port === '' ? DEFAULT_PORT : Number(port),
  }));
  return {
    servers,
    shown: servers.map((server) => `${scheme}://${hostAndPort(server)}`).join(','),
    isTls,
    settings,
  };
}

/** An IPv6 address stands in brackets. */
export function hostAndPort({ hostname, port }: NatsServer): string {
  return `${hostname.includes(':') ? `[${hostname}]` : hostname}:${port}`;
}

const WORDS = {
  user: 'a user',
  token: 'a token',
  nkey: 'an NKey',
  creds: 'credentials of a file',
} as const;

/** `http` so that the parser of addresses knows of hosts and ports what it knows of the web's. */
function parseServer(text: string) {
  const [, scheme = 'nats', rest = ''] = /^(?:([a-z]+):\/\/)?(.*)$/i.exec(text) ?? [];
  const protocol = `${scheme.toLowerCase()}:`;
  // Whatever stands before the host may be secret, also in what is no address.
  const shown = text.replace(/^([a-z]+:\/\/)?.*@/i, '$1');
  const complain = () =>
    refused(`'${shown}' is no address of a NATS server`, 'Give nats://HOST:PORT or tls://HOST:PORT');
  if (!['nats:', 'tls:'].includes(protocol) || rest === '') throw complain();
  try {
    // 80 would be left out.
    const { hostname, port, username, password, pathname, search, hash } = new URL(`ws+nats://${rest}`);
    if (hostname === '' || !['', '/'].includes(pathname) || search !== '' || hash !== '') throw complain();
    return { protocol, hostname, port, username, password };
  } catch {
    throw complain();
  }
}

/** Without a password it is a token, as with the nats CLI. */
function userOf({ username, password }: { username: string; password: string }) {
  if (password === '') return { token: decodeURIComponent(username) };
  return { user: decodeURIComponent(username), password: decodeURIComponent(password) };
}

function refused(what: string, todo: string): BeamloopError {
  return new BeamloopError('BAD_ARGUMENT', { what, where: '--nats', todo });
}
