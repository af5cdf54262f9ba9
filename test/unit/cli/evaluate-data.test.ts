/** `beamloop evaluate --data`: for whom it is, and what goes with it. */
import { expect, it } from 'vitest';
import { evaluateCommand } from '../../../src/cli/commands/evaluate.js';
import { failureOf } from '../../fixtures/run-command.js';

const failure = (...args: string[]) => failureOf(evaluateCommand, 'evaluate', ...args);

it('is refused by networks that are evaluated on what is drawn', async () => {
  expect(await failure('scenarios/models/stgcn', '--data', 'x')).toMatch(
    /^BAD_ARGUMENT: .*'stgcn' is evaluated on no data set.*--data/,
  );
});

it('has a base station that is its own', async () => {
  expect(await failure('scenarios/models/sweep', '--base', 'BS1')).toMatch(
    /^BAD_ARGUMENT: .*--base.*Give --data/,
  );
});

it('says where there is none', async () => {
  expect(await failure('scenarios/models/sweep', '--windows', '2', '--data', 'no-such-folder')).toMatch(
    /^FILE_NOT_FOUND: /,
  );
});
