/** The checks against firmwares that break one rule, on virtual time: the right ones fail, and only those. */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { runCheck } from '../../drivers/conformance/check.js';
import { CHECKS } from '../../drivers/conformance/checks.js';
import { libraryRig, loadLibrary } from './library-board.js';
import { MORE_CHECKS } from './more-checks.js';
import { changedSources, mutatedLibrary } from './mutants.js';
import { MUTATIONS } from './mutations.js';
import { CHECKED_SIZES } from './sizes.js';
import { IS_FULL, make, requireTools } from './toolchain.js';

/** Those of every run. */
const QUICK = [
  ...['receipts out of order', 'late reported as on time', 'a watchdog that never fires'],
  'a mirrored board is not mirrored',
];
const ALL = [...CHECKS.filter(({ long }) => !long), ...MORE_CHECKS];
// What a change leaves unused is no mistake here.
const SETTINGS = { sizes: CHECKED_SIZES, variables: { OPTIMISE: '-O0', WARNINGS: '' } };

describe('a firmware that breaks one rule is seen', () => {
  const settingsOf = (withoutLines?: true) =>
    withoutLines ? { ...SETTINGS, sizes: { ...CHECKED_SIZES, NUM_LINES: 0 } } : SETTINGS;
  let unchanged: string;
  let unchangedWithoutLines: string;
  beforeAll(async () => {
    requireTools('make', 'cc');
    unchanged = await make('library', SETTINGS.sizes, SETTINGS);
    if (!IS_FULL) return;
    const settings = settingsOf(true);
    unchangedWithoutLines = await make('library', settings.sizes, settings);
  });

  const mutations = MUTATIONS.filter(({ rule }) => IS_FULL || QUICK.includes(rule));
  it.each(mutations)('$rule', async ({ rule: _rule, clause, seenBy, withoutLines, ...change }) => {
    const from = withoutLines ? unchangedWithoutLines : unchanged;
    const library = loadLibrary(await mutatedLibrary(change, from, settingsOf(withoutLines)));
    const failed: { readonly name: string; readonly clause: string }[] = [];
    for (const check of ALL) {
      const rig = libraryRig(library);
      const verdict = await rig.clock.during(runCheck(check, rig));
      rig.close();
      if (verdict.outcome === 'fails') failed.push({ name: check.name, clause: verdict.clause });
    }
    library.unload();
    expect(failed.map(({ name }) => name)).toEqual(seenBy === 'all' ? ALL.map(({ name }) => name) : seenBy);
    expect(failed[0]!.clause).toBe(clause);
  });
});

describe.runIf(IS_FULL)('golden vectors see', () => {
  it.each([
    ['another polynomial', 'crc32c.c', 'UINT32_C(0x82F63B78)', 'UINT32_C(0xEDB88320)'],
    ['no final exclusive-or', 'crc32c.c', 'return ~remainder;', 'return remainder;'],
    ['blocks of 253 bytes', 'frame.c', 'next - code_at == 255', 'next - code_at == 254'],
    ['one delimiter', 'frame.c', 'wire[next++] = 0;', ''],
  ])('%s', async (_what, file, from, to) => {
    const frames: { type: string; session: number; sequence: number; payload: string; frame: string }[] =
      JSON.parse(
        readFileSync(new URL('../../firmware-protocol/vectors/frames.json', import.meta.url), 'utf8'),
      ).filter(({ canonical }: { canonical: boolean }) => canonical);
    const hex = (bytes: string) => bytes.replaceAll(' ', '').toLowerCase() || '-';
    const wanted = frames.map(({ frame }) => `seal ${hex(frame)}`);
    const input = frames
      .map(
        ({ type, session, sequence, payload }) =>
          `seal ${Number(type)} ${session} ${sequence} ${hex(payload)}\n`,
      )
      .join('');
    const sealed = async (sources?: string) => {
      const folder = await make('vectors', {}, { ...(sources && { sources }) });
      const { stdout } = spawnSync(path.join(folder, 'beamvectors'), { input, encoding: 'utf8' });
      return stdout.trimEnd().split('\n');
    };
    expect(await sealed(changedSources({ file, from, to }))).not.toEqual(wanted);
  });
});
