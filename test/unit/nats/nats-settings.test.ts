import { describe, expect, it } from 'vitest';
import { natsAccess, natsSettings } from '../../../src/nats/nats-settings.js';

describe('natsSettings', () => {
  it('takes what options do not say from the environment', () => {
    const environment = { NATS_URL: 'nats://one', NATS_CREDS: 'a.creds', NATS_CA: 'ca.pem', NATS_USER: '' };
    expect(natsSettings({}, environment)).toEqual({ url: 'nats://one', creds: 'a.creds', ca: 'ca.pem' });
    expect(natsSettings({ url: 'nats://two' }, environment)).toMatchObject({
      url: 'nats://two',
      creds: 'a.creds',
    });
  });

  it('lets an option name another identity than the environment', () => {
    const environment = { NATS_URL: 'nats://one', NATS_USER: 'ann', NATS_PASSWORD: 'pw' };
    expect(natsSettings({ token: 't' }, environment)).toEqual({ url: 'nats://one', token: 't' });
    expect(natsSettings({ url: 'nats://bob:q@two' }, environment)).toEqual({ url: 'nats://bob:q@two' });
    expect(natsSettings({ user: 'bob' }, environment)).toMatchObject({ user: 'bob', password: 'pw' });
  });
});

describe('natsAccess', () => {
  it('shows addresses without what is secret in them', () => {
    const access = natsAccess({ url: 'nats://ann:secret@one.example,tls://[::1]:4333' });
    expect(access.shown).toBe('tls://one.example:4222,tls://[::1]:4333');
    expect(access.servers).toEqual([
      { hostname: 'one.example', port: 4222 },
      { hostname: '::1', port: 4333 },
    ]);
    expect(access.settings).toMatchObject({ user: 'ann', password: 'secret' });
    expect(natsAccess({ url: 'localhost:80' }).shown).toBe('nats://localhost:80');
  });

  it.each([
    [{}, 'No NATS server was named'],
    [{ url: 'http://secret@one' }, "'http://one' is no address"],
    [{ url: 'nats://ann:secret@' }, "'nats://' is no address"],
    [{ url: 'nats://ann:secret@one:99999' }, "'nats://one:99999' is no address"],
    [{ url: 'nats://one/path' }, 'is no address'],
    [{ url: 'nats://one', user: 'ann', password: 'secret', token: 'secret' }, 'a user and a token'],
    [{ url: 'nats://one', user: 'ann' }, 'without a password'],
    [{ url: 'nats://one', password: 'secret' }, 'without its user'],
    [{ url: 'nats://one', cert: 'a.pem' }, 'one is missing'],
  ])('refuses %j', (settings, what) => {
    const refuse = () => natsAccess(settings);
    expect(refuse).toThrow(what);
    expect(refuse).not.toThrow('secret');
  });
});
