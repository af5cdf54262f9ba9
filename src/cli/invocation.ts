/** How the user calls this program, so that advice can be typed as it stands. */
import path from 'node:path';

const PLAIN = 'beamloop';
const BY_NPX = `npx ${PLAIN}`;

/**
 * `npx beamloop` for the program of a project's own packages, which is on nobody's path; else `beamloop`.
 *
 * @param script what node was told to run: a link that was made when the package was installed, or the file itself.
 */
export function invocationOf(
  script: string,
  env: Readonly<Record<string, string | undefined>>,
): 'beamloop' | 'npx beamloop' {
  const isLink = path.basename(script) === PLAIN;
  const inProject = isLink && script.includes(path.join('node_modules', '.bin') + path.sep);
  const byNpx = env.npm_lifecycle_event === 'npx' && /^'?beamloop\b/.test(env.npm_lifecycle_script ?? '');
  return inProject || byNpx ? BY_NPX : PLAIN;
}

/** A text that names commands (`beamloop resume …`), with the program as `invocation` calls it. */
export function asCalled(text: string, invocation: string, commands: readonly string[]): string {
  if (invocation === PLAIN) return text;
  // Neither what is already called so, nor names of files that hold ours.
  const named = new RegExp(
    `(?<![\\w/.-]|npx |\\ba )${PLAIN} (?=(?:${commands.join('|')})(?![\\w-])|--)`,
    'g',
  );
  return text.replace(named, `${invocation} `);
}
