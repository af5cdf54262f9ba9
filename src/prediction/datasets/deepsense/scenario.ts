/** Scenarios of DeepSense 6G: a table with a line per sample, which names files with powers, places and images. */
import { access } from 'node:fs/promises';
import path from 'node:path';
import { onTangentPlane } from '../../../channel/motion/tangent-plane.js';
import { invalid, Problems } from '../problems.js';
import type { Sample, SampleFindings, SampleScenario } from '../samples.js';
import { type SampleOrder, segmentsOf } from '../segments.js';
import { type Columns, columnsOf } from './columns.js';
import { type CsvRow, type CsvTable, readCsv } from './csv-table.js';
import { type LabelBase, LabelBaseFinder } from './label-base.js';
import { type Reading, readLatitudeLongitude, readPowers, strongest } from './measured-files.js';
import { timeOfDayS } from './time-stamp.js';

export interface ScenarioOptions {
  /** Steps in time longer than this are gaps, s; 1.75 times the usual one unless given. */
  readonly gapS?: number;
  /** Of released labels, where nothing tells it. */
  readonly labelBase?: LabelBase;
}

/** Files that are read at a time. */
const AT_ONCE = 32;

/** @throws DATASET_INVALID for a table that is none, or lacks the passes. */
export async function openScenario(file: string, options: ScenarioOptions = {}): Promise<SampleScenario> {
  const problems = new Problems();
  const table = await readCsv(file, problems);
  const columns = columnsOf(table.names);
  if (columns.pass === undefined) {
    throw invalid(
      "The table has no column 'seq_index', so passes cannot be told apart",
      `${file}:1`,
      'Take the table of the scenario as it is distributed',
    );
  }
  const order = table.rows.map((row) => orderOf(row, columns, table, problems));
  const rows = table.rows.filter((_, k) => order[k] !== null);
  const orders = order.filter((each): each is SampleOrder => each !== null);
  if (rows.length === 0) throw invalid('The table has no samples', file, 'Give the table of a scenario');
  for (const [k, { index, pass }] of orders.entries()) {
    const before = orders[k - 1];
    if (before?.pass === pass && index !== null && before.index !== null && index <= before.index) {
      problems.add(
        'the index does not ascend within a pass',
        `${file}:${rows[k]!.line}`,
        'samples stay in the order of the table',
      );
    }
  }
  const segments = segmentsOf(orders, options.gapS);
  for (const { sample, lengthS } of segments.gaps) {
    if (lengthS !== null && lengthS < 0) {
      problems.add(
        'time goes back within a pass',
        `${file}:${rows[sample]!.line}`,
        'a segment ends there, as at a gap',
      );
    }
  }
  const reader = new SampleReader(table, columns, problems, options);
  const origin = await reader.findOrigin(rows);
  return {
    layout: 'DeepSense 6G scenario',
    files: [path.basename(file)],
    numRows: rows.length,
    segments,
    has: {
      powers: columns.powers !== undefined,
      images: columns.image !== undefined,
      positions: columns.userPosition !== undefined,
      labels: columns.label !== undefined,
    },
    origin,
    async *samples(signal) {
      reader.begin(rows);
      for (let from = 0; from < rows.length; from += AT_ONCE) {
        signal?.throwIfAborted();
        const some = rows.slice(from, from + AT_ONCE);
        const read = await Promise.all(
          some.map((row, k) => reader.sample(row, orders[from + k]!, segments.ofSample[from + k]!)),
        );
        // What is wrong is told in the order of the table, whichever file came first.
        for (const [k, { sample, complaints }] of read.entries()) {
          for (const complain of complaints) complain();
          yield reader.settled(sample, some[k]!);
        }
      }
    },
    findings: () => reader.findings(),
  };
}

/** Null, and a problem, for a line that cannot be placed. */
function orderOf(
  { line, cells }: CsvRow,
  columns: Columns,
  { file }: CsvTable,
  problems: Problems,
): SampleOrder | null {
  const whole = (column: number | undefined) => {
    const text = column === undefined ? '' : cells[column]!;
    const value = Number(text);
    return text !== '' && Number.isInteger(value) ? value : null;
  };
  const pass = whole(columns.pass);
  if (pass === null) {
    problems.add('seq_index is no whole number', `${file}:${line}`, 'the sample is left out');
    return null;
  }
  const timeS = columns.time === undefined ? null : timeOfDayS(cells[columns.time]!);
  if (columns.time !== undefined && timeS === null) {
    problems.add(
      'the time stamp cannot be read',
      `${file}:${line}`,
      'gaps around the sample are told by the index',
    );
  }
  return { pass, timeS, index: whole(columns.index) };
}

interface ReadSample {
  readonly sample: Sample;
  readonly complaints: readonly (() => void)[];
}

class SampleReader {
  readonly #table: CsvTable;
  readonly #columns: Columns;
  readonly #folder: string;
  readonly #known: Problems;
  readonly #options: ScenarioOptions;
  #problems: Problems;
  #origin: { readonly latitudeDeg: number; readonly longitudeDeg: number } | null = null;
  #numBeams: number | null = null;
  #labels = new LabelBaseFinder();
  #numNanPowers = 0;
  #numSamplesWithNan = 0;
  /** Of a table without powers, found before the first sample. */
  #baseOfLabels: LabelBase | null = null;

  constructor(table: CsvTable, columns: Columns, problems: Problems, options: ScenarioOptions) {
    this.#table = table;
    this.#columns = columns;
    this.#folder = path.dirname(table.file);
    this.#known = problems;
    this.#problems = problems;
    this.#options = options;
  }

  /** Counts begin anew with each way through the samples. */
  begin(rows: readonly CsvRow[]): void {
    this.#problems = this.#known.copy();
    this.#labels = new LabelBaseFinder();
    this.#numNanPowers = 0;
    this.#numSamplesWithNan = 0;
    this.#numBeams = null;
    this.#baseOfLabels = null;
    if (this.#columns.powers !== undefined || this.#columns.label === undefined) return;
    for (const row of rows) {
      const label = this.#releasedLabel(row);
      if (label !== null) this.#labels.add(label, null);
    }
    this.#baseOfLabels = this.#options.labelBase ?? this.#labels.result(64).base;
    this.#labels = new LabelBaseFinder();
    if (this.#baseOfLabels === null) {
      this.#problems.add(
        'there are no powers, and the labels do not tell whether they count from 0 or 1',
        this.#table.file,
        'samples have no label; give --label-base',
      );
    }
  }

  /** The first place of the base station that can be read, else of the user. */
  async findOrigin(rows: readonly CsvRow[]) {
    if (this.#columns.userPosition === undefined) return null;
    for (const column of [this.#columns.basePosition, this.#columns.userPosition]) {
      const named = new Set(rows.flatMap(({ cells }) => (column === undefined ? [] : [cells[column]!])));
      for (const name of [...named].slice(0, 100)) {
        const reading = await readLatitudeLongitude(this.#pathOf(name));
        if (!('value' in reading)) continue;
        if (column !== this.#columns.basePosition) {
          this.#known.add(
            'no place of the base station can be read',
            this.#table.file,
            'places count from the first one of the user',
          );
        }
        this.#origin = reading.value;
        return reading.value;
      }
    }
    return null;
  }

  async sample(row: CsvRow, order: SampleOrder, segment: number): Promise<ReadSample> {
    const complaints: (() => void)[] = [];
    const [powers, place, image] = await Promise.all([
      this.#powers(row, complaints),
      this.#place(row, complaints),
      this.#image(row, complaints),
    ]);
    const sourceLabel = this.#releasedLabel(row);
    const label =
      this.#columns.powers !== undefined
        ? powers === null
          ? null
          : strongest(powers)
        : sourceLabel === null || this.#baseOfLabels === null
          ? null
          : sourceLabel - this.#baseOfLabels;
    return {
      sample: {
        ...{ recording: null, user: null, codewords: null },
        ...{ ...order, segment, powers, label, sourceLabel, ...place, image },
      },
      complaints,
    };
  }

  /** As it is handed on, counted. In the order of the table: the first sweep says how many beams there are. */
  settled(read: Sample, row: CsvRow): Sample {
    const sample = this.#withWholeSweep(read, row);
    const { powers, label, sourceLabel } = sample;
    if (sourceLabel !== null) this.#labels.add(sourceLabel, powers === null ? null : label);
    if (powers === null) return sample;
    const numNan = powers.reduce((sum, power) => sum + (Number.isFinite(power) ? 0 : 1), 0);
    this.#numNanPowers += numNan;
    if (numNan > 0) this.#numSamplesWithNan += 1;
    if (label === null) {
      this.#problems.add('no power of the sweep is finite', this.#at(row), 'the sample has no label');
    }
    return sample;
  }

  #withWholeSweep(sample: Sample, row: CsvRow): Sample {
    if (sample.powers === null) return sample;
    this.#numBeams ??= sample.powers.length;
    if (sample.powers.length === this.#numBeams) return sample;
    this.#problems.add(
      `power file has another number of values than ${this.#numBeams}`,
      `${row.cells[this.#columns.powers!]} (${sample.powers.length})`,
      'the sample has no powers and no label',
    );
    return { ...sample, powers: null, label: null };
  }

  findings(): SampleFindings {
    const { base, numCompared, numAgreeing } = this.#labels.result(this.#numBeams ?? 64);
    return {
      numBeams: this.#numBeams,
      labelBase:
        this.#columns.label === undefined
          ? null
          : (this.#baseOfLabels ?? base ?? this.#options.labelBase ?? null),
      numLabelsCompared: numCompared,
      numLabelsAgreeing: numAgreeing,
      numNanPowers: this.#numNanPowers,
      numSamplesWithNan: this.#numSamplesWithNan,
      problems: this.#problems.list(),
    };
  }

  #releasedLabel({ cells }: CsvRow): number | null {
    const text = this.#columns.label === undefined ? '' : cells[this.#columns.label]!;
    const value = Number(text);
    return text !== '' && Number.isInteger(value) ? value : null;
  }

  async #powers(row: CsvRow, complaints: (() => void)[]): Promise<Float32Array | null> {
    const { powers: column } = this.#columns;
    if (column === undefined) return null;
    return this.#read(row, column, readPowers, 'the sample has no powers and no label', complaints);
  }

  async #place(row: CsvRow, complaints: (() => void)[]) {
    const { userPosition } = this.#columns;
    const nowhere = { xM: null, yM: null };
    if (userPosition === undefined || this.#origin === null) return nowhere;
    const reading = await this.#read(
      row,
      userPosition,
      readLatitudeLongitude,
      'the sample has no position',
      complaints,
    );
    if (reading === null) return nowhere;
    const { eastM, northM } = onTangentPlane(reading.latitudeDeg, reading.longitudeDeg, {
      latitudeRad: (this.#origin.latitudeDeg * Math.PI) / 180,
      longitudeRad: (this.#origin.longitudeDeg * Math.PI) / 180,
    });
    return { xM: eastM, yM: northM };
  }

  async #image(row: CsvRow, complaints: (() => void)[]): Promise<string | null> {
    const name = this.#columns.image === undefined ? '' : row.cells[this.#columns.image]!;
    if (name === '') return null;
    const file = this.#pathOf(name);
    const isThere = await access(file).then(
      () => true,
      () => false,
    );
    if (isThere) return path.relative(this.#folder, file);
    complaints.push(() =>
      this.#problems.add('image is missing', `${this.#at(row)} (${name})`, 'the sample has no image'),
    );
    return null;
  }

  async #read<T>(
    row: CsvRow,
    column: number,
    read: (file: string) => Promise<Reading<T>>,
    consequence: string,
    complaints: (() => void)[],
  ): Promise<T | null> {
    const name = row.cells[column]!;
    const reading: Reading<T> =
      name === ''
        ? { what: `${this.#table.names[column]} is empty`, line: null }
        : await read(this.#pathOf(name));
    if ('value' in reading) return reading.value;
    const { what, line } = reading;
    const where = line === null ? this.#at(row) + (name === '' ? '' : ` (${name})`) : `${name}:${line}`;
    complaints.push(() => this.#problems.add(what, where, consequence));
    return null;
  }

  #at({ line }: CsvRow): string {
    return `${path.basename(this.#table.file)}:${line}`;
  }

  /** Tables name files as `./unit1/…`, on Windows with backslashes. */
  #pathOf(name: string): string {
    return path.join(this.#folder, name.replaceAll('\\', '/'));
  }
}
