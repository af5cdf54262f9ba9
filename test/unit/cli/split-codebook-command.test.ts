/** `beamloop codebook tdps|rainbow|far-rainbow`: what it prints, against the formulas written out here. */
import { describe, expect, it } from 'vitest';
import { codebookCommand } from '../../../src/cli/commands/codebook.js';
import { failureOf, runCommand } from '../../fixtures/run-command.js';

interface Pilot {
  readonly delayParameters: [number, number];
  readonly phaseParameters: [number, number];
  readonly delayS: number[];
  readonly phaseRad: number[];
  readonly subcarriers: { frequencyHz: number; sinAngle: number; ringPerM: number; visible: boolean }[];
}
interface Printed {
  readonly parameters: Record<string, unknown>;
  readonly warnings: string[];
  readonly pilots: Pilot[];
}

async function json(...args: string[]): Promise<Printed> {
  return JSON.parse((await runCommand(codebookCommand, 'codebook', ...args, '--json')).stdout) as Printed;
}
const failure = (...args: string[]) => failureOf(codebookCommand, 'codebook', ...args);

const evaluation = {
  options: '--elements 256 --carrier 30GHz --bandwidth 5GHz --subcarriers 1024 --speed-of-light 3e8'.split(
    ' ',
  ),
  numElements: 256,
  carrierHz: 30e9,
  bandwidthHz: 5e9,
  numSubcarriers: 1024,
};
const demonstration = {
  options: '--elements 128 --carrier 10GHz --bandwidth 2GHz --subcarriers 512 --speed-of-light 3e8'.split(
    ' ',
  ),
  numElements: 128,
  carrierHz: 10e9,
  bandwidthHz: 2e9,
  numSubcarriers: 512,
};

/** Delays to 1e-16 s, phases to 1e-6 rad, foci to 1e-9. */
function expectFormulas(setting: typeof evaluation, pilots: readonly Pilot[]): void {
  const { numElements, carrierHz, bandwidthHz, numSubcarriers } = setting;
  const c = 3e8;
  const d = c / (2 * carrierHz);
  for (const { delayParameters, phaseParameters, delayS, phaseRad, subcarriers } of pilots) {
    const [thetaT, alphaT] = delayParameters;
    const [thetaP, alphaP] = phaseParameters;
    const way = (k: number, theta: number, alpha: number) => {
      const n = k - (numElements - 1) / 2;
      return n * d * theta - n * n * d * d * alpha;
    };
    const delays = Array.from({ length: numElements }, (_, k) => way(k, thetaT, alphaT) / c);
    const earliest = Math.min(...delays);
    expect(delayS).toHaveLength(numElements);
    expect(phaseRad).toHaveLength(numElements);
    expect(subcarriers).toHaveLength(numSubcarriers);
    for (let k = 0; k < numElements; k++) {
      expect(Math.abs(delayS[k]! - (delays[k]! - earliest))).toBeLessThan(1e-16);
      const turns = (-carrierHz / c) * way(k, thetaP, alphaP) - phaseRad[k]! / (2 * Math.PI);
      expect(Math.abs(turns - Math.round(turns)) * 2 * Math.PI).toBeLessThan(1e-6);
    }
    expect(Math.min(...delayS)).toBe(0);
    subcarriers.forEach(({ frequencyHz, sinAngle, ringPerM, visible }, m) => {
      const f = carrierHz + (bandwidthHz / numSubcarriers) * (m - (numSubcarriers - 1) / 2);
      expect(Math.abs(frequencyHz - f)).toBeLessThan(1e-3);
      const q = carrierHz / f;
      const unwrapped = thetaT + q * thetaP;
      const theta = unwrapped - 2 * q * Math.round(unwrapped / (2 * q));
      expect(Math.abs(sinAngle - theta)).toBeLessThan(1e-9);
      expect(Math.abs(ringPerM - (alphaT + q * alphaP))).toBeLessThan(1e-9);
      expect(visible).toBe(Math.abs(theta) <= 1);
    });
  }
}

describe('beamloop codebook tdps', () => {
  it("prints the paper's demonstration: 1.44 holes, 2 pilots", async () => {
    const { parameters, pilots, warnings } = await json(
      ...['tdps', ...demonstration.options, '--delay-parameters=-31,-0.454', '--phase-parameters=15,0.5'],
    );
    expect(parameters.pilotRatio).toBeCloseTo(1.44, 4);
    expect(parameters).toMatchObject({
      minPilots: 2,
      numPilots: 2,
      delayLines: 2,
      selectorBits: 1,
      source: 'given',
    });
    expect(warnings).toEqual([]);
    expect(pilots.map((pilot) => pilot.delayParameters)).toEqual([
      [-31, -0.454],
      [-32, -0.454],
    ]);
    expectFormulas(demonstration, pilots);
  });

  it("prints the paper's evaluation, 1.98 to 2, with the 3 pilots that are asked for; fractions are read", async () => {
    const { parameters, pilots, warnings } = await json(
      ...['tdps', ...evaluation.options, '--pilots', '3'],
      // The space form: values that start with a minus are values.
      ...['--delay-parameters', '349/11,-427/800', '--phase-parameters', '-30,1859/3200'],
    );
    expect(parameters.pilotRatio).toBeCloseTo(1.9775, 4);
    expect(parameters).toMatchObject({ minPilots: 2, numPilots: 3, firstSlope: -30, lastSlope: -34 });
    expect(warnings).toEqual([]);
    pilots.forEach((pilot, k) => {
      expect(pilot.delayParameters[0]).toBeCloseTo(349 / 11 - (2 * k) / 3, 12);
      expect(pilot.delayParameters[1]).toBe(-427 / 800);
      expect(pilot.phaseParameters).toEqual([-30, 1859 / 3200]);
    });
    expectFormulas(evaluation, pilots);
  });

  it('computes parameters as Algorithm 1 says', async () => {
    const { parameters, pilots } = await json(
      ...['tdps', ...evaluation.options, '--ring-range', '1/400,0.1/m', '--gamma', '0.9', '--epsilon', '1.1'],
      ...['--end-direction', '-0.5'],
    );
    const [f0, f1, last] = [27.5e9 + 5e9 / 2048, 27.5e9 + (3 * 5e9) / 2048, 32.5e9 - 5e9 / 2048];
    const slope = (0.9 * 2 * 0.442946 * (f0 + f1)) / (256 * (5e9 / 1024));
    const thetaT = -0.5 - (30e9 / last) * slope;
    const alphaP = (1.1 * 0.0975) / (30e9 / f0 - 30e9 / last);
    const unwrapped = thetaT + (30e9 / f0) * slope;
    const p0 = -Math.round(unwrapped / (2 * (30e9 / f0)));
    const s0 = slope + 2 * p0;
    expect(parameters.phaseParameters).toEqual([expect.closeTo(slope, 9), expect.closeTo(alphaP, 9)]);
    const [printedThetaT, alphaT] = parameters.delayParameters as [number, number];
    expect(printedThetaT).toBeCloseTo(thetaT, 9);
    // Any ring of the delays between these sweeps what is asked for.
    expect(alphaT).toBeGreaterThan(0.1 - (30e9 / f0) * alphaP);
    expect(alphaT).toBeLessThan(1 / 400 - (30e9 / last) * alphaP);
    expect(parameters.firstStrip).toBe(p0);
    expect(parameters.firstSlope).toBeCloseTo(s0, 9);
    expect(parameters.lastSlope).toBeCloseTo(slope, 9);
    const hole = (2 * alphaP) / s0;
    const facing = (2 * 1.318322 ** 2 * 3e8) / (last * (256 * 0.005) ** 2);
    expect(parameters.holePerM).toBeCloseTo(hole, 9);
    expect(parameters.facingBeamsPerM).toBeCloseTo(facing, 9);
    expect(parameters.pilotRatio).toBeCloseTo(hole / facing, 9);
    expect(parameters.minPilots).toBe(Math.ceil(hole / facing));
    expect(pilots).toHaveLength(Math.ceil(hole / facing));
    expectFormulas(evaluation, pilots);
  });

  it('interleaves by phases on demand: one delay line per element', async () => {
    const { parameters, pilots } = await json(
      ...['tdps', ...evaluation.options, '--pilots', '3', '--interleaving', 'phases'],
      ...['--delay-parameters=349/11,-427/800', '--phase-parameters=-30,1859/3200'],
    );
    expect(parameters).toMatchObject({ delayLines: 1, selectorBits: 0, interleaving: 'phases' });
    expect(pilots[2]!.delayS).toEqual(pilots[0]!.delayS);
    expect(pilots.map(({ phaseParameters }) => phaseParameters[0])).toEqual([
      -30,
      expect.closeTo(-30 - 2 / 3, 12),
      expect.closeTo(-30 - 4 / 3, 12),
    ]);
    expectFormulas(evaluation, pilots);
  });

  it('takes the sector in place of its rings', async () => {
    const sector = await json(
      ...['tdps', ...evaluation.options, '--distances', '5 m, 50 m', '--max-angle', '60 deg'],
    );
    const rings = await json('tdps', ...evaluation.options, '--ring-range', '1/400,1/10');
    for (const name of ['delayParameters', 'phaseParameters']) {
      const [a, b] = [sector.parameters[name], rings.parameters[name]] as [number, number][];
      expect(a![0]).toBeCloseTo(b![0], 12);
      expect(a![1]).toBeCloseTo(b![1], 12);
    }
  });

  it('prints a readable table', async () => {
    const { stdout } = await runCommand(
      codebookCommand,
      ...['codebook', 'tdps', ...evaluation.options, '--ring-range', '1/400,1/10'],
    );
    expect(stdout).toMatch(/pilots needed: that, rounded up +2\n/);
    expect(stdout).toMatch(/\n +1 +-34\.9899 +38\.9862 .* 99\.0 % +148\.707\n/);
  });

  it('warns with the numbers when directions are missed, and says how many subcarriers would do', async () => {
    const explicit = ['--delay-parameters=349/11,-427/800', '--phase-parameters=-30,1859/3200'];
    const few = evaluation.options.with(evaluation.options.indexOf('1024'), '600');
    const args = ['tdps', ...few, ...explicit, '--pilots', '3'];
    const { parameters, warnings } = await json(...args);
    expect(parameters.coverageRatio).toBeGreaterThan(1.2);
    const missed = (100 * (parameters.missedShare as number)).toFixed(1);
    expect(Number(missed)).toBeGreaterThan(15);
    expect(warnings).toHaveLength(1);
    expect(warnings[0]).toContain(`${missed} % of the directions swept are missed`);
    const enough = /; (\d+) subcarriers would do, there are 600/.exec(warnings[0]!)![1]!;
    const { stderr } = await runCommand(codebookCommand, 'codebook', ...args);
    expect(stderr).toBe(`beamloop: warning: ${warnings[0]}\n`);
    const withMany = async (count: number) => {
      const many = evaluation.options.with(evaluation.options.indexOf('1024'), String(count));
      return (await json('tdps', ...many, ...explicit)).parameters.coverageRatio;
    };
    expect(await withMany(Number(enough))).toBeLessThanOrEqual(1);
    expect(await withMany(Number(enough) - 1)).toBeGreaterThan(1);
  });

  it('warns when pilots leave a hole between the rings', async () => {
    const { warnings } = await json(
      ...['tdps', ...evaluation.options, '--ring-range', '1/400,1/10', '--pilots', '1'],
    );
    // 1 - 1/1.800256
    expect(warnings).toEqual([expect.stringMatching(/With 1 pilot, .* 44\.5 % of the rings .* 2 would do/)]);
  });

  const rings = ['--ring-range', '1/400,1/10'];
  it.each([
    [[...rings, '--pilots', '0'], /BAD_ARGUMENT.*cannot have 0 pilots.*needs 2/],
    [[...rings, '--pilots', '2.5'], /BAD_ARGUMENT.*2.5 pilots/],
    [[...rings, '--pilots', '-1'], /BAD_ARGUMENT.*-1 pilots/],
    [['--ring-range', '1/10,1/400'], /BAD_ARGUMENT.*0\.1 to 0\.0025 1\/m.*far ring first/],
    [['--ring-range', '0/0,1'], /BAD_UNIT.*NaN.*--ring-range/],
    [['--ring-range', '1 m,2'], /BAD_UNIT.*'1 m' is not a quantity in 1\/m.*0\.1\/m/],
    [['--ring-range', '0.1'], /BAD_ARGUMENT.*'0.1' is not two quantities/],
    [['--ring-range', '0.1,0.2,0.3'], /BAD_ARGUMENT.*not two quantities/],
    [[...rings, ...rings], /BAD_ARGUMENT.*not two quantities/],
    [[...rings, '--distances', '5,30'], /both say which rings/],
    [['--distances', '30 m,5 m'], /distances are 30 to 5 m.*nearest first/],
    [['--distances', '5 m,30 m', '--max-angle', '120 deg'], /largest angle is 120/],
    [[...rings, '--gamma', '1.5'], /gamma is 1.5.*above 0, up to 1/],
    [[...rings, '--gamma', '0'], /gamma is 0/],
    [[...rings, '--gamma', 'NaN'], /BAD_UNIT.*NaN/],
    [[...rings, '--epsilon', '0.9'], /epsilon is 0.9/],
    [[...rings, '--end-direction', '1.01'], /end direction is 1.01/],
    [[], /not said which distances/],
    [['--delay-parameters=1,2'], /without --phase-parameters/],
    [['--phase-parameters=1,2'], /without --delay-parameters/],
    [
      ['--delay-parameters=1,2', '--phase-parameters=1,2', '--gamma', '1', ...rings],
      /--gamma, --ring-range to compute them from/,
    ],
    [['--delay-parameters=1,Infinity', '--phase-parameters=1,2'], /parameter is Infinity/],
  ])('refuses %j', async (args, message) => {
    expect(await failure('tdps', ...evaluation.options, ...args)).toMatch(message);
  });

  it('refuses fewer subcarriers than it takes to look in all directions, with the number that does', async () => {
    const with_ = (count: number) =>
      failure(
        ...['tdps', ...evaluation.options.with(evaluation.options.indexOf('1024'), String(count))],
        ...['--ring-range', '1/400,1/10'],
      );
    const message = await with_(300);
    expect(message).toMatch(/300 subcarriers are too few for 256 elements.*sweep 0\.\d+ of all directions/);
    const enough = Number(/at least (\d+) subcarriers/.exec(message)![1]);
    expect(await with_(enough - 1)).toContain('too few');
    expect(await with_(enough)).toBe('accepted');
  });
});

describe('beamloop codebook rainbow', () => {
  it('has ten polar rings for the evaluation and covers +-60 degrees on each', async () => {
    const { parameters, pilots, warnings } = await json(
      ...['rainbow', ...evaluation.options, '--nearest', '5 m', '--max-angle', '60 deg'],
    );
    expect(warnings).toEqual([]);
    expect(pilots).toHaveLength(10);
    expectFormulas(evaluation, pilots);
    const z = 1.28 ** 2 / (2 * 1.32 ** 2 * 0.01);
    const rings = parameters.ringsPerM as number[];
    expect(rings[0]).toBeCloseTo(0.01 / (4 * 1.28 ** 2), 12);
    for (let s = 2; s <= 10; s++) expect(rings[s - 1]).toBeCloseTo((s - 1) / (2 * z), 12);
    for (const [s, { subcarriers, phaseParameters, delayParameters }] of pilots.entries()) {
      expect(delayParameters[1]).toBe(rings[s]);
      expect(phaseParameters[1]).toBe(0);
      // From -60 degrees at the lower edge of the band to +60 at the upper one, rising.
      const [first, last] = [subcarriers[0]!, subcarriers.at(-1)!];
      expect(first.sinAngle + Math.sqrt(0.75)).toBeGreaterThan(0);
      expect(first.sinAngle + Math.sqrt(0.75)).toBeLessThan(0.001);
      expect(Math.sqrt(0.75) - last.sinAngle).toBeGreaterThan(0);
      expect(Math.sqrt(0.75) - last.sinAngle).toBeLessThan(0.001);
      expect(subcarriers.every(({ visible }) => visible)).toBe(true);
    }
  });

  it('spreads rings evenly over a range, and warns when they are too few', async () => {
    const args = ['rainbow', ...evaluation.options, '--ring-range', '0.0025,0.1'];
    const ten = await json(...args, '--rings', '10');
    expect(ten.parameters.ringsPerM).toEqual(
      Array.from({ length: 10 }, (_, s) => expect.closeTo(0.0025 + (s + 0.5) * 0.00975, 12)),
    );
    expect(ten.warnings).toEqual([]);
    // Two facing beams close 0.0196 1/m: three rings leave 40 % of 0.0325.
    const three = await json(...args, '--rings', '3');
    expect(three.warnings).toEqual([
      expect.stringMatching(/With 3 rings, .*0\.03250 .* 39\.7 % of the rings are missed; 5 would do/),
    ]);
    expect((await json(...args, '--rings', '5')).warnings).toEqual([]);
  });

  it('warns when subcarriers are too few for the sweep', async () => {
    const few = evaluation.options.with(evaluation.options.indexOf('1024'), '200');
    const { parameters, warnings } = await json('far-rainbow', ...few);
    expect(parameters.coverageRatio).toBeGreaterThan(1);
    expect(warnings).toEqual([expect.stringMatching(/\d+ subcarriers would do, there are 200/)]);
  });

  it.each([
    [['--nearest', '5 m', '--rings', '3'], /come from --nearest alone/],
    [['--rings', '3'], /come from --nearest alone/],
    [[], /come from --nearest alone/],
    [['--rings', '0', '--ring-range', '0,0.1'], /cannot have 0 rings/],
    [['--rings', '1e9', '--ring-range', '0,0.1'], /cannot have 1000000000 rings/],
    [['--nearest', '0'], /smallest distance is 0/],
    [['--nearest', '1 nm'], /cannot have \d+ rings/],
    [['--nearest', '5 m', '--max-angle', '0'], /largest angle is 0/],
  ])('refuses %j', async (args, message) => {
    expect(await failure('rainbow', ...evaluation.options, ...args)).toMatch(message);
  });
});

describe('beamloop codebook far-rainbow', () => {
  it('is one pilot on the ring at infinity', async () => {
    const { pilots } = await json('far-rainbow', ...evaluation.options);
    expect(pilots).toHaveLength(1);
    expect(pilots[0]!.subcarriers.every(({ ringPerM }) => ringPerM === 0)).toBe(true);
    expectFormulas(evaluation, pilots);
  });
});
