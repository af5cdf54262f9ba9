import type { Command } from '../command.js';
import { recordingGet } from '../recordings/get.js';
import { recordingList } from '../recordings/list.js';
import { recordingPut } from '../recordings/put.js';
import { recordingRemove } from '../recordings/remove.js';

/** `beamloop recording put|get|list|remove`: recordings in the object store of a NATS server. */
export const recordingCommand: Command = (yargs, context) =>
  yargs.command(
    'recording',
    'Put recordings into the object store of a NATS server, and get them',
    (builder) =>
      [recordingPut, recordingGet, recordingList, recordingRemove]
        .reduce((parser, add) => add(parser, context), builder)
        .demandCommand(1, 'Say what is to be done: put, get, list or remove')
        .example('$0 recording put recordings/first-light-20261121T120000Z --nats nats://lab:4222', '')
        .example('$0 recording get first-light-20261121T120000Z --nats nats://lab:4222', 'On another host'),
  );
