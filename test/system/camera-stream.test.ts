/** A whole campaign by a camera on the network that stalls, hangs up, changes its pictures, breaks them and sends too many. */
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { MOST_KEPT } from '../../src/camera/frame-source.js';
import { columnOfSine, drawFrame, drawScene, SCENE_SIZE } from '../../src/camera/street-scene.js';
import { startRun } from '../../src/campaign/run.js';
import { Random } from '../../src/core/random.js';
import { Recording } from '../../src/record/recording.js';
import { parseScenario } from '../../src/scenario/scenario.js';
import type { Testbed } from '../../src/slots/testbed.js';
import { emulatedSection, openTestbed } from '../../src/testbed.js';

const root = mkdtempSync(path.join(tmpdir(), 'beamloop-stream-'));
const pictures: Record<56 | 96, Buffer[]> = { 56: [], 96: [] };

/** So many pictures show a second of the vehicle's way. */
const PER_SECOND = 20;
const DURATION_S = 5;
const [X_M, FIRST_Y_M, SPEED_M_PER_S] = [20, -4, 2];

beforeAll(async () => {
  const random = new Random(3, 'stream');
  const scene = drawScene(random);
  for (let k = 0; k < PER_SECOND * (DURATION_S + 3); k++) {
    const yM = FIRST_Y_M + (SPEED_M_PER_S * k) / PER_SECOND;
    const raw = { width: SCENE_SIZE, height: SCENE_SIZE, channels: 1 } as const;
    const pixels = drawFrame(scene, columnOfSine(yM / Math.hypot(X_M, yM)), k, random);
    pictures[56].push(await sharp(pixels, { raw }).jpeg().toBuffer());
    pictures[96].push(await sharp(pixels, { raw }).resize(96, 96).jpeg().toBuffer());
  }
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

const scenarioText = (url: string, durationS: number) => `
seed: 5
array: { elements: 16, carrier: 60 GHz }
board: { port: emulated, emulated: { phaseBits: 6 } }
slots: { duration: 125 us, turnaround: 2 ms }
scheme: far-field-sweep
channel: { beamformedSnr: 25 dB, scatterers: 0 }
users:
  - { id: vehicle, motion: { kind: line, start: [${X_M} m, ${FIRST_Y_M} m], velocity: [0 m/s, ${SPEED_M_PER_S} m/s] } }
tracking:
  epoch: 100 ms
  duration: ${durationS} s
  tracker: { name: camera, model: models/camera }
  camera: { source: "${url}", rate: 10 Hz, latency: 10 ms }
  codebook: { directions: 64, rings: 0, spread: angles }
  probing: { budget: 0.5, confidence: 1, mostPerEpoch: 4, order: first }
`;

/** What a camera sent, and may still be sending. */
class BrokenCamera {
  /** Whole parts that were sent, good or bad. */
  numSent = 0;
  numBroken = 0;
  numConnections = 0;
  #startedMs: number | null = null;
  readonly #server: Server;
  readonly #ending = new AbortController();

  constructor() {
    this.#server = createServer((_, response) => {
      this.numConnections++;
      this.#startedMs ??= performance.now();
      this.#show(response, this.numConnections).catch(() => response.destroy());
    });
  }

  async listen(): Promise<string> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/stream`;
  }

  close(): void {
    this.#ending.abort();
    this.#server.closeAllConnections();
    this.#server.close();
  }

  async #show(response: ServerResponse, connection: number): Promise<void> {
    response.writeHead(200, { 'content-type': 'multipart/x-mixed-replace; boundary=edge' });
    if (connection === 1) {
      // Sixty pictures a second, some that were cut short, then half of one, and the line is dead.
      await this.#pictures(response, 56, { count: 60, everyMs: 1000 / 60 });
      // Alone in their intervals, or they would be skipped and not looked at.
      for (; this.numBroken < 2; this.numBroken++) {
        await this.#wait(250);
        this.#send(response, pictures[56][0]!.subarray(0, 300));
      }
      await this.#wait(250);
      await this.#pictures(response, 56, { count: 12, everyMs: 1000 / 60 });
      response.write('--edge\r\nContent-Length: 5000\r\n\r\nnot all of it');
      await this.#wait(50);
      response.destroy();
      return;
    }
    // At the pace that is asked for, nothing for a while, then larger pictures, for as long as somebody looks.
    await this.#pictures(response, 56, { count: 4, everyMs: 100 });
    await this.#wait(700);
    await this.#pictures(response, 96, { count: Number.POSITIVE_INFINITY, everyMs: 100 });
  }

  async #pictures(
    response: ServerResponse,
    size: 56 | 96,
    { count, everyMs }: { readonly count: number; readonly everyMs: number },
  ): Promise<void> {
    const fromMs = performance.now();
    for (let k = 0; k < count && !response.destroyed; k++) {
      this.#send(response, this.#now(pictures[size]));
      // By the clock: what a busy machine takes for each of them does not add up.
      await this.#wait(Math.max(1, fromMs + (k + 1) * everyMs - performance.now()));
    }
  }

  #now(of: readonly Buffer[]): Buffer {
    const sinceS = (performance.now() - this.#startedMs!) / 1000;
    return of[Math.min(of.length - 1, Math.floor(PER_SECOND * sinceS))]!;
  }

  #wait(ms: number): Promise<void> {
    return pause(ms, undefined, { signal: this.#ending.signal });
  }

  #send(response: ServerResponse, picture: Buffer): void {
    response.write(`--edge\r\nContent-Type: image/jpeg\r\nContent-Length: ${picture.length}\r\n\r\n`);
    response.write(picture);
    response.write('\r\n');
    this.numSent++;
  }
}

describe('a campaign by a broken stream', () => {
  it('counts what was wrong, goes on with what it has, and mutes the array at its end', async () => {
    const camera = new BrokenCamera();
    const url = await camera.listen();
    const told: string[] = [];
    let testbed: Testbed | undefined;
    const file = parseScenario(scenarioText(url, DURATION_S), 'stream.yaml', emulatedSection);
    const outcome = await startRun(file, path.join(root, 'run'), {
      realtime: true,
      openTestbed: async (request) => {
        testbed = await openTestbed(request);
        return testbed;
      },
      progress: {
        ...{ warning: () => {}, waiting: () => {}, batch: () => {}, finished: () => {} },
        interruption: (kind, detail) => {
          if (kind === 'camera') told.push((detail as { what: string }).what);
        },
      },
    }).finally(() => camera.close());
    const counts = outcome.tracking!.camera!;
    // Every picture is accounted for, but those that were underway or kept at the end: nothing heaps up.
    const numCounted = counts.shown + counts.skipped + counts.broken;
    expect(numCounted).toBeLessThanOrEqual(camera.numSent);
    expect(numCounted).toBeGreaterThanOrEqual(camera.numSent - MOST_KEPT);
    expect(counts.broken).toBeGreaterThanOrEqual(1);
    expect(counts.broken).toBeLessThanOrEqual(camera.numBroken);
    expect(counts.wrongSize).toBe(1);
    expect(counts.missing).toBeGreaterThanOrEqual(5);
    // Of more than 70 at 60 a second some 12 are looked at.
    expect(counts.skipped).toBeGreaterThan(40);
    expect(counts.shown).toBeGreaterThan(10);
    expect(camera.numConnections).toBe(2);
    expect(told.filter((what) => what === 'the stream is there')).toHaveLength(2);
    expect(told).toHaveLength(3);
    expect(testbed!.board.muted).toBe(true);

    const recording = await Recording.open(path.join(root, 'run'), 'read');
    const epochs = await recording.rows('epochs');
    const frames = (await recording.rows('sensor_reports')).filter(({ sensor }) => sensor === 'camera');
    await recording.close();
    // A busy machine leaves some out; those after the last one are not counted as such.
    expect(epochs.length + outcome.tracking!.leftOut).toBeGreaterThan(10 * DURATION_S - 10);
    expect(epochs.length).toBeGreaterThan(15);
    // Once the user is found, every epoch serves it.
    const found = epochs.findIndex(({ servedKey }) => servedKey !== null);
    expect(found).toBeLessThan(8);
    expect(epochs.slice(found).every(({ servedKey }) => servedKey !== null)).toBe(true);
    expect(frames).toHaveLength(counts.shown);
  });

  it('ends with 130 in the middle of it', async () => {
    const camera = new BrokenCamera();
    const url = await camera.listen();
    const scenario = path.join(root, 'stream.yaml');
    writeFileSync(scenario, scenarioText(url, 60));
    const args = ['run', scenario, '--out', path.join(root, 'stopped'), '--no-report', '--realtime'];
    const child = spawn(process.execPath, ['dist/src/cli/main.js', ...args], {
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    let said = '';
    child.stderr.on('data', (data) => {
      said += data;
    });
    const code = new Promise((resolve) => child.on('exit', resolve));
    await expect.poll(() => camera.numSent, { interval: 20 }).toBeGreaterThan(20);
    child.kill('SIGINT');
    expect(await code).toBe(130);
    camera.close();
    expect(said).toMatch(/Interrupted; the array was muted/);
    // What the camera showed is gone.
    expect(said).not.toContain('beamloop resume');
  });
});
