/** What a scenario says of a board that has no firmware of beamloop's: docs/boards.md. */
import { z } from 'zod';
import { EVIDENCE } from '../../drivers/array-board.js';
import { upTo } from '../core/settings-quantity.js';

export const BOARD_DRIVERS = ['native', 'template', 'iio-adar1000'] as const;
const MOST_CHANNELS = 1024;

export const boardDriverKeys = {
  /** Who speaks to the board; `native`: beamloop's own firmware protocol. */
  driver: z.enum(BOARD_DRIVERS).optional(),
  /** Template of the board, for driver: template; taken relative to the scenario file. */
  file: z.string().min(1).optional(),
  /** The least that receipts must say of a slot that counts; `sent` unless given. */
  trust: z.enum(EVIDENCE).optional(),
  /** By how much this machine may be late for a slot. */
  hostJitter: upTo('1 s', 's').optional(),
  /** Channel of each element, counted chip after chip from 1, for driver: iio-adar1000; one after the other unless given. */
  wiring: z.array(z.int().min(1).max(MOST_CHANNELS)).min(2).max(MOST_CHANNELS).optional(),
  /** From a request until iiod has answered it, at most. */
  answerTime: upTo('10 s', 's').optional(),
};

interface Given {
  readonly driver?: (typeof BOARD_DRIVERS)[number] | undefined;
  readonly file?: string | undefined;
  readonly port: string;
  readonly wiring?: readonly number[] | undefined;
  readonly answerTime?: unknown;
  readonly trust?: unknown;
  readonly hostJitter?: unknown;
  readonly tiles?: unknown;
  readonly alignment?: unknown;
}

/** What the keys ask of one another. */
export function keysOfDriver(given: Given, context: z.core.$RefinementCtx): void {
  const complain = (key: keyof Given, message: string, todo: string) =>
    context.addIssue({ code: 'custom', path: [key], message, params: { todo } });
  const { driver = 'native', file } = given;
  if (driver === 'template' && file === undefined) {
    complain(
      'file',
      "is missing: driver 'template' reads how the board is spoken to from a file",
      'Name it, e.g. file: my-board.yaml; docs/boards.md shows one',
    );
  }
  if (driver !== 'template' && file !== undefined) {
    complain('file', 'is of driver: template', 'Add driver: template, or leave it out');
  }
  for (const key of ['wiring', 'answerTime'] as const) {
    if (driver !== 'iio-adar1000' && given[key] !== undefined) {
      complain(
        key,
        'is of driver: iio-adar1000',
        driver === 'template' ? 'The template says it: wiring, timing.answer' : 'Leave it out',
      );
    }
  }
  const { wiring = [], port } = given;
  if (new Set(wiring).size < wiring.length)
    complain('wiring', 'names a channel twice', 'Give each element a channel of its own');
  if (driver === 'iio-adar1000' && port !== 'emulated' && !port.startsWith('iio:')) {
    complain(
      'port',
      'must name an iiod, such as iio:10.0.0.7',
      'Write iio:HOST, or iio:HOST:PORT; emulated for an emulated one',
    );
  }
  if (driver !== 'iio-adar1000' && port.startsWith('iio:')) {
    complain('port', 'names an iiod, which needs a driver', 'Add driver: iio-adar1000');
  }
  if (driver === 'native') {
    for (const key of ['trust', 'hostJitter'] as const) {
      if (given[key] !== undefined)
        complain(
          key,
          'is of boards whose slots this machine keeps; one with the firmware latches by its own clock',
          'Leave it out, or name a driver',
        );
    }
    return;
  }
  for (const key of ['tiles', 'alignment'] as const) {
    if (given[key] !== undefined)
      complain(
        key,
        'is of boards with the firmware, whose slot clocks can be aligned',
        'Leave it out, or leave driver out',
      );
  }
}
