import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** Version of beamloop, from package.json. It lies one folder further up from compiled code than from source. */
export const VERSION = readVersion();

function readVersion(): string {
  const files = ['../../package.json', '../../../package.json'].map((relative) =>
    fileURLToPath(new URL(relative, import.meta.url)),
  );
  const file = files.find((candidate) => existsSync(candidate));
  return file === undefined
    ? 'unknown'
    : (JSON.parse(readFileSync(file, 'utf8')) as { version: string }).version;
}
