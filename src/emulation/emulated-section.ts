/** What a scenario says about an emulated board: the `board.emulated` section. */
import { z } from 'zod';
import type { BoardDescription } from '../../drivers/array-board.js';
import {
  type BoardModel,
  DEFAULT_BOARD,
  elementFormat,
  wholeFemtoseconds,
} from '../../drivers/emulator/board-model.js';
import { NO_FAULTS } from '../../drivers/emulator/faults/fault-plan.js';
import { faultsSchema } from '../../drivers/emulator/faults/fault-schema.js';
import { repliesSchema } from '../../drivers/emulator/own/reply-faults.js';
import type { PlugKind } from '../../drivers/emulator/plug.js';
import { IDEAL_RF, type RfImpairments } from '../../drivers/emulator/rf.js';
import { PROTOCOL_VERSION } from '../../firmware-protocol/messages/hello.js';
import type { Bounds } from '../core/bounds.js';
import { BeamloopError } from '../core/errors.js';
import { upTo, upToEitherWay, within, zeroTo } from '../core/settings-quantity.js';
import { linesSchema } from './fixed-lines.js';

/** The port of a board that is emulated. */
export const EMULATED = 'emulated';

/** The wire has 32 bits for it. */
const CLOCK_RATE: Bounds = { unit: 'Hz', least: 1e3, most: 2 ** 32 - 1 };

/** The wire has a byte for its length. */
const fitsText8 = (text: string) => Buffer.byteLength(text) <= 255;
const TOO_LONG = 'must have at most 255 bytes in UTF-8';

const bits = z.int().min(0).max(16);
/** A board tells its delays in femtoseconds: that of one code with 32 bits, its range with 64. */
const SHORTEST_DELAY_S = 1e-15;
const MAX_DELAY_LSB = '4.29 us';
const MAX_DELAY_RANGE = '18446 s';
/** A codeword on the wire has a phase for every element. */
const phaseBits = z.int().min(1).max(16);
/** Rms over elements. */
const phaseSpread = zeroTo('360 deg', 'rad').default(0);
const levelSpread = zeroTo('100 dB', 'dB').default(0);
const delaySpread = zeroTo('1 us', 's').default(0);

const impairments = z
  .strictObject({
    phaseError: phaseSpread,
    amplitudeError: levelSpread,
    delayError: delaySpread,
    lineError: delaySpread,
    /** What a delay costs for every ns, and what the switches of fixed lines cost. */
    insertionLoss: z.strictObject({ perNs: levelSpread, switch: levelSpread }).prefault({}),
    /** Elements that do not radiate, counted from 1. */
    deadElements: z.array(z.int().min(1)).default([]),
    deadRate: z.number().min(0).max(1).default(0),
    /** Elements whose phase shifter stays at one code, counted from 1. */
    stuckElements: z.array(z.int().min(1)).default([]),
    /** Of each phase code of each element. */
    codePhaseError: phaseSpread,
    codeAmplitudeError: levelSpread,
    /** Relative, of what adjustable delays add. */
    delayGainError: z.number().min(0).max(1).default(0),
    /** Phase for every kelvin above 41.5 °C. */
    driftPerK: phaseSpread,
    /** What neighbours radiate of an element's signal; on boards without delays. */
    coupling: z
      .strictObject({
        level: upToEitherWay('100 dB', 'dB').refine((level) => level < 0, 'must be below 0 dB'),
        phase: upToEitherWay('360 deg', 'rad').default(0),
      })
      .optional(),
  })
  .transform((given) => ({
    phaseErrorRmsRad: given.phaseError,
    amplitudeErrorRmsDb: given.amplitudeError,
    delayErrorRmsS: given.delayError,
    lineErrorRmsS: given.lineError,
    delayLossDbPerS: given.insertionLoss.perNs * 1e9,
    switchLossDb: given.insertionLoss.switch,
    deadElements: given.deadElements.map((element) => element - 1),
    deadRate: given.deadRate,
    stuckElements: given.stuckElements.map((element) => element - 1),
    codePhaseErrorRmsRad: given.codePhaseError,
    codeAmplitudeErrorRmsDb: given.codeAmplitudeError,
    delayGainErrorRms: given.delayGainError,
    phaseDriftRmsRadPerK: given.driftPerK,
    coupling: given.coupling && {
      amplitude: 10 ** (given.coupling.level / 20),
      phaseRad: given.coupling.phase,
    },
  }));

/** Parts per million. */
const clockDriftPpm = z.number().min(-1000).max(1000);

/** Schema of the section; every key has a default. */
export const emulatedSection = z
  .strictObject({
    serialNumber: z.string().min(1).refine(fitsText8, TOO_LONG).default(DEFAULT_BOARD.serialNumber),
    phaseBits: phaseBits.default(DEFAULT_BOARD.phaseBits),
    delayBits: bits.default(DEFAULT_BOARD.delayBits),
    delayLsb: zeroTo(MAX_DELAY_LSB, 's').default(DEFAULT_BOARD.delayLsbS),
    /** Largest adjustable delay; that of the highest code unless given. */
    delayRange: upTo(MAX_DELAY_RANGE, 's').optional(),
    /** Fixed switched lines. */
    lines: linesSchema.optional(),
    amplitudeBits: bits.default(DEFAULT_BOARD.amplitudeBits),
    /** Codewords that the memory holds. */
    memoryDepth: z.int().min(1).max(65_535).default(DEFAULT_BOARD.memoryDepth),
    /** Slots that can be queued ahead. */
    queueDepth: z.int().min(1).max(65_535).default(DEFAULT_BOARD.queueDepth),
    switchTime: upTo('1 s', 's').default(DEFAULT_BOARD.switchTimeS),
    clockRate: within(CLOCK_RATE)
      .pipe(z.int('must be a whole number of Hz'))
      .default(DEFAULT_BOARD.clockRateHz),
    /** Parts per million by which the board's clock runs fast; with --realtime only. */
    clockDriftPpm: clockDriftPpm.default(0),
    impairments: impairments.prefault({}),
    /** Of the board, degrees Celsius. */
    temperatureC: z.number().min(-60).max(150).default(DEFAULT_BOARD.temperatureC),
    faults: faultsSchema.default(NO_FAULTS),
    /** What happens to the answers of a board that speaks its own language. */
    replies: repliesSchema.optional(),
    /** Where a run reaches it. Unless given, a pseudo-terminal in real time, and on virtual time in the run's own process. */
    at: z.enum(['pty', 'tcp', 'usb']).optional(),
    /** Of several boards, what is otherwise with some; by their number from 1. */
    tiles: z
      .record(
        z.string().regex(/^[1-9]\d?$/, 'must be the number of a board, from 1'),
        z.strictObject({
          clockDriftPpm: clockDriftPpm.optional(),
          faults: faultsSchema.optional(),
        }),
      )
      .default({}),
  })
  .superRefine(({ delayBits, delayLsb, delayRange }, context) => {
    if (delayBits === 0) return;
    for (const [key, delayS] of Object.entries({ delayLsb, delayRange })) {
      if (delayS === undefined || delayS >= SHORTEST_DELAY_S) continue;
      context.addIssue({
        code: 'custom',
        path: [key],
        message: 'must be at least 1 fs, as a board tells its delays, when there are delay bits',
      });
    }
  })
  .prefault({});

export type EmulatedSection = z.output<typeof emulatedSection>;

/**
 * The board that the section describes, for an array of so many elements at this baud rate.
 *
 * @param delayLinesS its fixed lines, as `lineTable` makes them of the section's `lines`.
 */
export function boardModel(
  section: EmulatedSection,
  numElements: number,
  baud: number,
  delayLinesS: readonly Float64Array[] | null,
): BoardModel {
  const { deadElements, stuckElements } = section.impairments;
  requireElements(deadElements, numElements, { what: 'dead', key: 'deadElements' });
  requireElements(stuckElements, numElements, { what: 'stuck', key: 'stuckElements' });
  requireNoDelays(section);
  return {
    ...DEFAULT_BOARD,
    serialNumber: section.serialNumber,
    numElements,
    phaseBits: section.phaseBits,
    delayBits: section.delayBits,
    delayLsbS: section.delayLsb,
    delayRangeS: section.delayRange ?? null,
    delayLinesS,
    amplitudeBits: section.amplitudeBits,
    memoryDepth: section.memoryDepth,
    queueDepth: section.queueDepth,
    switchTimeS: section.switchTime,
    clockRateHz: section.clockRate,
    temperatureC: section.temperatureC,
    baud,
  };
}

/** @param elements from 0. */
function requireElements(
  elements: readonly number[],
  numElements: number,
  { what, key }: { readonly what: string; readonly key: string },
): void {
  const beyond = elements.find((element) => element >= numElements);
  if (beyond === undefined) return;
  throw new BeamloopError('SCENARIO_INVALID', {
    what: `Element ${beyond + 1} cannot be ${what}: the array has ${numElements}`,
    where: `board.emulated.impairments.${key}`,
    todo: `Name elements from 1 to ${numElements}`,
  });
}

/** An element with its neighbours' signals in it has no one delay. */
function requireNoDelays({ impairments, delayBits, lines }: EmulatedSection): void {
  if (impairments.coupling === undefined || (delayBits === 0 && lines === undefined)) return;
  throw new BeamloopError('SCENARIO_INVALID', {
    what: 'Coupling of neighbours is emulated on boards without delays alone; this one can delay',
    where: 'board.emulated.impairments.coupling',
    todo: 'Leave out the coupling, or delayBits and lines',
  });
}

/** What the board will say about itself. */
export function describeModel(model: BoardModel): BoardDescription {
  const {
    temperatureC: _temperature,
    supplyV: _supply,
    baud: _baud,
    ...described
  } = wholeFemtoseconds(model);
  return {
    ...described,
    protocolVersion: `${PROTOCOL_VERSION.major}.${PROTOCOL_VERSION.minor}`,
    lineBits: elementFormat(model).lineBits,
  };
}

/**
 * Where the section's boards can be reached.
 *
 * @throws BAD_ARGUMENT for USB where this program was not started with a bus: libusb looks for one when it is loaded.
 */
export function plugKindOf({ at = 'pty' }: EmulatedSection): PlugKind {
  if (at === 'pty') return { kind: 'pty' };
  if (at === 'tcp') return { kind: 'tcp', host: '127.0.0.1', port: 0 };
  const bus = process.env.BEAMLOOP_USB_BUS;
  if (bus !== undefined) return { kind: 'usb', bus };
  throw new BeamloopError('BAD_ARGUMENT', {
    what: 'This program was not started with an emulated USB bus',
    where: 'board.emulated.at',
    todo: 'Run beamloop emulate-board --at usb beside it, and start this as that prints',
  });
}

/**
 * How the array's elements differ from ideal ones.
 *
 * @param columns of a planar array; null of a linear one.
 */
export function impairmentsOf(
  { impairments, temperatureC }: EmulatedSection,
  seed: number,
  columns: number | null,
): RfImpairments {
  const { coupling } = impairments;
  return {
    ...{ ...IDEAL_RF, ...impairments, seed },
    warmerK: temperatureC - DEFAULT_BOARD.temperatureC,
    coupling: coupling === undefined ? null : { ...coupling, columns },
  };
}
