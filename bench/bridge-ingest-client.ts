/** The sending end of bench/bridge-ingest.ts, in its own thread so that only the receiving end is measured. */
import { parentPort, workerData } from 'node:worker_threads';
import { WebSocket } from 'ws';
import { encodePowerMessage } from '../src/bridge/wire.js';

export interface ClientData {
  readonly url: string;
  readonly mode: 'bridge' | 'echo';
  readonly numMessages: number;
  readonly recordsPerMessage: number;
  readonly numSubcarriers: number;
}

/** Records under way at most, in both modes. */
const WINDOW = 8192;
const MAX_BUFFERED_BYTES = 1 << 20;

const { url, mode, numMessages, recordsPerMessage, numSubcarriers } = workerData as ClientData;

const messages = Array.from({ length: numMessages }, (_, m) =>
  encodePowerMessage(
    Array.from({ length: recordsPerMessage }, (_unused, r) => {
      const sequence = m * recordsPerMessage + r + 1;
      const powers = Float32Array.from({ length: numSubcarriers }, (_power, k) => (sequence + k) % 97);
      return { sequence, slot: sequence, ueTimeS: sequence * 125e-6, noiseFloor: 1e-3, powers };
    }),
  ),
);

const socket = new WebSocket(url, mode === 'bridge' ? 'beamloop.ue.v1' : [], { perMessageDeflate: false });
let sent = 0;
let returned = 0;

function sendMore(): void {
  while (
    sent < numMessages &&
    (sent + 1) * recordsPerMessage - returned <= WINDOW &&
    socket.bufferedAmount < MAX_BUFFERED_BYTES
  )
    socket.send(messages[sent++]!, sendMore);
}

socket.on('open', () => {
  if (mode === 'echo') return parentPort!.postMessage('ready');
  const description = { model: 'bench', software: 'bench', numSubcarriers };
  socket.send(JSON.stringify({ type: 'hello', protocol: 'beamloop.ue.v1', ueId: 'bench', description }));
});
socket.on('message', (data, isBinary) => {
  if (isBinary) returned += recordsPerMessage;
  else {
    const message = JSON.parse(data.toString()) as { type: string; through?: number };
    if (message.type === 'welcome') return parentPort!.postMessage('ready');
    if (message.type === 'ack') returned = message.through!;
  }
  if (returned < numMessages * recordsPerMessage) return sendMore();
  parentPort!.postMessage('done');
  socket.close();
});
socket.on('error', (error) => {
  throw error;
});
parentPort!.on('message', (message) => {
  if (message === 'go') sendMore();
  if (message === 'end') parentPort!.close();
});
