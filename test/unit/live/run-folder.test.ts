import { chmodSync, mkdirSync, mkdtempSync, rmSync, statSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { runFolder } from '../../../src/live/run-folder.js';

let place: string;
beforeEach(() => {
  place = mkdtempSync(path.join(tmpdir(), 'watch-'));
});
afterEach(() => rmSync(place, { recursive: true, force: true }));

describe('runFolder', () => {
  it('makes a folder that only its user can enter, where it is told to', () => {
    const folder = path.join(place, 'own');
    expect(runFolder({ BEAMLOOP_RUNTIME_DIR: folder })).toBe(folder);
    expect(statSync(folder).mode & 0o777).toBe(0o700);
    expect(runFolder({ XDG_RUNTIME_DIR: place })).toBe(path.join(place, 'beamloop'));
    expect(runFolder({})).toBe(path.join(tmpdir(), `beamloop-${process.getuid!()}`));
  });

  it('refuses one that others can enter, a link to one, and one whose name is too long for a socket', () => {
    const open = path.join(place, 'open');
    mkdirSync(open);
    chmodSync(open, 0o755);
    const refused = (folder: string) => {
      try {
        return runFolder({ BEAMLOOP_RUNTIME_DIR: folder });
      } catch (error) {
        return error;
      }
    };
    expect(refused(open)).toMatchObject({ code: 'WATCH_REFUSED', where: open });
    const own = path.join(place, 'own');
    mkdirSync(own, { mode: 0o700 });
    symlinkSync(own, path.join(place, 'link'));
    expect(refused(path.join(place, 'link'))).toMatchObject({ code: 'WATCH_REFUSED' });
    expect(refused(path.join(place, 'x'.repeat(90)))).toMatchObject({ code: 'WATCH_REFUSED' });
    expect(refused('/proc/nothing')).toMatchObject({ code: 'WATCH_REFUSED' });
  });
});
