/** Every port of this machine that may have a board, and what the boards say. */
import { readBoardState } from '../../../drivers/boards/board-state.js';
import { listPorts } from '../../../drivers/transports/discovery.js';
import type { PortHolder } from '../../../drivers/transports/port-holders.js';
import { findUsbDevices } from '../../../drivers/transports/usb-devices.js';
import { usbDeviceName } from '../../../drivers/transports/usb-ids.js';
import { BeamloopError } from '../../core/errors.js';
import type { CommandContext } from '../command.js';
import { holderInWords, holdersOf, type LineArguments, withBoard } from './board-options.js';

export type ListedBoard =
  | {
      readonly port: string;
      readonly state: 'board';
      readonly model: string;
      readonly serialNumber: string;
      readonly firmware: string;
      readonly numElements: number;
    }
  /** Another program has it open: nobody asked. */
  | { readonly port: string; readonly state: 'held'; readonly holders: readonly PortHolder[] }
  | { readonly port: string; readonly state: 'failed'; readonly code: string; readonly why: string };

export interface Listing {
  readonly boards: readonly ListedBoard[];
  /** Kinds of ports that could not be looked at. */
  readonly warnings: readonly string[];
}

/**
 * Asks all at once: serial ports with USB ids, USB devices that may be boards and are not a serial port, and `more` ports.
 * A port that another program of this machine has open is not opened.
 */
export async function listBoards(
  more: readonly string[],
  line: LineArguments,
  context: CommandContext,
): Promise<Listing> {
  const warnings: string[] = [];
  const orWarn = (error: unknown) => {
    if (!(error instanceof BeamloopError)) throw error;
    warnings.push(error.message);
    return [];
  };
  const serial = listPorts().then((ports) =>
    ports.filter(({ vendorId }) => vendorId !== null).map(({ path }) => path),
  );
  const usb = findUsbDevices().then((devices) =>
    devices.filter(({ hasKernelDriver }) => !hasKernelDriver).map(usbDeviceName),
  );
  const ports = [...(await serial.catch(orWarn)), ...(await usb.catch(orWarn)), ...more];
  const boards = await Promise.all([...new Set(ports)].map((port) => ask(port, line, context)));
  return { boards, warnings };
}

async function ask(port: string, line: LineArguments, context: CommandContext): Promise<ListedBoard> {
  try {
    const holders = await holdersOf(port);
    if (holders.length > 0) return { port, state: 'held', holders };
    const { description } = await withBoard({ ...line, port }, context, (board) =>
      readBoardState(board, context.signal),
    );
    const { model, serialNumber, firmware, numElements } = description;
    return { port, state: 'board', model, serialNumber, firmware, numElements };
  } catch (error) {
    if (context.signal.aborted || !(error instanceof BeamloopError)) throw error;
    return { port, state: 'failed', code: error.code, why: error.what };
  }
}

export function stateInWords(board: ListedBoard): string {
  if (board.state === 'board') return 'answers';
  if (board.state === 'held') return `held by ${board.holders.map(holderInWords).join(', ')}: not asked`;
  return `${board.why} [${board.code}]`;
}
