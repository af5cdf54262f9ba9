/** Runs of the built command line, and what their recordings hold. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { Recording } from '../../src/record/recording.js';
import { callCommandLine } from '../fixtures/call-command-line.js';

export interface Finished {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A command that is running. */
export class Running {
  readonly process: ChildProcess;
  #stdout = '';
  #stderr = '';
  #onOutput: () => void = () => {};
  readonly #exited: Promise<unknown>;

  /**
   * @param ownGroup lets a signal go to the command and all that it started, as a terminal's Ctrl-C does.
   * @param env beside that of this process.
   * @param input its standard input.
   */
  constructor(
    args: readonly string[],
    cwd?: string,
    ownGroup = false,
    env: Readonly<Record<string, string>> = {},
    input: 'ignore' | 'pipe' = 'ignore',
  ) {
    const program = path.resolve('dist/src/cli/main.js');
    const stdio = [input, 'pipe', 'pipe'] as const;
    this.process = spawn(process.execPath, [program, ...args], {
      stdio: [...stdio],
      cwd,
      detached: ownGroup,
      env: { ...process.env, ...env },
    });
    this.process.stdout!.on('data', (chunk) => {
      this.#stdout += chunk;
    });
    this.process.stderr!.on('data', (chunk) => {
      this.#stderr += chunk;
      this.#onOutput();
    });
    this.#exited = once(this.process, 'close').then(() => this.#onOutput());
  }

  get stderr(): string {
    return this.#stderr;
  }

  /** Resolves when standard error holds one of these texts, or when the command has ended. */
  async until(...texts: readonly string[]): Promise<void> {
    while (!texts.some((text) => this.#stderr.includes(text)) && this.process.exitCode === null) {
      await new Promise<void>((resolve) => {
        this.#onOutput = resolve;
      });
    }
  }

  async end(): Promise<Finished> {
    await this.#exited;
    return { code: this.process.exitCode, stdout: this.#stdout, stderr: this.#stderr };
  }
}

/** Without a process of its own for the command; those of emulated boards and users are as ever. */
export async function beamloop(...args: string[]): Promise<Finished> {
  const { status, stdout, stderr } = await callCommandLine(...args);
  return { code: status, stdout, stderr };
}

/**
 * A small scenario: three users before an array of 128 elements.
 *
 * @param emulated goes into `board.emulated`, as one line of YAML.
 */
export function writeScenario(folder: string, name: string, emulated = '{}', more = ''): string {
  const file = path.join(folder, `${name}.yaml`);
  writeFileSync(
    file,
    `seed: 5
array: { elements: 128, carrier: 100 GHz, rings: 4 }
board: { port: emulated, baud: 3e6, emulated: ${emulated} }
slots: { duration: 125 us }
scheme: dpc
channel: { snr: 25 dB, region: { ringDistance: [1 m, 6 m], angle: [-55 deg, 55 deg] } }
users:
  - { id: ada, position: { ring: 1.5 m, angle: -31 deg } }
  - { id: bela, position: { ring: 2.4 m, angle: 12 deg } }
  - { id: chen, position: { ring: 4.5 m, angle: 40 deg } }
${more}`,
  );
  return file;
}

/** Everything in a recording that scenario and seed decide. */
export async function decided(folder: string) {
  const recording = await Recording.open(folder, 'read');
  try {
    return {
      users: await recording.rows('users'),
      codewords: await recording.rows('codewords'),
      slots: await recording.rows('slots'),
      receipts: await recording.rows('receipts'),
      powers: await recording.rows('powers'),
      estimates: await recording.rows('estimates'),
    };
  } finally {
    await recording.close();
  }
}

/** Every table that scenario and seed decide, without the one column that may differ after a resume. */
export async function claimedTables(run: string) {
  const { receipts, ...tables } = await decided(run);
  const recording = await Recording.open(run, 'read');
  try {
    return {
      ...tables,
      receipts: receipts.map(({ codewordIndex: _, ...claimed }) => claimed),
      elementSettings: await recording.rows('element_settings'),
      losses: await recording.rows('losses'),
    };
  } finally {
    await recording.close();
  }
}

/** What went on in a run that scenario and seed do not decide. */
export async function happened(folder: string) {
  const recording = await Recording.open(folder, 'read');
  try {
    const events = await recording.rows('events');
    const statistics = (await recording.rows('link_statistics')).at(-1)?.statistics as {
      link: { retransmissions: number; corruptFrames: number; reconnects: number; codewordsLoaded: number };
      slots: { outcomes: Record<string, number> };
    };
    return { events, ...statistics };
  } finally {
    await recording.close();
  }
}
