/** A token bucket that holds one second's worth. */
export class RateLimit {
  readonly #perS: number;
  #tokens: number;
  #filledAtS: number;

  constructor(perS: number, nowS: number) {
    this.#perS = perS;
    this.#tokens = perS;
    this.#filledAtS = nowS;
  }

  /** Takes `count` tokens, into debt if need be; returns how long until the debt is paid, s (0 = none). */
  take(count: number, nowS: number): number {
    this.#tokens = Math.min(this.#perS, this.#tokens + (nowS - this.#filledAtS) * this.#perS) - count;
    this.#filledAtS = nowS;
    return this.#tokens >= 0 ? 0 : -this.#tokens / this.#perS;
  }
}
