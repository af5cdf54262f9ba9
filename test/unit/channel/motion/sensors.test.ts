import { describe, expect, it } from 'vitest';
import { objectionToCovariance } from '../../../../src/bridge/sensor-reading.js';
import { type SensorPlan, Sensors } from '../../../../src/channel/motion/sensors.js';
import { StraightLine } from '../../../../src/channel/motion/straight-line.js';

const line = new StraightLine([20, -5], [3, 4]);
const plan: SensorPlan = {
  positionM: 0.5,
  velocity: { speedMPerS: 1, headingRad: 0.2 },
  rateHz: 50,
  latencyS: 0,
  gapsS: [],
  outliers: null,
  lie: null,
};
const readings = (change: Partial<SensorPlan>, untilS: number, user = 'ue1') =>
  new Sensors({ ...plan, ...change }, line, 3, user).readyBy(untilS);
const rms = (values: number[]) =>
  Math.sqrt(values.reduce((sum, value) => sum + value ** 2, 0) / values.length);
const offOf = ({ positionM, measuredS }: { positionM: readonly [number, number]; measuredS: number }) => {
  const [xM, yM] = line.positionAt(measuredS);
  return [positionM[0] - xM, positionM[1] - yM] as const;
};

describe('emulated sensors', () => {
  it('err as much as they say, in each coordinate, in speed and in heading', () => {
    const many = readings({}, 100);
    expect(many).toHaveLength(5001);
    const errors = many.map(offOf);
    expect(rms(errors.map(([x]) => x)) / 0.5).toBeCloseTo(1, 1);
    expect(rms(errors.map(([, y]) => y)) / 0.5).toBeCloseTo(1, 1);
    const velocities = many.map(({ velocityMPerS }) => velocityMPerS!);
    // Seldom does the speed of 5 m/s err by so much that it turns round.
    const speeds = velocities.map(([vx, vy]) => Math.hypot(vx, vy) - 5);
    expect(rms(speeds)).toBeCloseTo(1, 1);
    const truth = Math.atan2(4, 3);
    const headings = velocities.map(([vx, vy]) => Math.sin(Math.atan2(vy, vx) - truth));
    expect(rms(headings) / 0.2).toBeCloseTo(1, 1);
  });

  it('say how much they err: the covariance is that of the errors', () => {
    const many = readings({ positionM: 0.3, velocity: { speedMPerS: 0.5, headingRad: 0.02 } }, 400);
    const meanOf = (of: (k: number) => number) => many.reduce((sum, _, k) => sum + of(k), 0) / many.length;
    const errors = many.map((reading) => {
      const [vx, vy] = reading.velocityMPerS!;
      return [...offOf(reading), vx - 3, vy - 4];
    });
    for (let row = 0; row < 4; row++) {
      for (let column = 0; column < 4; column++) {
        const found = meanOf((k) => errors[k]![row]! * errors[k]![column]!);
        const said = meanOf((k) => many[k]!.covariance[4 * row + column]!);
        expect(Math.abs(found - said)).toBeLessThan(0.012);
      }
    }
    for (const { covariance } of many.slice(0, 50)) expect(objectionToCovariance(covariance, 4)).toBeNull();
  });

  it('tell no velocity where none is asked for', () => {
    const [first] = readings({ velocity: null }, 0);
    expect(first).toMatchObject({ velocityMPerS: null, covariance: [0.25, 0, 0, 0.25] });
  });

  it('tell the same whenever they are asked, of each user something else', () => {
    const piecewise = new Sensors(plan, line, 3, 'ue1');
    const pieces = [0.1, 0.1, 0.5, 0.77, 2].flatMap((untilS) => piecewise.readyBy(untilS));
    expect(pieces).toEqual(readings({}, 2));
    expect(readings({}, 2, 'ue2')[0]!.positionM).not.toEqual(pieces[0]!.positionM);
  });

  it('are silent in gaps, and count what they say', () => {
    const times = readings(
      {
        gapsS: [
          [0.04, 0.1],
          [0.15, 0.17],
        ],
      },
      0.2,
    ).map(({ measuredS, sequence }) => [Math.round(measuredS * 1e3), sequence]);
    expect(times).toEqual([
      [0, 1],
      [20, 2],
      [100, 3],
      [120, 4],
      [140, 5],
      [180, 6],
      [200, 7],
    ]);
    // What is drawn depends on the time alone.
    const whole = readings({}, 0.2);
    expect(readings({ gapsS: [[0, 0.2]] }, 0.2)[0]!.positionM).toEqual(whole.at(-1)!.positionM);
  });

  it('are late by their latency', () => {
    const sensors = new Sensors({ ...plan, latencyS: 0.03 }, line, 3, 'ue1');
    expect(sensors.readyBy(0.0299)).toEqual([]);
    expect(sensors.readyBy(0.03).map(({ measuredS }) => measuredS)).toEqual([0]);
    expect(sensors.readyBy(0.07).map(({ measuredS }) => measuredS)).toEqual([0.02, 0.04]);
  });

  it('have outliers of the size and number that are asked for', () => {
    const plain = readings({}, 40);
    const off = readings({ outliers: { sizeM: 20, share: 0.05, timesS: [] } }, 40).map(({ positionM }, k) =>
      Math.hypot(positionM[0] - plain[k]!.positionM[0], positionM[1] - plain[k]!.positionM[1]),
    );
    const outliers = off.filter((distance) => distance > 0);
    expect(outliers.length / off.length).toBeGreaterThan(0.03);
    expect(outliers.length / off.length).toBeLessThan(0.07);
    for (const distance of outliers) expect(distance).toBeCloseTo(20, 9);
  });

  it('have outliers at listed times: the first reading at or after each', () => {
    const plain = readings({}, 1);
    const given = readings({ outliers: { sizeM: 20, share: 0, timesS: [0.5, 0.031] } }, 1);
    const off = given.filter(({ positionM }, k) => positionM[0] !== plain[k]!.positionM[0]);
    expect(off.map(({ measuredS }) => measuredS)).toEqual([0.04, 0.5]);
  });

  it('lie from some time on', () => {
    const plain = readings({}, 1);
    readings({ lie: { fromS: 0.5, offsetM: [20, -10] } }, 1).forEach(({ positionM, measuredS }, k) => {
      const offM = measuredS >= 0.5 ? [20, -10] : [0, 0];
      expect(positionM[0] - plain[k]!.positionM[0]).toBeCloseTo(offM[0]!, 9);
      expect(positionM[1] - plain[k]!.positionM[1]).toBeCloseTo(offM[1]!, 9);
    });
  });
});
