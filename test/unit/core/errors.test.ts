import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { BeamloopError, ERROR_CATALOGUE } from '../../../src/core/errors.js';

test('docs/errors.md lists exactly the catalogue: codes, exit codes, meanings', () => {
  const rows = readFileSync('docs/errors.md', 'utf8')
    .split('\n')
    .map((line) => /^\| *`([A-Z_]+)` *\| *(\d+) *\| *(.+?) *\|$/.exec(line))
    .filter((match) => match !== null)
    .map(([, code, exit, meaning]) => ({ code, exit: Number(exit), meaning }));
  const catalogue = Object.entries(ERROR_CATALOGUE).map(([code, { exit, meaning }]) => ({
    code,
    exit,
    meaning,
  }));
  expect(rows).toEqual(catalogue);
});

test('the message says what, where and what to do', () => {
  const error = new BeamloopError('PORT_NOT_FOUND', {
    what: 'There is no serial port /dev/ttyUSB9',
    where: 'board.port in lab.yaml',
    todo: 'List the ports with: beamloop ports',
  });
  expect(error.message).toBe(
    'There is no serial port /dev/ttyUSB9 (board.port in lab.yaml). List the ports with: beamloop ports',
  );
  expect(error.exitCode).toBe(3);
});
