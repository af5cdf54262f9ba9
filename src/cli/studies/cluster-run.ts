/** What is done by workers of a NATS server: studies, and data that trackers learn from. Loaded where one is: the library takes a while. */
import { BeamloopError } from '../../core/errors.js';
import { ClusterExecutor } from '../../fan-out/cluster/cluster-executor.js';
import { studyNamesOn } from '../../fan-out/cluster/study-list.js';
import type { Definition } from '../../fan-out/cluster/study-messages.js';
import { type Server, StudyStreams } from '../../fan-out/cluster/study-streams.js';
import { isDrawnData } from '../../prediction/drawn-data.js';
import { namedInputs } from '../../study/named-inputs.js';
import { kindOf, type Study } from '../../study/study-kinds.js';
import { type CommandContext, warn } from '../command.js';
import type { StudyRun } from './study-run.js';

export interface ClusterRunOptions {
  readonly server: Server;
  readonly name: string;
  readonly ackWaitS?: number;
  readonly isFresh: boolean;
  /** Whether it stays on the server when it is finished. */
  readonly isKept: boolean;
}

/** @throws BAD_ARGUMENT for studies that workers cannot do. */
export function runInCluster(
  context: CommandContext,
  study: Study,
  options: ClusterRunOptions,
): StudyRun {
  requireForWorkers(study);
  return {
    ...clusterRun(context, study.title, options),
    left: 'No results were written; the study stays on the server, workers go on with it, and the same command (or --attach) collects it',
  };
}

/** Data that trackers learn from. */
export function drawInCluster(
  context: CommandContext,
  title: string,
  options: ClusterRunOptions,
): StudyRun {
  const { executor, finish } = clusterRun(context, title, options);
  return {
    executor,
    left: 'the data stay on the server, workers go on with them, and the same command collects them',
    finish: async () => {
      if (!executor.hasJobs) warn(context, ['Nothing was drawn: data were read here, and workers had nothing to do']);
      await finish();
    },
  };
}

function clusterRun(context: CommandContext, title: string, { isKept, ...options }: ClusterRunOptions) {
  const executor = new ClusterExecutor({ ...options, title, onNotice: (text) => warn(context, [text]) });
  return {
    executor,
    finish: async () => {
      if (!isKept) await executor.remove(context.signal);
    },
  };
}

function requireForWorkers(study: Study): void {
  if (kindOf(study).simulator === null) {
    throw new BeamloopError('BAD_ARGUMENT', {
      what: `A study of kind '${study.kind}' is computed in one go: there is nothing that workers could do`,
      where: '--nats',
      todo: 'Leave out --nats',
    });
  }
  const [input] = namedInputs(study);
  if (input === undefined) return;
  throw new BeamloopError('BAD_ARGUMENT', {
    what: `The study names ${input.name}, which workers on other machines do not have`,
    where: '--nats',
    todo: 'Run it without --nats: plugins, data sets and models of your own stay where they are',
  });
}

/**
 * What a study on the server is.
 *
 * @param name which one; undefined where there is only one.
 * @throws BAD_ARGUMENT where that says no study, or does not say which.
 */
export async function studyOnServer(
  server: Server,
  name: string | undefined,
  signal: AbortSignal,
): Promise<{ readonly name: string; readonly definition: Definition }> {
  const names = await studyNamesOn(server, signal);
  const found = name ?? names[0];
  if (found === undefined || !names.includes(found) || (name === undefined && names.length > 1)) {
    throw new BeamloopError('BAD_ARGUMENT', {
      what:
        names.length === 0
          ? 'There is no study on the server'
          : `${name === undefined ? 'There are several studies' : `There is no study '${name}'`} on the server`,
      where: server.nats.shown,
      todo: names.length === 0 ? 'Put one in: beamloop study FILE --nats URL' : `Give --name: ${names.join(', ')}`,
    });
  }
  const definition = await new StudyStreams(server, found, signal).definition();
  if (definition !== null && isDrawnData(definition.simulation)) {
    throw new BeamloopError('BAD_ARGUMENT', {
      what: `'${found}' is no study: trackers learn from it (${definition.title})`,
      where: server.nats.shown,
      todo: 'The command that put it in collects it: beamloop train or beamloop evaluate, with --nats; or give --name of a study',
    });
  }
  if (definition !== null) return { name: found, definition };
  throw new BeamloopError('BAD_ARGUMENT', {
    what: `Of the study '${found}' only the name is on the server`,
    where: server.nats.shown,
    todo: 'Put it in again: beamloop study FILE --nats URL',
  });
}
