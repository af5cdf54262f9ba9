import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, it } from 'vitest';
import { exportParquet } from '../../src/record/parquet.js';
import { Recording } from '../../src/record/recording.js';

it.each(['does it work?', "it's", 'md:x', 'a%20b#c'])(
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
    const files = await exportParquet(read, path.join(folder, 'parquet'));
    await read.close();
    expect(files.every((file) => existsSync(file))).toBe(true);
    rmSync(place, { recursive: true });
  },
);
