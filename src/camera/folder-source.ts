/** Pictures of a folder, such as a scenario of DeepSense, shown at the pace at which they were taken. */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { BeamloopError } from '../core/errors.js';
import { readTextFile } from '../core/text-file.js';
import { type FrameSource, MOST_KEPT, type SourcePicture } from './frame-source.js';

const PICTURE = /\.(jpe?g|png|webp|tiff?|bmp)$/i;
/** Where a folder says when its pictures were taken: lines `file,time`, in s. */
const TIMES_FILE = 'times.csv';
/** `image_BS1_1234_16_45_05_799.jpg`: hours, minutes, seconds, milliseconds. */
const CLOCK = /(\d{1,2})[_-](\d{2})[_-](\d{2})[_-](\d{3})$/;

interface Listed {
  readonly file: string;
  /** After the first one, s. */
  readonly atS: number;
}

export interface FolderOptions {
  /** Between pictures whose times nobody says, s. */
  readonly intervalS: number;
  /** From when a picture is taken until it is there, s. */
  readonly latencyS: number;
}

export class FolderSource implements FrameSource {
  readonly name: string;
  readonly lost = { broken: 0, skipped: 0 };
  readonly #listed: readonly Listed[];
  readonly #latencyS: number;
  #next = 0;

  /** @throws FILE_NOT_FOUND for a folder without pictures; BAD_ARGUMENT for times that are none. */
  constructor(folder: string, { intervalS, latencyS }: FolderOptions) {
    this.name = folder;
    this.#listed = listPictures(folder, intervalS);
    this.#latencyS = latencyS;
  }

  async take(byS: number): Promise<SourcePicture[]> {
    const from = this.#next;
    while (this.#next < this.#listed.length && this.#listed[this.#next]!.atS + this.#latencyS <= byS)
      this.#next++;
    const first = Math.max(from, this.#next - MOST_KEPT);
    this.lost.skipped += first - from;
    return this.#listed.slice(first, this.#next).map(({ file, atS }) => ({
      boardTimeS: atS,
      picture: this.#read(file),
      file: path.relative(this.name, file),
    }));
  }

  async close(): Promise<void> {}

  /** What cannot be read is like what cannot be decoded. */
  #read(file: string): Uint8Array {
    try {
      return readFileSync(file);
    } catch {
      return new Uint8Array(0);
    }
  }
}

function listPictures(folder: string, intervalS: number): Listed[] {
  let names: string[];
  try {
    names = readdirSync(folder).filter((name) => PICTURE.test(name));
  } catch (cause) {
    throw notThere(folder, 'There is no such folder', cause);
  }
  if (names.length === 0) throw notThere(folder, 'The folder has no pictures (JPEG, PNG, WebP, TIFF)');
  const files = inOrder(names);
  const times = timesOf(folder, files);
  const firstS = times?.[0] ?? 0;
  const listed = files.map((name, k) => ({
    file: path.join(folder, name),
    atS: times === null ? k * intervalS : times[k]! - firstS,
  }));
  return listed.sort((a, b) => a.atS - b.atS);
}

/** By the numbers in them: image_9 comes before image_10. */
export function inOrder(names: readonly string[]): string[] {
  const collator = new Intl.Collator('en', { numeric: true });
  return [...names].sort((a, b) => collator.compare(a, b) || (a < b ? -1 : 1));
}

/** Null where nobody says. */
function timesOf(folder: string, files: readonly string[]): number[] | null {
  let isListed = true;
  let listed = new Map<string, number>();
  try {
    listed = readTimes(path.join(folder, TIMES_FILE));
  } catch (error) {
    if (!(error instanceof BeamloopError) || error.code !== 'FILE_NOT_FOUND') throw error;
    isListed = false;
  }
  const times = files.map((name) => (isListed ? listed.get(name) : clockOf(name)));
  if (times.every((time) => time === undefined)) return null;
  const missing = times.indexOf(undefined);
  if (missing < 0) return times as number[];
  if (!isListed) return null;
  throw new BeamloopError('BAD_ARGUMENT', {
    what: `${TIMES_FILE} says no time of ${files[missing]}`,
    where: folder,
    todo: `Give a line for each picture, e.g. ${files[missing]},12.345, or leave ${TIMES_FILE} out`,
  });
}

function readTimes(file: string): Map<string, number> {
  const lines = readTextFile(file, 'times file').split(/\r?\n/);
  const times = new Map<string, number>();
  for (const [k, line] of lines.entries()) {
    const [name = '', text = ''] = line.split(',').map((part) => part.trim());
    // The first line may be a header.
    if (name === '' || (k === 0 && !Number.isFinite(Number(text)))) continue;
    const time = Number(text);
    if (text === '' || !Number.isFinite(time)) {
      throw new BeamloopError('BAD_ARGUMENT', {
        what: `'${text.slice(0, 30)}' is no time`,
        where: `${file}, line ${k + 1}`,
        todo: 'Write lines of a file name and a time in s, e.g. image_1.jpg,0.107',
      });
    }
    times.set(name, time);
  }
  return times;
}

/** Of the day, s. */
function clockOf(name: string): number | undefined {
  const [, hours, minutes, secondsText, milliseconds] = CLOCK.exec(name.replace(PICTURE, '')) ?? [];
  if (hours === undefined) return undefined;
  return 3600 * Number(hours) + 60 * Number(minutes) + Number(secondsText) + Number(milliseconds) / 1000;
}

function notThere(folder: string, what: string, cause?: unknown): BeamloopError {
  return new BeamloopError('FILE_NOT_FOUND', {
    what,
    where: folder,
    todo: 'Name a folder of pictures, http://… of a camera, or emulated',
    ...(cause !== undefined && { cause }),
  });
}
