/**
 * Builds beamloop into dist/: WebAssembly kernels (AssemblyScript), then TypeScript.
 * `npm install` (prepare), `npm test` and `npm run bench` call it. --if-needed leaves alone what is built of the same sources;
 * --if-possible does, too, and says so where nothing can be built.
 */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const require = createRequire(import.meta.url);

function run(script, args) {
  const result = spawnSync(process.execPath, [script, ...args], { cwd: root, stdio: 'inherit' });
  if (result.status !== 0) process.exit(result.status ?? 1);
}

/** Every `NAME.as.ts` under src becomes `NAME.wasm` at the same place under dist; `NAME.part.as.ts` only goes into others. */
function assemblyScriptSources() {
  return readdirSync(path.join(root, 'src'), { recursive: true })
    .map(String)
    .filter((file) => file.endsWith('.as.ts') && !file.endsWith('.part.as.ts'))
    .map((file) => path.join('src', file));
}

/** Of `npm install` without what builds (--omit=dev), and of a package, which comes built: nothing is to be done. */
function isBuildable() {
  try {
    for (const tool of ['typescript', 'assemblyscript']) require.resolve(`${tool}/package.json`);
  } catch {
    return false;
  }
  return existsSync(path.join(root, 'tsconfig.json'));
}

/** What dist/ depends on: sources, settings and what is installed to build them. */
function fingerprint() {
  const sources = ['src', 'firmware-protocol', 'drivers', 'calibration', 'bench'].flatMap((folder) =>
    readdirSync(path.join(root, folder), { recursive: true })
      .map((file) => path.join(folder, String(file)))
      .filter((file) => file.endsWith('.ts'))
      .sort(),
  );
  const hash = createHash('sha256');
  for (const file of [...sources, 'tsconfig.json', 'package-lock.json', 'build/build.js']) {
    hash.update(`${file}\0`).update(readFileSync(path.join(root, file)));
  }
  return hash.digest('hex');
}

const FINGERPRINT_FILE = path.join(root, 'dist/.built-from');
const isPrepare = process.argv.includes('--if-possible');
const isIfNeeded = isPrepare || process.argv.includes('--if-needed');
if (isPrepare && !isBuildable()) {
  process.stdout.write('beamloop is not built here: its sources or what builds them is not installed\n');
  process.exit(0);
}
const builtFrom = fingerprint();
// `npx beamloop` in a checkout prepares the package before the first run: what is there is not built again.
if (isIfNeeded && existsSync(FINGERPRINT_FILE) && readFileSync(FINGERPRINT_FILE, 'utf8') === builtFrom) {
  process.stdout.write('beamloop is built already\n');
  process.exit(0);
}

rmSync(path.join(root, 'dist'), { recursive: true, force: true });
const asc = path.join(path.dirname(require.resolve('assemblyscript/package.json')), 'bin', 'asc.js');
for (const source of assemblyScriptSources()) {
  const out = path.join('dist', source.replace(/\.as\.ts$/, '.wasm'));
  mkdirSync(path.dirname(path.join(root, out)), { recursive: true });
  run(asc, [
    source,
    '--outFile',
    out,
    '-O3',
    '--noAssert',
    '--enable',
    'simd',
    '--runtime',
    'stub',
    '--importMemory',
  ]);
}
run(require.resolve('typescript/bin/tsc'), ['-p', 'tsconfig.json']);
chmodSync(path.join(root, 'dist/src/cli/main.js'), 0o755);
writeFileSync(FINGERPRINT_FILE, builtFrom);
