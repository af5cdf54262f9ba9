/** The thread of store-thread.ts: has one file open after the other, and does one thing after the other. */
import { parentPort } from 'node:worker_threads';
import { BeamloopError } from '../core/errors.js';
import { failureOf } from '../core/failure.js';
import { createRecordingFile } from './recording-file.js';
import { openStore, type RecordingStore } from './recording-store.js';
import type { StoreAnswer, StoreFailure, StoreMessage, StoreRequest } from './store-thread.js';

let store: RecordingStore;
/** The last of what was asked for. */
let turn: Promise<void> = Promise.resolve();

parentPort!.on('message', (message: StoreMessage) => {
  turn = turn.then(() => take(message));
});

async function take(message: StoreMessage): Promise<void> {
  if (message.type === 'rows') {
    store.take(message.rows);
    return;
  }
  const { id } = message;
  const answer = await carryOut(message).then((value) => ({ value }), said);
  parentPort!.postMessage({ id, ...answer } satisfies StoreAnswer);
}

async function carryOut(request: StoreRequest): Promise<unknown> {
  switch (request.type) {
    case 'open': {
      const { folder, info } = request;
      if (info !== null) await createRecordingFile(folder, info);
      store = await openStore(folder, 'write');
      return store.recovery;
    }
    case 'query':
      return store.query(request.sql);
    case 'commit':
      return store.commit();
    case 'close':
      return store.close();
  }
}

function said(error: unknown): StoreFailure {
  if (error instanceof BeamloopError) return { failure: failureOf(error) };
  return { message: error instanceof Error ? error.message : String(error) };
}
