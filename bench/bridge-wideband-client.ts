/** The sending end of bench/bridge-wideband.ts, in its own process: a UE agent, or a bare WebSocket. */
import { WebSocket } from 'ws';
import { encodePowerMessage } from '../src/bridge/wire.js';
import { UeAgent } from '../src/ue/agent.js';
import { PowerQueue, type PowerSource, type SlotPower } from '../src/ue/power-source.js';

export interface WidebandClient {
  readonly url: string;
  readonly mode: 'agent' | 'bare';
  readonly numSubcarriers: number;
  /** Slots per second at which the radio measures; null = at once. */
  readonly slotsPerS: number | null;
  /** Of the bare WebSocket: messages to send, and records in each. */
  readonly numMessages: number;
  readonly recordsPerMessage: number;
}

/** Different powers of slots beside each other; the parent checks them. */
export const NUM_PATTERNS = 97;
export function patternOf(slot: number, numSubcarriers: number): Float32Array {
  return Float32Array.from({ length: numSubcarriers }, (_, m) => ((slot % NUM_PATTERNS) + m) % 251);
}

const TICK_MS = 4;
const MAX_BUFFERED_BYTES = 4 << 20;

/** A radio that measures slot k at k / slotsPerS after the first request, or at once. */
class PacedSource implements PowerSource {
  readonly #queue = new PowerQueue();
  readonly #patterns: readonly Float32Array[];
  readonly #slotsPerS: number | null;
  readonly #due: number[] = [];
  #next = 0;
  #startMs: number | null = null;

  constructor({ numSubcarriers, slotsPerS }: WidebandClient) {
    this.#slotsPerS = slotsPerS;
    this.#patterns = Array.from({ length: NUM_PATTERNS }, (_, k) => patternOf(k, numSubcarriers));
    if (slotsPerS !== null) setInterval(() => this.#measure(), TICK_MS);
  }

  listenFor(slots: readonly number[]): void {
    this.#startMs ??= performance.now();
    this.#due.push(...slots);
    if (this.#slotsPerS === null) this.#measure();
  }

  powers(signal: AbortSignal): AsyncIterable<SlotPower> {
    return this.#queue.read(signal);
  }

  #measure(): void {
    if (this.#startMs === null) return;
    const perS = this.#slotsPerS;
    const now = perS === null ? Number.POSITIVE_INFINITY : ((performance.now() - this.#startMs) / 1e3) * perS;
    while (this.#next < this.#due.length && this.#due[this.#next]! <= now) {
      const slot = this.#due[this.#next++]!;
      const powers = this.#patterns[slot % NUM_PATTERNS]!;
      this.#queue.push({ slot, ueTimeS: slot * 125e-6, noiseFloor: 1e-3, powers });
    }
    if (this.#next < 65_536) return;
    this.#due.splice(0, this.#next);
    this.#next = 0;
  }
}

function runAgent(client: WidebandClient): void {
  const agent = new UeAgent({
    url: client.url,
    description: { ueId: 'bench', model: 'bench', software: 'bench', numSubcarriers: client.numSubcarriers },
    source: new PacedSource(client),
  });
  const stop = new AbortController();
  process.on('message', (message) => {
    if (message === 'end') stop.abort();
  });
  agent.run(stop.signal).then(() => {
    const { recordsSent, recordsResent } = agent.statistics();
    const rssMiB = process.memoryUsage().rss / 2 ** 20;
    process.send!({ recordsSent, recordsResent, rssMiB }, () => process.exit(0));
  });
}

function runBare({ url, numMessages, recordsPerMessage, numSubcarriers }: WidebandClient): void {
  const powers = patternOf(1, numSubcarriers);
  const message = encodePowerMessage(
    Array.from({ length: recordsPerMessage }, (_, k) => ({
      sequence: k + 1,
      slot: k,
      ueTimeS: k,
      noiseFloor: 1e-3,
      powers,
    })),
  );
  // Not masked, as the agent's on one machine.
  const socket = new WebSocket(url, { perMessageDeflate: false, generateMask: (mask) => mask.fill(0) });
  let sent = 0;
  const sendMore = () => {
    while (sent < numMessages && socket.bufferedAmount < MAX_BUFFERED_BYTES) {
      sent++;
      socket.send(message, sendMore);
    }
  };
  socket.on('open', sendMore);
  process.on('message', (word) => {
    if (word === 'end') process.exit(0);
  });
}

// The parent reads the patterns of this file, too.
if (process.send !== undefined) {
  const client = JSON.parse(process.argv[2]!) as WidebandClient;
  process.on('disconnect', () => process.exit(0));
  if (client.mode === 'agent') runAgent(client);
  else runBare(client);
}
