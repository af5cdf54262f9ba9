/** What keys of a scenario ask of one another, and no schema of one key can say. */
import type { PlaceM } from '../array/antenna-array.js';
import { requireToken } from '../bridge/listen.js';
import { noiseVariance } from '../channel/channel.js';
import { type PlaceComplaint, placeText, wrongPlace, wrongRegion } from '../channel/place-checks.js';
import { BeamloopError } from '../core/errors.js';
import { needsBand, needsPlanarArray, schemesFor, splitOf, splitSchemes } from '../training/registry.js';
import { BAND_EXAMPLE, BAND_KEYS } from './array-schema.js';
import { checkMotions } from './motion-checks.js';
import { startOf } from './motion-schema.js';
import { radioPlanOf } from './radio-settings.js';
import type { Scenario } from './scenario-schema.js';
import { checkSizes } from './scenario-sizes.js';
import { tilesOf } from './tiles.js';
import { arrayOf, codebookOf, regionOf, sectorRegion } from './users.js';

/** Throws SCENARIO_INVALID, naming `file` and the key. */
export function checkScenario(scenario: Scenario, file: string): void {
  checkArray(scenario, file);
  checkSizes(scenario, file);
  tilesOf(scenario, file);
  checkBand(scenario, file);
  requireFeedbackFits(scenario, file);
  checkTracking(scenario, file);
  requireToken(scenario.bridge.host, scenario.bridge.token);
  checkPlaces(scenario, file);
  radioPlanOf(scenario, `${file}, radio`);
  const emulated = scenario.board.port === 'emulated';
  if (emulated) {
    checkEmulatedUsers(scenario, file);
    checkMotions(scenario, scenario.tracking?.duration ?? 0, file);
  }
  checkAuxiliaryPair(scenario, file, emulated);
}

/** Schemes are for linear arrays or for planar ones, and trackers for linear ones alone. */
function checkArray({ array, scheme, tracking }: Scenario, file: string): void {
  const { planar } = array;
  const refuse = (key: string, what: string, todo: string) => {
    throw new BeamloopError('SCENARIO_INVALID', { what, where: `${file}, ${key}`, todo });
  };
  if (planar === undefined) {
    if (!needsPlanarArray(scheme)) return;
    refuse(
      'scheme',
      `Scheme ${scheme.name} is for planar arrays, and the array is linear`,
      `Give array.rows and array.columns, two rows or more; or take a scheme for linear arrays: ${schemesFor('linear')}`,
    );
  } else if (!needsPlanarArray(scheme)) {
    refuse(
      'scheme',
      `Scheme ${scheme.name} is for linear arrays, and this one has ${planar.rows} rows and ${planar.columns} columns`,
      `Take one for planar arrays: ${schemesFor('planar')}; or give array.elements in place of rows and columns`,
    );
  } else if (tracking !== undefined) {
    refuse(
      'tracking',
      'Users of planar arrays cannot be tracked: the codebooks of trackers are of linear arrays',
      'Leave tracking out, or give array.elements in place of rows and columns',
    );
  }
}

/** Schemes that look at subcarriers one by one must be told which there are. */
function checkBand({ scheme, array }: Scenario, file: string): void {
  if (!needsBand(scheme) || array.bandwidth !== undefined) return;
  throw new BeamloopError('SCENARIO_INVALID', {
    what: `Scheme ${scheme.name} uses the whole band; ${BAND_KEYS.join(', ')} of the array are missing`,
    where: `${file}, array`,
    todo: BAND_EXAMPLE,
  });
}

/** Throws SCENARIO_INVALID when the scheme leaves nothing for a UE to estimate. */
function requireFeedbackFits({ scheme, bridge }: Scenario, file: string): void {
  if (bridge.feedback === 'powers' || splitOf(scheme) !== null) return;
  throw new BeamloopError('SCENARIO_INVALID', {
    what: `Scheme ${scheme.name} has no estimator that a UE could run`,
    where: `${file}, bridge.feedback`,
    todo: `Use feedback: powers, or one of ${splitSchemes('and')}`,
  });
}

/** Trackers go by powers, and schemes are sent in parts. */
function checkTracking({ tracking, bridge, slots, board }: Scenario, file: string): void {
  if (tracking === undefined) return;
  if (tracking.camera?.source === 'emulated' && board.port !== 'emulated') {
    throw new BeamloopError('SCENARIO_INVALID', {
      what: 'An emulated camera sees emulated users, and on a real port there are none',
      where: `${file}, tracking.camera.source`,
      todo: 'Name a folder of pictures, or http://… of a camera',
    });
  }
  const wrong =
    bridge.feedback === 'estimate'
      ? ([
          'bridge.feedback',
          'UEs that estimate by themselves do not report what trackers go by',
          'Use feedback: powers',
        ] as const)
      : slots.contiguous
        ? ([
            'slots.contiguous',
            'Batches of lost users are sent in parts, as epochs have room',
            'Leave contiguous out',
          ] as const)
        : null;
  if (wrong === null) return;
  const [key, what, todo] = wrong;
  throw new BeamloopError('SCENARIO_INVALID', { what, where: `${file}, ${key}`, todo });
}

interface SnrChoice {
  readonly snr?: number | undefined;
  readonly beamformedSnr?: number | undefined;
}

/** Whoever emulates a user must know where it is, how much noise it has, and over which paths it receives. */
function checkEmulatedUsers({ users, channel }: Scenario, file: string): void {
  if (!Array.isArray(users)) {
    requirePaths({}, channel, 'channel', file);
    if (snrOf(channel) === undefined) throw missing('snr', 'channel.snr', file);
    return;
  }
  for (const [k, user] of users.entries()) {
    if (user.position === undefined && user.motion === undefined) {
      throw missing('position', `users[${k + 1}].position`, file);
    }
    if (snrOf(user) === undefined && snrOf(channel) === undefined) {
      throw missing('snr', `users[${k + 1}].snr`, file);
    }
    if (user.paths === undefined) requirePaths(user, channel, `users[${k + 1}]`, file);
  }
}

interface ChannelChoice {
  readonly ricianFactor?: number | undefined;
  readonly scatterers?: number | undefined;
}

/** Without a line of sight there must be scatterers. */
function requirePaths(
  { ricianFactor, scatterers }: ChannelChoice,
  channel: Required<ChannelChoice>,
  whose: string,
  file: string,
): void {
  if ((ricianFactor ?? channel.ricianFactor) !== -Infinity || (scatterers ?? channel.scatterers)! > 0) return;
  throw new BeamloopError('SCENARIO_INVALID', {
    what: 'Nothing is received without a line of sight (ricianFactor: -Infinity) and without scatterers',
    where: `${file}, ${whose}`,
    todo: 'Give some scatterers, or a ricianFactor in dB',
  });
}

/** A linear array cannot tell heights: it looks the same from all around its axis. */
function refuseHeights({ array, users, channel }: Scenario, file: string): void {
  if (array.planar !== undefined) return;
  const isHigh = (placeM: PlaceM | null | undefined) => (placeM?.[2] ?? 0) !== 0;
  const { region } = channel;
  const listed = Array.isArray(users) ? users : [];
  const isRegionHigh =
    region !== undefined && 'distanceM' in region && (region.heightM ?? region.elevationRad) !== undefined;
  const where = isRegionHigh
    ? 'channel.region'
    : listed.flatMap(({ position, emulatedAt, motion, paths = [] }, k) => [
        ...(isHigh(position) ? [`users[${k + 1}].position`] : []),
        ...(isHigh(emulatedAt) ? [`users[${k + 1}].emulatedAt`] : []),
        ...(motion !== undefined && isHigh(startOf(motion)) ? [`users[${k + 1}].motion`] : []),
        ...paths.flatMap(({ positionM }, p) =>
          isHigh(positionM) ? [`users[${k + 1}].paths[${p + 1}].position`] : [],
        ),
      ])[0];
  if (where === undefined) return;
  throw new BeamloopError('SCENARIO_INVALID', {
    what: 'Heights and elevations are for planar arrays; a linear array looks the same from all around its axis',
    where: `${file}, ${where}`,
    todo: 'Leave the height out, or give array.rows and array.columns',
  });
}

/** Wherever the scenario says that users or scatterers are. */
function checkPlaces(scenario: Scenario, file: string): void {
  const { users, channel, array } = scenario;
  const geometry = arrayOf(scenario);
  refuseHeights(scenario, file);
  const refuse = (wrong: PlaceComplaint | null, whose: string, where: string) => {
    if (wrong === null) return;
    throw new BeamloopError('SCENARIO_INVALID', {
      what: `${whose} ${wrong.what}`,
      where: `${file}, ${where}`,
      todo: wrong.todo,
    });
  };
  if (array.sector !== undefined) {
    refuse(wrongRegion(geometry, sectorRegion(array.sector)), 'The sector', 'array.sector');
  }
  const region = regionOf(scenario, codebookOf(scenario));
  refuse(
    wrongRegion(geometry, region),
    channel.region === undefined
      ? 'Without channel.region, the region of users and scatterers'
      : 'The region',
    'channel.region',
  );
  if (!Array.isArray(users)) return;
  for (const [k, { id, position, emulatedAt, paths }] of users.entries()) {
    for (const [key, place] of Object.entries({ position, emulatedAt })) {
      if (place === undefined) continue;
      refuse(wrongPlace(geometry, place), `User '${id}' at ${placeText(place)}`, `users[${k + 1}].${key}`);
    }
    for (const [p, { positionM }] of (paths ?? []).entries()) {
      refuse(
        wrongPlace(geometry, positionM),
        `The scatterer of user '${id}' at ${placeText(positionM)}`,
        `users[${k + 1}].paths[${p + 1}].position`,
      );
    }
  }
}

/** It compares powers with that of a perfect beam, which a scheme on a board or in a scenario study is told by nobody else. */
function checkAuxiliaryPair({ scheme, users, channel }: Scenario, file: string, emulated: boolean): void {
  const estimator = splitOf(scheme)?.estimator;
  if (estimator?.name !== 'auxiliary-pair') return;
  const where = `${file}, scheme.estimator.snr`;
  const { snr } = estimator;
  if (snr === undefined || !Number.isFinite(snr)) {
    throw new BeamloopError('SCENARIO_INVALID', {
      what:
        snr === undefined
          ? "'snr' is missing; the auxiliary beam pair must know what a perfectly focused beam receives over the noise"
          : `'snr' is ${snr} dB; the auxiliary beam pair cannot work with that`,
      where,
      todo: 'Give it, e.g. estimator: { name: auxiliary-pair, snr: 15 dB }, or take another estimator',
    });
  }
  const snrs = Array.isArray(users) ? users.map((user) => snrOf(user) ?? snrOf(channel)) : [snrOf(channel)];
  const noiseless = snrs.findIndex((each) => each !== undefined && Math.fround(noiseVariance(each)) === 0);
  if (!emulated || noiseless < 0) return;
  const whose = Array.isArray(users) ? `User '${users[noiseless]!.id}'` : 'Every user';
  throw new BeamloopError('SCENARIO_INVALID', {
    what: `${whose} has a channel without noise (${snrs[noiseless]} dB), and the auxiliary beam pair knows powers by the noise`,
    where,
    todo: 'Give the channel some noise, or take another estimator',
  });
}

function snrOf({ snr, beamformedSnr }: SnrChoice): number | undefined {
  return snr ?? beamformedSnr;
}

function missing(key: string, where: string, file: string): BeamloopError {
  return new BeamloopError('SCENARIO_INVALID', {
    what: `'${key}' is missing; an emulated user needs it`,
    where: `${file}, ${where}`,
    todo:
      key === 'snr'
        ? 'Add it, e.g. snr: 20 dB, or beamformedSnr: 15 dB (those of channel hold for all users)'
        : 'Add it, e.g. position: [20 m, 5 m], or a motion',
  });
}
