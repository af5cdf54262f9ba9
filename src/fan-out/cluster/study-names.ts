/** What a study is called on a NATS server: its streams and subjects. */
import { BeamloopError } from '../../core/errors.js';

const STUDY_STREAM = 'BEAMLOOP_STUDY_';
const SHARD_STREAM = 'BEAMLOOP_SHARDS_';

export interface StudyNames {
  readonly name: string;
  /** Keeps what the study is and what came of its shards. */
  readonly studyStream: string;
  /** Keeps shards until somebody has done them. */
  readonly shardStream: string;
  /** What workers take shards by. */
  readonly consumer: string;
  readonly definition: string;
  readonly shard: string;
  /** Of all results. */
  readonly results: string;
  /** Of one shard. */
  readonly resultOf: (index: number) => string;
  /** Of bytes that are too many for one message: a piece of what has this digest. */
  readonly pieceOf: (digest: string, piece: number) => string;
  /** What workers have to say to whoever waits; kept by nobody. */
  readonly notices: string;
}

const GOOD_NAME = /^[A-Za-z0-9_-]{1,64}$/;

/** @throws BAD_ARGUMENT for names that no stream can have. */
export function studyNames(name: string): StudyNames {
  if (!GOOD_NAME.test(name)) {
    throw new BeamloopError('BAD_ARGUMENT', {
      what: `'${name}' cannot be the name of a study on a server`,
      where: '--name',
      todo: 'Use up to 64 letters, digits, - and _',
    });
  }
  const root = `beamloop.study.${name}`;
  return {
    name,
    studyStream: `${STUDY_STREAM}${name}`,
    shardStream: `${SHARD_STREAM}${name}`,
    consumer: 'workers',
    definition: `${root}.definition`,
    shard: `beamloop.shard.${name}`,
    results: `${root}.result.*`,
    resultOf: (index) => `${root}.result.${index}`,
    pieceOf: (digest, piece) => `${root}.piece.${digest}.${piece}`,
    notices: `beamloop.notice.${name}`,
  };
}

/** Says that a study was put in; workers that do not hear it look now and then. */
export const NEWS = 'beamloop.news';

/** Of a stream that keeps a study; null for any other. */
export function nameOfStream(stream: string): string | null {
  return stream.startsWith(STUDY_STREAM) ? stream.slice(STUDY_STREAM.length) : null;
}

/** A name for a study of this file. */
export function nameOfFile(file: string): string {
  const words = file.replace(/[^A-Za-z0-9_-]+/g, '-').replace(/^-+|-+$/g, '');
  return words.slice(0, 64) || 'study';
}

/** Of what results are subjects of. */
export function indexOfSubject(subject: string): number {
  return Number(subject.slice(subject.lastIndexOf('.') + 1));
}
