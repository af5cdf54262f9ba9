/** Recordings in the object store of a NATS server: they come back as they were, or it is said why not. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Readable } from 'node:stream';
import { Objm } from '@nats-io/obj';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { connectNats } from '../../src/nats/connect-nats.js';
import { openJetStream } from '../../src/nats/jetstream.js';
import { manifestOf } from '../../src/record/archive/archive-manifest.js';
import { getFolder } from '../../src/record/archive/get-folder.js';
import { RecordingArchive } from '../../src/record/archive/recording-archive.js';
import { Recording } from '../../src/record/recording.js';
import type { RunInfo } from '../../src/record/recording-file.js';
import { callCommandLine } from '../fixtures/call-command-line.js';
import { type NatsServer, startNatsServer } from '../fixtures/nats-server.js';

const INFO: RunInfo = {
  ...{
    scenarioName: 'made up',
    scenarioText: '',
    calibrationText: null,
    scenario: {},
    seed: 1,
    versions: {},
  },
};
const QUIET = new AbortController().signal;
const nothing = () => {};
let server: NatsServer;
let place: string;
let recorded: string;
let undo: (() => unknown)[] = [];

beforeAll(async () => {
  server = await startNatsServer();
});
afterAll(() => server.remove());
beforeEach(async () => {
  place = mkdtempSync(path.join(tmpdir(), 'archive-'));
  recorded = path.join(place, 'first run');
  const recording = await Recording.create(recorded, INFO);
  for (let k = 0; k < 100; k++) recording.event('made up', { k });
  await recording.close();
  mkdirSync(path.join(recorded, 'frames', 'ü'), { recursive: true });
  writeFileSync(path.join(recorded, 'frames', 'ü', '1.jpg'), Buffer.alloc(300_000, 'pattern'));
  writeFileSync(path.join(recorded, 'empty'), '');
});
afterEach(async () => {
  for (const each of undo.reverse()) await each();
  undo = [];
  rmSync(place, { recursive: true, force: true });
});

async function openArchive({ url }: NatsServer = server): Promise<RecordingArchive> {
  const nats = await connectNats({ url }, { name: 'test' });
  undo.push(() => nats.close());
  return (await RecordingArchive.open(nats, true))!;
}

/** Another process that goes on with the recording: locks are of processes. */
async function writer() {
  const module = JSON.stringify(path.resolve('dist/src/record/recording.js'));
  const script = `const { Recording } = await import(${module});
    await Recording.open(${JSON.stringify(recorded)}, 'write');
    process.stdout.write('open');
    setInterval(() => {}, 1000);`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', script]);
  undo.push(() => child.kill('SIGKILL'));
  await once(child.stdout, 'data');
  return child;
}

async function openStore() {
  const nats = await connectNats({ url: server.url }, { name: 'test' });
  undo.push(() => nats.close());
  const { client, manager } = await openJetStream(nats);
  return { store: await new Objm(client).open('beamloop-recordings'), manager };
}

function contentsOf(folder: string) {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) =>
    entry.isFile(),
  );
  return Object.fromEntries(
    entries.map(({ parentPath, name }) => {
      const file = path.join(parentPath, name);
      return [path.relative(folder, file), readFileSync(file).toString('base64')];
    }),
  );
}

const code = (expected: string) => expect.objectContaining({ code: expected });

describe('a recording in the object store', () => {
  it('comes back as it was, and nothing is written over', async () => {
    const call = (...args: string[]) => callCommandLine('recording', ...args, '--nats', server.url);
    expect((await call('put', recorded)).stdout).toMatch(
      /^first run: 3 files, \d+\.\d MB, on the NATS server\n$/,
    );
    const { recordings } = JSON.parse((await call('list', '--json')).stdout);
    expect(recordings).toMatchObject([{ name: 'first run', numFiles: 3 }]);
    expect((await call('list')).stdout).toContain('first run');
    const out = path.join(place, 'elsewhere', 'got');
    expect(await call('get', 'first run', '--out', out)).toMatchObject({ status: 0, stdout: `${out}\n` });
    expect(contentsOf(out)).toEqual(contentsOf(recorded));
    const again = await Recording.open(out, 'read');
    expect(await again.rows('events')).toHaveLength(100);
    await again.close();
    expect(readdirSync(path.dirname(out))).toEqual(['got']);

    for (const taken of [out, path.join(out, 'empty')]) {
      const refused = await call('get', 'first run', '--out', taken, '--json');
      expect(JSON.parse(refused.stdout).error.code).toBe('RECORDING_EXISTS');
    }
    expect(contentsOf(out)).toEqual(contentsOf(recorded));
    expect(JSON.parse((await call('put', recorded, '--json')).stdout).error.code).toBe('RECORDING_EXISTS');
    expect((await call('put', recorded, '--name', 'another')).status).toBe(0);
    expect((await call('remove', 'first run')).status).toBe(0);
    expect((await call('remove', 'another')).status).toBe(0);
    expect((await call('list')).stdout).toBe('There are no recordings\n');
    const gone = await call('get', 'first run', '--out', path.join(place, 'none'), '--json');
    expect(JSON.parse(gone.stdout).error.code).toBe('FILE_NOT_FOUND');
    // Room is free again, but for what tells that something was there.
    const { manager } = await openStore();
    expect((await manager.streams.info('OBJ_beamloop-recordings')).state.bytes).toBeLessThan(20_000);
  });

  it('is not put while it is being written, nor what is none', async () => {
    const archive = await openArchive();
    const written = await writer();
    await expect(archive.put(recorded, 'busy', QUIET, nothing)).rejects.toEqual(code('RECORDING_BUSY'));
    written.kill('SIGKILL');
    await once(written, 'exit');
    await expect(archive.put(place, 'none', QUIET, nothing)).rejects.toEqual(code('RECORDING_INVALID'));
    await expect(archive.put(recorded, '../up', QUIET, nothing)).rejects.toEqual(code('BAD_ARGUMENT'));
    expect(await archive.list()).toEqual([]);
  });

  it.each(['lost', 'changed', 'gone'])(
    'of which a part is %s is refused, and nothing is left',
    async (what) => {
      const archive = await openArchive();
      await archive.put(recorded, what, QUIET, nothing);
      const { store, manager } = await openStore();
      const infos = await store.list();
      const picture = infos.find(({ name }) => name.endsWith('1.jpg'))!;
      if (what === 'changed') await store.putBlob({ name: picture.name }, Buffer.alloc(300_000, 'another'));
      if (what === 'gone') await store.delete(picture.name);
      if (what === 'lost') {
        const chunk = await manager.streams.getMessage('OBJ_beamloop-recordings', {
          last_by_subj: `$O.beamloop-recordings.C.${picture.nuid}`,
        });
        await manager.streams.deleteMessage('OBJ_beamloop-recordings', chunk!.seq, false);
      }
      const out = path.join(place, 'out');
      await expect(archive.get(what, out, QUIET, nothing)).rejects.toEqual(code('RECORDING_DAMAGED'));
      expect(readdirSync(place)).toEqual(['first run']);
      await archive.remove(what);
    },
  );

  it('that names files elsewhere is none', async () => {
    const archive = await openArchive();
    const { store } = await openStore();
    const file = { object: 'files/x', numBytes: 1, digest: 'SHA-256=' };
    const text = (name: string) =>
      JSON.stringify({ schema: 'beamloop.recording.v1', files: [{ ...file, file: name }] });
    expect(manifestOf(text('frames/1.jpg'))).not.toBeNull();
    for (const name of ['../x', '/x', 'a/../../x', 'a//x', 'C:x', 'a\\x', '.', '', 'a\0']) {
      expect(manifestOf(text(name)), name).toBeNull();
    }
    await store.putBlob({ name: 'recordings/evil' }, Buffer.from(text('../x')));
    const out = path.join(place, 'out');
    await expect(archive.get('evil', out, QUIET, nothing)).rejects.toEqual(code('RECORDING_DAMAGED'));
    await store.delete('recordings/evil');
  });

  it('whose put or get is interrupted leaves nothing', async () => {
    const archive = await openArchive();
    const stop = new AbortController();
    await expect(
      archive.put(recorded, 'stopped', stop.signal, () => stop.abort(new Error('stopped'))),
    ).rejects.toThrow('stopped');
    expect(await archive.list()).toEqual([]);
    await archive.put(recorded, 'whole', QUIET, nothing);
    const stopGet = new AbortController();
    const out = path.join(place, 'out');
    await expect(
      archive.get('whole', out, stopGet.signal, () => stopGet.abort(new Error('stopped'))),
    ).rejects.toThrow('stopped');
    expect(readdirSync(place)).toEqual(['first run']);
    await archive.remove('whole');
    const { manager } = await openStore();
    expect((await manager.streams.info('OBJ_beamloop-recordings')).state.bytes).toBeLessThan(20_000);
  });

  it('whose pieces never come is given up', async () => {
    const out = path.join(place, 'out');
    const wanted = { file: 'a', object: 'o', numBytes: 3, digest: '' };
    const getting = getFolder(out, [wanted], QUIET, async () => new Readable({ read: nothing }), 100);
    await expect(getting).rejects.toEqual(code('RECORDING_DAMAGED'));
    expect(readdirSync(place)).toEqual(['first run']);
  });
});

describe('a server that keeps no recordings', () => {
  it('has no JetStream, or has no room, which is said', async () => {
    const without = await startNatsServer({ hasJetStream: false });
    undo.push(() => without.remove());
    const told = await callCommandLine('recording', 'put', recorded, '--nats', without.url, '--json');
    expect(JSON.parse(told.stdout).error.code).toBe('NATS_NO_JETSTREAM');
    const small = await startNatsServer({
      config: 'jetstream { store_dir: "$STORE", max_file_store: 200000, max_memory_store: 1000 }',
    });
    undo.push(() => small.remove());
    const archive = await openArchive(small);
    await expect(archive.put(recorded, 'large', QUIET, nothing)).rejects.toEqual(code('NATS_FULL'));
    expect(await archive.list()).toEqual([]);
  });

  it('has none yet: the list is empty, and none is found', async () => {
    const fresh = await startNatsServer();
    undo.push(() => fresh.remove());
    const call = (...args: string[]) => callCommandLine('recording', ...args, '--nats', fresh.url, '--json');
    expect(JSON.parse((await call('list')).stdout)).toEqual({ recordings: [] });
    for (const word of ['get', 'remove'])
      expect(JSON.parse((await call(word, 'none')).stdout).error.code).toBe('FILE_NOT_FOUND');
  });
});
