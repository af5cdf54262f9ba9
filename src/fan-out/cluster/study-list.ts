/** What studies are on a server. */
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
    const info = await server.jetStream.manager.streams
      .info(streams.names.studyStream, { subjects_filter: streams.names.results })
      .catch((error) => {
        if (jetStreamCode(error) !== null) return null;
        throw natsError(error, streams.where);
      });
    if (info === null) continue; // taken away meanwhile
    const { num_subjects: numSubjects = 0, bytes: numBytes } = info.state;
    // The definition is one of them.
    studies.push({ name, definition, numDone: Math.max(0, numSubjects - 1), numBytes });
  }
  return studies;
}
