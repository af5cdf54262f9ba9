/** Names of ports where an iiod listens: `iio:10.0.0.7`, `iio:pluto.local:30431`, `iio:[fe80::7%eth0]`. */
import { BeamloopError } from '../../../src/core/errors.js';
import { parseTcpAddress, TcpTransport } from '../../transports/tcp.js';
import type { Transport } from '../../transports/transport.js';

const IIOD_PORT = 30_431;

/** Nothing is opened yet. Throws BAD_ARGUMENT. */
export function iioTransport(name: string): Transport {
  const rest = /^iio:(.+)$/s.exec(name)?.[1];
  if (rest === undefined) {
    throw new BeamloopError('BAD_ARGUMENT', {
      what: `'${name}' does not name an iiod`,
      todo: 'Write iio:HOST, or iio:HOST:PORT where it does not listen on 30431, e.g. iio:10.0.0.7',
    });
  }
  const hasPort = /^(\[[^\]]*\]|[^:[\]]+):/.test(rest);
  return new TcpTransport({ ...parseTcpAddress(hasPort ? rest : `${rest}:${IIOD_PORT}`, name), name });
}
