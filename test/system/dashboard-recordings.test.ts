/** Recordings on the dashboard: what is in a folder is told, whatever it is, and nothing outside of it is. */
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Comparison, PageError, RecordingList } from '../../src/dashboard/page-messages.js';
import { Dashboard } from '../../src/dashboard/server.js';
import { Recording } from '../../src/record/recording.js';
import { recordRun } from '../fixtures/recorded-run.js';
import { ownRunFolder } from '../fixtures/synthetic-run.js';

let root: string;
let folder: string;
let restore: () => void;
const dashboards: Dashboard[] = [];

beforeAll(async () => {
  restore = ownRunFolder();
  root = mkdtempSync(path.join(tmpdir(), 'beamloop-browsed-'));
  folder = path.join(root, 'recordings');
  await recordRun(path.join(folder, 'first'), { title: 'First', numElements: 128 });
  await recordRun(path.join(folder, 'cut'), {
    title: 'Cut',
    numElements: 128,
    cutAfterSlots: 40,
    events: [],
  });
  await recordRun(path.join(folder, 'sweep', '1'), { title: 'Swept', numElements: 128 });
  await recordRun(path.join(root, 'outside'), { title: 'Outside', numElements: 128 });
});
afterEach(async () => {
  for (const dashboard of dashboards.splice(0)) await dashboard.close();
});
afterAll(() => {
  rmSync(root, { recursive: true, force: true });
  restore();
});

async function browse(recordings: string) {
  const dashboard = await Dashboard.start({ recordings });
  dashboards.push(dashboard);
  const [base, token] = dashboard.url.split('/#token=') as [string, string];
  const ask = async <T>(address: string, body?: unknown): Promise<T> => {
    const response = await fetch(base + address, {
      method: body === undefined ? 'GET' : 'POST',
      headers: { authorization: `Bearer ${token}` },
      ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    return (await response.json()) as T;
  };
  return { base, ask };
}

const stateOf = ({ recordings }: RecordingList, name: string) =>
  recordings.find((entry) => entry.name === name)?.state;

describe('the list', () => {
  it('says of each recording what it is of and how far it came', async () => {
    const { ask } = await browse(folder);
    const list = await ask<RecordingList>('/api/recordings');
    expect(list.recordings.map(({ name }) => name).sort()).toEqual(['cut', 'first', 'sweep/1']);
    expect(list.recordings.find(({ name }) => name === 'first')).toMatchObject({
      ...{
        state: 'complete',
        title: 'First',
        scheme: 'dpc',
        kind: 'run',
        numUsers: 3,
        numFound: 3,
        error: null,
      },
    });
    expect(stateOf(list, 'cut')).toBe('unfinished');
    expect(list.numForeign).toBe(0);
  });

  it('says what cannot be read and why, and goes on', async () => {
    const odd = path.join(root, 'odd');
    cpSync(path.join(folder, 'first'), path.join(odd, 'fine'), { recursive: true });
    for (const [name, content] of [
      ['empty', ''],
      ['text', 'this is no database\n'.repeat(1000)],
    ] as const) {
      mkdirSync(path.join(odd, name));
      writeFileSync(path.join(odd, name, 'recording.duckdb'), content);
    }
    writeFileSync(path.join(odd, 'notes.txt'), 'notes');
    mkdirSync(path.join(odd, 'nothing in it'));
    mkdirSync(path.join(odd, 'no file', 'recording.duckdb'), { recursive: true });
    symlinkSync(path.join(root, 'outside'), path.join(odd, 'link'));
    symlinkSync('nowhere', path.join(odd, 'dangling'));
    const { ask } = await browse(odd);
    const list = await ask<RecordingList>('/api/recordings');
    expect(stateOf(list, 'fine')).toBe('complete');
    for (const name of ['empty', 'text']) {
      expect(stateOf(list, name)).toBe('unreadable');
      expect(list.recordings.find((entry) => entry.name === name)!.error!.code).toMatch(/^RECORDING_/);
    }
    expect(list.recordings).toHaveLength(3);
    expect(list.numForeign).toBe(5);
  });

  it('says what is being written', async () => {
    const busy = path.join(root, 'busy');
    await recordRun(path.join(busy, 'written'), { numElements: 128 });
    const writing = await Recording.open(path.join(busy, 'written'), 'write');
    try {
      const { ask } = await browse(busy);
      const list = await ask<RecordingList>('/api/recordings');
      expect(stateOf(list, 'written')).toBe('busy');
      expect(list.recordings[0]!.error).toMatchObject({ code: 'RECORDING_BUSY', todo: expect.any(String) });
      const { error } = await ask<{ error: PageError }>('/api/report', { names: ['written'] });
      expect(error.code).toBe('RECORDING_BUSY');
    } finally {
      await writing.close();
    }
  });

  it('says that a folder is not there yet', async () => {
    const { ask } = await browse(path.join(root, 'not there'));
    const { error } = await ask<{ error: PageError }>('/api/recordings');
    expect(error).toMatchObject({ code: 'FILE_NOT_FOUND', where: path.join(root, 'not there') });
  });
});

describe('a report', () => {
  it('is written where there is none, and shown in a frame that can do nothing', async () => {
    const { base, ask } = await browse(folder);
    const { address } = await ask<{ address: string }>('/api/report', { names: ['sweep/1'] });
    const response = await fetch(base + address);
    expect(response.status).toBe(200);
    expect(await response.text()).toContain('Swept');
    const policy = response.headers.get('content-security-policy')!;
    expect(policy).toMatch(/^sandbox;/);
    expect(policy).toContain("default-src 'none'");
    expect(policy).not.toContain('script');
    const { recordings } = await ask<RecordingList>('/api/recordings');
    expect(recordings.find(({ name }) => name === 'sweep/1')!.hasReport).toBe(true);
  });

  it('is written again where the recording was gone on with since', async () => {
    const { base, ask } = await browse(folder);
    const file = path.join(folder, 'sweep/1/report.html');
    const shown = async () => {
      const { address } = await ask<{ address: string }>('/api/report', { names: ['sweep/1'] });
      return (await fetch(base + address)).text();
    };
    writeFileSync(file, 'of now');
    expect(await shown()).toBe('of now');
    utimesSync(file, new Date(0), new Date(0));
    expect(await shown()).toContain('Swept');
  });

  it('is no file outside of the recording', async () => {
    const linked = path.join(root, 'linked');
    cpSync(path.join(folder, 'first'), path.join(linked, 'first'), { recursive: true });
    writeFileSync(path.join(root, 'secret.html'), 'secret');
    rmSync(path.join(linked, 'first', 'report.html'), { force: true });
    symlinkSync(path.join(root, 'secret.html'), path.join(linked, 'first', 'report.html'));
    const { base, ask } = await browse(linked);
    const { address, error } = await ask<{ address?: string; error?: PageError }>('/api/report', {
      names: ['first'],
    });
    const text = address === undefined ? JSON.stringify(error) : await (await fetch(base + address)).text();
    expect(text).not.toBe('secret');
  });

  it.each([
    '../outside',
    'sweep/../../outside',
    'sweep',
    '.',
    '',
    '/etc',
    'first/../first',
    'first\0',
    'link',
  ])('is not had of what is not in the list: %s', async (name) => {
    const { ask } = await browse(folder);
    const { error } = await ask<{ error: PageError }>('/api/report', { names: [name] });
    expect(error.code).toBe('FILE_NOT_FOUND');
  });

  it.each([
    '',
    'no JSON',
    '{"names":"first"}',
    '{"names":[]}',
    '{"names":[1]}',
    '{"names":["first"],"more":1}',
  ])('is not had by a request that is none: %s', async (body) => {
    const { ask } = await browse(folder);
    const { error } = await ask<{ error: PageError }>('/api/report', body);
    expect(error.code).toBe('FILE_NOT_FOUND');
  });

  it('is not had by a request without an end', async () => {
    const { ask } = await browse(folder);
    const { error } = await ask<{ error: PageError }>('/api/report', 'x'.repeat(100_000));
    expect(error.code).toBe('BAD_ARGUMENT');
  });
});

describe('a comparison', () => {
  it('is the table of beamloop compare', async () => {
    const { ask } = await browse(folder);
    const compared = await ask<Comparison>('/api/compare', { names: ['first', 'cut'] });
    expect(compared.names).toEqual(['first', 'cut']);
    expect(compared.settings).toContainEqual(['title', 'First', 'Cut']);
    expect(compared.figures).toContainEqual(['users found', '3 of 3', expect.stringMatching(/^\d of 3$/)]);
  });
});
