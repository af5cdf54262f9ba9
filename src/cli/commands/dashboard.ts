import { existsSync, statSync } from 'node:fs';
import path from 'node:path';
import { BeamloopError } from '../../core/errors.js';
import type { ScenarioEntry } from '../../dashboard/page-messages.js';
import { PublishedRuns } from '../../dashboard/published-runs.js';
import { runsOfThisUser } from '../../dashboard/run-source.js';
import { FILE_NAME } from '../../record/recording-file.js';
import { readScenario } from '../../scenario/scenario.js';
import { isEmulated } from '../../scenario/users.js';
import { emulatedSection } from '../../testbed.js';
import { type Command, type CommandContext, printJson, warn } from '../command.js';
import { wholeOption } from '../options.js';
import { loadPlugins } from '../plugins.js';
import { openRemoteRuns, remoteRunsOptions } from '../remote-runs-option.js';
import { fileOrShipped } from '../shipped-files.js';

/** Where runs leave their recordings. */
const RECORDINGS = 'recordings';
const MOST_PORT = 65_535;

/** `beamloop dashboard`: runs as they go on, and recordings, on a page that a browser of this machine shows. */
export const dashboardCommand: Command = (yargs, context) =>
  yargs.command(
    'dashboard [what]',
    'Show runs as they go on, and recordings, in the browser',
    (builder) =>
      builder
        .positional('what', {
          type: 'string',
          describe: 'Scenario to run and to steer with, or a folder of recordings; recordings unless given',
        })
        .options({
          port: {
            type: 'string',
            requiresArg: true,
            default: '0',
            describe: 'Port of 127.0.0.1 to listen on; 0: one that is free',
          },
          start: {
            type: 'boolean',
            default: true,
            describe: 'Run an emulated scenario at once; one with a real board waits for Start on the page',
          },
          ...remoteRunsOptions,
        })
        .example('$0 dashboard scenarios/first-light.yaml', 'Runs it, and prints the address of the page')
        .example('$0 dashboard recordings', 'Recordings, and runs that other terminals start')
        .example('$0 dashboard --nats nats://lab:4222', 'Runs of other hosts, too: docs/telemetry.md'),
    async ({ what, port, start, json, ...nats }) => {
      const listenAt = wholeOption('port', port, 0, MOST_PORT);
      const { scenario, recordings } = await shownOf(what);
      // The server and what it computes take a while to load; `beamloop --help` does not need them.
      const { Dashboard } = await import('../../dashboard/server.js');
      const remote = nats.nats === undefined ? null : await openRemoteRuns(context, nats);
      const source = remote === null ? runsOfThisUser : new PublishedRuns(remote, runsOfThisUser);
      const dashboard = await Dashboard.start({ port: listenAt, scenario, recordings, source }).catch(
        async (error) => {
          await remote?.close();
          throw error;
        },
      );
      const { operator } = dashboard.pages;
      try {
        const isStarted = start && scenario?.isEmulated === true;
        if (isStarted) operator.start();
        tell(context, json, dashboard, scenario, isStarted);
        await untilInterrupted(context.signal);
      } finally {
        const { pid } = operator.run;
        await dashboard.close();
        await remote?.close();
        if (pid !== null)
          warn(context, [`the run that was started here goes on; kill ${pid} stops it and mutes the array`]);
      }
    },
  );

interface Shown {
  readonly scenario: ScenarioEntry | null;
  readonly recordings: string;
}

/** @throws what `readScenario` throws; FILE_NOT_FOUND. */
async function shownOf(what: string | undefined): Promise<Shown> {
  if (what === undefined) return { scenario: null, recordings: RECORDINGS };
  if (existsSync(what) && statSync(what).isDirectory()) {
    const isRecording = existsSync(path.join(what, FILE_NAME));
    return { scenario: null, recordings: isRecording ? path.dirname(path.resolve(what)) : what };
  }
  const file = fileOrShipped(what);
  if (!existsSync(file) && !/\.ya?ml$/i.test(what)) {
    throw new BeamloopError('FILE_NOT_FOUND', {
      what: 'There is neither a folder nor a scenario of this name',
      where: what,
      todo: 'Check the path; `beamloop scenarios` lists what comes with beamloop',
    });
  }
  await loadPlugins([], { file, kind: 'scenario' });
  const { scenario, name } = readScenario(file, emulatedSection);
  const ports = scenario.board.tiles?.map((tile) => tile.port ?? scenario.board.port) ?? [
    scenario.board.port,
  ];
  const entry: ScenarioEntry = {
    file: path.resolve(file),
    title: scenario.title ?? name,
    isEmulated: isEmulated(scenario),
    ports,
    // beamloop steer takes every other name for a port.
    whyNoSteering: /\.ya?ml$/i.test(file) ? null : 'The name of the scenario does not end in .yaml',
  };
  return { scenario: entry, recordings: RECORDINGS };
}

function tell(
  { stdout, stderr }: CommandContext,
  json: boolean,
  { url, port }: { readonly url: string; readonly port: number },
  scenario: ScenarioEntry | null,
  isStarted: boolean,
): void {
  if (json) {
    printJson(stdout, { url, port, pid: process.pid, started: isStarted });
    return;
  }
  stdout.write(`${url}\n`);
  stderr.write('Open this address in a browser of this machine; it holds a secret, so show it to nobody.\n');
  if (isStarted) stderr.write('The run has been started.\n');
  else if (scenario !== null && !scenario.isEmulated)
    stderr.write('Nothing is radiated until you press Start on the page.\n');
  stderr.write('Ctrl-C ends the dashboard; a run goes on.\n');
}

function untilInterrupted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
