/**
 * Codewords as the board is told them by their parameters: tens of bytes in place of hundreds. The board checks what it makes of them
 * against the hash, so that what it latches is the same either way. SPEC 6.17 and 6.18.
 */
import { hashFromHex } from '../../firmware-protocol/content-hash.js';
import { FOCUS_KIND } from '../../firmware-protocol/expansion.js';
import { itemsPerMessage } from '../../firmware-protocol/layout.js';
import { LoadFoci } from '../../firmware-protocol/messages/load-foci.js';
import { LoadSplits } from '../../firmware-protocol/messages/load-splits.js';
import { STATUS } from '../../firmware-protocol/status.js';
import type { CodewordShape } from '../../src/core/codeword-shape.js';
import type { CodewordParameters, PackedCodeword } from '../array-board.js';
import type { Assignment } from './codeword-table.js';
import type { OpenRequests } from './open-requests.js';

/** Which codewords with parameters a board takes: none, those without corrections, or those with. */
export type Expansion = 'none' | 'plain' | 'corrected';

type Form = 'foci' | 'splits' | 'bytes';

/** Loads that share messages, all in one form. */
export interface Batch {
  readonly form: Form;
  readonly assignments: readonly Assignment[];
}

/** After so many that the board made something else of, it is not asked to any more. */
const MOST_REFUSALS = 8;

export class ParameterLoads {
  readonly #requests: OpenRequests;
  readonly #most: Readonly<Record<Form, number>>;
  #isCorrected = false;
  #isOffered = false;
  #numRefused = 0;

  constructor(requests: OpenRequests, maxPayload: number) {
    this.#requests = requests;
    this.#most = {
      foci: itemsPerMessage(LoadFoci, maxPayload),
      splits: itemsPerMessage(LoadSplits, maxPayload),
      bytes: 1,
    };
  }

  /** The board expands codewords from now on, with corrections or without; or does not. */
  offer(expansion: Expansion): void {
    this.#isOffered = expansion !== 'none';
    this.#isCorrected = expansion === 'corrected';
    this.#numRefused = 0;
  }

  /** In messages as long as the board takes them. */
  batches(assignments: readonly Assignment[]): Batch[] {
    const batches: { form: Form; assignments: Assignment[] }[] = [];
    for (const assignment of assignments) {
      const form = this.#formOf(assignment.codeword);
      const last = batches.at(-1);
      if (last?.form === form && last.assignments.length < this.#most[form])
        last.assignments.push(assignment);
      else batches.push({ form, assignments: [assignment] });
    }
    return batches;
  }

  /** How many of a batch, from the front, the board holds. The next one it made something else of. Rejects as the requests do. */
  async load({ form, assignments }: Batch): Promise<number> {
    const { status, loaded } =
      form === 'foci'
        ? await this.#requests.ask('LoadFoci', { entries: assignments.map((each) => this.#focus(each)) })
        : await this.#requests.ask('LoadSplits', { entries: assignments.map((each) => this.#split(each)) });
    if (status === STATUS.ok) return assignments.length;
    this.#numRefused++;
    return Math.min(loaded, assignments.length - 1);
  }

  #formOf({ parameters }: PackedCodeword): Form {
    if (!this.#isOffered || this.#numRefused >= MOST_REFUSALS || parameters === undefined) return 'bytes';
    return parameters.shape.kind === 'split' ? 'splits' : 'foci';
  }

  #entry({ index, codeword }: Assignment) {
    return { index, hash: hashFromHex(codeword.hash), corrected: this.#isCorrected ? 1 : 0 };
  }

  #focus(assignment: Assignment) {
    return { ...this.#entry(assignment), ...focusOf(assignment.codeword.parameters!.shape) };
  }

  #split(assignment: Assignment) {
    const { shape, line, shiftS } = assignment.codeword.parameters as CodewordParameters;
    const { phase, delay } = shape as Extract<CodewordShape, { kind: 'split' }>;
    return {
      ...this.#entry(assignment),
      ...{ line, phaseSin: phase.sinAngle, phaseRing: phase.ringPerM },
      ...{ delaySin: delay.sinAngle, delayRing: delay.ringPerM, shift: shiftS },
    };
  }
}

function focusOf(shape: CodewordShape): { kind: number; a: number; b: number } {
  switch (shape.kind) {
    case 'far':
      return { kind: FOCUS_KIND.far, a: shape.sinAngle, b: 0 };
    case 'focus':
      return { kind: FOCUS_KIND.focus, a: shape.pointM[0], b: shape.pointM[1] };
    case 'diverging':
      return { kind: FOCUS_KIND.diverging, a: shape.pointM[0], b: shape.pointM[1] };
    case 'second-order':
      return { kind: FOCUS_KIND.secondOrder, a: shape.sinAngle, b: shape.ringPerM };
    case 'split':
      throw new RangeError('a split beam is no focus');
  }
}
