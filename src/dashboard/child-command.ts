/** Commands of beamloop as processes of their own: what they do goes on when the dashboard does not. */
import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, fstatSync, mkdtempSync, openSync, readSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { BeamloopError, EXIT } from '../core/errors.js';
import { PACKAGE_FOLDER } from '../core/package-folder.js';
import type { PageError } from './page-messages.js';

export const PROGRAM = path.join(PACKAGE_FOLDER, 'dist', 'src', 'cli', 'main.js');
/** Of what a command prints. */
const MOST_OUTPUT_BYTES = 16 << 20;
/** Of the end of what a command in the background printed: its last document. */
const MOST_END_BYTES = 4 << 20;
/** What a command that only reads may take, ms. */
const MOST_READING_MS = 120_000;

/**
 * A command in a session of its own, which no Ctrl-C and no end of the terminal reaches. It prints to files, not to pipes: a pipe
 * ends with the dashboard, and with it whoever writes to it.
 */
export class DetachedCommand {
  readonly pid: number;
  readonly ended: Promise<PageError | null>;
  readonly #child: ChildProcess;

  /** @throws INTERNAL where no process can be started. */
  constructor(args: readonly string[]) {
    const folder = mkdtempSync(path.join(tmpdir(), 'beamloop-dashboard-'));
    const files = ['stdout', 'stderr'].map((name) => openSync(path.join(folder, name), 'w+'));
    try {
      this.#child = spawn(process.execPath, [PROGRAM, ...args, '--json'], {
        detached: true,
        stdio: ['ignore', ...files],
      });
    } finally {
      // Who has them open goes on with them; nobody else needs their names, and nothing is left behind.
      rmSync(folder, { recursive: true, force: true });
    }
    this.pid = this.#child.pid ?? 0;
    this.#child.unref();
    this.ended = new Promise((resolve) => {
      this.#child.once('error', (error) => resolve(notStarted(error)));
      this.#child.once('exit', (code) => {
        const [stdout = '', stderr = ''] = files.map(endOf);
        for (const file of files) closeSync(file);
        resolve(code === EXIT.ok ? null : errorOf(stdout, stderr, code));
      });
    });
  }
}

/** What was written to a file last. */
function endOf(file: number): string {
  const { size } = fstatSync(file);
  const end = Buffer.alloc(Math.min(size, MOST_END_BYTES));
  return end.subarray(0, readSync(file, end, 0, end.length, size - end.length)).toString('utf8');
}

/**
 * Runs a command that only reads or computes, and resolves with the JSON document that it prints.
 *
 * @throws what the command says.
 */
export async function readByCommand<T>(
  args: readonly string[],
  signal: AbortSignal,
  program: string,
): Promise<T> {
  const child = spawn(process.execPath, [program, ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: MOST_READING_MS,
    signal,
  });
  const [stdout, stderr, code] = await Promise.all([
    collected(child.stdout, () => child.kill()),
    collected(child.stderr, () => child.kill()),
    new Promise<number | null>((resolve, reject) => {
      child.once('error', reject);
      child.once('close', resolve);
    }),
  ]);
  if (code === EXIT.ok) return JSON.parse(stdout) as T;
  const { code: name, what, where, todo } = errorOf(stdout, stderr, code);
  throw new BeamloopError(name as BeamloopError['code'], {
    what,
    ...(where !== undefined && { where }),
    ...(todo !== undefined && { todo }),
  });
}

async function collected(stream: NodeJS.ReadableStream, tooMuch: () => void): Promise<string> {
  let text = '';
  for await (const chunk of stream.setEncoding('utf8')) {
    text += chunk;
    if (text.length > MOST_OUTPUT_BYTES) tooMuch();
  }
  return text;
}

/** What a command with `--json` said of itself as it ended. */
export function errorOf(stdout: string, stderr: string, code: number | null): PageError {
  const document = lastDocument(stdout);
  if (document?.error !== undefined) return document.error;
  const said = stderr.trim().split('\n').at(-1) ?? '';
  return {
    code: 'INTERNAL',
    what: `The command ended ${code === null ? 'by a signal' : `with exit code ${code}`}${said === '' ? '' : `: ${said}`}`,
  };
}

function lastDocument(text: string): { readonly error?: PageError } | null {
  try {
    return JSON.parse(text.trim().split('\n').at(-1) ?? '');
  } catch {
    return null;
  }
}

function notStarted(error: Error): PageError {
  return { code: 'INTERNAL', what: `The process could not be started: ${error.message}` };
}

export function steeringProcess(scenarioFile: string): ChildProcess {
  // Not detached from its standard input: when that ends, because nobody steers any more, it mutes the array and ends.
  return spawn(process.execPath, [PROGRAM, 'steer', scenarioFile, '--stdin', '--json'], {
    detached: true,
    stdio: ['pipe', 'pipe', 'pipe'],
  });
}
