/** What studies are on a server. */
import { AckPolicy } from '@nats-io/jetstream';
import { jetStreamCode, natsError } from '../../nats/nats-errors.js';
import { persistently } from '../../nats/persistently.js';
import type { Definition } from './study-messages.js';
import { nameOfStream } from './study-names.js';
import { type Server, StudyStreams } from './study-streams.js';

export interface ListedStudy {
  readonly name: string;
  /** Null where only its stream is there yet. */
  readonly definition: Definition | null;
  readonly numDone: number;
  readonly numBytes: number;
}

/** Names of the studies that are on the server. */
export async function studyNamesOn({ jetStream, nats }: Server, signal?: AbortSignal): Promise<string[]> {
  try {
    return await persistently(async () => {
      const names: string[] = [];
      for await (const stream of jetStream.manager.streams.names()) {
        const name = nameOfStream(stream);
        if (name !== null) names.push(name);
      }
      return names.sort();
    }, signal);
  } catch (error) {
    throw signal?.aborted ? signal.reason : natsError(error, nats.shown);
  }
}

export async function listStudies(server: Server, signal?: AbortSignal): Promise<ListedStudy[]> {
  const studies: ListedStudy[] = [];
  for (const name of await studyNamesOn(server, signal)) {
    const streams = new StudyStreams(server, name, signal);
    const definition = await streams.definition();
    const found = await sizesOf(streams);
    if (found !== null) studies.push({ name, definition, ...found });
  }
  return studies;
}

/** Null where it was taken away meanwhile. */
async function sizesOf({ server, names, where }: StudyStreams) {
  const { streams, consumers } = server.jetStream.manager;
  try {
    const { state } = await streams.info(names.studyStream);
    // Results are told from pieces of large ones by who would read them.
    const { name, num_pending: numDone } = await consumers.add(names.studyStream, {
      ...{ filter_subject: names.results, ack_policy: AckPolicy.None, mem_storage: true },
    });
    await consumers.delete(names.studyStream, name);
    return { numDone, numBytes: state.bytes };
  } catch (error) {
    if (jetStreamCode(error) !== null) return null;
    throw natsError(error, where);
  }
}
