import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, it } from 'vitest';
import { exportRecordings } from '../../../src/record/export/export.js';
import { Recording } from '../../../src/record/recording.js';

it.each(["it's", 'md:x', 'a%20b#c', '-x y\nä"z'])(
  'a recording in a folder named %s is one: paths are no addresses',
  async (name) => {
    const place = mkdtempSync(path.join(tmpdir(), 'odd-'));
    const folder = path.join(place, name);
    const info = {
      scenarioName: name,
      scenarioText: '',
      calibrationText: null,
      scenario: {},
      seed: 1,
      versions: {},
    };
    const made = await Recording.create(folder, info);
    await made.close();
    const read = await Recording.open(folder, 'read');
    const files = await exportRecordings([read], path.join(folder, 'parquet'), 'parquet');
    await read.close();
    expect(files.every((file) => existsSync(file))).toBe(true);
    rmSync(place, { recursive: true });
  },
);

it('a folder with a question mark in its name is refused', async () => {
  const place = mkdtempSync(path.join(tmpdir(), 'odd-'));
  const info = {
    scenarioName: 'a',
    scenarioText: '',
    calibrationText: null,
    scenario: {},
    seed: 1,
    versions: {},
  };
  await expect(Recording.create(path.join(place, 'a?'), info)).rejects.toMatchObject({
    code: 'BAD_ARGUMENT',
  });
  rmSync(place, { recursive: true });
});
