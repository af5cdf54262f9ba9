import { expect, it, test } from 'vitest';
import { asCalled, invocationOf } from '../../../src/cli/invocation.js';

test.each([
  ['/home/ada/lab/node_modules/.bin/beamloop', {}, 'npx beamloop'],
  ['/root/.npm/_npx/5700257667a74d8c/node_modules/.bin/beamloop', { npm_command: 'exec' }, 'npx beamloop'],
  ['/usr/local/bin/beamloop', {}, 'beamloop'],
  ['/opt/beamloop/dist/src/cli/main.js', {}, 'beamloop'],
  // Another program that npx runs calls us.
  [
    '/opt/beamloop/dist/src/cli/main.js',
    { npm_lifecycle_event: 'npx', npm_lifecycle_script: 'vitest' },
    'beamloop',
  ],
  [
    '/opt/beamloop/dist/src/cli/main.js',
    { npm_lifecycle_event: 'npx', npm_lifecycle_script: "'beamloop' 'run'" },
    'npx beamloop',
  ],
] as const)('%s with %j is called %s', (script, env, called) => {
  expect(invocationOf(script, env)).toBe(called);
});

it('advice names commands as they are called, and nothing else is touched', () => {
  const say = (text: string) => asCalled(text, 'npx beamloop', ['run', 'resume', 'board']);
  expect(say('Go on with: beamloop resume runs/beamloop run/x')).toBe(
    'Go on with: npx beamloop resume runs/beamloop run/x',
  );
  expect(say('See `beamloop board PORT`, beamloop --help')).toBe(
    'See `npx beamloop board PORT`, npx beamloop --help',
  );
  expect(say('npx beamloop run; the frame of a beamloop board; beamloop runs')).toBe(
    'npx beamloop run; the frame of a beamloop board; beamloop runs',
  );
  expect(asCalled('beamloop resume x', 'beamloop', ['resume'])).toBe('beamloop resume x');
});
