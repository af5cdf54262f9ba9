/**
 * Packs beamloop, installs the package for all users of a temporary prefix, as `npm install --global` does, and uses it
 * from another folder, as somebody would who has no checkout. Needs the network, for what beamloop depends on.
 */
import { strict as assert } from 'node:assert';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const place = mkdtempSync(path.join(tmpdir(), 'beamloop-package-'));
const elsewhere = path.join(place, 'elsewhere');
const prefix = path.join(place, 'prefix');

function run(command, args, cwd) {
  const { status, stdout, stderr, error } = spawnSync(command, args, { cwd, encoding: 'utf8' });
  const said = `${command} ${args.join(' ')}\n${stdout}${stderr}${error ?? ''}`;
  assert.equal(status, 0, said);
  return stdout;
}

try {
  mkdirSync(elsewhere);
  // dist is there already: what is packed is what was tested.
  const [{ filename }] = JSON.parse(
    run('npm', ['pack', '--ignore-scripts', '--json', '--pack-destination', place], root),
  );
  run(
    'npm',
    ['install', '--global', '--prefix', prefix, '--no-audit', '--no-fund', path.join(place, filename)],
    place,
  );

  const modules = path.join(prefix, process.platform === 'win32' ? '' : 'lib', 'node_modules');
  const installed = path.join(modules, 'beamloop');
  const program = path.join(prefix, process.platform === 'win32' ? 'beamloop.cmd' : 'bin/beamloop');
  const beamloop = (...args) => run(program, args, elsewhere);

  for (const file of [
    'LICENSE',
    'README.md',
    'CHANGELOG.md',
    'firmware-protocol/SPEC.md',
    'docs/scenario.md',
    'drivers/emulator/usb/usbfs.c',
  ]) {
    assert.ok(existsSync(path.join(installed, file)), `the package lacks ${file}`);
  }
  const { scenarios } = JSON.parse(beamloop('scenarios', '--json'));
  assert.ok(scenarios.some(({ name }) => name === 'first-light'));
  for (const { command, name } of scenarios)
    if (command === 'run') beamloop('run', name, '--dry-run', '--json');

  beamloop('run', 'first-light', '--out', 'recorded');
  assert.ok(existsSync(path.join(elsewhere, 'recorded', 'recording.duckdb')));
  rmSync(path.join(elsewhere, 'recorded', 'report.html'));
  beamloop('report', 'recorded');
  assert.ok(existsSync(path.join(elsewhere, 'recorded', 'report.html')));
  beamloop('replay', 'recorded');
  beamloop('export', 'recorded', '--csv', '--parquet', '--mat');
  assert.ok(readdirSync(path.join(elsewhere, 'recorded', 'csv')).length > 5);
  beamloop('run', 'wideband', '--out', 'wideband');
  beamloop('study', 'scenarios/papers/beam-diverging-fig19b.yaml', '--users', '20');
  assert.ok(existsSync(path.join(elsewhere, 'studies', 'beam-diverging-fig19b', 'study.html')));
  beamloop('study', 'studies/first-light');
  beamloop(
    'codebook',
    'dpc',
    '--elements',
    '64',
    '--carrier',
    '100 GHz',
    '--level',
    '1',
    '--index',
    '1',
    '--json',
  );
  assert.match(beamloop('--version'), /^\d+\.\d+\.\d+/);

  // The page comes built.
  const dashboard = spawn(program, ['dashboard', '--json'], {
    cwd: elsewhere,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [said] = await once(dashboard.stdout, 'data');
  const { url } = JSON.parse(String(said));
  const page = await (await fetch(url)).text();
  assert.match(page, /<title>beamloop<\/title>/);
  const [, script] = /src="([^"]+\.js)"/.exec(page);
  assert.equal((await fetch(new URL(script, url))).status, 200);
  const ended = once(dashboard, 'exit');
  dashboard.kill('SIGINT');
  await ended;

  // As a library, with its types where TypeScript looks for them.
  writeFileSync(path.join(elsewhere, 'package.json'), '{ "private": true }\n');
  writeFileSync(
    path.join(elsewhere, 'use.mjs'),
    "import { DpcCodebook, readScenario } from 'beamloop';\nif (!DpcCodebook || !readScenario) process.exit(1);\n",
  );
  mkdirSync(path.join(elsewhere, 'node_modules'));
  symlinkSync(installed, path.join(elsewhere, 'node_modules', 'beamloop'), 'junction');
  run(process.execPath, ['use.mjs'], elsewhere);
  assert.ok(existsSync(path.join(installed, 'dist/src/index.d.ts')));

  // What npm calls `prepare` must do no harm where nothing can be built.
  run(process.execPath, [path.join(installed, 'build/build.js'), '--if-possible'], elsewhere);
  assert.ok(existsSync(path.join(installed, 'dist/src/cli/main.js')));
  process.stdout.write('the package works from another folder\n');
} finally {
  rmSync(place, { recursive: true, force: true });
}
