/** Callers wait at it while the link is down or the board's memory unknown. */
export class ReadyGate {
  #wait: Promise<void> = Promise.resolve();
  #open: () => void = () => {};
  #fail: (error: Error) => void = () => {};
  #isOpen = true;
  #ended: Error | null = null;

  constructor() {
    this.shut();
  }

  /** Resolves while open, or when it opens; rejects with what `end` was given. */
  wait(): Promise<void> {
    return this.#wait;
  }

  get isOpen(): boolean {
    return this.#isOpen;
  }

  open(): void {
    if (this.#ended !== null) return;
    this.#isOpen = true;
    this.#open();
  }

  shut(): void {
    if (!this.#isOpen || this.#ended !== null) return;
    this.#isOpen = false;
    this.#wait = new Promise((resolve, reject) => {
      this.#open = resolve;
      this.#fail = reject;
    });
    // Nobody may be waiting when it ends.
    this.#wait.catch(() => {});
  }

  /** Never opens again. */
  end(error: Error): void {
    if (this.#ended !== null) return;
    this.shut();
    this.#ended = error;
    this.#fail(error);
  }
}
