/**
 * A driver of one's own for a board without beamloop's firmware: it takes lines `P <element> <code>` over TCP and answers `OK`.
 * The contract is drivers/boards/host-timed/element-driver.ts (docs/boards.md). The board here is played by this program:
 *
 *   node examples/library/own-board.js
 */
import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import { createInterface } from 'node:readline';
import {
  BeamloopError,
  BoardBeams,
  focalPointAt,
  focusCodeword,
  LinearArray,
  openHostTimedBoard,
  steer,
} from 'beamloop';

const NUM_ELEMENTS = 8;
const ANSWER_S = 2e-3;

class LineDriver {
  name;
  facts = {
    ...{ numElements: NUM_ELEMENTS, phaseBits: 6, amplitudeBits: 0, baud: 0 },
    timing: { writeS: NUM_ELEMENTS * ANSWER_S, applyS: 0, selectS: 0, storeS: 0, settleS: 10e-6 },
    bytes: { write: 8 * NUM_ELEMENTS, apply: 0, select: 0, store: 0 },
    // An OK says that the line came, and not when the phase is radiated.
    words: { write: 'acknowledged', apply: 'sent', select: 'sent', store: 'sent' },
    ...{ tableDepth: 0, appliesApart: false, mutes: 'M 1' },
  };
  statistics = () => ({
    bytesSent: 0,
    bytesReceived: 0,
    commandsSent: 0,
    answersReceived: 0,
    retries: 0,
    garbled: 0,
    roundTripS: null,
  });
  #socket;
  #answers;

  constructor(port) {
    this.name = `tcp:127.0.0.1:${port}`;
    this.port = port;
  }

  async open(onLost) {
    this.#socket = connect(this.port, '127.0.0.1');
    await once(this.#socket, 'connect');
    this.#socket.once('close', () => onLost('the board closed the connection'));
    this.#answers = createInterface({ input: this.#socket })[Symbol.asyncIterator]();
    return { model: 'line board', serialNumber: 'L-1', firmware: 'none' };
  }

  async write({ phaseCode }) {
    for (const [n, code] of phaseCode.entries()) await this.#ask(`P ${n + 1} ${code}`);
    return 'acknowledged';
  }

  async mute(muted) {
    await this.#ask(`M ${muted ? 1 : 0}`);
    return 'acknowledged';
  }

  async close() {
    this.#socket?.removeAllListeners('close').destroy();
  }

  async #ask(line) {
    this.#socket.write(`${line}\n`);
    const { value, done } = await this.#answers.next();
    if (done) throw new BeamloopError('PORT_FAILED', { what: 'The connection is closed', where: this.name });
    if (value !== 'OK')
      throw new BeamloopError('BOARD_REFUSED', {
        what: `The board answers '${value}' to '${line}'`,
        where: this.name,
      });
  }
}

/** The board: what it was told last. */
const heard = new Map();
const server = createServer((socket) => {
  createInterface({ input: socket }).on('line', (line) => {
    const [command, element, code] = line.split(' ');
    if (command === 'P') heard.set(Number(element), Number(code));
    socket.write('OK\n');
  });
}).listen(0, '127.0.0.1');
await once(server, 'listening');

const board = await openHostTimedBoard({ driver: new LineDriver(server.address().port), jitterS: 5e-3 });
const array = new LinearArray({ numElements: NUM_ELEMENTS, carrierHz: 10e9 });
const beams = new BoardBeams(board.description, array.carrierHz, null);
const { settings } = beams.quantise(focusCodeword(array, focalPointAt(Number.POSITIVE_INFINITY, 0.3)));
const receipt = await steer(board, board.pack(settings), new AbortController().signal);
console.log(`receipt: ${receipt.status}`);
console.log(`phases: ${[...heard.values()].join(' ')}; wanted: ${[...settings.phaseCode].join(' ')}`);
await board.close();
console.log(`muted: ${board.muted}`);
server.close();
