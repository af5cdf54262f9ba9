/**
 * The emulated iiod against libiio's own programs of Debian (package libiio-utils), and the driver of ADAR1000s against it.
 */
import { execFile, spawnSync } from 'node:child_process';
import { promisify } from 'node:util';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { Adar1000Driver } from '../../drivers/boards/iio/adar1000-driver.js';
import { readContext } from '../../drivers/boards/iio/iio-context.js';
import { iioTransport } from '../../drivers/boards/iio/iio-port.js';
import { IioBoard, type IioBoardOptions } from '../../drivers/emulator/own/iio/iio-board.js';
import { BeamloopError } from '../../src/core/errors.js';

const run = promisify(execFile);
const boards: IioBoard[] = [];
const drivers: Adar1000Driver[] = [];
afterEach(async () => {
  for (const driver of drivers.splice(0)) await driver.close();
  for (const board of boards.splice(0)) board.close();
});

const IN_ORDER = [0, 1, 2, 3, 4, 5, 6, 7];
async function iioBoard(options: Partial<IioBoardOptions> = {}) {
  const board = new IioBoard({ numElements: 8, serialNumber: 'IIO-7', wiring: IN_ORDER, ...options });
  boards.push(board);
  await board.plug();
  return board;
}

function driverOf(board: IioBoard, options: Partial<ConstructorParameters<typeof Adar1000Driver>[0]> = {}) {
  const driver = new Adar1000Driver({
    transport: iioTransport(board.path),
    numElements: 8,
    answerS: 1e-3,
    ...options,
  });
  drivers.push(driver);
  return driver;
}

/** Throws where they are missing: a server that nobody asked was not tested. */
function requireLibiio(): void {
  if (spawnSync('iio_info', ['--version']).error === undefined) return;
  throw new Error('iio_info cannot be run: apt-get install libiio-utils (the emulated iiod is asked by it)');
}

describe('Debian’s iio_info and iio_attr', () => {
  beforeAll(requireLibiio);
  const uri = (board: IioBoard) => board.path.replace(/^iio:/, 'ip:');
  const attr = async (board: IioBoard, ...args: string[]) =>
    (await run('iio_attr', ['-u', uri(board), ...args])).stdout.trim();

  it('list two chips with four channels each, their attributes and values', async () => {
    const board = await iioBoard();
    const { stdout } = await run('iio_info', ['-u', uri(board)]);
    expect(stdout).toMatch(/IIO context has 2 devices/);
    expect(stdout).toMatch(/hw_serial: IIO-7/);
    expect(stdout.match(/voltage\d: {2}\(output\)/g)).toHaveLength(8);
    expect(stdout.match(/phase value: 0\.000000/g)).toHaveLength(8);
    expect(stdout.match(/hardwaregain value: 127/g)).toHaveLength(8);
    expect(stdout.match(/No trigger on this device/g)).toHaveLength(2);
    expect(stdout).toMatch(/tx_en value: 1/);
    // It cannot be read, as at the real one.
    expect(stdout).toMatch(/tx_load_spi ERROR: Permission denied/);
  });

  it('set a phase, which is radiated when the chip loads it', async () => {
    const board = await iioBoard();
    expect(await attr(board, '-c', 'adar1000_1', 'voltage2', 'phase', '22.5')).toBe('22.500000');
    expect([...board.state.phaseCode]).toEqual([0, 0, 0, 0, 0, 0, 0, 0]);
    // iio_attr reads back what it wrote, which nobody can of this one.
    await attr(board, '-d', 'adar1000_1', 'tx_load_spi', '1').catch(() => {});
    expect([...board.state.phaseCode]).toEqual([0, 0, 0, 0, 0, 0, 8, 0]);
    await expect(attr(board, '-c', 'adar1000_0', 'voltage0', 'phase', 'north')).rejects.toMatchObject({
      stdout: expect.stringMatching(/Invalid argument/),
    });
    expect(await attr(board, '-c', 'adar1000_0', 'voltage3', 'powerdown', '1')).toBe('1');
    expect(board.state.amplitudeCode![3]).toBe(0);
  });

  it('keep positions in the beam memory and load them', async () => {
    const board = await iioBoard();
    await attr(board, '-d', 'adar1000_0', 'beam_mem_enable', '1');
    expect(await attr(board, '-c', 'adar1000_0', 'voltage1', 'beam_pos_save', '5, 0, 100, 45.0')).toBe(
      '5, 0, 100, 45.000000',
    );
    expect(await attr(board, '-c', 'adar1000_0', 'voltage1', 'beam_pos_load', '5')).toBe('5');
    expect([board.state.phaseCode[1], board.state.amplitudeCode![1]]).toEqual([16, 100]);
    await expect(attr(board, '-c', 'adar1000_0', 'voltage1', 'beam_pos_load', '121')).rejects.toMatchObject({
      stdout: expect.stringMatching(/Invalid argument/),
    });
  });
});

const settings = (first: number) => ({
  phaseCode: Uint16Array.from({ length: 8 }, (_, n) => (first + 9 * n) % 128),
  amplitudeCode: null,
  delayCode: null,
  lineCode: null,
});

describe('the driver of ADAR1000s', () => {
  it('writes phases to the channels that its wiring names, and loads them when they are applied', async () => {
    const wiring = [6, 7, 4, 5, 2, 3, 0, 1];
    const board = await iioBoard({ wiring });
    const driver = driverOf(board, { wiring });
    expect(await driver.open(() => {})).toMatchObject({
      serialNumber: 'IIO-7',
      model: 'emulated ADAR1000 array',
    });
    for (let first = 0; first < 128; first += 17) {
      const wanted = settings(first);
      expect(await driver.write(wanted)).toBe('acknowledged');
      expect(await driver.apply()).toBe('acknowledged');
      expect([...board.state.phaseCode]).toEqual([...wanted.phaseCode]);
    }
    expect(await driver.mute(true)).toBe('acknowledged');
    expect([...board.state.amplitudeCode!]).toEqual([0, 0, 0, 0, 0, 0, 0, 0]);
  });

  it('refuses what is not the array: other chips, other channels, and what is no iiod', async () => {
    const board = await iioBoard();
    await expect(driverOf(board, { numElements: 16 }).open(() => {})).rejects.toMatchObject({
      code: 'BOARD_MISMATCH',
    });
    const deaf = await iioBoard({ replies: { lost: 1, garbled: 0, late: 0, lateBy: 1, wrongChecksum: 0 } });
    await expect(driverOf(deaf, { timeoutS: 0.1 }).open(() => {})).rejects.toMatchObject({
      code: 'NOT_A_BOARD',
    });
    const mad = await iioBoard({ replies: { lost: 0, garbled: 1, late: 0, lateBy: 1, wrongChecksum: 0 } });
    await expect(driverOf(mad, { timeoutS: 0.1 }).open(() => {})).rejects.toMatchObject({
      code: 'NOT_A_BOARD',
    });
  });

  it('gives the connection up, once, when an answer does not come: the next one could be taken for it', async () => {
    const board = await iioBoard();
    const driver = driverOf(board, { timeoutS: 0.2 });
    const lost: string[] = [];
    await driver.open((reason) => lost.push(reason));
    board.stall(60);
    const failure = await driver.write(settings(1)).catch((error: BeamloopError) => error);
    expect(failure).toMatchObject({ code: 'BOARD_SILENT' });
    expect(lost).toHaveLength(1);
    await expect(driver.apply()).rejects.toMatchObject({ code: 'PORT_FAILED' });
    expect(lost).toHaveLength(1);
  });

  it('tells what iiod refuses, by the name that Linux gives it', async () => {
    const board = await iioBoard();
    const driver = driverOf(board);
    await driver.open(() => {});
    const beyond = { ...settings(0), phaseCode: Uint16Array.from({ length: 8 }, () => 65_535) };
    // 184 thousand degrees are some turns more, which the chip's driver takes.
    await expect(driver.write(beyond)).resolves.toBe('acknowledged');
    board.unplug();
    await expect(driver.write(settings(0))).rejects.toMatchObject({ code: 'PORT_FAILED' });
  });
});

it('finds chips in a context whatever else is in it', () => {
  const xml =
    '<?xml version="1.0"?><!DOCTYPE context [<!ELEMENT device (channel)*><!ATTLIST device id CDATA #REQUIRED>]>' +
    '<context name="local"><context-attribute name="hw_serial" value="a&quot;b&#33;" />' +
    '<device id="iio:device0" name="ad9361"><channel id="voltage0" type="output"><attribute name="phase" /></channel></device>' +
    '<device id="iio:device4" name="adar1000" label="BEAM10"><channel id="temp0" type="input"><attribute name="raw" /></channel>' +
    '<channel id="voltage0" type="input"><attribute name="phase" /></channel><channel id="voltage0" type="output"><attribute name="phase" /></channel>' +
    '<attribute name="tx_load_spi" /></device>' +
    '<device id="iio:device2" name="adar1000" label="BEAM2"><channel id="voltage1" type="output"><attribute name="phase" filename="x" /></channel><attribute name="tx_load_spi" /></device></context>';
  expect(readContext(xml)).toEqual({
    attributes: { hw_serial: 'a"b!' },
    devices: ['ad9361', 'BEAM10', 'BEAM2'],
    chips: [
      { id: 'iio:device2', name: 'BEAM2', channels: ['voltage1'] },
      { id: 'iio:device4', name: 'BEAM10', channels: ['voltage0'] },
    ],
  });
  expect(readContext('<html>').chips).toEqual([]);
});

it('names ports of iiod', () => {
  expect(iioTransport('iio:10.0.0.7').name).toBe('iio:10.0.0.7');
  expect(iioTransport('iio:[::1]:4000').name).toBe('iio:[::1]:4000');
  for (const wrong of ['iio:', '10.0.0.7', 'iio:a b', 'iio:host:99999']) {
    expect(() => iioTransport(wrong)).toThrow(BeamloopError);
  }
});
