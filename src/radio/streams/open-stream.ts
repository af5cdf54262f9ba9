/** From what a user calls a source of samples to the stream. */
import { BeamloopError } from '../../core/errors.js';
import { type Address, fileStream, standardInput, tcpStream } from './byte-streams.js';
import { type RtlTcpSettings, rtlTcpStream } from './rtl-tcp.js';
import type { SampleStream } from './sample-stream.js';
import { sigmfStream } from './sigmf.js';

export interface StreamOptions {
  /** One of FORMAT_NAMES; null where the stream says it itself. */
  readonly format: string | null;
  /** The user says that a stream which cannot tell loses nothing. */
  readonly isGapless: boolean;
  readonly sampleRateHz: number | null;
  /** For receivers that are tuned from here. */
  readonly frequencyHz: number | null;
  readonly gainDb: number | null;
}

/**
 * `-`, `tcp:HOST:PORT`, `rtl_tcp:HOST:PORT`, a `.sigmf-meta` file or another file or named pipe.
 *
 * @throws BAD_ARGUMENT, and what opening that kind of stream does.
 */
export function openStream(source: string, options: StreamOptions): SampleStream {
  const { format, isGapless } = options;
  if (source === '-') return standardInput(format, isGapless);
  if (source.endsWith('.sigmf-meta')) return sigmfStream(source, format);
  const network = /^(rtl_tcp|tcp):(.*)$/s.exec(source);
  if (network === null) return fileStream(source, format, isGapless);
  const address = addressOf(network[2]!, source);
  if (network[1] === 'tcp') return tcpStream(address, format, isGapless);
  return rtlTcpStream(address, format, rtlSettings(options, source));
}

/** @throws BAD_ARGUMENT */
export function addressOf(text: string, name: string): Address {
  const match = /^(?:\[([0-9a-f:.%\w]+)\]|([^\s:[\]/]+)):(\d{1,5})$/i.exec(text);
  const port = Number(match?.[3]);
  if (match !== null && port >= 1 && port <= 65_535) return { host: match[1] ?? match[2]!, port };
  throw new BeamloopError('BAD_ARGUMENT', {
    what: `'${name}' does not name a host and a port`,
    todo: 'Write HOST:PORT with a port from 1 to 65535, e.g. rtl_tcp:127.0.0.1:1234',
  });
}

function rtlSettings({ frequencyHz, sampleRateHz, gainDb }: StreamOptions, where: string): RtlTcpSettings {
  if (frequencyHz !== null && sampleRateHz !== null) return { frequencyHz, sampleRateHz, gainDb };
  throw new BeamloopError('BAD_ARGUMENT', {
    what: 'A receiver behind rtl_tcp is tuned from here, and it was not said to what',
    where,
    todo: 'Give --frequency and --rate, such as --frequency "1.2 GHz" --rate "2.4 MHz"',
  });
}
