/**
 * The file of a checkpoint: one line that says whose it is, then records, each with its length and checksum in front. Whatever
 * ends the program in the middle of a record costs that record.
 */
import {
  closeSync,
  existsSync,
  fdatasync,
  fstatSync,
  ftruncateSync,
  openSync,
  readSync,
  writeSync,
} from 'node:fs';
import { crc32 } from 'node:zlib';
import { BeamloopError } from '../core/errors.js';

const MAGIC = 'beamloop checkpoint 1';
const MOST_HEADING_BYTES = 4096;
/** Length and checksum, both unsigned, little-endian. */
const PREFIX_BYTES = 8;
/** No result is so large. */
const MOST_RECORD_BYTES = 1 << 30;
/** Power may fail: what is older than this is on the disk. */
const SYNC_EVERY_MS = 1000;

export interface CheckpointRecord {
  /** Of its bytes in the file. */
  readonly offset: number;
  readonly bytes: Buffer;
}

export class CheckpointFile {
  readonly file: string;
  /** What was said of it when it was made. */
  readonly heading: string;
  readonly #descriptor: number;
  readonly #start: number;
  #syncing: NodeJS.Timeout | null = null;

  /**
   * Opens a file, or makes it.
   *
   * @param heading one line, for a new file.
   * @throws FILE_UNREADABLE for what is no checkpoint; FILE_UNWRITABLE.
   */
  constructor(file: string, heading: string) {
    this.file = file;
    const isNew = !existsSync(file);
    this.#descriptor = this.#writing(() => openSync(file, 'a+'));
    const line = `${MAGIC} ${heading}\n`;
    const found = isNew ? '' : this.#firstLine();
    // A heading that was cut off has nothing behind it.
    if (found === '' || (line.startsWith(found) && !found.endsWith('\n'))) {
      this.#writing(() => {
        ftruncateSync(this.#descriptor);
        writeSync(this.#descriptor, line);
      });
      this.heading = heading;
      this.#start = Buffer.byteLength(line);
      return;
    }
    if (!found.startsWith(`${MAGIC} `) || !found.endsWith('\n')) {
      closeSync(this.#descriptor);
      throw new BeamloopError('FILE_UNREADABLE', {
        what: 'This is no checkpoint that this version can read',
        where: file,
        todo: 'Give --fresh to start anew without it, or another folder with --out',
      });
    }
    this.heading = found.slice(MAGIC.length + 1, -1);
    this.#start = Buffer.byteLength(found);
  }

  /** All records in their order; what follows the last whole one is cut off. */
  *records(): Generator<CheckpointRecord> {
    const { size } = fstatSync(this.#descriptor);
    let at = this.#start;
    const prefix = Buffer.alloc(PREFIX_BYTES);
    while (this.#read(prefix, at) === PREFIX_BYTES) {
      const length = prefix.readUInt32LE(0);
      if (length > MOST_RECORD_BYTES || at + PREFIX_BYTES + length > size) break;
      const bytes = this.read(at + PREFIX_BYTES, length);
      if (crc32(bytes) !== prefix.readUInt32LE(4)) break;
      yield { offset: at + PREFIX_BYTES, bytes };
      at += PREFIX_BYTES + length;
    }
    if (at < size) this.#writing(() => ftruncateSync(this.#descriptor, at));
  }

  read(offset: number, length: number): Buffer {
    const bytes = Buffer.alloc(length);
    this.#read(bytes, offset);
    return bytes;
  }

  /** @throws FILE_UNWRITABLE. */
  append(record: Uint8Array): void {
    const prefix = Buffer.alloc(PREFIX_BYTES);
    prefix.writeUInt32LE(record.length, 0);
    prefix.writeUInt32LE(crc32(record), 4);
    const whole = Buffer.concat([prefix, record]);
    this.#writing(() => {
      // One call: another process that appends to the same file does so before or after.
      if (writeSync(this.#descriptor, whole) < whole.length) throw new Error('the disk is full');
    });
    this.#syncing ??= setTimeout(() => {
      this.#syncing = null;
      fdatasync(this.#descriptor, () => {});
    }, SYNC_EVERY_MS).unref();
  }

  close(): void {
    if (this.#syncing !== null) clearTimeout(this.#syncing);
    closeSync(this.#descriptor);
  }

  #firstLine(): string {
    const bytes = Buffer.alloc(MOST_HEADING_BYTES);
    const text = bytes.subarray(0, this.#read(bytes, 0));
    const end = text.indexOf(0x0a);
    return text.subarray(0, end === -1 ? text.length : end + 1).toString('utf8');
  }

  #read(into: Buffer, offset: number): number {
    try {
      return readSync(this.#descriptor, into, 0, into.length, offset);
    } catch (cause) {
      throw new BeamloopError('FILE_UNREADABLE', {
        what: `The checkpoint cannot be read: ${(cause as Error).message}`,
        where: this.file,
        todo: 'Check the disk; --fresh starts anew without it',
        cause,
      });
    }
  }

  #writing<T>(write: () => T): T {
    try {
      return write();
    } catch (cause) {
      throw new BeamloopError('FILE_UNWRITABLE', {
        what: `The checkpoint cannot be written: ${(cause as Error).message}`,
        where: this.file,
        todo: 'Make room on the disk and start the study again: it goes on with what is in the checkpoint',
        cause,
      });
    }
  }
}
