import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import sharp from 'sharp';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { FolderSource, inOrder } from '../../../src/camera/folder-source.js';
import { FrameFeed } from '../../../src/camera/frame-feed.js';
import { MOST_KEPT } from '../../../src/camera/frame-source.js';
import { StreamSource } from '../../../src/camera/stream-source.js';
import { monotonicClock } from '../../../src/core/clock.js';

const cleaning: (() => unknown)[] = [];
afterEach(async () => {
  for (const clean of cleaning.splice(0).reverse()) await clean();
});

let small: Buffer;
let large: Buffer;
beforeAll(async () => {
  const jpeg = (width: number, height: number) =>
    sharp({ create: { width, height, channels: 3, background: { r: 200, g: 30, b: 90 } } })
      .jpeg()
      .toBuffer();
  small = await jpeg(80, 40);
  large = await jpeg(96, 64);
});

describe('a folder of pictures', () => {
  function folderOf(files: Readonly<Record<string, Buffer | string>>): string {
    const folder = mkdtempSync(path.join(tmpdir(), 'pictures-'));
    cleaning.push(() => rmSync(folder, { recursive: true }));
    for (const [name, content] of Object.entries(files)) writeFileSync(path.join(folder, name), content);
    return folder;
  }

  it('is sorted by numbers, not by letters', () => {
    expect(inOrder(['image_10.jpg', 'image_9.jpg', 'image_100.jpg'])).toEqual([
      'image_9.jpg',
      'image_10.jpg',
      'image_100.jpg',
    ]);
  });

  it('is shown at the times of its file, resized, and what is broken is counted', async () => {
    const folder = folderOf({
      'a1.jpg': small,
      'a2.jpg': small,
      'a10.jpg': small.subarray(0, small.length / 2),
      'a11.jpg': large,
      'times.csv': 'file,time\na1.jpg,100.0\na2.jpg,100.1\na10.jpg,100.2\na11.jpg,100.3\n',
    });
    const source = new FolderSource(folder, { intervalS: 1, latencyS: 0.02 });
    const feed = new FrameFeed(source, { size: 56, intervalS: 0.1, latencyS: 0.02 });
    expect(await feed.take(0.015)).toHaveLength(0);
    const first = await feed.take(0.13);
    expect(first.map(({ frame, taken, follows }) => [frame.boardTimeS, taken.file, follows])).toEqual([
      [0, 'a1.jpg', false],
      [expect.closeTo(0.1, 9), 'a2.jpg', true],
    ]);
    expect(first[0]!.frame).toMatchObject({ width: 56, height: 56, channels: 3 });
    const [r, g, b] = first[0]!.frame.pixels;
    for (const [value, wanted] of [
      [r, 200],
      [g, 30],
      [b, 90],
    ] as const) {
      expect(Math.abs(value! - wanted)).toBeLessThan(6);
    }
    const [last] = await feed.take(0.35);
    // The broken one is missing before it, and it has another size.
    expect(last).toMatchObject({ taken: { file: 'a11.jpg' }, follows: false });
    expect(feed.counts).toEqual({ shown: 3, late: 0, missing: 1, wrongSize: 1, broken: 1, skipped: 0 });
  });

  it('that does not exist, has no pictures or no times is said to be so', () => {
    const options = { intervalS: 0.1, latencyS: 0 };
    expect(() => new FolderSource('/nowhere', options)).toThrow(/There is no such folder/);
    expect(() => new FolderSource(folderOf({ 'a.txt': '' }), options)).toThrow(/no pictures/);
    const untimed = folderOf({ 'a1.jpg': small, 'a2.jpg': small, 'times.csv': 'a1.jpg,1\n' });
    expect(() => new FolderSource(untimed, options)).toThrow(/says no time of a2.jpg/);
  });

  it('may carry its times in its names', async () => {
    const folder = folderOf({ 'i_2_16_45_05_900.jpg': small, 'i_1_16_45_05_799.jpg': small });
    const source = new FolderSource(folder, { intervalS: 1, latencyS: 0 });
    expect((await source.take(1)).map(({ boardTimeS }) => boardTimeS)).toEqual([0, expect.closeTo(0.101, 6)]);
  });
});

describe('a stream of pictures', () => {
  async function serve(answer: (response: ServerResponse, count: number) => void): Promise<string> {
    let count = 0;
    const server: Server = createServer((_, response) => answer(response, ++count));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    cleaning.push(() => {
      server.closeAllConnections();
      server.close();
    });
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  }

  const begin = (response: ServerResponse) =>
    response.writeHead(200, { 'content-type': 'multipart/x-mixed-replace; boundary=edge' });
  const send = (response: ServerResponse, picture: Buffer) => {
    response.write(`--edge\r\nContent-Type: image/jpeg\r\nContent-Length: ${picture.length}\r\n\r\n`);
    response.write(picture);
    response.write('\r\n');
  };

  function open(url: string, stalledS = 60): StreamSource {
    const source = new StreamSource(url, { clock: monotonicClock, latencyS: 0.01, stalledS });
    cleaning.push(() => source.close());
    return source;
  }

  it('that drops, stalls or is refused is opened again', async () => {
    const url = await serve((response, count) => {
      if (count === 1) return void response.writeHead(503).end();
      begin(response);
      send(response, small);
      // The second drops after its picture, the third says nothing more, the fourth goes on.
      if (count === 2) response.destroy();
    });
    const source = open(url, 0.2);
    await expect.poll(() => source.numConnections, { interval: 20 }).toBeGreaterThanOrEqual(3);
  });

  it('keeps the newest pictures alone, however fast they come', async () => {
    const url = await serve((response) => {
      begin(response);
      for (let k = 0; k < 300; k++) send(response, small);
    });
    const source = open(url);
    await expect.poll(() => source.lost.skipped, { interval: 20 }).toBe(300 - MOST_KEPT);
    const feed = new FrameFeed(source, { size: 56, intervalS: 0.1, latencyS: 0.01 });
    const shown = await feed.take(50);
    // They came within one interval: one is enough.
    expect(shown).toHaveLength(1);
    expect(shown[0]!.frame.boardTimeS).toBeLessThanOrEqual(50 - 0.01);
    expect(shown[0]!.frame.boardTimeS).toBeGreaterThan(45);
  });

  it('with broken pictures and pictures of another size goes on', async () => {
    const pictures = [small, Buffer.from('no picture at all'), small.subarray(0, small.length / 2), large];
    const url = await serve((response) => {
      begin(response);
      for (const picture of pictures) send(response, picture);
    });
    const source = open(url);
    let kept = 0;
    const feed = new FrameFeed(
      {
        name: url,
        lost: source.lost,
        // As if they had come 100 ms apart.
        take: async (byS) => {
          const taken = await source.take(byS);
          return taken.map((each) => ({ ...each, boardTimeS: 0.1 * kept++ }));
        },
        close: () => source.close(),
      },
      { size: 56, intervalS: 0.1, latencyS: 0.01 },
    );
    const shown: boolean[] = [];
    await expect
      .poll(
        async () => shown.push(...(await feed.take(1)).map(({ follows }) => follows)) && feed.counts.shown,
        {
          interval: 20,
        },
      )
      .toBe(2);
    expect(shown).toEqual([false, false]);
    expect(feed.counts).toMatchObject({ broken: 2, wrongSize: 1, missing: 2 });
  });
});
