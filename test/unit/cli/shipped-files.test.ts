import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { scenariosCommand } from '../../../src/cli/commands/scenarios.js';
import { fileOrShipped, shippedFiles } from '../../../src/cli/shipped-files.js';
import { familyOfFile } from '../../../src/prediction/families.js';
import { readScenario } from '../../../src/scenario/scenario.js';
import { readStudy } from '../../../src/study/study-file.js';
import { emulatedSection } from '../../../src/testbed.js';
import { runCommand } from '../../fixtures/run-command.js';

const FIRST_LIGHT = fileURLToPath(new URL('../../../scenarios/first-light.yaml', import.meta.url));
const cwd = process.cwd();
let place: string;

beforeEach(() => {
  place = mkdtempSync(path.join(tmpdir(), 'shipped-'));
});
afterEach(() => rmSync(place, { recursive: true, force: true }));

it('what is listed can be read by the command that it is listed for', () => {
  const files = shippedFiles();
  expect(files.map(({ name }) => name)).toEqual(
    expect.arrayContaining(['first-light', 'wideband', 'papers/beam-split-fig8', 'studies/first-light']),
  );
  for (const { command, file } of files) {
    if (command === 'run') readScenario(file, emulatedSection);
    else if (command === 'train') familyOfFile(file).readModelFile(file);
    else readStudy(file);
  }
});

it.each(['first-light', 'first-light.yaml', 'scenarios/first-light.yaml', './scenarios/first-light.yaml'])(
  '%s is found from any folder',
  (name) => {
    process.chdir(place);
    try {
      expect(fileOrShipped(name)).toBe(FIRST_LIGHT);
    } finally {
      process.chdir(cwd);
    }
  },
);

it('a file of that name goes first, and what is neither stays as it was written', () => {
  process.chdir(place);
  try {
    writeFileSync('first-light.yaml', '');
    expect(fileOrShipped('first-light.yaml')).toBe('first-light.yaml');
    for (const name of [
      'frist-light.yaml',
      '../package.json',
      '/first-light.yaml',
      '../scenarios/first-light',
      '',
    ]) {
      expect(fileOrShipped(name)).toBe(name);
    }
  } finally {
    process.chdir(cwd);
  }
});

it('the command lists names and the folder', async () => {
  const { stdout } = await runCommand(scenariosCommand, 'scenarios');
  expect(stdout).toMatch(/^first-light +beamloop run /m);
  expect(stdout).toContain(path.dirname(FIRST_LIGHT));
  const { scenarios } = JSON.parse((await runCommand(scenariosCommand, 'scenarios', '--json')).stdout);
  expect(scenarios).toEqual(shippedFiles());
});
