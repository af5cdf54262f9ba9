import { afterEach, describe, expect, it } from 'vitest';
import { Band } from '../../src/array/band.js';
import { LinearArray } from '../../src/array/linear-array.js';
import type { UeBridge } from '../../src/bridge/bridge.js';
import { startBridge } from '../../src/bridge/server.js';
import { DirectSum } from '../../src/channel/wideband/direct-sum.js';
import { beamOf, travelTimeDifferenceS } from '../../src/channel/wideband/response.js';
import { complexVector } from '../../src/core/complex.js';
import { LocalEstimator, localEstimateSetup } from '../../src/training/local-estimate.js';
import { schemeSchema, splitOf } from '../../src/training/registry.js';
import { UeAgent, type UeAgentOptions } from '../../src/ue/agent.js';
import { PowerQueue, type PowerSource } from '../../src/ue/power-source.js';
import { PATIENCE_S } from '../fixtures/patience.js';
import { CuttableWire } from './cuttable-wire.js';
import { RawUe } from './raw-ue.js';

const array = new LinearArray({ numElements: 32, carrierHz: 10e9, speedOfLightMPerS: 3e8 });
const band = new Band({ carrierHz: 10e9, bandwidthHz: 2e9, numSubcarriers: 128 });
const sector = { maxAngleRad: Math.PI / 3, distanceM: [0.5, 3] } as const;
const scheme = schemeSchema.parse({ name: 'tdps', pilots: 2, estimator: 'on-grid' });
const codebook = splitOf(scheme)!.codebook(array, { band, sector });
/** Where the UE is: the focus of a subcarrier of the second pilot. */
const { foci } = codebook.pilots[1]!;
const here = { sinAngle: foci.sinAngle[40]!, ringPerM: foci.ringPerM[40]! };

/** Noise-free powers of the pilots at `here`; slot 10 carries pilot 1, slot 12 pilot 2. */
class Receiver implements PowerSource {
  readonly queue = new PowerQueue();
  readonly #sum = new DirectSum(band);

  listenFor(slots: readonly number[]): void {
    for (const slot of slots) {
      const { re, im, delayS } = beamOf(codebook.pilots[slot === 10 ? 0 : 1]!.codeword);
      const travelS = travelTimeDifferenceS(array, here, 'fresnel');
      const out = complexVector(band.numSubcarriers);
      this.#sum.evaluate(
        re,
        im,
        travelS.map((t, n) => t + delayS![n]!),
        out,
      );
      const powers = Float32Array.from(out.re, (re, m) => re ** 2 + out.im[m]! ** 2);
      this.queue.push({ slot, ueTimeS: slot * 1e-3, noiseFloor: 0, powers });
    }
  }

  powers(signal: AbortSignal) {
    return this.queue.read(signal);
  }
}

const cleanups: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

async function testbed() {
  const bridge = await startBridge({ run: 'a-run' });
  cleanups.push(() => bridge.close());
  const means: number[] = [];
  bridge.onPower(({ ueId, sequence, powers }) => {
    means.push(...powers);
    bridge.acknowledge(ueId, sequence);
  });
  const wire = await CuttableWire.to(bridge.url);
  cleanups.push(() => wire.close());
  const estimator = new LocalEstimator();
  const start = (
    estimate: NonNullable<UeAgentOptions['estimate']> = (told, pilots) => estimator.estimate(told, pilots),
  ) => {
    const agent = new UeAgent({
      url: wire.url,
      description: { ueId: 'ue-1', model: 'test', software: '1', numSubcarriers: band.numSubcarriers },
      source: new Receiver(),
      estimate,
    });
    const stop = new AbortController();
    const ended = agent.run(stop.signal);
    cleanups.push(async () => {
      stop.abort();
      await ended;
    });
    return async () => {
      stop.abort();
      await ended;
    };
  };
  return { bridge, means, wire, start };
}

const setup = localEstimateSetup(array, band, sector, scheme, null);
const noSetup = { array: { carrierHz: array.carrierHz, speedOfLightMPerS: array.speedOfLightMPerS } };
/** The hello of a UE that estimates by itself. */
const keeping = { description: { model: 'raw', software: 'test', numSubcarriers: 2, localEstimates: true } };

/** Asks a UE where it is; resolves when it was asked. */
async function asks(bridge: UeBridge, ue: RawUe) {
  const answer = bridge.estimate('ue-1', [3], noSetup, PATIENCE_S);
  answer.catch(() => undefined);
  const { request } = await ue.next('estimate');
  return { answer, request };
}

describe('local estimates', () => {
  it('reports one mean per slot and finds the UE where it is', async () => {
    const { bridge, means, start } = await testbed();
    start();
    await expect(bridge.waitForUe('ue-1', PATIENCE_S)).resolves.toMatchObject({ localEstimates: true });
    await bridge.measure('ue-1', [10, 12], PATIENCE_S, undefined, true);
    await expect.poll(() => means.length).toBe(2);
    const point = await bridge.estimate('ue-1', [10, 12], setup, PATIENCE_S);
    expect(point.sinAngle).toBeCloseTo(here.sinAngle, 12);
    expect(point.ringPerM).toBeCloseTo(here.ringPerM, 12);
  });

  it('estimates from the beams that the board radiates when it is told them', async () => {
    const { bridge, start } = await testbed();
    start();
    const codewords = codebook.pilots.map(({ codeword }) => codeword);
    const told = localEstimateSetup(array, band, setup.sector, scheme, codewords);
    await bridge.measure('ue-1', [10, 12], PATIENCE_S, undefined, true);
    const point = await bridge.estimate('ue-1', [10, 12], JSON.parse(JSON.stringify(told)), PATIENCE_S);
    expect(point.sinAngle).toBeCloseTo(here.sinAngle, 12);
    const short = localEstimateSetup(array, band, setup.sector, scheme, codewords.slice(1));
    await expect(bridge.estimate('ue-1', [10, 12], short, PATIENCE_S)).rejects.toThrow(
      /1 beams, its scheme has 2 pilots/,
    );
  });

  it('asks again after a lost connection', async () => {
    const { bridge, wire, means, start } = await testbed();
    start();
    await bridge.measure('ue-1', [10, 12], PATIENCE_S, undefined, true);
    await expect.poll(() => means.length).toBe(2);
    wire.cut();
    const point = await bridge.estimate('ue-1', [10, 12], setup, PATIENCE_S);
    expect(point.ringPerM).toBeCloseTo(here.ringPerM, 12);
  });

  it('reports all powers of slots that it is not told to keep', async () => {
    const { bridge, means, start } = await testbed();
    start();
    await bridge.measure('ue-1', [10, 12], PATIENCE_S);
    await expect.poll(() => means.length).toBe(2 * band.numSubcarriers);
    await expect(bridge.estimate('ue-1', [10, 12], setup, PATIENCE_S)).rejects.toMatchObject({
      code: 'UE_ESTIMATE',
      message: expect.stringContaining('slot 10 are not kept'),
    });
  });

  it('says so when the UE was restarted and keeps nothing, and when a setup is none', async () => {
    const { bridge, means, start } = await testbed();
    const stop = start();
    await bridge.measure('ue-1', [10, 12], PATIENCE_S, undefined, true);
    await expect.poll(() => means.length).toBe(2);
    await expect(bridge.estimate('ue-1', [10, 12], noSetup, PATIENCE_S)).rejects.toThrow(/setup/);
    await stop();
    start();
    await expect(bridge.estimate('ue-1', [10, 12], setup, PATIENCE_S)).rejects.toMatchObject({
      code: 'UE_ESTIMATE',
    });
  });

  it('waits for an answer of the right kind, and passes on why there is none', async () => {
    const { bridge } = await testbed();
    const { ue } = await RawUe.welcomed(bridge.url, keeping);
    const asked = bridge.measure('ue-1', [3], PATIENCE_S, undefined, true);
    const { request } = await ue.next('measure');
    ue.say({ type: 'measuring', request });
    await asked;
    const { answer, request: question } = await asks(bridge, ue);
    // An answer of the wrong kind is none.
    ue.say({ type: 'measuring', request: question });
    ue.say({ type: 'not-estimated', request: question, message: 'no idea' });
    await expect(answer).rejects.toThrow('no idea');
    ue.socket.close();
  });

  it.each([
    ['a ring behind infinity', { type: 'estimated', sinAngle: 0, ringPerM: -5 }, 'ringPerM'],
    ['no ring', { type: 'estimated', sinAngle: 0, ringPerM: null }, 'ringPerM'],
    ['a ring inside the array', { type: 'estimated', sinAngle: 0, ringPerM: 1e308 }, 'half a wavelength'],
    ['a direction behind the horizon', { type: 'estimated', sinAngle: 1.01, ringPerM: 0.1 }, 'sinAngle'],
    ['no reason', { type: 'not-estimated', message: '' }, 'message'],
    ['a reason without end', { type: 'not-estimated', message: 'x'.repeat(201) }, 'message'],
  ])('takes no answer for one that is none, and waits for no other: %s', async (_name, said, reason) => {
    const { bridge } = await testbed();
    const { ue } = await RawUe.welcomed(bridge.url, keeping);
    const { answer, request } = await asks(bridge, ue);
    ue.say({ ...said, request });
    await expect(answer).rejects.toMatchObject({
      code: 'UE_ESTIMATE',
      message: expect.stringMatching(new RegExp(`malformed answer, .*${reason}`)),
    });
    expect(bridge.statistics()).toMatchObject([{ malformed: 1, connected: true }]);
    const again = await asks(bridge, ue);
    ue.say({ type: 'estimated', request: again.request, sinAngle: -1, ringPerM: 0 });
    await expect(again.answer).resolves.toEqual({ sinAngle: -1, ringPerM: 0 });
    ue.socket.close();
  });

  it.each([
    ['not a number', () => ({ sinAngle: 0, ringPerM: Number.NaN }), /not a point: ringPerM/],
    ['beyond infinity', () => ({ sinAngle: 0, ringPerM: -1 }), /not a point: ringPerM/],
    [
      'an error that has much to say',
      () => {
        throw new Error(`why: ${'x'.repeat(500)}`);
      },
      /why: x{195}$/,
    ],
    [
      'an error that has nothing to say',
      () => {
        throw new Error();
      },
      /no reason was given/,
    ],
  ])('an agent says at once why it found nothing: %s', async (_name, estimate, reason) => {
    const { bridge, means, start } = await testbed();
    start(estimate);
    await bridge.measure('ue-1', [10, 12], PATIENCE_S, undefined, true);
    await expect.poll(() => means.length).toBe(2);
    await expect(bridge.estimate('ue-1', [10, 12], setup, PATIENCE_S)).rejects.toMatchObject({
      code: 'UE_ESTIMATE',
      what: expect.stringMatching(reason),
    });
    expect(bridge.statistics()).toMatchObject([{ malformed: 0 }]);
  });

  it('refuses a setup that no beam or sector can have, and an estimate from nothing', () => {
    const estimator = new LocalEstimator();
    const pilots = codebook.pilots.map(() => ({
      powers: new Float32Array(band.numSubcarriers).fill(1),
      noiseFloor: 0,
    }));
    const refusal = (given: unknown, of = pilots) => {
      try {
        estimator.estimate(given, of);
      } catch (error) {
        return error;
      }
      return null;
    };
    // The setup is one; powers that are all alike are no evidence of a place.
    expect(refusal(setup)).toMatchObject({ code: 'NO_EVIDENCE' });
    for (const value of [Number.NaN, Number.POSITIVE_INFINITY]) {
      const beams = codebook.pilots.map(({ codeword }) => ({
        ...codeword,
        delayS: codeword.delayS!.map((delayS, n) => (n === 3 ? value : delayS)),
      }));
      const told = localEstimateSetup(array, band, sector, scheme, beams);
      expect(refusal(told)).toMatchObject({
        code: 'BAD_ARGUMENT',
        what: expect.stringContaining('at element 4'),
      });
    }
    for (const odd of [{ maxAngleRad: Math.PI / 2 }, { maxAngleRad: 0 }, { distanceM: [3, 0.5] }]) {
      expect(refusal({ ...setup, sector: { ...sector, ...odd } })).toMatchObject({
        code: 'BAD_ARGUMENT',
        what: expect.stringContaining(`sector.${Object.keys(odd)}`),
      });
    }
    expect(refusal(setup, [])).toMatchObject({ code: 'BAD_ARGUMENT', what: expect.stringMatching(/pilots/) });
    expect(() => new LocalEstimator().estimate(undefined, pilots)).toThrow(/setup/);
  });
});
