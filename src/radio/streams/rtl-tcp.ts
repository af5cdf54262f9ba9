/**
 * A receiver behind rtl_tcp, the server of the rtl-sdr library: twelve bytes of greeting, then samples of eight bits without a sign.
 * Commands are a byte and 32 bits, the highest first. It does not tell when it loses samples.
 */
import { BeamloopError } from '../../core/errors.js';
import { type Address, chunksOf, dial, hostPort } from './byte-streams.js';
import { formatFor, type SampleStream } from './sample-stream.js';

export interface RtlTcpSettings {
  readonly frequencyHz: number;
  readonly sampleRateHz: number;
  /** Of the tuner; null leaves it to the tuner. */
  readonly gainDb: number | null;
}

const GREETING_BYTES = 12;
const MAGIC = 'RTL0';
const COMMAND = { frequency: 1, sampleRate: 2, gainMode: 3, gain: 4, digitalGain: 8 };

export function rtlTcpStream(
  address: Address,
  format: string | null,
  settings: RtlTcpSettings,
): SampleStream {
  const name = `rtl_tcp:${hostPort(address)}`;
  return {
    name,
    format: formatFor(format, 'cu8', name),
    sampleRateHz: null,
    tellsGaps: false,
    isRecording: false,
    triggers: null,
    async *read(signal) {
      const socket = dial(address);
      let greeting = Buffer.alloc(0);
      for await (const chunk of chunksOf(socket, name, signal)) {
        if (greeting.length === GREETING_BYTES) {
          yield chunk;
          continue;
        }
        const all = Buffer.concat([greeting, chunk]);
        greeting = all.subarray(0, GREETING_BYTES);
        requireGreeting(greeting, name);
        if (greeting.length < GREETING_BYTES) continue;
        socket.write(commandsOf(settings));
        if (all.length > GREETING_BYTES) yield all.subarray(GREETING_BYTES);
      }
      if (signal.aborted) return;
      throw new BeamloopError('RADIO_FAILED', {
        what:
          greeting.length < GREETING_BYTES ? 'The server hung up before it greeted' : 'The server hung up',
        where: name,
        todo: 'rtl_tcp serves one program at a time and ends when its receiver is unplugged: start it again',
      });
    },
  };
}

function commandsOf({ frequencyHz, sampleRateHz, gainDb }: RtlTcpSettings): Buffer {
  const commands: readonly (readonly [number, number])[] = [
    [COMMAND.sampleRate, sampleRateHz],
    [COMMAND.frequency, frequencyHz],
    [COMMAND.digitalGain, 0],
    [COMMAND.gainMode, gainDb === null ? 0 : 1],
    ...(gainDb === null ? [] : [[COMMAND.gain, 10 * gainDb] as const]),
  ];
  const out = Buffer.alloc(5 * commands.length);
  commands.forEach(([command, value], k) => {
    out.writeUInt8(command, 5 * k);
    out.writeUInt32BE(Math.round(value) >>> 0, 5 * k + 1);
  });
  return out;
}

function requireGreeting(greeting: Buffer, name: string): void {
  const magic = greeting.subarray(0, MAGIC.length).toString('latin1');
  if (MAGIC.startsWith(magic) && magic.length <= MAGIC.length) return;
  throw new BeamloopError('SAMPLES_INVALID', {
    what: 'What answers there is no rtl_tcp: it does not greet as one',
    where: name,
    todo: 'Check host and port; samples as they are come from tcp:HOST:PORT with --format',
  });
}
