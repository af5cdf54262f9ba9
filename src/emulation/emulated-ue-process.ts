/**
 * Entry of the emulated UEs' own process, forked with an IPC channel: listens to what the emulated array radiates and
 * runs one UE agent per UE. It ends when its parent ends, however that happened.
 */
import { setMaxListeners } from 'node:events';
import { connect } from 'node:net';
import { AirReader, type Signal } from '../../drivers/emulator/air.js';
import { fail, tellParent } from '../../drivers/emulator/parent.js';
import type { AntennaArray } from '../array/antenna-array.js';
import { runEmulatedUes } from './emulated-ues.js';
import type { UeCommand, UeReport } from './start-emulated-ues.js';

function report(message: UeReport): void {
  tellParent(message);
}

/** Resolves when the board has taken notice of this listener: no later signal is missed. */
function listen(airPath: string, array: AntennaArray, onSignal: (signal: Signal) => void): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = connect(airPath);
    const reader = new AirReader({
      onArray: (numElements) => {
        if (numElements === array.numElements) resolve();
        else reject(new Error(`the array has ${numElements} elements, the channel ${array.numElements}`));
      },
      onSignal,
    });
    socket.on('data', (chunk) => reader.push(chunk));
    socket.on('error', reject);
    // The board is gone; whoever started both sees that, and ends this process too.
    socket.on('close', () => reject(new Error('the emulated board has ended')));
  });
}

if (process.send === undefined) {
  process.stderr.write('This is a part of beamloop that it starts itself\n');
  process.exit(2);
}
const stop = new AbortController();
// Every UE listens to it, and there may be thousands.
setMaxListeners(0, stop.signal);
process.on('disconnect', () => process.exit(0));
process.on('SIGTERM', () => stop.abort());
// Ctrl-C and a terminal that goes reach every process of the terminal; the controller decides when the UEs go.
process.on('SIGINT', () => {});
process.on('SIGHUP', () => {});
process.on('uncaughtException', fail);
process.once('message', ({ config }: UeCommand) => {
  const ready = (motionOriginS: number) => report({ type: 'ready', motionOriginS });
  runEmulatedUes(
    config,
    (array, onSignal) => listen(config.airPath, array, onSignal),
    ready,
    stop.signal,
  ).then(() => process.exit(0), fail);
});
