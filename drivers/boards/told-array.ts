/** Tells a board where its elements stand and by how much they are off, so that it can expand codewords. SPEC 6.15 and 6.16. */
import { itemsPerMessage } from '../../firmware-protocol/layout.js';
import { SetCorrections } from '../../firmware-protocol/messages/set-corrections.js';
import { STATUS } from '../../firmware-protocol/status.js';
import { BeamloopError } from '../../src/core/errors.js';
import type { ArrayGeometry, ElementErrors } from '../array-board.js';
import type { WelcomeMessage } from '../link/session.js';
import type { CodewordLoader } from './codeword-loader.js';
import type { OpenRequests } from './open-requests.js';
import type { Expansion } from './parameter-loads.js';

/** Boards before do not know the messages. */
const FIRST_MINOR_VERSION = 2;
const KIND = { phase: 0, delay: 1 } as const;

interface Told {
  readonly geometry: ArrayGeometry;
  readonly errors: ElementErrors | null;
}

/** What the board was told, to be told again when it has forgotten it or another program may have told it otherwise. */
export class ToldArray {
  readonly #requests: OpenRequests;
  readonly #loader: CodewordLoader;
  #welcome: WelcomeMessage | null = null;
  #told: Told | null = null;

  constructor(requests: OpenRequests, loader: CodewordLoader) {
    this.#requests = requests;
    this.#loader = loader;
  }

  /** For a board whose welcome is known. */
  async describe(geometry: ArrayGeometry, errors: ElementErrors | null): Promise<void> {
    this.#told = { geometry, errors };
    try {
      await this.#tell();
    } catch (error) {
      // It is told again as soon as it is back.
      if (!(error instanceof BeamloopError) || error.code !== 'BOARD_RESET') throw error;
    }
  }

  /** The board is in a new session. */
  async again(welcome: WelcomeMessage): Promise<void> {
    this.#welcome = welcome;
    await this.#tell();
  }

  async #tell(): Promise<void> {
    if (this.#told === null || this.#welcome === null) return;
    this.#loader.offerParameters('none');
    const { geometry, errors } = this.#told;
    this.#loader.offerParameters(await tellArray(this.#requests, this.#welcome, geometry, errors));
  }
}

/** Rejects as the requests do. */
async function tellArray(
  requests: OpenRequests,
  board: WelcomeMessage,
  { arrayElements, firstElement, mirrored, carrierHz, speedOfLightMPerS }: ArrayGeometry,
  errors: ElementErrors | null,
): Promise<Expansion> {
  if (board.versionMinor < FIRST_MINOR_VERSION) return 'none';
  const { status, corrections } = await requests.ask('SetGeometry', {
    ...{ arrayElements, firstElement, mirrored: mirrored ? 1 : 0, carrierHz },
    ...{ speedOfLight: speedOfLightMPerS, spacing: speedOfLightMPerS / carrierHz / 2, spacingTurns: 0.5 },
  });
  if (status !== STATUS.ok || (errors !== null && corrections === 0)) return 'none';
  if (errors === null) return 'plain';
  const most = itemsPerMessage(SetCorrections, board.maxPayload);
  const told: Promise<unknown>[] = [];
  for (const [kind, values] of [
    [KIND.phase, errors.phaseErrorRad],
    [KIND.delay, errors.delayErrorS],
  ] as const) {
    for (let first = 0; first < (values?.length ?? 0); first += most) {
      const part = Array.from(values!.subarray(first, first + most), (value) => ({ value }));
      told.push(requests.send('SetCorrections', { kind, firstElement: first, values: part }));
    }
  }
  await Promise.all(told);
  return 'corrected';
}
