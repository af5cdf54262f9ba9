/** Codewords that plugins make. */
import type { Codeword } from '../../codebook/codeword.js';
import { keyDigest } from '../../codebook/key-digest.js';

interface OwnParts {
  /** Shape [numElements] each. */
  readonly phaseRad: ArrayLike<number>;
  readonly delayS?: ArrayLike<number>;
}

/**
 * The key adds a digest of phases and delays: two codewords that a plugin calls the same are told apart.
 *
 * @param name as the plugin names the pilot; reports show it.
 */
export function ownCodeword(
  scheme: string,
  name: unknown,
  numElements: number,
  { phaseRad, delayS }: OwnParts,
): Codeword {
  if (typeof name !== 'string' || name === '' || name.length > 100) {
    throw new Error('its name must be a text of 1 to 100 characters');
  }
  const values = [phaseRad, ...(delayS === undefined ? [] : [delayS])].map((given, k) => {
    const what = k === 0 ? 'phaseRad' : 'delayS';
    const complaint = wrongValues(what, given, numElements);
    if (complaint !== null) throw new Error(`${name}: ${complaint}`);
    return Float64Array.from(given);
  });
  const [phases, delays] = values;
  return {
    key: `${scheme}/${name}-${keyDigest(values.flatMap((each) => [...each]))}`,
    label: { kind: 'own', scheme, name },
    phaseRad: phases!,
    delayS: delays ?? null,
    amplitude: null,
  };
}

/** Null for what is a codeword. Phases that are computed when they are first asked for are ours, and not looked at. */
export function wrongCodeword(value: unknown, numElements: number): string | null {
  if (value === null || typeof value !== 'object') return `it is ${value === null ? 'null' : typeof value}`;
  const codeword = value as Partial<Codeword>;
  const missing = (['key', 'label', 'delayS', 'amplitude'] as const).filter(
    (part) => codeword[part] === undefined,
  );
  if (missing.length > 0) {
    return `it lacks ${missing.join(', ')}; make it with codewordOfPhases or take it from a codebook`;
  }
  if (typeof codeword.key !== 'string' || typeof codeword.label?.kind !== 'string')
    return 'its key and label name nothing';
  const phases = Object.getOwnPropertyDescriptor(value, 'phaseRad');
  const checks = [
    phases?.get === undefined ? wrongValues('phaseRad', phases?.value, numElements) : null,
    codeword.delayS === null ? null : wrongValues('delayS', codeword.delayS, numElements),
    codeword.amplitude === null ? null : wrongValues('amplitude', codeword.amplitude, numElements),
  ];
  return checks.find((complaint) => complaint !== null) ?? null;
}

function wrongValues(what: string, values: unknown, numElements: number): string | null {
  const isList = Array.isArray(values) || values instanceof Float64Array || values instanceof Float32Array;
  if (!isList) return `${what} must be a list of numbers, one per element`;
  if (values.length !== numElements) return `${what} has ${values.length} values for ${numElements} elements`;
  for (let k = 0; k < values.length; k++) {
    if (!Number.isFinite(values[k])) return `${what} of element ${k + 1} is ${String(values[k])}`;
  }
  return null;
}
