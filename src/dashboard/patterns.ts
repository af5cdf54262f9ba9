/** Patterns of what one run radiates: of each codeword once, of many the latest that was asked for. */
import { setImmediate } from 'node:timers/promises';
import type { Clock } from '../core/clock.js';
import type { Radiating, Settings } from '../live/messages.js';
import { type ShownArray, type ToldSettings, toldSettings } from './live-array.js';
import { type Pattern, patternOf } from './pattern.js';

/** Of what boards were told, and of patterns, in all. */
const MOST_SETTINGS_BYTES = 16 << 20;
const MOST_PATTERN_CHARACTERS = 8 << 20;
/** Work between two looks at what else there is to do, s: an order to stop waits no longer. */
const SLICE_S = 4e-3;
/** Between two patterns; at least as long as the last one took, so that half of a core is left. */
const LEAST_PAUSE_S = 0.1;

export class Patterns {
  readonly #array: ShownArray;
  readonly #numElements: number;
  readonly #clock: Clock;
  readonly #tell: (radiating: Radiating, pattern: Pattern) => void;
  readonly #signal: AbortSignal;
  readonly #settings = new Recent<ToldSettings>(MOST_SETTINGS_BYTES);
  readonly #patterns = new Recent<Pattern>(MOST_PATTERN_CHARACTERS);
  #wanted: Radiating | null = null;
  #shown: string | null = null;
  #isWorking = false;

  /** @param tell is handed each pattern that was asked for and was not overtaken. */
  constructor(
    array: ShownArray,
    numElements: number,
    tell: (radiating: Radiating, pattern: Pattern) => void,
    clock: Clock,
    signal: AbortSignal,
  ) {
    this.#array = array;
    this.#numElements = numElements;
    this.#tell = tell;
    this.#clock = clock;
    this.#signal = signal;
  }

  keep(message: Settings): void {
    const settings = toldSettings(message, this.#numElements);
    if (settings !== null) this.#settings.set(message.hash, settings, 24 * this.#numElements);
  }

  /** Something is radiated now: its pattern is told when it is there, unless something else is wanted by then. */
  show(radiating: Radiating): void {
    if (radiating.hash === this.#shown) return;
    this.#wanted = radiating;
    if (!this.#isWorking) void this.#work();
  }

  /** Nothing more is radiated. */
  forget(): void {
    this.#wanted = null;
    this.#settings.clear();
    this.#patterns.clear();
  }

  async #work(): Promise<void> {
    this.#isWorking = true;
    try {
      while (this.#wanted !== null && !this.#signal.aborted) {
        const radiating = this.#wanted;
        this.#wanted = null;
        const beganS = this.#clock.nowS();
        const pattern = this.#patterns.get(radiating.hash) ?? (await this.#compute(radiating.hash));
        if (pattern === null) continue;
        this.#shown = radiating.hash;
        this.#tell(radiating, pattern);
        const pauseS = Math.max(LEAST_PAUSE_S, this.#clock.nowS() - beganS);
        await this.#clock.sleep(pauseS, this.#signal).catch(() => undefined);
      }
    } finally {
      this.#isWorking = false;
    }
  }

  async #compute(hash: string): Promise<Pattern | null> {
    const settings = this.#settings.get(hash);
    if (settings === undefined) return null;
    const rows = patternOf(this.#array, settings);
    let untilS = this.#clock.nowS() + SLICE_S;
    for (;;) {
      const { done, value } = rows.next();
      if (done) {
        this.#patterns.set(hash, value, value.cells.length);
        return value;
      }
      if (this.#clock.nowS() < untilS) continue;
      await setImmediate();
      if (this.#signal.aborted) return null;
      untilS = this.#clock.nowS() + SLICE_S;
    }
  }
}

/** By hash; what was not used for longest goes first. */
class Recent<T> {
  readonly #mostSize: number;
  readonly #entries = new Map<string, { readonly value: T; readonly size: number }>();
  #size = 0;

  constructor(mostSize: number) {
    this.#mostSize = mostSize;
  }

  get(hash: string): T | undefined {
    const entry = this.#entries.get(hash);
    if (entry === undefined) return undefined;
    this.#entries.delete(hash);
    this.#entries.set(hash, entry);
    return entry.value;
  }

  set(hash: string, value: T, size: number): void {
    this.#remove(hash);
    this.#entries.set(hash, { value, size });
    this.#size += size;
    for (const oldest of this.#entries.keys()) {
      if (this.#size <= this.#mostSize || this.#entries.size === 1) return;
      this.#remove(oldest);
    }
  }

  clear(): void {
    this.#entries.clear();
    this.#size = 0;
  }

  #remove(hash: string): void {
    this.#size -= this.#entries.get(hash)?.size ?? 0;
    this.#entries.delete(hash);
  }
}
