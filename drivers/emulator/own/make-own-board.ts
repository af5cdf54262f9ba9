/** From what an own board is made from to the board and its plug. */
import { parseTemplate } from '../../template/template-file.js';
import type { AirSlot } from '../emulated-board.js';
import { makePlug, type PlugKind } from '../plug.js';
import type { PrivateDirectory } from '../private-directory.js';
import { IioBoard } from './iio/iio-board.js';
import type { OwnBoard, OwnBoardConfig } from './own-board.js';
import { TemplateBoard } from './template-board.js';

/** What it tells. */
export interface OwnBoardEvents {
  readonly onAir: (piece: AirSlot) => void;
  /** The host sent bytes. */
  readonly onBytes: (count: number) => void;
}

/** @param at where the board can be reached; an iiod is on TCP whatever it says, and takes its address from it. */
export async function makeOwnBoard(
  config: OwnBoardConfig,
  at: PlugKind,
  directory: PrivateDirectory,
  { onAir, onBytes }: OwnBoardEvents,
): Promise<OwnBoard> {
  const { serialNumber, rf, faults, replies, seed } = config;
  if (config.kind === 'iio') {
    const { numElements, wiring } = config;
    const where = at.kind === 'tcp' ? { host: at.host, port: at.port } : {};
    const board = new IioBoard({
      ...where,
      numElements,
      wiring,
      serialNumber,
      rf,
      replies,
      seed,
      onAir,
      onBytes,
    });
    return {
      get path() {
        return board.path;
      },
      environment: {},
      numElements,
      plug: () => board.plug(),
      unplug: () => board.unplug(),
      trigger: () => {},
      stall: (durationS) => board.stall(durationS),
      reset: () => board.reset(),
    };
  }
  const template = parseTemplate(config.text, config.file);
  const { plug, environment } = await makePlug(at, 0, serialNumber, directory, (chunk) => {
    board.receive(chunk);
    onBytes(chunk.length);
  });
  const board = new TemplateBoard({
    ...{ template, serialNumber, rf, faults, replies, seed, onAir },
    toHost: (chunk) => plug.write(chunk),
    onBacklog: (full) => plug.setPaused(full),
  });
  return {
    get path() {
      return plug.path;
    },
    environment,
    numElements: template.numElements,
    plug: () => plug.plug(),
    unplug: () => {
      board.unplug();
      plug.unplug();
    },
    trigger: () => board.trigger(),
    stall: (durationS) => board.stall(durationS),
    reset: () => board.reset(),
  };
}
