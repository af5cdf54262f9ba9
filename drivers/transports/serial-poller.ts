/**
 * serialport's poller (bindings-cpp 13) waits for one thing at a time: a write that waits for room ends the wait of the read. A board that
 * takes nothing until it has been read stands still then, and so do we. This has it wait for both.
 */
import type { SerialPort } from 'serialport';

const READABLE = 1;
const WRITABLE = 2;

interface Poller {
  poll(events?: number): void;
  on(event: 'readable' | 'writable', listener: () => void): unknown;
}

/** For a port that is open. Ports of Windows have no poller, and need none. */
export function pollBothWays(port: SerialPort): void {
  const { poller } = port.port as { readonly poller?: Poller };
  if (poller === undefined) return;
  let wanted = 0;
  const poll = poller.poll.bind(poller);
  poller.poll = (events = 0) => {
    wanted |= events;
    poll(wanted);
  };
  // Before whoever waits is told, and may wait again.
  poller.on('readable', () => {
    wanted &= ~READABLE;
  });
  poller.on('writable', () => {
    wanted &= ~WRITABLE;
  });
}
