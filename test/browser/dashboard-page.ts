/** A dashboard as its users have it: the command, and its page in a browser. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import axe from 'axe-core';
import type { Browser, Page } from 'playwright-core';
import { BROWSER_LIMIT_MS } from './chromium.js';

const PROGRAM = path.resolve('dist/src/cli/main.js');

export class DashboardCommand {
  readonly process: ChildProcess;
  readonly url: string;

  private constructor(started: ChildProcess, url: string) {
    this.process = started;
    this.url = url;
  }

  /** Resolves when it has said where its page is. `nodeOptions` are Node's own; with them, stderr is a pipe. */
  static async start(
    args: readonly string[],
    cwd: string,
    nodeOptions: readonly string[] = [],
  ): Promise<DashboardCommand> {
    const started = spawn(process.execPath, [...nodeOptions, PROGRAM, 'dashboard', ...args, '--json'], {
      cwd,
      stdio: ['ignore', 'pipe', nodeOptions.length === 0 ? 'inherit' : 'pipe'],
    });
    const [chunk] = await once(started.stdout!, 'data');
    return new DashboardCommand(started, JSON.parse(String(chunk)).url);
  }

  /** Resolves with its exit code. */
  async interrupt(): Promise<number | null> {
    if (this.process.exitCode !== null) return this.process.exitCode;
    const exited = once(this.process, 'exit');
    this.process.kill('SIGINT');
    return (await exited)[0];
  }
}

export interface OpenedPage {
  readonly page: Page;
  /** What the browser complained of. */
  readonly complaints: string[];
}

export async function openPage(
  browser: Browser,
  url: string,
  widthPx = 1400,
  colorScheme: 'light' | 'dark' = 'light',
): Promise<OpenedPage> {
  const page = await browser.newPage({ viewport: { width: widthPx, height: 1000 }, colorScheme });
  page.setDefaultTimeout(BROWSER_LIMIT_MS);
  const complaints: string[] = [];
  page.on('console', (message) => complaints.push(message.text()));
  page.on('pageerror', (error) => complaints.push(error.message));
  await page.goto(url);
  return { page, complaints };
}

/** Faults that axe-core takes for serious or critical, one line each. */
export async function seriousFaults(page: Page): Promise<string[]> {
  // By the debugger: the page's policy lets no script in.
  await page.evaluate(axe.source);
  return page.evaluate(async () => {
    const { axe: loaded } = window as unknown as { axe: typeof axe };
    const { violations } = await loaded.run();
    return violations
      .filter(({ impact }) => impact === 'serious' || impact === 'critical')
      .flatMap(({ id, nodes }) =>
        nodes.map(({ target, failureSummary }) => `${id}: ${target} ${failureSummary}`),
      );
  });
}

/** Colours of a picture below a chart. */
export function numColours(page: Page, panel: string): Promise<number> {
  return page.evaluate((id) => {
    const canvas = document.querySelector<HTMLCanvasElement>(`#${id} .raster`)!;
    const { data } = canvas.getContext('2d')!.getImageData(0, 0, canvas.width, canvas.height);
    return new Set(new Uint32Array(data.buffer)).size;
  }, panel);
}

/** Colours of what ECharts drew. */
export function numDrawnColours(page: Page, panel: string): Promise<number> {
  return page.evaluate((id) => {
    const canvas = document.querySelector<HTMLCanvasElement>(`#${id} .drawn canvas`)!;
    const { data } = canvas.getContext('2d')!.getImageData(0, 0, canvas.width, canvas.height);
    return new Set(new Uint32Array(data.buffer)).size;
  }, panel);
}

/** Kept where BEAMLOOP_TEST_SCREENSHOTS names a folder, to be looked at. */
export async function screenshot(page: Page, name: string): Promise<void> {
  const folder = process.env.BEAMLOOP_TEST_SCREENSHOTS;
  if (folder === undefined) return;
  mkdirSync(folder, { recursive: true });
  await page.screenshot({ path: path.join(folder, `${name}.png`), fullPage: true });
}
