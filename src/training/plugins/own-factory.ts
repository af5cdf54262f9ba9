/**
 * Sets up a scheme of a plugin and drives its search. Whatever goes wrong in there is told as the plugin's fault, with its file
 * and line: it is not that of beamloop, of a UE or of the scenario.
 */
import type { FocalPoint } from '../../array/focal-point.js';
import type { Codeword } from '../../codebook/codeword.js';
import type { PolarCodebook, PolarIndex } from '../../codebook/polar.js';
import { focusCodeword } from '../../codebook/serving.js';
import { BeamloopError } from '../../core/errors.js';
import type { Powers } from '../../sounding/powers.js';
import type { PilotBatch } from '../../sounding/sounding.js';
import { polarEstimate, strongest } from '../polar-estimate.js';
import type { Estimate, Scheme } from '../scheme.js';
import type { SchemeChoice } from '../scheme-definition.js';
import { nothing, type SchemeFactory, type WidebandSetting } from '../scheme-factory.js';
import { servedAt } from '../split-training.js';
import { inTime } from './limited-time.js';
import { ownCodeword, wrongCodeword } from './own-codeword.js';
import type { OwnScheme } from './own-scheme.js';

/** A search that goes on for longer than this does not come to an end. */
const MOST_BATCHES = 10_000;

/** @throws PLUGIN_INVALID. */
export function ownFactory(
  own: OwnScheme,
  file: string,
  options: SchemeChoice,
  polar: PolarCodebook,
  setting: WidebandSetting | null,
): SchemeFactory {
  const { array } = polar;
  const blame = (what: string, error?: unknown) => pluginFault(`Scheme ${own.name} ${what}`, file, error);
  const blamed = <T>(what: string, work: () => T): T => {
    try {
      return work();
    } catch (error) {
      if (error instanceof BeamloopError && /^(PLUGIN_INVALID|INTERRUPTED)$/.test(error.code)) throw error;
      throw blame(`${what}: ${error instanceof Error ? error.message : String(error)}`, error);
    }
  };
  /** Code of the plugin; what it calls of ours has its time limited with it. */
  const attempt = <T>(what: string, work: () => T): T => blamed(what, () => inTime(work));
  const codewordOf = (name: string, parts: Parameters<typeof ownCodeword>[3]) =>
    blamed('makes a codeword that is none', () => ownCodeword(own.name, name, array.numElements, parts));
  const search: unknown = attempt('cannot be built', () =>
    own.build({
      options,
      array,
      polar,
      band: setting?.band ?? null,
      sector: setting?.sector ?? null,
      realise: setting?.realise ?? ((codeword) => codeword),
      codewordOfPhases: (name, phaseRad) => codewordOf(name, { phaseRad }),
      codewordOfDelays: (name, delayS, phaseRad = new Float64Array(array.numElements)) =>
        codewordOf(name, { phaseRad, delayS }),
      focusCodeword: (point: FocalPoint) => focusCodeword(array, point),
      strongest: (powers) => strongest(Float64Array.from(powers)),
      polarEstimate: (index: PolarIndex) => polarEstimate(polar, index),
      servedAt: (point: FocalPoint) => servedAt(array, point),
    }),
  );
  if (typeof search !== 'function') {
    throw blame('cannot be built: build returns no function that begins a search (function* () { … })');
  }
  const { adaptive = true } = own;

  function* guarded(): Scheme {
    const pilots = attempt('cannot begin a search', () => (search as () => unknown)());
    if (!isGenerator(pilots))
      throw blame('cannot begin a search: what build returns is no generator function (function* () { … })');
    let powers: Powers | undefined;
    for (let numBatches = 0; ; numBatches++) {
      const step = attempt('fails in its search', () =>
        powers === undefined ? pilots.next() : pilots.next(powers),
      );
      if (step.done === true) {
        if (numBatches === 0) throw blame('returns an estimate without having sent a pilot');
        return checkedEstimate(step.value);
      }
      if (numBatches === MOST_BATCHES)
        throw blame(`has sent ${MOST_BATCHES} batches to one user and does not come to an end`);
      if (!adaptive && numBatches > 0) throw blame("says 'adaptive: false' and yields a second batch");
      powers = yield checkedBatch(step.value);
    }
  }

  function checkedBatch(batch: unknown): PilotBatch {
    if (!Array.isArray(batch)) throw blame('yields no list of codewords');
    if (batch.length === 0) throw blame('yields an empty list of codewords');
    batch.forEach((pilot: unknown, k) => {
      const complaint = wrongCodeword(pilot, array.numElements);
      if (complaint !== null)
        throw blame(`yields something at place ${k + 1} that is no codeword: ${complaint}`);
    });
    return batch as Codeword[];
  }

  function checkedEstimate(value: unknown): Estimate {
    if (value === null || typeof value !== 'object') throw blame('returns no estimate');
    const { codeword, angleRad, distanceM } = value as Partial<Estimate>;
    const complaint = wrongCodeword(codeword, array.numElements);
    if (complaint !== null) throw blame(`returns an estimate without a codeword: ${complaint}`);
    if (typeof angleRad !== 'number' || !(Math.abs(angleRad) <= Math.PI / 2)) {
      throw blame(`returns an estimate whose angleRad is ${angleRad}: it must be from -pi/2 to pi/2`);
    }
    if (typeof distanceM !== 'number' || !(distanceM > 0)) {
      throw blame(`returns an estimate whose distanceM is ${distanceM}: it must be above 0, or Infinity`);
    }
    return value as Estimate;
  }

  return {
    start: guarded,
    preparing: nothing,
    band: setting?.band ?? null,
    onlySubcarrier: null,
    searches: () => null,
    adaptive,
  };
}

function isGenerator(value: unknown): value is Iterator<unknown, unknown, Powers> {
  if (value === null || typeof value !== 'object' || Symbol.asyncIterator in value) return false;
  return typeof (value as { readonly next?: unknown }).next === 'function';
}

/** @param error what was thrown; its stack tells the line. */
export function pluginFault(what: string, file: string, error?: unknown): BeamloopError {
  return new BeamloopError('PLUGIN_INVALID', {
    what: what.split('\n')[0]!.replace(/\.$/, ''),
    where: whereIn(file, error),
    todo: 'Correct the plugin',
    cause: error,
  });
}

/** `my-scheme.js:12`, where the error's stack names a line of the file. */
function whereIn(file: string, error: unknown): string {
  const stack = error instanceof Error ? (error.stack ?? '') : '';
  const name = file.split(/[\\/]/).at(-1)!;
  for (const line of stack.split('\n')) {
    const at = line.lastIndexOf(encodeURI(name));
    const number =
      at < 0
        ? undefined
        : /^(?:\?sha256=[0-9a-f]+)?:(\d+)/.exec(line.slice(at + encodeURI(name).length))?.[1];
    if (number !== undefined) return `${file}:${number}`;
  }
  return file;
}
