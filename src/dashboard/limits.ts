/** What the dashboard's server takes from whoever connects. */
export interface DashboardLimits {
  /** Connections at once, pages and requests together. Of more, the oldest that has not shown the token gives way. */
  readonly maxSockets: number;
  readonly maxHeaderBytes: number;
  readonly maxBodyBytes: number;
  /** Longest message of a page, bytes. */
  readonly maxMessageBytes: number;
  /** Messages of one page a second; a page that sends more is closed. */
  readonly messagesPerS: number;
  /** From accept to the end of the request's head, s. */
  readonly headTimeoutS: number;
  /** From accept to the end of the request, s. */
  readonly requestTimeoutS: number;
  /** Frames and patterns are left out while so much waits to be read by a page, bytes. */
  readonly fullBufferBytes: number;
  /** A page that lets so much wait is closed, bytes. */
  readonly maxBufferedBytes: number;
  /** Pings go out at this interval, s; a page that answers none of two is gone. */
  readonly heartbeatS: number;
}

export const DEFAULT_LIMITS: DashboardLimits = {
  maxSockets: 64,
  maxHeaderBytes: 8 << 10,
  maxBodyBytes: 16 << 10,
  maxMessageBytes: 4 << 10,
  messagesPerS: 100,
  headTimeoutS: 5,
  requestTimeoutS: 10,
  fullBufferBytes: 1 << 20,
  maxBufferedBytes: 16 << 20,
  heartbeatS: 10,
};
