/** Codewords that come as a few parameters: the geometry and the corrections that they are expanded by. SPEC 6.15 to 6.18. */
import { contentHash, hashToHex } from '../../../firmware-protocol/content-hash.js';
import { type ElementCodes, packElementSettings } from '../../../firmware-protocol/element-settings.js';
import { CodewordExpander, type Corrections } from '../../../firmware-protocol/expansion.js';
import type { PayloadOf } from '../../../firmware-protocol/registry.js';
import { STATUS } from '../../../firmware-protocol/status.js';
import { type BoardModel, elementFormat, lastDelayCode } from '../board-model.js';
import type { CodewordMemory } from './codeword-memory.js';

type Focus = PayloadOf<'LoadFoci'>['entries'][number];
type Split = PayloadOf<'LoadSplits'>['entries'][number];

interface Loaded {
  readonly status: number;
  readonly loaded: number;
}

export class Expansion {
  readonly #model: BoardModel;
  readonly #memory: CodewordMemory;
  #expander: CodewordExpander | null = null;
  #corrections: Corrections;

  constructor(model: BoardModel, memory: CodewordMemory) {
    this.#model = model;
    this.#memory = memory;
    this.#corrections = noCorrections(model.numElements);
  }

  /** Returns the status. */
  setGeometry({ mirrored, ...geometry }: PayloadOf<'SetGeometry'>): number {
    const model = this.#model;
    if (!model.expands) return STATUS.noCapability;
    if (geometry.firstElement + model.numElements > geometry.arrayElements) return STATUS.badIndex;
    this.#expander = new CodewordExpander(
      { ...geometry, mirrored: mirrored === 1 },
      { ...model, lastDelayCode: lastDelayCode(model) },
    );
    this.#corrections = noCorrections(model.numElements);
    return STATUS.ok;
  }

  /** Returns the status. */
  setCorrections({ kind, firstElement, values }: PayloadOf<'SetCorrections'>): number {
    if (this.#expander === null) return STATUS.noCapability;
    if (firstElement + values.length > this.#model.numElements) return STATUS.badIndex;
    const of = kind === 0 ? this.#corrections.phaseRad : this.#corrections.delayS;
    for (const [k, { value }] of values.entries()) of[firstElement + k] = value;
    return STATUS.ok;
  }

  foci(entries: readonly Focus[]): Loaded {
    const isNone = this.#expander === null || this.#model.delayLinesS !== null;
    return this.#load(entries, isNone, (entry, corrections) => this.#expander!.focus(entry, corrections));
  }

  splits(entries: readonly Split[]): Loaded {
    const isNone = this.#expander === null;
    return this.#load(entries, isNone, (entry, corrections) => this.#expander!.split(entry, corrections));
  }

  #load<E extends Focus | Split>(
    entries: readonly E[],
    isNone: boolean,
    expand: (entry: E, corrections: Corrections | null) => ElementCodes | null,
  ): Loaded {
    for (const [loaded, entry] of entries.entries()) {
      const { index, hash, corrected } = entry;
      if (index >= this.#memory.depth) return { status: STATUS.badIndex, loaded };
      if (isNone) return { status: STATUS.noCapability, loaded };
      const codes = expand(entry, corrected === 1 ? this.#corrections : null);
      const bytes = codes && packElementSettings(codes, elementFormat(this.#model));
      const isRight = bytes !== null && contentHash(bytes) === hashToHex(hash);
      this.#memory.put(index, isRight ? { hash, bytes } : null);
      if (bytes === null) return { status: STATUS.badCode, loaded };
      if (!isRight) return { status: STATUS.hashMismatch, loaded };
    }
    return { status: STATUS.ok, loaded: entries.length };
  }
}

function noCorrections(numElements: number): Corrections {
  return { phaseRad: new Float64Array(numElements), delayS: new Float64Array(numElements) };
}
