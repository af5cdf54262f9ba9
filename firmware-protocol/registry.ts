/** Every message of the protocol, listed by hand: a new message is a new file and a new line here. */

import type { MessageDefinition, MessageOf, Sender } from './layout.js';
import { Ack } from './messages/ack.js';
import { Arm, ArmResult } from './messages/arm.js';
import { Fault } from './messages/fault.js';
import { Hello, Welcome } from './messages/hello.js';
import { LoadCodeword, LoadCodewordResult } from './messages/load-codeword.js';
import { LoadFoci, LoadFociResult } from './messages/load-foci.js';
import { LoadSplits, LoadSplitsResult } from './messages/load-splits.js';
import { Mute, MuteResult } from './messages/mute.js';
import { MemoryContents, QueryMemory } from './messages/query-memory.js';
import { QueryReceipts, QueryReceiptsResult } from './messages/query-receipts.js';
import { QueueSlots, QueueSlotsResult } from './messages/queue-slots.js';
import { ClockReading, ReadClock } from './messages/read-clock.js';
import { LineDelays, ReadLines } from './messages/read-lines.js';
import { Receipts } from './messages/receipts.js';
import { Refused } from './messages/refused.js';
import { CorrectionsResult, SetCorrections } from './messages/set-corrections.js';
import { GeometryResult, SetGeometry } from './messages/set-geometry.js';
import { Stop, StopResult } from './messages/stop.js';
import { ReadTelemetry, Telemetry } from './messages/telemetry.js';

export const MESSAGES = [
  Hello,
  LoadCodeword,
  QueryMemory,
  QueueSlots,
  Arm,
  Stop,
  Mute,
  ReadClock,
  QueryReceipts,
  ReadTelemetry,
  ReadLines,
  SetGeometry,
  SetCorrections,
  LoadFoci,
  LoadSplits,
  Ack,
  Welcome,
  LoadCodewordResult,
  MemoryContents,
  QueueSlotsResult,
  ArmResult,
  StopResult,
  MuteResult,
  ClockReading,
  QueryReceiptsResult,
  Telemetry,
  LineDelays,
  GeometryResult,
  CorrectionsResult,
  LoadFociResult,
  LoadSplitsResult,
  Refused,
  Receipts,
  Fault,
] as const satisfies readonly MessageDefinition[];

/** Union of all message definitions. */
export type AnyMessage = (typeof MESSAGES)[number];
export type MessageName = AnyMessage['name'];
export type DefinitionOf<N extends MessageName> = Extract<AnyMessage, { readonly name: N }>;
/** Payload type by message name. */
export type PayloadOf<N extends MessageName> = MessageOf<DefinitionOf<N>>;
/** Names of the messages that `S` may send. */
export type NameFrom<S extends Sender> = Extract<AnyMessage, { readonly sender: S | 'either' }>['name'];

/** Names of the host's reliable messages: requests that the board carries out in order and answers once (SPEC 6). */
export type RequestName = Extract<AnyMessage, { readonly sender: 'host'; readonly reliable: true }>['name'];
/** Names of the host's datagrams within a session, which the board answers with a datagram. */
export type QuestionName = Exclude<
  Extract<AnyMessage, { readonly sender: 'host'; readonly reliable: false }>['name'],
  'Hello'
>;
/** Name of the message that answers a request or a question: without a declared response, this does not compile. */
export type ResponseName<N extends RequestName | QuestionName> = DefinitionOf<N>['response']['name'];

const byType = new Map<number, AnyMessage>(MESSAGES.map((message) => [message.type, message]));
const byName = new Map<string, AnyMessage>(MESSAGES.map((message) => [message.name, message]));

export function messageByType(type: number): AnyMessage | undefined {
  return byType.get(type);
}

/** Throws RangeError for a name that is not in the registry (only possible past the type checker). */
export function messageByName<N extends MessageName>(name: N): DefinitionOf<N> {
  const definition = byName.get(name);
  if (definition === undefined) throw new RangeError(`no message is called ${name}`);
  return definition as DefinitionOf<N>;
}

/** Name of the message that the request's or question's own file declares as its response. */
export function responseTo<N extends RequestName | QuestionName>(name: N): ResponseName<N> {
  const { response } = messageByName<RequestName | QuestionName>(name);
  return response.name as ResponseName<N>;
}

/**
 * Whether a frame of this type is numbered and acknowledged. Types that this version does not know are reliable unless
 * bit 6 is set (SPEC 5.1), so that a newer sender's messages are acknowledged and refused, not sent forever.
 */
export function isReliableType(type: number): boolean {
  return byType.get(type)?.reliable ?? (type & 0x40) === 0;
}
