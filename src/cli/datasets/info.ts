import { existsSync } from 'node:fs';
import path from 'node:path';
import { largest } from '../../core/extremes.js';
import { plural } from '../../core/plural.js';
import { MANIFEST, type Manifest, readManifest } from '../../prediction/datasets/parquet/manifest.js';
import { requireUnchanged } from '../../prediction/datasets/parquet/read-dataset.js';
import type { Problem } from '../../prediction/datasets/problems.js';
import type { WindowShape } from '../../prediction/datasets/segments.js';
import { openSource } from '../../prediction/datasets/source.js';
import { type Survey, surveySource, type WindowCounts } from '../../prediction/datasets/survey.js';
import { isLabelled, windowsOf } from '../../prediction/datasets/windows.js';
import { type CommandContext, type Parser, printJson } from '../command.js';
import { interruptible } from '../interruptible.js';
import { wholeOption } from '../options.js';
import { progressBar } from '../progress-bar.js';
import { wrapped } from '../text-table.js';
import { scenarioOptions, sourceOptions } from './source-options.js';

const MOST_SAMPLES = 10_000;

/** Goes through all of a source, or reads the manifest of a data set. */
export function datasetInfo(yargs: Parser, context: CommandContext): Parser {
  return yargs.command(
    'info <folder>',
    'Say what a folder is, what is there, and what is wrong with it',
    (builder) =>
      builder
        .positional('folder', {
          type: 'string',
          demandOption: true,
          describe: 'Folder of DeepSense 6G or DeepMIMO, its table, or a data set of beamloop dataset import',
        })
        .options({
          history: {
            type: 'string',
            default: '8',
            requiresArg: true,
            describe: 'Samples that a window knows',
          },
          future: { type: 'string', default: '6', requiresArg: true, describe: 'Samples after them' },
          ...sourceOptions,
        })
        .example('$0 dataset info scenario9', '')
        .example('$0 dataset info scenario9/scenario9.csv --history 5 --future 1 --json', ''),
    async (args) => {
      const shape = {
        history: wholeOption('history', args.history, 1, MOST_SAMPLES),
        future: wholeOption('future', args.future, 0, MOST_SAMPLES),
      };
      if (existsSync(path.join(args.folder, MANIFEST))) {
        const manifest = await readManifest(args.folder);
        await requireUnchanged(args.folder, manifest);
        const windows = manifest.kind === 'paths' ? null : await countWindows(args.folder, manifest, shape);
        if (args.json) printJson(context.stdout, { manifest, windows });
        else printLines(context, linesOfDataset(manifest, windows), manifest.problems);
        return;
      }
      const bar = progressBar(context);
      const survey = await interruptible(context, 'Nothing was written', async () =>
        surveySource(await openSource(args.folder, scenarioOptions(args)), {
          ...shape,
          signal: context.signal,
          onProgress: (numDone, numRows) => bar.show('going through it', numDone, numRows),
        }),
      ).finally(bar.stop);
      if (args.json) printJson(context.stdout, survey);
      else printLines(context, linesOf(survey), survey.problems);
    },
  );
}

interface DatasetWindows extends WindowShape {
  readonly all: number;
  readonly labelled: number;
}

async function countWindows(folder: string, manifest: Manifest, asked: WindowShape): Promise<DatasetWindows> {
  const shape = manifest.kind === 'windows' ? { history: manifest.history, future: manifest.future } : asked;
  let [all, labelled] = [0, 0];
  for await (const window of windowsOf(folder, shape)) {
    all += 1;
    if (isLabelled(window)) labelled += 1;
  }
  return { ...shape, all, labelled };
}

type Line = readonly [title: string, text: string];

function linesOf(survey: Survey): Line[] {
  const head: Line = ['what', `${survey.layout} (${fileList(survey.files)})`];
  if (survey.kind === 'paths') return [head, ...linesOfPaths(survey)];
  const images: Line = ['images', imagesInWords(survey)];
  const windows: Line = ['windows', windowsInWords(survey.windows)];
  if (survey.kind === 'windows') {
    const { numPasses, passesAreInferred, labelBase } = survey;
    const how = passesAreInferred ? ', told from windows that go on where the one before began' : '';
    return [
      head,
      ['passes', `${numPasses}${how}`],
      windows,
      ['beams', labelBase === null ? 'files of powers' : `numbers from ${labelBase}`],
      images,
    ];
  }
  const { labels, origin, stepS } = survey;
  return [
    head,
    [
      'samples',
      `${survey.numSamples}${stepS === null ? '' : `, one every ${Number(stepS.toPrecision(3))} s`}`,
    ],
    [
      'passes',
      `${survey.numPasses}, with ${plural(survey.numGaps, 'gap')} within them: ${plural(survey.numSegments, 'segment')}`,
    ],
    windows,
    ['labels', labelsInWords(survey)],
    [
      'powers',
      survey.numBeams === null
        ? 'none'
        : `${survey.numBeams} beams; ${labels.numNanPowers} NaN in ${plural(labels.numSamplesWithNan, 'sample')}`,
    ],
    [
      'positions',
      origin === null
        ? 'none'
        : `${survey.numWithPosition} samples, in m east and north of ${origin.latitudeDeg}, ${origin.longitudeDeg}`,
    ],
    images,
  ];
}

function linesOfPaths(survey: Extract<Survey, { kind: 'paths' }>): Line[] {
  const { numUsers, numWithoutPath, numInSight, numPaths, mostPaths, carrierHz, bandwidthHz } = survey;
  const box = (at: readonly number[] | null) => at?.map((metres) => metres.toFixed(1)).join(', ') ?? '-';
  const percent = (count: number) => `${((100 * count) / Math.max(1, numUsers)).toFixed(1)} %`;
  return [
    ['carrier', carrierHz === null ? 'not told' : `${carrierHz / 1e9} GHz`],
    ...(bandwidthHz === null ? [] : [['bandwidth', `${bandwidthHz / 1e6} MHz`] as const]),
    ['bases', survey.bases.map(({ base, positionM }) => `${base} at (${box(positionM)}) m`).join('; ')],
    [
      'users',
      `${numUsers} (each once per base station), between (${box(survey.lowM)}) and (${box(survey.highM)}) m; ` +
        `${percent(numInSight)} in the line of sight, ${percent(numWithoutPath)} without a path`,
    ],
    [
      'paths',
      `${(numPaths / Math.max(1, numUsers)).toFixed(1)} a user, at most ${mostPaths}; delays up to ` +
        `${survey.longestDelayS === null ? '-' : `${(1e6 * survey.longestDelayS).toFixed(3)} us`}`,
    ],
  ];
}

function linesOfDataset(manifest: Manifest, windows: DatasetWindows | null): Line[] {
  const { source } = manifest;
  return [
    [
      'what',
      `data set of ${manifest.kind} (${manifest.table}, ${plural(manifest.numRows, 'row')}), ${manifest.madeBy}`,
    ],
    [
      'from',
      `${source.layout}${source.folder === null ? '' : `, ${source.folder}`} (${fileList(source.files)})`,
    ],
    ...(manifest.kind === 'paths' ? [] : [['passes', String(manifest.numPasses)] as const]),
    ...(windows === null
      ? []
      : [
          [
            'windows',
            `${windows.all} of ${windows.history} + ${windows.future} samples, ${windows.labelled} with all labels`,
          ] as const,
        ]),
  ];
}

function fileList(files: readonly string[]): string {
  return files.length <= 3
    ? files.join(', ')
    : `${files.slice(0, 2).join(', ')} and ${files.length - 2} more`;
}

function windowsInWords({ history, future, all, labelled, labelledWithImages }: WindowCounts): string {
  return (
    `${all} of ${history} + ${future} samples; ${labelled} with all labels, ` +
    `${labelledWithImages} of them with all ${history} images`
  );
}

function labelsInWords({ labels, numLabelled }: Extract<Survey, { kind: 'samples' }>): string {
  const { labelBase, numLabelsCompared, numLabelsAgreeing } = labels;
  const known = `${plural(numLabelled, 'sample')} with a label`;
  if (labelBase === null) return `${known}; no released ones whose base can be told`;
  if (numLabelsCompared === 0) return `${known}, the released ones, from ${labelBase}`;
  return (
    `${known}, the strongest beam; released ones count from ${labelBase} ` +
    `and agree in ${numLabelsAgreeing} of ${numLabelsCompared}`
  );
}

function imagesInWords({ images }: Pick<Extract<Survey, { kind: 'samples' }>, 'images'>): string {
  const { numThere, sizes, meanBytes } = images;
  if (numThere === 0) return 'none';
  const looked = sizes.reduce((sum, { count }) => sum + count, 0);
  const list = sizes.map(({ size, count }) => (sizes.length === 1 ? size : `${size} (${count})`)).join(', ');
  return `${numThere} files; ${list} in ${looked} that were looked into, ${Math.round(meanBytes! / 1e3)} kB each`;
}

function printLines(
  { stdout, columns }: CommandContext,
  lines: readonly Line[],
  problems: readonly Problem[],
): void {
  const width = largest(lines.map(([title]) => title.length)) + 2;
  for (const [title, text] of lines) stdout.write(indented(title.padEnd(width), text, columns));
  if (problems.length === 0) return void stdout.write('Nothing is wrong with it.\n');
  stdout.write('\nWhat is wrong:\n');
  for (const { what, count, where, consequence } of problems) {
    const places = `${where.join(', ')}${count > where.length ? ', …' : ''}`;
    stdout.write(indented('  ', `${count} × ${what}: ${places}; ${consequence}`, columns));
  }
}

function indented(head: string, text: string, columns = Number.POSITIVE_INFINITY): string {
  return wrapped(text, columns - head.length)
    .map((line, k) => (k === 0 ? head : ' '.repeat(head.length)) + line)
    .join('');
}
