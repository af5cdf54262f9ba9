/** The list of kinds: every folder is in it, a kind leaves nothing out, and any executor can run its users. */
import { readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { parseSettings } from '../../../src/core/settings-file.js';
import type { Executor } from '../../../src/fan-out/executor.js';
import { defineStudyKind, drawsNoUsers } from '../../../src/study/common/study-kind.js';
import { runStudy } from '../../../src/study/run-study.js';
import { simulatorOf } from '../../../src/study/simulators.js';
import { kindOf, STUDY_KINDS, studySchema } from '../../../src/study/study-kinds.js';
import { inThisThread } from '../../fixtures/study-context.js';

const SHARED = ['common'];

const accuracy = `kind: accuracy
title: t
array: {elements: 32}
schemes: [dpc, exhaustive]
snr: [5 dB, 20 dB]
users: {count: 120, ring: [5 m, 10 m]}`;
const rate = `kind: rate
title: t
array: {elements: 32, carrier: 30 GHz, bandwidth: 3 GHz, subcarriers: 32, sector: {angle: 60 deg, distance: [1 m, 9 m]}}
snr: 10 dB
schemes: {rainbow: {name: near-field-rainbow, rings: 4}}
users: {count: 25}`;

const calibration = `kind: calibration
title: t
array: {elements: 16, carrier: 28 GHz}
errors: {any: {phase: random, amplitude: 0.5 dB}}
procedures: {two: {name: hadamard, passes: 2}}
snr: [20 dB, 30 dB]
users: {count: 12}`;

/** As a queue of messages would: jobs last to first, everything as text on the way. */
const overTheWire: Executor = {
  async *runJobs<Result>(...[simulation, jobs]: Parameters<Executor['runJobs']>) {
    const sent = <T>(value: T): T => JSON.parse(JSON.stringify(value)) as T;
    const results: Result[] = [];
    for (let index = jobs.length - 1; index >= 0; index--) {
      const job = jobs.at(index)!;
      results[index] = sent(simulatorOf(sent(simulation)).run(sent(job))) as Result;
    }
    yield* results;
  },
};

describe('the list of kinds', () => {
  it('has a kind for every folder', () => {
    const folders = readdirSync('src/study', { withFileTypes: true })
      .filter((entry) => entry.isDirectory() && !SHARED.includes(entry.name))
      .map(({ name }) => name);
    expect(STUDY_KINDS.map(({ kind }) => kind).sort()).toEqual(folders.sort());
  });

  it('is what files are read by', () => {
    for (const { kind } of STUDY_KINDS) {
      // Complains of what is missing, not of the kind.
      expect(() => parseSettings(`kind: ${kind}`, studySchema, 'f')).toThrow(/title|'pattern' is missing/);
    }
    expect(() => parseSettings('kind: acuracy', studySchema, 'f')).toThrow(/kind/);
  });

  it('refuses a kind that leaves something out when it is compiled', () => {
    const parts = {
      kind: 'odd',
      schema: z.strictObject({ kind: z.literal('odd') }),
      sizes: () => [],
      override: drawsNoUsers,
      simulator: null,
    } as const;
    // @ts-expect-error: it does not say how it runs.
    defineStudyKind(parts);
    const { sizes, ...unsized } = { ...parts, run: () => Promise.reject(new Error('never run')) };
    // @ts-expect-error: it does not say how large it is.
    defineStudyKind(unsized);
    expect(defineStudyKind({ ...unsized, sizes }).kind).toBe('odd');
  });

  it('has no simulator for what draws no users', () => {
    expect(() => simulatorOf({ kind: 'boundary', study: {}, traced: false })).toThrow('boundary');
    expect(kindOf({ kind: 'pilots' }).simulator).toBeNull();
  });
});

describe('an executor', () => {
  it.each([
    ['accuracy', accuracy],
    ['rate', rate],
    ['calibration', calibration],
  ])('runs a study of %s in any order, with plain data', async (_, text) => {
    const study = parseSettings(text, studySchema, 'f');
    const here = await runStudy(study, inThisThread);
    const there = await runStudy(study, { executor: overTheWire });
    expect(there).toEqual(here);
    expect(here.rows.length).toBeGreaterThan(0);
  });
});

describe('a study of a scenario', () => {
  it('runs as any other', async () => {
    const study = parseSettings(
      'kind: scenario\ntitle: t\nscenario: scenarios/first-light.yaml',
      studySchema,
      'f',
    );
    const { kind, rows } = await runStudy(study, inThisThread);
    expect(kind).toBe('scenario');
    expect(rows).toHaveLength(6);
    await expect(runStudy(study, { ...inThisThread, traced: true })).rejects.toThrow('no traces');
    await expect(runStudy(study)).rejects.toMatchObject({
      code: 'BAD_ARGUMENT',
      where: 'scenarios/first-light.yaml',
    });
  });
});
