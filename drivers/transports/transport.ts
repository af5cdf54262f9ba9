/**
 * Bytes in, bytes out. Types only: every transport keeps this contract, and test/contract/transports.test.ts holds them to it.
 */

export interface TransportListener {
  /** Bytes in the order in which the other end wrote them, in chunks of any size. The chunk is the listener's to keep. */
  onBytes(bytes: Uint8Array): void;
  /**
   * The connection was lost (unplugged, other end gone). At most once per `open`, and never as the answer to `close`.
   * The transport is closed from then on and may be opened again.
   */
  onClosed(reason: string): void;
}

export interface Transport {
  /** What messages to the user call it: `/dev/ttyUSB0`. */
  readonly name: string;
  /**
   * Opens, or opens again after a close or a loss. Bytes that came before are not delivered.
   * Rejects with PORT_NOT_FOUND, PORT_BUSY or PORT_FAILED.
   */
  open(listener: TransportListener): Promise<void>;
  /**
   * Writes all bytes, in the order of the calls. Resolves when the transport has room for more (backpressure), which
   * does not mean that the other end has them; the caller leaves `bytes` alone until then. Rejects with PORT_FAILED when
   * the transport is closed or closes meanwhile.
   */
  write(bytes: Uint8Array): Promise<void>;
  /** Sets lines of an open serial port; absent where there are none. Rejects with PORT_FAILED. */
  setLines?(lines: { readonly dtr?: boolean; readonly rts?: boolean }): Promise<void>;
  /** Closes at once; bytes on the way may be lost. Never rejects; safe to call twice or when not open. */
  close(): Promise<void>;
}
