/** Whether a driver says what makes sense before its port is touched. */
import { requireWhole } from '../../../src/core/arguments.js';
import { BeamloopError } from '../../../src/core/errors.js';
import type { ElementDriver } from './element-driver.js';

/** @throws BAD_ARGUMENT, which names what is wrong. */
export function requireSoundDriver(driver: ElementDriver, jitterS: number): void {
  requireTime('jitterS', jitterS);
  const { numElements, phaseBits, amplitudeBits, timing, bytes, tableDepth, appliesApart, words } =
    driver.facts;
  requireWhole('numElements', numElements, 2, 65_535);
  requireWhole('phaseBits', phaseBits, 1, 16);
  requireWhole('amplitudeBits', amplitudeBits, 0, 16);
  requireWhole('tableDepth', tableDepth, 0, 65_535);
  for (const [name, value] of Object.entries(timing)) requireTime(`timing.${name}`, value);
  for (const [name, value] of Object.entries(bytes))
    requireWhole(`bytes.${name}`, value, 0, Number.MAX_SAFE_INTEGER);
  for (const [name, word] of Object.entries(words)) {
    if (word !== 'sent' && word !== 'acknowledged' && word !== 'applied') {
      refuse(`words.${name}`, `cannot be '${String(word)}'`, "It may be 'sent', 'acknowledged' or 'applied'");
    }
  }
  if (tableDepth > 0 && (driver.store === undefined || driver.select === undefined)) {
    refuse(
      'tableDepth',
      `is ${tableDepth}, and the driver has no store and select`,
      'Give it both, or set tableDepth to 0',
    );
  }
  if (tableDepth > 0 && bytes.store === 0)
    refuse('bytes.store', 'is 0, and codewords are stored', 'Say how many bytes that takes');
  if (tableDepth === 0 && driver.select !== undefined)
    refuse('tableDepth', 'is 0, and the driver selects', 'Say how many codewords the board keeps');
  if (appliesApart !== (driver.apply !== undefined)) {
    refuse(
      'appliesApart',
      `is ${appliesApart}, and the driver ${appliesApart ? 'has no apply' : 'applies'}`,
      'Say what is so',
    );
  }
}

function requireTime(name: string, valueS: number): void {
  if (valueS >= 0 && valueS < 3600) return;
  refuse(name, `cannot be ${valueS}`, 'Give seconds, from 0 to an hour');
}

function refuse(name: string, what: string, todo: string): never {
  throw new BeamloopError('BAD_ARGUMENT', { what: `${name} ${what}`, where: name, todo });
}
