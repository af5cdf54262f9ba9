/** Builds the reference firmware with its own Makefile, for tests. */
import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll } from 'vitest';
import type { Sizes } from './sizes.js';

export const FIRMWARE = fileURLToPath(new URL('../../firmware-protocol/firmware/', import.meta.url));

/** Whether the long tests run too; the continuous integration asks for them once. */
export const IS_FULL = process.env.BEAMLOOP_TEST_FIRMWARE === 'full';

/** Debian's package of every tool that a target needs. */
const PACKAGES = {
  make: 'make',
  cc: 'gcc',
  clang: 'clang',
  'arm-none-eabi-gcc': 'gcc-arm-none-eabi',
  'qemu-system-arm': 'qemu-system-arm',
} as const;

export type Tool = keyof typeof PACKAGES;

/** Throws, saying what to install, where a tool is missing: a firmware that was not built was not tested. */
export function requireTools(...tools: readonly Tool[]): void {
  const missing = tools.filter((tool) => spawnSync(tool, ['--version']).error !== undefined);
  if (missing.length === 0) return;
  const packages = missing.map((tool) => PACKAGES[tool]).join(' ');
  throw new Error(
    `${missing.join(', ')} cannot be run: apt-get install ${packages} (the firmware is tested as C)`,
  );
}

const folders: string[] = [];
afterAll(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

/** A folder of its own, gone when the tests of a file end. */
export function ownFolder(): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'beamloop-firmware-'));
  folders.push(folder);
  return folder;
}

interface MakeOptions {
  readonly sources?: string;
  /** Folder to build in; one of its own unless given. */
  readonly out?: string;
  readonly variables?: Readonly<Record<string, string>>;
}

/** Makes a target of the firmware and returns the folder that it is in; rejects with what the compiler said. */
export async function make(
  target: string,
  sizes: Sizes = {},
  { sources = FIRMWARE, out = ownFolder(), variables = {} }: MakeOptions = {},
): Promise<string> {
  const defines = Object.entries(sizes).map(([name, value]) => `-DBOARD_${name}=${value}`);
  const settings = Object.entries(variables).map(([name, value]) => `${name}=${value}`);
  const args = ['-s', '-C', sources, target, `OUT=${out}`, `DEFINES=${defines.join(' ')}`, ...settings];
  const child = spawn('make', args, { stdio: ['ignore', 'pipe', 'pipe'] });
  let said = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (said += chunk));
  const status = await new Promise((resolve, reject) => child.once('error', reject).once('close', resolve));
  if (status !== 0) throw new Error(`make ${target} failed:\n${said}`);
  return out;
}
