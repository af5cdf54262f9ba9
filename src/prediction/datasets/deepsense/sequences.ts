/**
 * Tables of windows as authors of camera trackers make them from a scenario: a line per window, with columns `camera1` to
 * `camera8`, `beam1` to `beam8` and `future_beam1` to `future_beam6`. Beams are numbers, or name files of powers.
 */
import { access } from 'node:fs/promises';
import path from 'node:path';
import { invalid, type Problem, Problems } from '../problems.js';
import { type CsvRow, readCsv } from './csv-table.js';
import { type LabelBase, LabelBaseFinder } from './label-base.js';
import { readPowers, strongest } from './measured-files.js';

/** Labels count from 0; null where there is none. */
interface WindowRow {
  readonly pass: number;
  readonly images: readonly (string | null)[];
  readonly history: readonly (number | null)[];
  readonly future: readonly (number | null)[];
}

export interface WindowTable {
  readonly layout: 'DeepSense 6G windows';
  readonly files: readonly string[];
  readonly numRows: number;
  readonly numPasses: number;
  /** Told from windows that go on where the one before them began, as the table has no column of passes. */
  readonly passesAreInferred: boolean;
  readonly history: number;
  readonly future: number;
  readonly labelBase: LabelBase | null;
  windows(signal?: AbortSignal): AsyncGenerator<WindowRow>;
  problems(): Problem[];
}

/** Columns of a name with numbers behind it, in the order of the numbers: 2 before 10. */
export function numbered(names: readonly string[], stem: string): number[] {
  return names
    .flatMap((name, column) => {
      const match = new RegExp(`^${stem}_?(\\d+)$`).exec(name);
      return match === null ? [] : [{ column, number: Number(match[1]) }];
    })
    .sort((a, b) => a.number - b.number)
    .map(({ column }) => column);
}

/** Whether a table is one of windows. */
export function isWindowTable(names: readonly string[]): boolean {
  return numbered(names, 'future_beam').length > 0 && numbered(names, 'beam').length > 0;
}

/** @throws DATASET_INVALID for a table that is none, and for beams that do not tell where they count from. */
export async function openWindowTable(file: string, givenBase?: LabelBase): Promise<WindowTable> {
  const problems = new Problems();
  const { names, rows } = await readCsv(file, problems);
  const columns = {
    images: numbered(names, 'camera'),
    history: numbered(names, 'beam'),
    future: numbered(names, 'future_beam'),
  };
  if (rows.length === 0 || !isWindowTable(names)) {
    throw invalid('The table has no windows', file, 'Give a table with columns beam1, … and future_beam1, …');
  }
  const passColumn = names.findIndex((name) => name.startsWith('seq_index'));
  const passes =
    passColumn === -1 ? inferredPasses(rows, columns) : rows.map(({ cells }) => Number(cells[passColumn]));
  const wrong = passes.findIndex((pass) => !Number.isInteger(pass));
  if (wrong !== -1)
    throw invalid('seq_index is no whole number', `${file}:${rows[wrong]!.line}`, 'Correct the line');
  const numbers = new BeamReader(path.dirname(file), path.basename(file), problems);
  const base = givenBase ?? numbers.baseOf(rows, [...columns.history, ...columns.future]);
  if (base === null && numbers.areNumbers) {
    throw invalid(
      'The beams of the table do not tell whether they count from 0 or from 1',
      file,
      'Say it with --label-base 0 or --label-base 1',
    );
  }
  return {
    layout: 'DeepSense 6G windows',
    files: [path.basename(file)],
    numRows: rows.length,
    numPasses: new Set(passes).size,
    passesAreInferred: passColumn === -1,
    history: columns.history.length,
    future: columns.future.length,
    labelBase: numbers.areNumbers ? base : null,
    async *windows(signal) {
      for (const [k, row] of rows.entries()) {
        signal?.throwIfAborted();
        yield {
          pass: passes[k]!,
          images: await Promise.all(columns.images.map((column) => numbers.image(row, column))),
          history: await Promise.all(columns.history.map((column) => numbers.beam(row, column, base ?? 0))),
          future: await Promise.all(columns.future.map((column) => numbers.beam(row, column, base ?? 0))),
        };
      }
    },
    problems: () => problems.list(),
  };
}

/** A window whose second image (or beam) is not the first one of the next begins a pass of its own. */
function inferredPasses(
  rows: readonly CsvRow[],
  { images, history }: { images: number[]; history: number[] },
): number[] {
  const columns = images.length > 1 ? images : history;
  let pass = 0;
  return rows.map(({ cells }, k) => {
    const before = rows[k - 1]?.cells;
    const goesOn =
      before !== undefined && columns.slice(1).every((column, i) => cells[columns[i]!] === before[column]);
    if (!goesOn) pass += 1;
    return pass;
  });
}

class BeamReader {
  readonly #folder: string;
  readonly #table: string;
  readonly #problems: Problems;
  /** Neighbouring windows share all files but one. */
  readonly #sweeps = new Map<string, Promise<number | null>>();
  readonly #images = new Map<string, Promise<boolean>>();
  areNumbers = true;

  constructor(folder: string, table: string, problems: Problems) {
    this.#folder = folder;
    this.#table = table;
    this.#problems = problems;
  }

  baseOf(rows: readonly CsvRow[], columns: readonly number[]): LabelBase | null {
    const finder = new LabelBaseFinder();
    for (const { cells } of rows) {
      for (const column of columns) {
        const label = Number(cells[column]);
        if (cells[column] === '') continue;
        if (Number.isInteger(label)) finder.add(label, null);
        else this.areNumbers = false;
      }
    }
    return finder.result(64).base;
  }

  async beam(row: CsvRow, column: number, base: LabelBase): Promise<number | null> {
    const text = row.cells[column]!;
    if (text === '') return null;
    const label = Number(text);
    if (Number.isInteger(label)) return label - base;
    if (!this.#sweeps.has(text)) this.#sweeps.set(text, this.#strongestIn(text, row));
    return this.#sweeps.get(text)!;
  }

  async image(row: CsvRow, column: number): Promise<string | null> {
    const name = row.cells[column]!.replaceAll('\\', '/');
    if (name === '') return null;
    const file = path.join(this.#folder, name);
    if (!this.#images.has(name)) {
      const look = access(file).then(
        () => true,
        () => {
          this.#problems.add(
            'image is missing',
            `${this.#table}:${row.line} (${name})`,
            'the window lacks it',
          );
          return false;
        },
      );
      this.#images.set(name, look);
    }
    return (await this.#images.get(name)!) ? path.relative(this.#folder, file) : null;
  }

  async #strongestIn(name: string, row: CsvRow): Promise<number | null> {
    const reading = await readPowers(path.join(this.#folder, name.replaceAll('\\', '/')));
    const complain = (what: string, where: string) => {
      this.#problems.add(what, where, 'the beam is not known in the windows that it is part of');
      return null;
    };
    if (!('value' in reading)) return complain(reading.what, `${this.#table}:${row.line} (${name})`);
    return strongest(reading.value) ?? complain('no power of the sweep is finite', name);
  }
}
