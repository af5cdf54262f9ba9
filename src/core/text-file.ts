/** Reads text from disk: what is too large, no text, or no file at all is met with one line that helps. */
import { closeSync, existsSync, openSync, readFileSync, readSync, statSync } from 'node:fs';
import path from 'node:path';
import { BeamloopError } from './errors.js';
import { binaryKind, type SettingsKind, textKind } from './file-kinds.js';
import { shellWord } from './shell-word.js';

/** As complaints name it. */
export type Wanted = SettingsKind | 'settings file' | 'motion file' | 'times file';

/** Larger settings take longer to read than to run. */
const MAX_BYTES = 1 << 20;

/**
 * A file's text.
 *
 * @param wanted what the file is to be, for complaints.
 * @throws FILE_NOT_FOUND; FILE_UNREADABLE for what is no file, too large, or no text.
 */
export function readTextFile(file: string, wanted: Wanted): string {
  const refuse = (what: string, todo: string, cause?: unknown) =>
    new BeamloopError('FILE_UNREADABLE', { what, where: file, todo, cause });
  let bytes: Buffer;
  try {
    // A pipe or a device may have no end.
    const status = statSync(file);
    if (status.isDirectory()) throw folderInstead(file, wanted);
    if (!status.isFile()) {
      throw refuse(
        `This is a device or a pipe, not a file; a ${wanted} is wanted here`,
        'Give the name of a file',
      );
    }
    if (status.size > MAX_BYTES) {
      const kind = kindOfStart(file);
      throw refuse(
        `The file has ${status.size} bytes${kind === null ? '' : ` and looks like ${kind}`}; a ${wanted} has at most ${MAX_BYTES}`,
        'Check that it is the right file',
      );
    }
    bytes = readFileSync(file);
  } catch (cause) {
    if (cause instanceof BeamloopError) throw cause;
    const code = (cause as NodeJS.ErrnoException).code;
    if (code === 'ENOENT' || code === 'ENOTDIR') {
      throw new BeamloopError('FILE_NOT_FOUND', {
        what: 'The file does not exist',
        where: file,
        todo: path.isAbsolute(file)
          ? 'Check the path'
          : 'Check the path; it is taken relative to the current folder. `beamloop scenarios` lists what comes with beamloop',
        cause,
      });
    }
    throw refuse(`The file cannot be read: ${code}`, 'Check its permissions', cause);
  }
  const kind = binaryKind(bytes);
  if (kind !== null) {
    throw refuse(
      `This looks like ${kind}; a ${wanted} is wanted here, ${wanted === 'motion file' || wanted === 'times file' ? 'CSV' : 'YAML'} text in UTF-8`,
      kind.includes('UTF-16') ? 'Save it as UTF-8' : 'Give the right file',
    );
  }
  return bytes.toString('utf8').replace(/^\ufeff/, '');
}

/** What a file looks like that is too large to be read. */
function kindOfStart(file: string): string | null {
  const start = Buffer.alloc(4096);
  const descriptor = openSync(file, 'r');
  try {
    const bytes = start.subarray(0, readSync(descriptor, start));
    // A character may be cut in two at the end of what was read.
    return (
      binaryKind(bytes.subarray(0, Math.max(0, bytes.length - 4))) ??
      textKind(linesOf(bytes.toString('utf8')))
    );
  } finally {
    closeSync(descriptor);
  }
}

/** Without the last line, which may be cut. */
function linesOf(text: string): string {
  return text.slice(0, text.lastIndexOf('\n') + 1);
}

function folderInstead(folder: string, wanted: Wanted): BeamloopError {
  const isRecording = existsSync(path.join(folder, 'recording.duckdb'));
  return new BeamloopError('FILE_UNREADABLE', {
    what: isRecording ? `This is a recording; a ${wanted} is wanted here` : 'This is a folder, not a file',
    where: folder,
    todo: isRecording
      ? `Use it with: beamloop report ${shellWord(folder)}, or resume, replay, export`
      : 'Name a file in it',
  });
}
