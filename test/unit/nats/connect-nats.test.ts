/** Every way to a NATS server and every way in, against the real server. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { BeamloopError } from '../../../src/core/errors.js';
import { connectNats } from '../../../src/nats/connect-nats.js';
import { openJetStream } from '../../../src/nats/jetstream.js';
import type { NatsSettings } from '../../../src/nats/nats-settings.js';
import { makeCertificates, makeCredentials, makeNKey } from '../../fixtures/nats-identities.js';
import { type NatsServer, startNatsServer } from '../../fixtures/nats-server.js';

const folder = mkdtempSync(path.join(tmpdir(), 'nats-ways-'));
const servers: NatsServer[] = [];
afterAll(async () => {
  await Promise.all(servers.map((server) => server.remove()));
  rmSync(folder, { recursive: true });
});

async function serve(config: string, hasJetStream = true): Promise<NatsServer> {
  const server = await startNatsServer({ config, hasJetStream });
  servers.push(server);
  return server;
}

/** What happens to whoever asks so: `in`, or code and whole text of the error with its cause. */
async function outcome(settings: NatsSettings): Promise<string> {
  try {
    const nats = await connectNats(settings, { name: 'test' });
    try {
      await openJetStream(nats);
      return 'in';
    } finally {
      await nats.close();
    }
  } catch (error) {
    if (!(error instanceof BeamloopError)) throw error;
    return `${error.code}: ${error.message}`;
  }
}

describe('connectNats', () => {
  it('gets in with user and password, as options or in the address, and not with others', async () => {
    const { url, port } = await serve('authorization { user: "ann@home", password: "p:w/d" }');
    expect(await outcome({ url, user: 'ann@home', password: 'p:w/d' })).toBe('in');
    expect(await outcome({ url: `nats://ann%40home:p%3Aw%2Fd@127.0.0.1:${port}` })).toBe('in');
    const refusals = [
      await outcome({ url }),
      await outcome({ url, user: 'ann@home', password: 'wrong-one' }),
      await outcome({ url: `nats://ann%40home:wrong-one@127.0.0.1:${port}` }),
      await outcome({ url, token: 'wrong-one' }),
    ];
    for (const refusal of refusals) {
      expect(refusal).toContain(
        `NATS_REFUSED: The NATS server does not let us in with these credentials (${url})`,
      );
      expect(refusal).not.toContain('wrong-one');
    }
  });

  it('gets in with a token', async () => {
    const { url, port } = await serve('authorization { token: "s3cret" }');
    expect(await outcome({ url, token: 's3cret' })).toBe('in');
    expect(await outcome({ url: `nats://s3cret@127.0.0.1:${port}` })).toBe('in');
    const refusal = await outcome({ url, token: 'other' });
    expect(refusal).toMatch(/^NATS_REFUSED/);
    expect(refusal).not.toContain('other');
  });

  it('gets in with the seed of an NKey', async () => {
    const file = path.join(folder, 'user.nk');
    const { publicKey } = makeNKey(file);
    const stranger = path.join(folder, 'stranger.nk');
    const { seed } = makeNKey(stranger);
    const { url } = await serve(`authorization { users: [ { nkey: ${publicKey} } ] }`);
    expect(await outcome({ url, nkey: file })).toBe('in');
    const refusal = await outcome({ url, nkey: stranger });
    expect(refusal).toMatch(/^NATS_REFUSED/);
    expect(refusal).not.toContain(seed);
  });

  it('gets in with a credentials file', async () => {
    const file = path.join(folder, 'user.creds');
    const { config } = makeCredentials(file);
    const stranger = path.join(folder, 'stranger.creds');
    const { secret } = makeCredentials(stranger);
    const { url } = await serve(config);
    expect(await outcome({ url, creds: file })).toBe('in');
    const refusal = await outcome({ url, creds: stranger });
    expect(refusal).toMatch(/^NATS_REFUSED/);
    expect(refusal).not.toContain(secret);
  });

  it('says what is wrong with files of secrets, and not what is in them', async () => {
    const url = 'nats://127.0.0.1:1';
    const file = path.join(folder, 'broken');
    const seed = `${makeNKey(path.join(folder, 'spare.nk')).seed.slice(0, -1)}1`;
    writeFileSync(file, `${seed}\n`);
    for (const refusal of [await outcome({ url, nkey: file }), await outcome({ url, creds: file })]) {
      expect(refusal).toMatch(/^FILE_UNREADABLE: There is no .*broken/);
      expect(refusal).not.toContain(seed);
    }
    const mistyped = path.join(folder, 'mistyped.nk');
    const good = makeNKey(mistyped).seed;
    const wrong = `${good.slice(0, 20)}${good[20] === 'A' ? 'B' : 'A'}${good.slice(21)}`;
    writeFileSync(mistyped, wrong);
    const refusal = await outcome({ url, nkey: mistyped });
    expect(refusal).toMatch(/^FILE_UNREADABLE/);
    expect(refusal).not.toContain(wrong);
    for (const name of ['nkey', 'creds', 'ca'] as const) {
      expect(await outcome({ url, [name]: path.join(folder, 'nowhere') })).toMatch(/^FILE_NOT_FOUND/);
    }
  });

  it('trusts a server over TLS whose authority it is told, and no other', async () => {
    const { at } = makeCertificates(folder);
    const tls = (name: string, more = '') =>
      `tls { cert_file: "${at(`${name}.pem`)}", key_file: "${at(`${name}.key`)}" ${more} }`;
    const { port } = await serve(tls('server'));
    const url = `tls://127.0.0.1:${port}`;
    expect(await outcome({ url, ca: at('ca.pem') })).toBe('in');
    expect(await outcome({ url: `nats://127.0.0.1:${port}`, ca: at('ca.pem') })).toBe('in');
    expect(await outcome({ url })).toMatch(/^NATS_REFUSED: Nobody whom we trust has signed/);
    // Also where no TLS was asked for.
    expect(await outcome({ url: `nats://127.0.0.1:${port}` })).toMatch(/^NATS_REFUSED: Nobody whom we trust/);
    expect(await outcome({ url, ca: at('server.key') })).toMatch(/^NATS_REFUSED/);

    const elsewhere = await serve(tls('elsewhere'));
    expect(await outcome({ url: `tls://127.0.0.1:${elsewhere.port}`, ca: at('ca.pem') })).toMatch(
      /^NATS_REFUSED: The NATS server's certificate is for another host/,
    );

    const mutual = await serve(tls('server', `, ca_file: "${at('ca.pem')}", verify: true`));
    const shown = { url: `tls://127.0.0.1:${mutual.port}`, ca: at('ca.pem') };
    expect(await outcome({ ...shown, cert: at('client.pem'), key: at('client.key') })).toBe('in');
    expect(await outcome(shown)).toMatch(/^NATS_REFUSED: The NATS server wants a client certificate/);
    const { at: ofOthers } = makeCertificates(mkdtempSync(path.join(folder, 'others-')));
    const untrusted = { cert: ofOthers('client.pem'), key: ofOthers('client.key') };
    expect(await outcome({ ...shown, ...untrusted })).toMatch(
      /^NATS_REFUSED: The NATS server wants a client certificate that it trusts/,
    );
    expect(await outcome({ ...shown, cert: at('client.pem'), key: at('server.key') })).toMatch(
      /^NATS_REFUSED/,
    );

    const plain = await serve('');
    expect(await outcome({ url: `tls://127.0.0.1:${plain.port}` })).toMatch(
      /^NATS_REFUSED: TLS was asked for, and the NATS server does not offer it/,
    );
  });

  it('says that no server is there, that it is none, and that it keeps no streams', async () => {
    const gone = await serve('');
    await gone.kill();
    expect(await outcome({ url: gone.url })).toMatch(/^NATS_UNREACHABLE: No NATS server listens/);
    expect(await outcome({ url: 'nats://nowhere.invalid' })).toMatch(/^NATS_UNREACHABLE: There is no host/);
    const { url } = await serve('', false);
    expect(await outcome({ url })).toMatch(/^NATS_NO_JETSTREAM/);
    const silent = createServer(() => {});
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
    const { port: silentPort } = silent.address() as { port: number };
    expect(await outcome({ url: `nats://127.0.0.1:${silentPort}` })).toMatch(
      /^NATS_UNREACHABLE: The NATS server does not answer in time/,
    );
    expect(await new Promise((resolve) => silent.getConnections((_, count) => resolve(count)))).toBe(0);
    silent.close();
    const web = await webServer();
    expect(await outcome({ url: `nats://127.0.0.1:${web.port}` })).toMatch(/^NATS_UNREACHABLE/);
    web.server.close();
  });

  it('waits for a server that is gone, and says so', async () => {
    const server = await serve('');
    const states: string[] = [];
    let told = () => {};
    const nats = await connectNats(
      { url: server.url },
      {
        name: 'test',
        onState: (state, shown) => {
          states.push(`${state} ${shown}`);
          told();
        },
      },
    );
    const next = () => new Promise<void>((resolve) => (told = resolve));
    const gone = next();
    await server.kill();
    await gone;
    const back = next();
    await server.restart();
    await back;
    expect(states).toEqual([`gone ${server.url}`, `back ${server.url}`]);
    await nats.close();
    expect(await nats.ended).toBeNull();
    const cutOff = await connectNats({ url: server.url }, { name: 'test' });
    await cutOff.connection.close();
    expect(await cutOff.ended).toMatchObject({ code: 'NATS_UNREACHABLE' });
  });
});

async function webServer(): Promise<{ port: number; server: Server }> {
  const server = createServer((socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { server, port: (server.address() as { port: number }).port };
}
