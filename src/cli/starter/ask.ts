/** Questions on a terminal, each with a default; a wrong answer is asked for again. */
import { createInterface } from 'node:readline/promises';
import { BeamloopError } from '../../core/errors.js';
import { BUILT_IN_SCHEMES } from '../../training/schemes/list.js';
import type { CommandContext } from '../command.js';
import { wrapped } from '../text-table.js';
import {
  type AnswerName,
  defaultAnswer,
  isOfBand,
  readArray,
  readBandwidth,
  readCarrier,
  readNumUsers,
  readScheme,
  type WrittenAnswers,
} from './starter-answers.js';

/**
 * Asks for what the options do not say.
 *
 * @param given by options.
 * @throws INTERRUPTED on Ctrl-C and where the answers end.
 */
export async function askAnswers(
  { keyboard, stderr, signal, columns }: CommandContext,
  given: Partial<WrittenAnswers>,
): Promise<Partial<WrittenAnswers>> {
  signal.throwIfAborted();
  // The terminal edits lines and makes a signal of Ctrl-C by itself.
  const lines = createInterface({ input: keyboard!, terminal: false, signal });
  const answers = lines[Symbol.asyncIterator]();
  const ask = async <T>(question: string, usual: string, read: (text: string) => T): Promise<string> => {
    for (;;) {
      stderr.write(`${question} [${usual}]: `);
      const { value, done } = await answers.next();
      signal.throwIfAborted();
      if (done === true) {
        throw new BeamloopError('INTERRUPTED', {
          what: 'The answers ended before all questions were answered; nothing was written',
          todo: 'Give what is lacking by options, or --yes for the defaults',
        });
      }
      const text = String(value).trim() || usual;
      try {
        read(text);
        return text;
      } catch (error) {
        if (!(error instanceof BeamloopError)) throw error;
        stderr.write(`  ${error.message}\n`);
      }
    }
  };
  try {
    const schemes = BUILT_IN_SCHEMES.map(({ name, needs }) =>
      needs === 'planar array' ? `${name} (planar)` : needs === 'carrier' ? name : `${name} (wideband)`,
    );
    if (given.scheme === undefined) {
      for (const line of wrapped(`Schemes: ${schemes.join(', ')}`, columns)) stderr.write(line);
    }
    const schemeName = given.scheme ?? (await ask('Scheme', 'dpc', readScheme));
    const scheme = readScheme(schemeName);
    const planar = scheme.needs === 'planar array';
    const rest = async <T>(name: AnswerName, question: string, read: (text: string) => T) =>
      given[name] ?? (await ask(question, defaultAnswer(name, scheme), read));
    return {
      scheme: schemeName,
      elements: await rest(
        'elements',
        planar ? 'Array, rows x columns of elements' : 'Array, elements in a line',
        (text) => readArray(text, scheme),
      ),
      carrier: await rest('carrier', 'Carrier frequency', readCarrier),
      ...(isOfBand(scheme) && {
        bandwidth: await rest('bandwidth', 'Bandwidth around it', readBandwidth),
      }),
      port: await rest('port', 'Board: emulated, or a port such as /dev/ttyUSB0', (text) => text),
      users: await rest('users', 'Users, how many', readNumUsers),
    };
  } finally {
    lines.close();
  }
}
