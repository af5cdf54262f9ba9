/** Reads a wire log from disk, a packet at a time. */
import { createReadStream } from 'node:fs';
import { BeamloopError } from '../../src/core/errors.js';
import { PcapngDamage, readPcapng, type WirePacket } from './pcapng.js';

/**
 * What stands before the damage of a log is given out first.
 *
 * @throws BeamloopError FILE_NOT_FOUND, FILE_UNREADABLE: no log, damaged or cut, and at which byte.
 */
export async function* readWireLog(file: string): AsyncGenerator<WirePacket> {
  let packets = 0;
  try {
    for await (const packet of readPcapng(createReadStream(file))) {
      packets++;
      yield packet;
    }
  } catch (error) {
    if (error instanceof PcapngDamage) {
      const before = packets === 0 ? '' : `; the ${packets} packets before are good`;
      throw new BeamloopError('FILE_UNREADABLE', {
        what: `This is no whole wire log: ${error.message}${before}`,
        where: `${file}, byte ${error.at}`,
        todo:
          packets === 0
            ? 'Give a file that --wire-log wrote'
            : 'A log whose disk was full, or that was copied while it was written, ends so',
        cause: error,
      });
    }
    const code = (error as NodeJS.ErrnoException).code;
    if (code === 'ENOENT' || code === 'ENOTDIR') {
      throw new BeamloopError('FILE_NOT_FOUND', {
        what: 'The wire log does not exist',
        where: file,
        todo: 'Check the path; --wire-log of run, board, steer and conformance writes one',
        cause: error,
      });
    }
    if (code === undefined) throw error;
    throw new BeamloopError('FILE_UNREADABLE', {
      what: `The wire log cannot be read: ${code}`,
      where: file,
      todo: 'Check that it is a file, and its permissions',
      cause: error,
    });
  }
}
