/** Where the syntax of a module is wrong, which the error of an import does not say. */
import { spawnSync } from 'node:child_process';

/** Number of the line, from 1; null where its own syntax is right, or nobody can tell. */
export function syntaxErrorLine(source: Uint8Array): number | null {
  const { stderr } = spawnSync(process.execPath, ['--input-type=module', '--check'], {
    input: source,
    encoding: 'utf8',
    timeout: 10_000,
  });
  const line = /^\[stdin\]:(\d+)/m.exec(stderr)?.[1];
  return line === undefined ? null : Number(line);
}
