interface Why {
  readonly message: string;
  readonly todo: string;
}

/** Why clients were turned away the last time, for whoever waits for one of them in vain. */
export class Refusals {
  /** By the id that the client gave; '' of those that gave none that is expected. */
  readonly #last = new Map<string, Why>();

  /** @param ueId null of a client that gave no id that is expected. */
  note(ueId: string | null, { message, todo }: Why): void {
    this.#last.set(ueId ?? '', { message, todo });
  }

  forget(ueId: string): void {
    this.#last.delete(ueId);
  }

  /** Ends a sentence about a UE that did not come; empty where nobody was refused. */
  meanwhile(ueId: string): string {
    const why = this.#of(ueId);
    return why === undefined ? '' : `; a client was refused meanwhile: ${why.message}`;
  }

  /** Follows what is to be done about it. */
  advice(ueId: string): string {
    const why = this.#of(ueId);
    return why === undefined ? '' : `. If the client that was refused is this UE: ${why.todo}`;
  }

  #of(ueId: string): Why | undefined {
    return this.#last.get(ueId) ?? this.#last.get('');
  }
}
