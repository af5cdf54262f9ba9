/**
 * Whether two checkouts, both built, give the same results byte for byte: the deterministic tables of campaigns as Parquet, and the
 * rows of studies. For changes that must change no result.
 *
 *     node build/compare-results.js ../before                         all shipped campaigns and a few studies
 *     node build/compare-results.js ../before scenarios/first-light.yaml
 *
 * Of tables that have other columns the common ones are compared. Exit code 1 when anything differs.
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { DuckDBInstance } from '@duckdb/node-api';

const CAMPAIGNS = ['first-light', 'rough-link', 'wideband', 'wideband-200'].map(
  (name) => `scenarios/${name}.yaml`,
);
/** With so many users per point as keep it short; patterns and counts have no users. */
const STUDIES = {
  'scenarios/studies/first-light.yaml': null,
  'scenarios/studies/wideband-200.yaml': null,
  'scenarios/papers/beam-diverging-fig17.yaml': 8,
  'scenarios/papers/beam-split-fig7.yaml': 8,
  'scenarios/papers/beam-split-hardware.yaml': 8,
  'scenarios/papers/beam-split-fig2.yaml': null,
  'scenarios/papers/beam-diverging-fig9.yaml': null,
  'scenarios/papers/beam-diverging-fig12.yaml': null,
  'scenarios/papers/beam-diverging-table2.yaml': null,
};
/** Those that depend on scenario and seed alone, and their order. */
const TABLES = {
  users: 'turn',
  codewords: 'key',
  element_settings: 'hash',
  slots: 'slot, ue',
  receipts: 'slot',
  powers: 'slot, ue',
  local_estimates: 'ue, batch',
  estimates: 'ue',
  losses: 'ue',
};

const [before, ...named] = process.argv.slice(2);
if (before === undefined) {
  console.error('Usage: node build/compare-results.js <other checkout> [scenario or study files]');
  process.exit(2);
}
const roots = {
  before: path.resolve(before),
  now: path.dirname(path.dirname(fileURLToPath(import.meta.url))),
};
const work = mkdtempSync(path.join(tmpdir(), 'beamloop-compare-'));
let numDiffering = 0;

function tell(what, isSame) {
  if (!isSame) numDiffering++;
  console.log(`${isSame ? 'same  ' : 'DIFFER'} ${what}`);
}

/** What a checkout's command prints. That somebody was not found, or a claim does not hold, is in its exit code only. */
function beamloop(root, args) {
  const main = path.join(root, 'dist/src/cli/main.js');
  const run = spawnSync(process.execPath, [main, ...args], {
    encoding: 'utf8',
    maxBuffer: 2 ** 30,
    cwd: work,
  });
  if (run.stdout.trim() !== '') return run.stdout;
  throw new Error(`beamloop ${args.join(' ')} in ${root} failed:\n${run.stderr}`);
}

async function compareCampaign(file) {
  const name = path.basename(file, '.yaml');
  const instance = await DuckDBInstance.create(':memory:');
  const connection = await instance.connect();
  for (const [which, root] of Object.entries(roots)) {
    const out = path.join(work, `${name}-${which}`);
    beamloop(root, ['run', path.join(root, file), '--out', out, '--json', '--no-report']);
    await connection.run(`ATTACH '${path.join(out, 'recording.duckdb')}' AS ${which} (READ_ONLY)`);
  }
  for (const [table, order] of Object.entries(TABLES)) {
    const found = await connection.runAndReadAll(
      `SELECT column_name FROM duckdb_columns() WHERE database_name = 'before' AND table_name = '${table}'
       AND column_name IN (SELECT column_name FROM duckdb_columns() WHERE database_name = 'now' AND table_name = '${table}')
       ORDER BY column_index`,
    );
    const columns = found
      .getRowObjectsJS()
      .map(({ column_name }) => `"${column_name}"`)
      .join(', ');
    const bytes = [];
    for (const which of Object.keys(roots)) {
      const to = path.join(work, `${name}-${table}-${which}.parquet`);
      await connection.run(
        `COPY (SELECT ${columns} FROM ${which}.main.${table} ORDER BY ${order}) TO '${to}' (FORMAT parquet)`,
      );
      bytes.push(readFileSync(to));
    }
    tell(`${file}: ${table}, ${bytes[1].length} bytes of Parquet`, bytes[0].equals(bytes[1]));
  }
  connection.closeSync();
}

/** Without what says how long it took, or which version did it. */
function rowsOf({ rows, error }) {
  if (rows === undefined) throw new Error(`A study has no rows: ${JSON.stringify(error)}`);
  return rows;
}

function compareStudy(file, users) {
  const rows = Object.values(roots).map((root) => {
    const args = [
      'study',
      path.join(root, file),
      '--json',
      ...(users === null ? [] : ['--users', String(users)]),
    ];
    return JSON.stringify(rowsOf(JSON.parse(beamloop(root, args))));
  });
  tell(`${file}: ${rows[1].length} bytes of rows`, rows[0] === rows[1]);
}

try {
  mkdirSync(work, { recursive: true });
  const files = named.length > 0 ? named : [...CAMPAIGNS, ...Object.keys(STUDIES)];
  for (const file of files) {
    if (/scenarios\/(studies|papers)\//.test(file)) compareStudy(file, STUDIES[file] ?? null);
    else await compareCampaign(file);
  }
} finally {
  rmSync(work, { recursive: true, force: true });
}
if (numDiffering > 0) {
  console.error(`${numDiffering} differ`);
  process.exit(1);
}
