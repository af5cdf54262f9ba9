/** Samples as they are: from standard input, a file, a named pipe or a TCP server. */
import { createReadStream, statSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import type { Readable } from 'node:stream';
import { BeamloopError } from '../../core/errors.js';
import { formatFor, type SampleStream } from './sample-stream.js';

export interface Address {
  readonly host: string;
  readonly port: number;
}

const CONNECT_TIMEOUT_MS = 5000;
const READ_BYTES = 1 << 18;

export function standardInput(format: string | null, isGapless: boolean): SampleStream {
  return readable('standard input', format, isGapless, false, () => process.stdin);
}

/** @throws FILE_NOT_FOUND, FILE_UNREADABLE. */
export function fileStream(path: string, format: string | null, isGapless: boolean): SampleStream {
  let isFile: boolean;
  try {
    const status = statSync(path);
    if (status.isDirectory()) throw new Error('it is a folder');
    isFile = status.isFile();
  } catch (cause) {
    const isMissing = (cause as NodeJS.ErrnoException).code === 'ENOENT';
    throw new BeamloopError(isMissing ? 'FILE_NOT_FOUND' : 'FILE_UNREADABLE', {
      what: isMissing ? 'There is no such file' : `The file cannot be read: ${(cause as Error).message}`,
      where: path,
      todo: 'A source is - for standard input, a file, tcp:HOST:PORT or rtl_tcp:HOST:PORT',
      cause,
    });
  }
  // A recording was made without gaps, or nothing can be said of it.
  return readable(path, format, isGapless || isFile, isFile, () =>
    createReadStream(path, { highWaterMark: READ_BYTES }),
  );
}

export function tcpStream(address: Address, format: string | null, isGapless: boolean): SampleStream {
  const name = `tcp:${hostPort(address)}`;
  return readable(name, format, isGapless, false, () => dial(address));
}

export function dial({ host, port }: Address): Socket {
  const socket = connect({ host, port });
  socket.setTimeout(CONNECT_TIMEOUT_MS, () => {
    if (socket.connecting) socket.destroy(new Error('it does not answer'));
  });
  socket.on('connect', () => socket.setTimeout(0));
  return socket;
}

export function hostPort({ host, port }: Address): string {
  return `${host.includes(':') ? `[${host}]` : host}:${port}`;
}

/** Chunks of a readable; destroyed when the reader goes. */
export async function* chunksOf(
  from: Readable,
  name: string,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array> {
  const stop = () => from.destroy();
  signal.addEventListener('abort', stop, { once: true });
  try {
    if (signal.aborted) return;
    for await (const chunk of from) yield chunk as Uint8Array;
  } catch (cause) {
    if (signal.aborted) return;
    throw new BeamloopError('RADIO_FAILED', {
      what: `The samples cannot be read: ${(cause as Error).message}`,
      where: name,
      todo: 'Start the radio, or the program that gives its samples, first',
      cause,
    });
  } finally {
    signal.removeEventListener('abort', stop);
    from.destroy();
  }
}

function readable(
  name: string,
  format: string | null,
  tellsGaps: boolean,
  isRecording: boolean,
  open: () => Readable,
): SampleStream {
  return {
    name,
    format: formatFor(format, null, name),
    sampleRateHz: null,
    tellsGaps,
    isRecording,
    triggers: null,
    read: (signal) => chunksOf(open(), name, signal),
  };
}
