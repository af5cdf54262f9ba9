/** What a UE does wrong is told to it in words, and to whoever waits for it: on the terminal, in the error and in the report. */
import { afterEach, describe, expect, it } from 'vitest';
import type { BridgeEvent, UeBridge } from '../../src/bridge/bridge.js';
import { startBridge } from '../../src/bridge/server.js';
import { encodePowerMessage } from '../../src/bridge/wire.js';
import { interruptionSentence } from '../../src/campaign/interruptions.js';
import { gaveUp } from '../../src/slots/gave-up.js';
import { PATIENCE_S } from '../fixtures/patience.js';
import { RawUe } from './raw-ue.js';

const bridges: UeBridge[] = [];
afterEach(async () => {
  for (const bridge of bridges.splice(0)) await bridge.close();
});

/** A UE of two subcarriers that was asked for slots 10 to 12. */
async function asked(description: object = {}) {
  const events: BridgeEvent[] = [];
  const bridge = await startBridge({ onEvent: (event) => events.push(event) });
  bridges.push(bridge);
  const { ue } = await RawUe.welcomed(bridge.url, {
    description: { model: 'raw', software: 'test', numSubcarriers: 2, ...description },
  });
  const measured = bridge.measure('ue-1', [10, 11, 12], PATIENCE_S);
  const { request } = await ue.next('measure');
  ue.say({ type: 'measuring', request });
  await measured;
  return { bridge, ue, events };
}

const record = (slot: number, powers = [1, 2], noiseFloor = 0.25) =>
  encodePowerMessage([
    { sequence: slot - 9, slot, ueTimeS: 1, noiseFloor, powers: Float32Array.from(powers) },
  ]);

describe('a UE that sends', () => {
  const mistakes: [string, (ue: RawUe) => void, RegExp, RegExp][] = [
    ['dB', (ue) => ue.socket.send(record(10, [-60.5, -61])), /negative power .*-60.5.*dB/, /10\^\(dB\/10\)/],
    [
      'noise in dBm',
      (ue) => ue.socket.send(record(10, [1, 2], -90)),
      /negative noise floor .*-90.*dBm/,
      /10\^/,
    ],
    ['NaN', (ue) => ue.socket.send(record(10, [Number.NaN, 2])), /no finite number .*NaN/, /finite linear/],
    [
      'infinity',
      (ue) => ue.socket.send(record(10, [1, Number.NEGATIVE_INFINITY])),
      /no finite number .*-Infinity/,
      /finite linear/,
    ],
    [
      'JSON',
      (ue) => ue.say({ type: 'power', slot: 10, powers: [1, 2] }),
      /text message of type "power"/,
      /binary messages, never as JSON/,
    ],
    [
      'slots that nobody asked for',
      (ue) => ue.socket.send(record(13)),
      /slot 13, .*not asked.*10 to 12/,
      /measure request/,
    ],
    [
      'another number of subcarriers',
      (ue) => ue.socket.send(record(10, [1, 2, 3])),
      /3 subcarriers.*said 2/,
      /numSubcarriers/,
    ],
    ['bytes of another kind', (ue) => ue.socket.send(new Uint8Array(40)), /wrong-magic/, /Power messages/],
  ];

  it.each(mistakes)(
    '%s is told so at the first message, and the operator reads the same',
    async (_, act, what, todo) => {
      const { bridge, ue, events } = await asked();
      act(ue);
      const notice = await ue.next('notice');
      expect(notice.message).toMatch(what);
      expect(notice.todo).toMatch(todo);
      act(ue);
      ue.say({ type: 'time', ueTimeS: 1 });
      await ue.next('time');
      expect(ue.received.filter(({ type }) => type === 'notice')).toEqual([]);

      const event = events.find(({ kind }) => kind === 'malformed' || kind === 'remarked')!;
      expect(event).toMatchObject({ reason: expect.stringMatching(what), todo: expect.stringMatching(todo) });
      const { kind, ...detail } = event;
      expect(interruptionSentence(`ue ${kind}`, detail)).toMatch(what);
      const error = gaveUp('ue-1', 2, 'no-power', false, null, bridge.complaint('ue-1'));
      expect(error).toMatchObject({ code: 'UE_SILENT', todo: expect.stringMatching(todo) });
      expect(error.what).toMatch(what);
    },
  );

  it('powers at the full scale that it named has them counted, and is told', async () => {
    const { bridge, ue, events } = await asked({ fullScale: 0.1 });
    ue.socket.send(record(10, [0.01, 0.02]));
    ue.socket.send(record(11, [0.01, 0.1]));
    ue.socket.send(record(12, [0.1, 0.1]));
    expect((await ue.next('notice')).message).toMatch(/full scale of 0.1 in slot 11/);
    await expect.poll(() => bridge.statistics()[0]).toMatchObject({ saturated: 2, notAsked: 0 });
    expect(events.filter(({ kind }) => kind === 'remarked')).toMatchObject([{ code: 'saturated' }]);
  });

  it('nothing wrong hears nothing', async () => {
    const { bridge, ue, events } = await asked({ fullScale: 3 });
    for (const slot of [10, 11, 12]) ue.socket.send(record(slot));
    await expect.poll(() => bridge.statistics()[0]!.recordsReceived).toBe(3);
    expect(bridge.complaint('ue-1')).toBeNull();
    expect(events.map(({ kind }) => kind)).toEqual(['connected']);
  });
});

it('a UE that says nothing wrong and nothing at all is not blamed for more than that', () => {
  expect(gaveUp('ue-1', 2, 'no-power', false, null, null).what).toMatch(
    /reported no power for a slot, 2 times/,
  );
});
