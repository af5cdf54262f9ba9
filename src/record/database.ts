/** Opens a recording's DuckDB file and turns DuckDB's complaints into ours. */
import path from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { BeamloopError } from '../core/errors.js';
import { libraryPath } from './library-path.js';

/** Opens (or, for 'write', creates) the file. Throws RECORDING_BUSY or RECORDING_INVALID. */
export async function openDatabase(file: string, mode: 'read' | 'write'): Promise<DuckDBInstance> {
  try {
    return await DuckDBInstance.create(libraryPath(file), {
      access_mode: mode === 'read' ? 'READ_ONLY' : 'READ_WRITE',
      // One thread: row order is then fixed, exports are the same byte for byte, and the controller keeps its cores.
      threads: '1',
      autoinstall_known_extensions: 'false',
    });
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    const where = path.dirname(file);
    if (/lock|already (attached|open)|file handle conflict/i.test(message)) {
      throw new BeamloopError('RECORDING_BUSY', {
        what: 'Another process has the recording open',
        where,
        todo: 'Wait until the other beamloop has ended, or end it',
        cause: error,
      });
    }
    throw new BeamloopError('RECORDING_INVALID', {
      what: `The recording cannot be opened: ${message.split('\n')[0]}`,
      where,
      todo: 'Name the folder that beamloop run printed; a damaged file cannot be repaired',
      cause: error,
    });
  }
}
