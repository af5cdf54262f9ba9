/**
 * Beams one after the other, as lines on standard input ask for them; what holds them mutes the array when the lines end, so that
 * nothing radiates that nobody steers.
 */
import { createInterface } from 'node:readline';
import { z } from 'zod';
import { BeamloopError } from '../../core/errors.js';
import type { RunFeed } from '../../live/run-feed.js';
import { type CommandContext, printJson } from '../command.js';
import { aimOf, type SteeringBy } from './aim.js';
import { pointBeam, type SteeredArray } from './beam.js';
import { showBeam } from './shown-beam.js';

const orderSchema = z.union([z.strictObject({ to: z.string() }), z.strictObject({ mute: z.boolean() })]);

/** Of the waiting orders only the latest matters: who drags a beam over a plane asks faster than a board answers. */
export async function steerByLines(
  context: CommandContext,
  input: NodeJS.ReadableStream,
  steered: SteeredArray,
  by: SteeringBy,
  feed: RunFeed | null,
): Promise<void> {
  const lines = createInterface({ input });
  const stop = () => lines.close();
  context.signal.addEventListener('abort', stop, { once: true });
  let waiting: string | null = null;
  let working: Promise<void> = Promise.resolve();
  const work = async () => {
    for (let line = waiting; line !== null && !context.signal.aborted; line = waiting) {
      waiting = null;
      await answer(context, line, steered, by, feed);
    }
  };
  let isWorking = false;
  lines.on('line', (line) => {
    if (line.trim() === '') return;
    if (waiting !== null) printJson(context.stdout, { order: waiting, skipped: true });
    waiting = line;
    if (isWorking) return;
    isWorking = true;
    working = work().finally(() => {
      isWorking = false;
    });
  });
  await new Promise<void>((resolve) => {
    lines.once('close', resolve);
  });
  await working;
}

/** An order that cannot be carried out is answered, and the next one taken. */
async function answer(
  context: CommandContext,
  line: string,
  steered: SteeredArray,
  by: SteeringBy,
  feed: RunFeed | null,
): Promise<void> {
  const { stdout } = context;
  const { board } = steered;
  try {
    const order = orderOf(line);
    if ('mute' in order) {
      await board.mute(order.mute);
      printJson(stdout, { order: line, muted: board.muted });
      return;
    }
    const aim = aimOf(order.to, steered.array, 'to');
    if (board.muted === true) {
      // A muted board misses its slots. After a stop nothing radiates until it latches the new beam.
      await board.stop();
      await board.mute(false);
    }
    const beam = await pointBeam(context, steered, aim, by);
    if (feed !== null) showBeam(feed, aim, beam);
    const { receipt, gainLossDb } = beam;
    printJson(stdout, { order: line, to: aim.name, by, gainLossDb, receipt, muted: board.muted });
  } catch (error) {
    if (!(error instanceof BeamloopError) || context.signal.aborted) throw error;
    const { code, what, where, todo } = error;
    printJson(stdout, { order: line, error: { code, what, where: where ?? null, todo: todo ?? null } });
  }
}

function orderOf(line: string): z.infer<typeof orderSchema> {
  try {
    return orderSchema.parse(JSON.parse(line));
  } catch (cause) {
    throw new BeamloopError('BAD_ARGUMENT', {
      what: `'${line.slice(0, 200)}' is no order`,
      where: 'standard input',
      todo: 'Give a line {"to":"20 m, 15 deg"} or {"mute":true}',
      cause,
    });
  }
}
