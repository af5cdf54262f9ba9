import { existsSync, mkdirSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { PrivateDirectory } from '../../../drivers/emulator/private-directory.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'temporary-'));
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true });
});

it('is under the temporary directory, for this user alone, until it is removed', () => {
  vi.stubEnv('TMPDIR', '/tmp');
  const directory = new PrivateDirectory();
  expect(path.dirname(directory.path)).toBe('/tmp');
  expect(statSync(directory.path).mode & 0o777).toBe(0o700);
  directory.remove();
  expect(existsSync(directory.path)).toBe(false);
});

it('has paths that a Unix socket can have, however long that of the temporary directory is', () => {
  const long = path.join(folder, 'ä'.repeat(50));
  mkdirSync(long);
  vi.stubEnv('TMPDIR', long);
  const directory = new PrivateDirectory();
  expect(Buffer.byteLength(directory.file('board'))).toBeLessThanOrEqual(107);
  expect(statSync(directory.path).isDirectory()).toBe(true);
  directory.remove();
});

it('says what to do where it cannot be made', () => {
  vi.stubEnv('TMPDIR', '/dev/null');
  expect(() => new PrivateDirectory()).toThrow(
    expect.objectContaining({
      code: 'PORT_FAILED',
      where: '/dev/null',
      todo: expect.stringContaining('TMPDIR'),
    }),
  );
});
