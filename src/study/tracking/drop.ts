/** A group of users that move, and what happens to them: positions, channels and sensors of every epoch, drawn by the group's number. */
import { type LinearArray, type PointM, polarPointM } from '../../array/linear-array.js';
import { Sensors } from '../../channel/motion/sensors.js';
import { WALK_DEFAULTS } from '../../channel/motion/walk.js';
import { Walking } from '../../channel/motion/walking.js';
import { pathsFrom } from '../../channel/moving-paths.js';
import { drawPosition, type Path } from '../../channel/paths.js';
import { Random } from '../../core/random.js';
import { wrappedRad } from '../../core/turns.js';
import type { SensorReading } from '../../tracking/tracker.js';
import type { TrackingStudy } from './tracking-file.js';
import type { TrackingPoint } from './tracking-points.js';

/** A user of a group, as time goes on. */
export interface MovingUser {
  positionAt(timeS: number): PointM;
  pathsAt(timeS: number): readonly Path[];
  /** Readings that have come since the last call, up to this time. */
  readingsBy(timeS: number): readonly SensorReading[];
}

/** @param keys of the group's random streams: they are the same whichever tracker is tried, and on any thread. */
export function drawGroup(
  study: TrackingStudy,
  point: TrackingPoint,
  array: LinearArray,
  keys: readonly (number | string)[],
): MovingUser[] {
  return Array.from({ length: point.numTogether }, (_, user) =>
    drawUser(study, point, array, [...keys, user]),
  );
}

function drawUser(
  study: TrackingStudy,
  { epochS, speedMPerS, sensorPositionM }: TrackingPoint,
  array: LinearArray,
  keys: readonly (number | string)[],
): MovingUser {
  const { motion, sensors, users } = study;
  const startM = uniformByArea(users.between, users.within, new Random('place', ...keys));
  const walking = new Walking(
    {
      ...WALK_DEFAULTS,
      startM,
      stepS: epochS,
      turnRad: motion.heading === 'independent' ? null : motion.turn,
      meanSpeedMPerS: speedMPerS,
    },
    new Random('walk', ...keys),
  );
  const paths = drawGains(study, startM, new Random('paths', ...keys));
  const sensing =
    sensors === undefined
      ? null
      : new Sensors(
          {
            positionM: sensorPositionM!,
            velocity:
              sensors.speed === undefined
                ? null
                : { speedMPerS: sensors.speed, headingRad: sensors.heading ?? 0 },
            rateHz: 1 / epochS,
            latencyS: 0,
            gapsS: [],
            outliers: null,
            lie: null,
          },
          walking,
          study.seed,
          keys.join('/'),
        );
  return {
    positionAt: (timeS) => walking.positionAt(timeS),
    pathsAt: (timeS) => {
      const nowM = walking.positionAt(timeS);
      return study.channel.phases === 'travelling'
        ? pathsFrom(paths, startM, nowM, array)
        : [atSamePhase(paths[0]!, nowM, array), ...paths.slice(1)];
    },
    readingsBy: (timeS) =>
      (sensing?.readyBy(timeS) ?? []).map(({ measuredS, positionM, velocityMPerS, covariance }) => ({
        boardTimeS: measuredS,
        positionM,
        velocityMPerS,
        covariance,
      })),
  };
}

/**
 * The line of sight to where its user has gone, with the phase at the array's centre that it had: as in the paper, whose gains
 * stay as they are drawn.
 */
function atSamePhase({ gain, positionM }: Path, nowM: PointM, { wavelengthM }: LinearArray): Path {
  const goneM = Math.hypot(...nowM) - Math.hypot(positionM[0], positionM[1]);
  const phaseRad = wrappedRad(goneM / wavelengthM);
  const cos = Math.cos(phaseRad);
  const sin = Math.sin(phaseRad);
  return {
    gain: { re: gain.re * cos - gain.im * sin, im: gain.re * sin + gain.im * cos },
    positionM: nowM,
  };
}

/** In the part of a disc between two distances and within +-withinRad of broadside. */
function uniformByArea([nearM, farM]: readonly [number, number], withinRad: number, random: Random): PointM {
  const distanceM = Math.sqrt(nearM ** 2 + (farM ** 2 - nearM ** 2) * random.uniform());
  return polarPointM(distanceM, withinRad * (2 * random.uniform() - 1));
}

/**
 * The line of sight first, then scatterers where users are. Gains are circular normal with the variances of the file (the first is
 * that of the line of sight), as in the paper: their powers do not sum to 1.
 */
function drawGains({ users, channel }: TrackingStudy, startM: PointM, random: Random): Path[] {
  const region = { distanceM: users.between, angleRad: [-users.within, users.within] } as const;
  return channel.gainVariances.map((variance, k) => {
    const scale = Math.sqrt(variance / 2);
    const gain = { re: scale * random.normal(), im: scale * random.normal() };
    return { gain, positionM: k === 0 ? startM : drawPosition(region, random) };
  });
}
