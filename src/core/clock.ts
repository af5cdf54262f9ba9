import type { StopSignal } from './stop-signal.js';

/** Time is injected: nothing in beamloop calls Date.now or setTimeout directly except a Clock. */
export interface Clock {
  /** Seconds since an arbitrary origin; never goes backwards. */
  nowS(): number;
  /** Resolves after `durationS` seconds of this clock; rejects with the signal's reason when aborted. */
  sleep(durationS: number, signal?: StopSignal): Promise<void>;
}

/** The machine's monotonic clock. */
export const monotonicClock: Clock = {
  nowS: () => performance.now() / 1e3,
  sleep: (durationS, signal) =>
    new Promise((resolve, reject) => {
      if (signal?.aborted) return reject(signal.reason);
      const onAbort = () => {
        clearTimeout(timer);
        reject(signal?.reason);
      };
      const timer = setTimeout(() => {
        signal?.removeEventListener('abort', onAbort);
        resolve();
      }, durationS * 1e3);
      signal?.addEventListener('abort', onAbort, { once: true });
    }),
};
