/** The files that a scenario's motions name. */
import path from 'node:path';
import { parseTrack } from '../channel/motion/track-file.js';
import { readTextFile } from '../core/text-file.js';
import type { MotionSettings } from './motion-schema.js';
import type { Scenario } from './scenario-schema.js';

/** Text by the name that the scenario gives the file. */
export type MotionTexts = Readonly<Record<string, string>>;

/**
 * The scenario with what its motions' files hold, and the texts of these files.
 *
 * @param known texts that are already there (in a recording).
 * @throws FILE_NOT_FOUND, FILE_UNREADABLE; SCENARIO_INVALID naming file and line.
 */
export function withTracks<E>(
  scenario: Scenario<E>,
  file: string,
  known: MotionTexts = {},
): { readonly scenario: Scenario<E>; readonly texts: MotionTexts } {
  const { users } = scenario;
  const hasFile = ({ motion }: { readonly motion?: MotionSettings | undefined }) => motion?.kind === 'file';
  if (!(Array.isArray(users) ? users.some(hasFile) : hasFile(users))) return { scenario, texts: {} };
  const texts: Record<string, string> = {};
  const read = (motion: MotionSettings): MotionSettings => {
    if (motion.kind !== 'file') return motion;
    const trackFile = path.resolve(path.dirname(file), motion.file);
    texts[motion.file] ??= known[motion.file] ?? readTextFile(trackFile, 'motion file');
    const { origin } = motion;
    const samples = parseTrack(texts[motion.file]!, motion.file, {
      origin:
        origin === undefined
          ? null
          : { latitudeRad: origin.latitude, longitudeRad: origin.longitude, headingRad: origin.heading },
      startS: motion.from ?? null,
    });
    return { ...motion, samples };
  };
  const withTrack = <U extends { readonly motion?: MotionSettings | undefined }>(user: U): U =>
    user.motion === undefined ? user : { ...user, motion: read(user.motion) };
  const [first, ...rest] = Array.isArray(users) ? users.map(withTrack) : [];
  return {
    scenario: {
      ...scenario,
      users: first === undefined ? withTrack(users as Exclude<typeof users, unknown[]>) : [first, ...rest],
    },
    texts,
  };
}
