/**
 * Builds beamloop into dist/: WebAssembly kernels (AssemblyScript), then TypeScript, then programs of few files, then the dashboard's page.
 * `npm install` (prepare), `npm test` and `npm run bench` call it. --if-needed leaves alone what is built of the same sources;
 * --if-possible does, too, and says so where nothing can be built.
 */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
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
    for (const tool of ['typescript', 'assemblyscript', 'rolldown', 'vite'])
      require.resolve(`${tool}/package.json`);
  } catch {
    return false;
  }
  return existsSync(path.join(root, 'tsconfig.json'));
}

/** What is started: the program, the processes and threads that it starts, and the library, which plugins share with them. */
const ENTRIES = [
  'src/cli/main.js',
  'src/index.js',
  'src/emulation/emulated-ue-process.js',
  'drivers/emulator/board-process.js',
  'drivers/emulator/own/own-board-process.js',
  'src/record/store-worker.js',
  'src/live/telemetry/telemetry-worker.js',
  'src/study/study-worker.js',
  'src/dashboard/recordings-process.js',
];
/** Bundled with ours, for its hundred files; other packages stay where npm puts them. */
const BUNDLED_PACKAGE = 'zod';

/**
 * Node takes longer to find and read hundreds of small files than to run them, at every start. Every entry becomes one line that
 * loads its code from dist/bundle, where all entries share it. The single files stay beside it: tests and benchmarks load some.
 */
async function bundleEntries() {
  const { rolldown } = await import('rolldown');
  const dist = path.join(root, 'dist');
  const folder = path.join(dist, 'bundle');
  const flat = (entry) => entry.replaceAll('/', '-');
  const bundle = await rolldown({
    input: Object.fromEntries(ENTRIES.map((entry) => [flat(entry), path.join(dist, entry)])),
    platform: 'node',
    external: (id) => !id.startsWith('.') && !path.isAbsolute(id) && id !== BUNDLED_PACKAGE,
    plugins: [
      {
        name: 'modules-keep-their-address',
        transform(code, id) {
          if (!code.includes('import.meta.url')) return null;
          const address = path.relative(folder, id).replaceAll(path.sep, '/');
          return code.replaceAll(
            'import.meta.url',
            `new URL(${JSON.stringify(address)}, import.meta.url).href`,
          );
        },
      },
    ],
  });
  await bundle.write({
    dir: folder,
    format: 'esm',
    entryFileNames: '[name]',
    chunkFileNames: '[name]-[hash].js',
  });
  await bundle.close();
  const license = path.join(path.dirname(require.resolve(`${BUNDLED_PACKAGE}/package.json`)), 'LICENSE');
  copyFileSync(license, path.join(folder, `LICENSE.${BUNDLED_PACKAGE}`));
  for (const entry of ENTRIES) {
    const file = path.join(dist, entry);
    const [first] = readFileSync(file, 'utf8').split('\n');
    const code = JSON.stringify(`${'../'.repeat(entry.split('/').length - 1)}bundle/${flat(entry)}`);
    writeFileSync(file, `${first.startsWith('#!') ? `${first}\n` : ''}export * from ${code};\n`);
  }
}

/** The dashboard's page, with the parts of ECharts that it draws with, whose licences ask to be told. */
async function buildPage() {
  const { build } = await import('vite');
  const outDir = path.join(root, 'dist/page');
  await build({
    root: path.join(root, 'src/dashboard/page'),
    configFile: false,
    logLevel: 'warn',
    build: { outDir, emptyOutDir: true, target: 'es2022', modulePreload: false, chunkSizeWarningLimit: 1000 },
  });
  for (const name of ['echarts', 'zrender']) {
    const folder = path.dirname(require.resolve(`${name}/package.json`));
    for (const file of ['LICENSE', 'NOTICE']) {
      if (existsSync(path.join(folder, file)))
        copyFileSync(path.join(folder, file), path.join(outDir, `${file}.${name}`));
    }
  }
}

/** What dist/ depends on: sources, settings and what is installed to build them. */
function fingerprint() {
  const sources = ['src', 'firmware-protocol', 'drivers', 'calibration', 'bench'].flatMap((folder) =>
    readdirSync(path.join(root, folder), { recursive: true })
      .map((file) => path.join(folder, String(file)))
      .filter((file) => /\.(ts|html|css)$/.test(file) || file.endsWith('page/tsconfig.json'))
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
await bundleEntries();
await buildPage();
chmodSync(path.join(root, 'dist/src/cli/main.js'), 0o755);
writeFileSync(FINGERPRINT_FILE, builtFrom);
