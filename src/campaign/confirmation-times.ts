/** How long UEs take to confirm a measure request, so that slots lie far enough ahead for them. */

/** Room on top of what a UE took before. */
const MARGIN = 1.25;

export class ConfirmationTimes {
  readonly #expectedS = new Map<string, number>();

  /** Rises at once, and falls by half of the difference each time: one long wait (a lost connection) does not stay for ever. */
  took(ueId: string, durationS: number): void {
    const beforeS = this.#expectedS.get(ueId) ?? 0;
    this.#expectedS.set(ueId, Math.max(durationS, (beforeS + durationS) / 2));
  }

  /** How long this UE may take the next time, s; 0 before it confirmed anything. Each UE has its own: none waits for a slower one. */
  allowS(ueId: string): number {
    return MARGIN * (this.#expectedS.get(ueId) ?? 0);
  }
}
