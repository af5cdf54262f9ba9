/** From what an own board is made from to the board. */
import { parseTemplate } from '../../template/template-file.js';
import type { OwnBoard, OwnBoardConfig, OwnBoardPorts } from './own-board.js';
import { TemplateBoard } from './template-board.js';

export function numElementsOf(config: OwnBoardConfig): number {
  return parseTemplate(config.text, config.file).numElements;
}

export function makeOwnBoard(config: OwnBoardConfig, ports: OwnBoardPorts): OwnBoard {
  const { serialNumber, rf, faults, replies, seed } = config;
  const template = parseTemplate(config.text, config.file);
  return new TemplateBoard({ template, serialNumber, rf, faults, replies, seed, ...ports });
}
