-- Wireshark dissector for the beam board protocol, version 1.2 (SPEC.md).
-- Made from the message declarations; do not change it by hand.
-- It reads what `beamloop ... --wire-log FILE` writes:
--   wireshark -X lua_script:beamloop.lua FILE

local bits = bit32 or bit or require("bit")
local beamloop = Proto("beamloop", "beamloop board protocol 1.2")

local status_names = { [0] = "ok", [1] = "unknownMessage", [2] = "malformed", [3] = "badIndex", [4] = "hashMismatch", [5] = "queueFull", [6] = "slotOrder", [7] = "notLoaded", [8] = "badTiming", [9] = "notArmed", [10] = "noCapability", [11] = "badCode" }
local receipt_names = { [0] = "latched", [1] = "late", [2] = "missed" }
local fault_names = { [1] = "watchdog", [2] = "latchMissed", [3] = "overTemperature", [4] = "underVoltage", [5] = "memory", [6] = "malformedMessage", [7] = "powerUp" }

local fields = {}
fields["type"] = ProtoField.uint8("beamloop.type", "Type", base.HEX)
fields["message"] = ProtoField.string("beamloop.message", "Message")
fields["session"] = ProtoField.uint16("beamloop.session", "Session", base.HEX)
fields["sequence"] = ProtoField.uint16("beamloop.sequence", "Sequence", base.DEC)
fields["crc"] = ProtoField.uint32("beamloop.crc", "CRC-32C", base.HEX)
fields["payload"] = ProtoField.bytes("beamloop.payload", "Payload")
fields["bad"] = ProtoField.string("beamloop.bad", "No frame")
fields["malformed"] = ProtoField.string("beamloop.malformed", "Malformed")
fields["Hello.magic"] = ProtoField.uint32("beamloop.Hello.magic", "magic", base.HEX)
fields["Hello.versionMajor"] = ProtoField.uint8("beamloop.Hello.versionMajor", "versionMajor", base.DEC)
fields["Hello.versionMinor"] = ProtoField.uint8("beamloop.Hello.versionMinor", "versionMinor", base.DEC)
fields["Hello.session"] = ProtoField.uint32("beamloop.Hello.session", "session", base.DEC)
fields["Hello.window"] = ProtoField.uint8("beamloop.Hello.window", "window (frames)", base.DEC)
fields["Hello.watchdogMs"] = ProtoField.uint16("beamloop.Hello.watchdogMs", "watchdogMs (ms)", base.DEC)
fields["LoadCodeword.index"] = ProtoField.uint16("beamloop.LoadCodeword.index", "index", base.DEC)
fields["LoadCodeword.offset"] = ProtoField.uint16("beamloop.LoadCodeword.offset", "offset (bytes)", base.DEC)
fields["LoadCodeword.last"] = ProtoField.uint8("beamloop.LoadCodeword.last", "last", base.DEC)
fields["LoadCodeword.hash"] = ProtoField.uint64("beamloop.LoadCodeword.hash", "hash", base.HEX)
fields["LoadCodeword.data"] = ProtoField.bytes("beamloop.LoadCodeword.data", "data")
fields["QueryMemory.firstIndex"] = ProtoField.uint16("beamloop.QueryMemory.firstIndex", "firstIndex", base.DEC)
fields["QueryMemory.count"] = ProtoField.uint16("beamloop.QueryMemory.count", "count", base.DEC)
fields["QueueSlots.entries"] = ProtoField.none("beamloop.QueueSlots.entries", "entries")
fields["QueueSlots.entries.slot"] = ProtoField.uint32("beamloop.QueueSlots.entries.slot", "slot", base.DEC)
fields["QueueSlots.entries.index"] = ProtoField.uint16("beamloop.QueueSlots.entries.index", "index", base.DEC)
fields["Arm.mode"] = ProtoField.uint8("beamloop.Arm.mode", "mode", base.DEC)
fields["Arm.firstSlot"] = ProtoField.uint32("beamloop.Arm.firstSlot", "firstSlot", base.DEC)
fields["Arm.startTicks"] = ProtoField.uint64("beamloop.Arm.startTicks", "startTicks (ticks)", base.DEC)
fields["Arm.slotTicks"] = ProtoField.uint32("beamloop.Arm.slotTicks", "slotTicks (ticks)", base.DEC)
fields["Mute.muted"] = ProtoField.uint8("beamloop.Mute.muted", "muted", base.DEC)
fields["ReadClock.token"] = ProtoField.uint32("beamloop.ReadClock.token", "token", base.DEC)
fields["QueryReceipts.firstSlot"] = ProtoField.uint32("beamloop.QueryReceipts.firstSlot", "firstSlot", base.DEC)
fields["QueryReceipts.count"] = ProtoField.uint16("beamloop.QueryReceipts.count", "count (slots)", base.DEC)
fields["ReadLines.line"] = ProtoField.uint16("beamloop.ReadLines.line", "line", base.DEC)
fields["ReadLines.firstElement"] = ProtoField.uint16("beamloop.ReadLines.firstElement", "firstElement", base.DEC)
fields["ReadLines.count"] = ProtoField.uint16("beamloop.ReadLines.count", "count (elements)", base.DEC)
fields["SetGeometry.arrayElements"] = ProtoField.uint16("beamloop.SetGeometry.arrayElements", "arrayElements", base.DEC)
fields["SetGeometry.firstElement"] = ProtoField.uint16("beamloop.SetGeometry.firstElement", "firstElement", base.DEC)
fields["SetGeometry.mirrored"] = ProtoField.uint8("beamloop.SetGeometry.mirrored", "mirrored", base.DEC)
fields["SetGeometry.carrierHz"] = ProtoField.double("beamloop.SetGeometry.carrierHz", "carrierHz (Hz)")
fields["SetGeometry.speedOfLight"] = ProtoField.double("beamloop.SetGeometry.speedOfLight", "speedOfLight (m/s)")
fields["SetGeometry.spacing"] = ProtoField.double("beamloop.SetGeometry.spacing", "spacing (m)")
fields["SetGeometry.spacingTurns"] = ProtoField.double("beamloop.SetGeometry.spacingTurns", "spacingTurns (wavelengths)")
fields["SetCorrections.kind"] = ProtoField.uint8("beamloop.SetCorrections.kind", "kind", base.DEC)
fields["SetCorrections.firstElement"] = ProtoField.uint16("beamloop.SetCorrections.firstElement", "firstElement", base.DEC)
fields["SetCorrections.values"] = ProtoField.none("beamloop.SetCorrections.values", "values")
fields["SetCorrections.values.value"] = ProtoField.double("beamloop.SetCorrections.values.value", "value (rad or s)")
fields["LoadFoci.entries"] = ProtoField.none("beamloop.LoadFoci.entries", "entries")
fields["LoadFoci.entries.index"] = ProtoField.uint16("beamloop.LoadFoci.entries.index", "index", base.DEC)
fields["LoadFoci.entries.hash"] = ProtoField.uint64("beamloop.LoadFoci.entries.hash", "hash", base.HEX)
fields["LoadFoci.entries.kind"] = ProtoField.uint8("beamloop.LoadFoci.entries.kind", "kind", base.DEC)
fields["LoadFoci.entries.corrected"] = ProtoField.uint8("beamloop.LoadFoci.entries.corrected", "corrected", base.DEC)
fields["LoadFoci.entries.a"] = ProtoField.double("beamloop.LoadFoci.entries.a", "a")
fields["LoadFoci.entries.b"] = ProtoField.double("beamloop.LoadFoci.entries.b", "b")
fields["LoadSplits.entries"] = ProtoField.none("beamloop.LoadSplits.entries", "entries")
fields["LoadSplits.entries.index"] = ProtoField.uint16("beamloop.LoadSplits.entries.index", "index", base.DEC)
fields["LoadSplits.entries.hash"] = ProtoField.uint64("beamloop.LoadSplits.entries.hash", "hash", base.HEX)
fields["LoadSplits.entries.corrected"] = ProtoField.uint8("beamloop.LoadSplits.entries.corrected", "corrected", base.DEC)
fields["LoadSplits.entries.line"] = ProtoField.uint16("beamloop.LoadSplits.entries.line", "line", base.DEC)
fields["LoadSplits.entries.phaseSin"] = ProtoField.double("beamloop.LoadSplits.entries.phaseSin", "phaseSin")
fields["LoadSplits.entries.phaseRing"] = ProtoField.double("beamloop.LoadSplits.entries.phaseRing", "phaseRing (1/m)")
fields["LoadSplits.entries.delaySin"] = ProtoField.double("beamloop.LoadSplits.entries.delaySin", "delaySin")
fields["LoadSplits.entries.delayRing"] = ProtoField.double("beamloop.LoadSplits.entries.delayRing", "delayRing (1/m)")
fields["LoadSplits.entries.shift"] = ProtoField.double("beamloop.LoadSplits.entries.shift", "shift (s)")
fields["Ack.next"] = ProtoField.uint16("beamloop.Ack.next", "next", base.DEC)
fields["Ack.bitmap"] = ProtoField.uint32("beamloop.Ack.bitmap", "bitmap", base.HEX)
fields["Welcome.versionMajor"] = ProtoField.uint8("beamloop.Welcome.versionMajor", "versionMajor", base.DEC)
fields["Welcome.versionMinor"] = ProtoField.uint8("beamloop.Welcome.versionMinor", "versionMinor", base.DEC)
fields["Welcome.session"] = ProtoField.uint32("beamloop.Welcome.session", "session", base.DEC)
fields["Welcome.resumed"] = ProtoField.uint8("beamloop.Welcome.resumed", "resumed", base.DEC)
fields["Welcome.bootId"] = ProtoField.uint32("beamloop.Welcome.bootId", "bootId", base.DEC)
fields["Welcome.window"] = ProtoField.uint8("beamloop.Welcome.window", "window (frames)", base.DEC)
fields["Welcome.numElements"] = ProtoField.uint16("beamloop.Welcome.numElements", "numElements", base.DEC)
fields["Welcome.phaseBits"] = ProtoField.uint8("beamloop.Welcome.phaseBits", "phaseBits (bits)", base.DEC)
fields["Welcome.delayBits"] = ProtoField.uint8("beamloop.Welcome.delayBits", "delayBits (bits)", base.DEC)
fields["Welcome.amplitudeBits"] = ProtoField.uint8("beamloop.Welcome.amplitudeBits", "amplitudeBits (bits)", base.DEC)
fields["Welcome.delayLsbFs"] = ProtoField.uint32("beamloop.Welcome.delayLsbFs", "delayLsbFs (fs)", base.DEC)
fields["Welcome.delayRangeFs"] = ProtoField.uint64("beamloop.Welcome.delayRangeFs", "delayRangeFs (fs)", base.DEC)
fields["Welcome.memoryDepth"] = ProtoField.uint16("beamloop.Welcome.memoryDepth", "memoryDepth (codewords)", base.DEC)
fields["Welcome.queueDepth"] = ProtoField.uint16("beamloop.Welcome.queueDepth", "queueDepth (slots)", base.DEC)
fields["Welcome.switchTimeNs"] = ProtoField.uint32("beamloop.Welcome.switchTimeNs", "switchTimeNs (ns)", base.DEC)
fields["Welcome.clockRateHz"] = ProtoField.uint32("beamloop.Welcome.clockRateHz", "clockRateHz (Hz)", base.DEC)
fields["Welcome.maxPayload"] = ProtoField.uint16("beamloop.Welcome.maxPayload", "maxPayload (bytes)", base.DEC)
fields["Welcome.model"] = ProtoField.string("beamloop.Welcome.model", "model")
fields["Welcome.serialNumber"] = ProtoField.string("beamloop.Welcome.serialNumber", "serialNumber")
fields["Welcome.firmware"] = ProtoField.string("beamloop.Welcome.firmware", "firmware")
fields["LoadCodewordResult.request"] = ProtoField.uint16("beamloop.LoadCodewordResult.request", "request", base.DEC)
fields["LoadCodewordResult.status"] = ProtoField.uint8("beamloop.LoadCodewordResult.status", "status", base.DEC, status_names)
fields["LoadCodewordResult.index"] = ProtoField.uint16("beamloop.LoadCodewordResult.index", "index", base.DEC)
fields["LoadCodewordResult.hash"] = ProtoField.uint64("beamloop.LoadCodewordResult.hash", "hash", base.HEX)
fields["MemoryContents.request"] = ProtoField.uint16("beamloop.MemoryContents.request", "request", base.DEC)
fields["MemoryContents.status"] = ProtoField.uint8("beamloop.MemoryContents.status", "status", base.DEC, status_names)
fields["MemoryContents.firstIndex"] = ProtoField.uint16("beamloop.MemoryContents.firstIndex", "firstIndex", base.DEC)
fields["MemoryContents.entries"] = ProtoField.none("beamloop.MemoryContents.entries", "entries")
fields["MemoryContents.entries.valid"] = ProtoField.uint8("beamloop.MemoryContents.entries.valid", "valid", base.DEC)
fields["MemoryContents.entries.hash"] = ProtoField.uint64("beamloop.MemoryContents.entries.hash", "hash", base.HEX)
fields["QueueSlotsResult.request"] = ProtoField.uint16("beamloop.QueueSlotsResult.request", "request", base.DEC)
fields["QueueSlotsResult.status"] = ProtoField.uint8("beamloop.QueueSlotsResult.status", "status", base.DEC, status_names)
fields["QueueSlotsResult.accepted"] = ProtoField.uint16("beamloop.QueueSlotsResult.accepted", "accepted (slots)", base.DEC)
fields["QueueSlotsResult.free"] = ProtoField.uint16("beamloop.QueueSlotsResult.free", "free (slots)", base.DEC)
fields["ArmResult.request"] = ProtoField.uint16("beamloop.ArmResult.request", "request", base.DEC)
fields["ArmResult.status"] = ProtoField.uint8("beamloop.ArmResult.status", "status", base.DEC, status_names)
fields["StopResult.request"] = ProtoField.uint16("beamloop.StopResult.request", "request", base.DEC)
fields["StopResult.status"] = ProtoField.uint8("beamloop.StopResult.status", "status", base.DEC, status_names)
fields["StopResult.dropped"] = ProtoField.uint16("beamloop.StopResult.dropped", "dropped (slots)", base.DEC)
fields["MuteResult.request"] = ProtoField.uint16("beamloop.MuteResult.request", "request", base.DEC)
fields["MuteResult.status"] = ProtoField.uint8("beamloop.MuteResult.status", "status", base.DEC, status_names)
fields["ClockReading.token"] = ProtoField.uint32("beamloop.ClockReading.token", "token", base.DEC)
fields["ClockReading.receivedTicks"] = ProtoField.uint64("beamloop.ClockReading.receivedTicks", "receivedTicks (ticks)", base.DEC)
fields["ClockReading.sentTicks"] = ProtoField.uint64("beamloop.ClockReading.sentTicks", "sentTicks (ticks)", base.DEC)
fields["QueryReceiptsResult.request"] = ProtoField.uint16("beamloop.QueryReceiptsResult.request", "request", base.DEC)
fields["QueryReceiptsResult.status"] = ProtoField.uint8("beamloop.QueryReceiptsResult.status", "status", base.DEC, status_names)
fields["QueryReceiptsResult.found"] = ProtoField.uint16("beamloop.QueryReceiptsResult.found", "found (slots)", base.DEC)
fields["Telemetry.temperatureCentiC"] = ProtoField.int16("beamloop.Telemetry.temperatureCentiC", "temperatureCentiC (0.01 °C)", base.DEC)
fields["Telemetry.supplyMv"] = ProtoField.uint16("beamloop.Telemetry.supplyMv", "supplyMv (mV)", base.DEC)
fields["Telemetry.queueDepth"] = ProtoField.uint16("beamloop.Telemetry.queueDepth", "queueDepth (slots)", base.DEC)
fields["Telemetry.flags"] = ProtoField.uint8("beamloop.Telemetry.flags", "flags", base.DEC)
fields["Telemetry.ticks"] = ProtoField.uint64("beamloop.Telemetry.ticks", "ticks (ticks)", base.DEC)
fields["LineDelays.request"] = ProtoField.uint16("beamloop.LineDelays.request", "request", base.DEC)
fields["LineDelays.status"] = ProtoField.uint8("beamloop.LineDelays.status", "status", base.DEC, status_names)
fields["LineDelays.numLines"] = ProtoField.uint16("beamloop.LineDelays.numLines", "numLines", base.DEC)
fields["LineDelays.line"] = ProtoField.uint16("beamloop.LineDelays.line", "line", base.DEC)
fields["LineDelays.firstElement"] = ProtoField.uint16("beamloop.LineDelays.firstElement", "firstElement", base.DEC)
fields["LineDelays.delays"] = ProtoField.none("beamloop.LineDelays.delays", "delays")
fields["LineDelays.delays.delayFs"] = ProtoField.uint32("beamloop.LineDelays.delays.delayFs", "delayFs (fs)", base.DEC)
fields["GeometryResult.request"] = ProtoField.uint16("beamloop.GeometryResult.request", "request", base.DEC)
fields["GeometryResult.status"] = ProtoField.uint8("beamloop.GeometryResult.status", "status", base.DEC, status_names)
fields["GeometryResult.corrections"] = ProtoField.uint8("beamloop.GeometryResult.corrections", "corrections", base.DEC)
fields["CorrectionsResult.request"] = ProtoField.uint16("beamloop.CorrectionsResult.request", "request", base.DEC)
fields["CorrectionsResult.status"] = ProtoField.uint8("beamloop.CorrectionsResult.status", "status", base.DEC, status_names)
fields["LoadFociResult.request"] = ProtoField.uint16("beamloop.LoadFociResult.request", "request", base.DEC)
fields["LoadFociResult.status"] = ProtoField.uint8("beamloop.LoadFociResult.status", "status", base.DEC, status_names)
fields["LoadFociResult.loaded"] = ProtoField.uint16("beamloop.LoadFociResult.loaded", "loaded (codewords)", base.DEC)
fields["LoadSplitsResult.request"] = ProtoField.uint16("beamloop.LoadSplitsResult.request", "request", base.DEC)
fields["LoadSplitsResult.status"] = ProtoField.uint8("beamloop.LoadSplitsResult.status", "status", base.DEC, status_names)
fields["LoadSplitsResult.loaded"] = ProtoField.uint16("beamloop.LoadSplitsResult.loaded", "loaded (codewords)", base.DEC)
fields["Refused.request"] = ProtoField.uint16("beamloop.Refused.request", "request", base.DEC)
fields["Refused.status"] = ProtoField.uint8("beamloop.Refused.status", "status", base.DEC, status_names)
fields["Refused.type"] = ProtoField.uint8("beamloop.Refused.type", "type", base.DEC)
fields["Receipts.entries"] = ProtoField.none("beamloop.Receipts.entries", "entries")
fields["Receipts.entries.slot"] = ProtoField.uint32("beamloop.Receipts.entries.slot", "slot", base.DEC)
fields["Receipts.entries.index"] = ProtoField.uint16("beamloop.Receipts.entries.index", "index", base.DEC)
fields["Receipts.entries.hash"] = ProtoField.uint64("beamloop.Receipts.entries.hash", "hash", base.HEX)
fields["Receipts.entries.ticks"] = ProtoField.uint64("beamloop.Receipts.entries.ticks", "ticks (ticks)", base.DEC)
fields["Receipts.entries.status"] = ProtoField.uint8("beamloop.Receipts.entries.status", "status", base.DEC, receipt_names)
fields["Fault.code"] = ProtoField.uint16("beamloop.Fault.code", "code", base.DEC, fault_names)
fields["Fault.detail"] = ProtoField.uint32("beamloop.Fault.detail", "detail", base.DEC)
fields["Fault.ticks"] = ProtoField.uint64("beamloop.Fault.ticks", "ticks (ticks)", base.DEC)

local proto_fields = {}
for _, field in pairs(fields) do proto_fields[#proto_fields + 1] = field end
beamloop.fields = proto_fields

-- type = { name, reliable, fields }; a field = { name, type, least, most } or { name, "list16", most, fields }
local messages = {
  [0x01] = { "Hello", false, { { "magic", "u32", 1347177794, 1347177794 }, { "versionMajor", "u8", 0, 255 }, { "versionMinor", "u8", 0, 255 }, { "session", "u32", 1, 4294967295 }, { "window", "u8", 1, 32 }, { "watchdogMs", "u16", 0, 65535 } } },
  [0x02] = { "LoadCodeword", true, { { "index", "u16", 0, 65535 }, { "offset", "u16", 0, 65535 }, { "last", "u8", 0, 1 }, { "hash", "u64" }, { "data", "bytes16", 0, 1000 } } },
  [0x03] = { "QueryMemory", true, { { "firstIndex", "u16", 0, 65535 }, { "count", "u16", 0, 100 } } },
  [0x04] = { "QueueSlots", true, { { "entries", "list16", 150, { { "slot", "u32", 0, 4294967295 }, { "index", "u16", 0, 65535 } } } } },
  [0x05] = { "Arm", true, { { "mode", "u8", 0, 1 }, { "firstSlot", "u32", 0, 4294967295 }, { "startTicks", "u64" }, { "slotTicks", "u32", 1, 4294967295 } } },
  [0x06] = { "Stop", true, {  } },
  [0x07] = { "Mute", true, { { "muted", "u8", 0, 1 } } },
  [0x08] = { "ReadClock", false, { { "token", "u32", 0, 4294967295 } } },
  [0x09] = { "QueryReceipts", true, { { "firstSlot", "u32", 0, 4294967295 }, { "count", "u16", 0, 65535 } } },
  [0x0a] = { "ReadTelemetry", false, {  } },
  [0x0b] = { "ReadLines", true, { { "line", "u16", 0, 65535 }, { "firstElement", "u16", 0, 65535 }, { "count", "u16", 0, 240 } } },
  [0x0c] = { "SetGeometry", true, { { "arrayElements", "u16", 1, 65535 }, { "firstElement", "u16", 0, 65535 }, { "mirrored", "u8", 0, 1 }, { "carrierHz", "f64", 1000000, 10000000000000 }, { "speedOfLight", "f64", 100000000, 310000000 }, { "spacing", "f64", 1e-7, 1000 }, { "spacingTurns", "f64", 0.001, 1000 } } },
  [0x0d] = { "SetCorrections", true, { { "kind", "u8", 0, 1 }, { "firstElement", "u16", 0, 65535 }, { "values", "list16", 120, { { "value", "f64", -1000, 1000 } } } } },
  [0x0e] = { "LoadFoci", true, { { "entries", "list16", 36, { { "index", "u16", 0, 65535 }, { "hash", "u64" }, { "kind", "u8", 0, 3 }, { "corrected", "u8", 0, 1 }, { "a", "f64", -1.7976931348623157e+308, 1.7976931348623157e+308 }, { "b", "f64", -1.7976931348623157e+308, 1.7976931348623157e+308 } } } } },
  [0x11] = { "LoadSplits", true, { { "entries", "list16", 19, { { "index", "u16", 0, 65535 }, { "hash", "u64" }, { "corrected", "u8", 0, 1 }, { "line", "u16", 0, 65535 }, { "phaseSin", "f64", -1.7976931348623157e+308, 1.7976931348623157e+308 }, { "phaseRing", "f64", -1.7976931348623157e+308, 1.7976931348623157e+308 }, { "delaySin", "f64", -1.7976931348623157e+308, 1.7976931348623157e+308 }, { "delayRing", "f64", -1.7976931348623157e+308, 1.7976931348623157e+308 }, { "shift", "f64", -1, 1 } } } } },
  [0x7f] = { "Ack", false, { { "next", "u16", 0, 65535 }, { "bitmap", "u32", 0, 4294967295 } } },
  [0x81] = { "Welcome", false, { { "versionMajor", "u8", 0, 255 }, { "versionMinor", "u8", 0, 255 }, { "session", "u32", 0, 4294967295 }, { "resumed", "u8", 0, 1 }, { "bootId", "u32", 0, 4294967295 }, { "window", "u8", 1, 32 }, { "numElements", "u16", 1, 65535 }, { "phaseBits", "u8", 1, 16 }, { "delayBits", "u8", 0, 16 }, { "amplitudeBits", "u8", 0, 16 }, { "delayLsbFs", "u32", 0, 4294967295 }, { "delayRangeFs", "u64" }, { "memoryDepth", "u16", 1, 65535 }, { "queueDepth", "u16", 1, 65535 }, { "switchTimeNs", "u32", 0, 4294967295 }, { "clockRateHz", "u32", 1, 4294967295 }, { "maxPayload", "u16", 64, 1024 }, { "model", "text8" }, { "serialNumber", "text8" }, { "firmware", "text8" } } },
  [0x82] = { "LoadCodewordResult", true, { { "request", "u16", 0, 65535 }, { "status", "u8", 0, 255 }, { "index", "u16", 0, 65535 }, { "hash", "u64" } } },
  [0x83] = { "MemoryContents", true, { { "request", "u16", 0, 65535 }, { "status", "u8", 0, 255 }, { "firstIndex", "u16", 0, 65535 }, { "entries", "list16", 100, { { "valid", "u8", 0, 1 }, { "hash", "u64" } } } } },
  [0x84] = { "QueueSlotsResult", true, { { "request", "u16", 0, 65535 }, { "status", "u8", 0, 255 }, { "accepted", "u16", 0, 65535 }, { "free", "u16", 0, 65535 } } },
  [0x85] = { "ArmResult", true, { { "request", "u16", 0, 65535 }, { "status", "u8", 0, 255 } } },
  [0x86] = { "StopResult", true, { { "request", "u16", 0, 65535 }, { "status", "u8", 0, 255 }, { "dropped", "u16", 0, 65535 } } },
  [0x87] = { "MuteResult", true, { { "request", "u16", 0, 65535 }, { "status", "u8", 0, 255 } } },
  [0x88] = { "ClockReading", false, { { "token", "u32", 0, 4294967295 }, { "receivedTicks", "u64" }, { "sentTicks", "u64" } } },
  [0x89] = { "QueryReceiptsResult", true, { { "request", "u16", 0, 65535 }, { "status", "u8", 0, 255 }, { "found", "u16", 0, 65535 } } },
  [0x8a] = { "Telemetry", false, { { "temperatureCentiC", "i16", -32768, 32767 }, { "supplyMv", "u16", 0, 65535 }, { "queueDepth", "u16", 0, 65535 }, { "flags", "u8", 0, 255 }, { "ticks", "u64" } } },
  [0x8b] = { "LineDelays", true, { { "request", "u16", 0, 65535 }, { "status", "u8", 0, 255 }, { "numLines", "u16", 0, 1024 }, { "line", "u16", 0, 65535 }, { "firstElement", "u16", 0, 65535 }, { "delays", "list16", 240, { { "delayFs", "u32", 0, 4294967295 } } } } },
  [0x8c] = { "GeometryResult", true, { { "request", "u16", 0, 65535 }, { "status", "u8", 0, 255 }, { "corrections", "u8", 0, 1 } } },
  [0x8d] = { "CorrectionsResult", true, { { "request", "u16", 0, 65535 }, { "status", "u8", 0, 255 } } },
  [0x8e] = { "LoadFociResult", true, { { "request", "u16", 0, 65535 }, { "status", "u8", 0, 255 }, { "loaded", "u16", 0, 65535 } } },
  [0x91] = { "LoadSplitsResult", true, { { "request", "u16", 0, 65535 }, { "status", "u8", 0, 255 }, { "loaded", "u16", 0, 65535 } } },
  [0x8f] = { "Refused", true, { { "request", "u16", 0, 65535 }, { "status", "u8", 0, 255 }, { "type", "u8", 0, 255 } } },
  [0x90] = { "Receipts", true, { { "entries", "list16", 40, { { "slot", "u32", 0, 4294967295 }, { "index", "u16", 0, 65535 }, { "hash", "u64" }, { "ticks", "u64" }, { "status", "u8", 0, 255 } } } } },
  [0x92] = { "Fault", true, { { "code", "u16", 0, 65535 }, { "detail", "u32", 0, 4294967295 }, { "ticks", "u64" } } },
}

local sizes = { u8 = 1, u16 = 2, u32 = 4, i16 = 2, u64 = 8, f64 = 8 }

-- SPEC 3.3; nil where a code byte points past the end.
local function cobs_decode(tvb)
  local bytes, out = tvb:bytes(), {}
  local at, length = 0, tvb:len()
  while at < length do
    local code = bytes:get_index(at)
    at = at + 1
    local ends = at + code - 1
    if ends > length then return nil end
    while at < ends do
      out[#out + 1] = bytes:get_index(at)
      at = at + 1
    end
    if code ~= 0xff and ends < length then out[#out + 1] = 0 end
  end
  return out
end

-- SPEC 3.2, over all bytes but the last four.
local function crc32c(bytes)
  local remainder = 0xffffffff
  for k = 1, #bytes - 4 do
    remainder = bits.bxor(remainder, bytes[k])
    for _ = 1, 8 do
      local low = bits.band(remainder, 1)
      remainder = bits.rshift(remainder, 1)
      if low == 1 then remainder = bits.bxor(remainder, 0x82f63b78) end
    end
  end
  return bits.bnot(remainder) % 0x100000000
end

local function number_of(range, kind)
  if kind == "i16" then return range:le_int() end
  if kind == "f64" then return range:le_float() end
  return range:le_uint()
end

-- Returns where the next field begins; nil, and why, where the payload does not follow its layout.
local function add_number(tree, tvb, at, key, field)
  local name, kind, least, most = field[1], field[2], field[3], field[4]
  local size = sizes[kind]
  if at + size > tvb:len() then return nil, "tooShort at " .. name end
  local range = tvb(at, size)
  tree:add_le(fields[key .. "." .. name], range)
  if kind ~= "u64" then
    local value = number_of(range, kind)
    if not (value >= least and value <= most) then return nil, "outOfRange at " .. name end
  end
  return at + size
end

local function add_field(tree, tvb, at, key, field)
  local name, kind = field[1], field[2]
  if sizes[kind] ~= nil then return add_number(tree, tvb, at, key, field) end
  local head = kind == "text8" and 1 or 2
  if at + head > tvb:len() then return nil, "tooShort at " .. name end
  local count = tvb(at, head):le_uint()
  local from = at + head
  if kind == "list16" then
    if count > field[3] then return nil, "badCount at " .. name end
    local list = tree:add(fields[key .. "." .. name], tvb(at))
    list:append_text(": " .. count)
    for k = 1, count do
      local first, entry = from, list:add(beamloop, tvb(from), "[" .. (k - 1) .. "]")
      for _, nested in ipairs(field[4]) do
        local next_at, why = add_number(entry, tvb, from, key .. "." .. name, nested)
        if next_at == nil then return nil, why end
        from = next_at
      end
      entry:set_len(from - first)
    end
    list:set_len(from - at)
    return from
  end
  if kind == "bytes16" and count > field[4] then return nil, "badCount at " .. name end
  if from + count > tvb:len() then return nil, "tooShort at " .. name end
  if count > 0 then tree:add(fields[key .. "." .. name], tvb(from, count)) end
  return from + count
end

local function bad(tree, pinfo, why)
  pinfo.cols.info = "no frame: " .. why
  tree:add(fields["bad"], why):add_expert_info(PI_MALFORMED, PI_WARN, why)
end

function beamloop.dissector(tvb, pinfo, tree)
  pinfo.cols.protocol = "beamloop"
  local top = tree:add(beamloop, tvb())
  if tvb:len() > 1038 then return bad(top, pinfo, "tooLong") end
  local raw = cobs_decode(tvb)
  if raw == nil then return bad(top, pinfo, "badCobs") end
  if #raw > 1033 then return bad(top, pinfo, "tooLong") end
  if #raw < 9 then return bad(top, pinfo, "tooShort") end
  local array = ByteArray.new()
  array:set_size(#raw)
  for k, byte in ipairs(raw) do array:set_index(k - 1, byte) end
  local frame = array:tvb("Frame without COBS")
  local crc_at = #raw - 4
  if frame(crc_at, 4):le_uint() ~= crc32c(raw) then return bad(top, pinfo, "badCrc") end

  local kind, sequence = frame(0, 1):uint(), frame(3, 2):le_uint()
  local message = messages[kind]
  local name = message and message[1] or string.format("type 0x%02x", kind)
  local reliable = bits.band(kind, 0x40) == 0
  if message ~= nil then reliable = message[2] end
  local number = reliable and (" #" .. sequence) or ""
  pinfo.cols.info = name .. number
  top:append_text(": " .. name .. number)
  top:add(fields["type"], frame(0, 1))
  top:add(fields["message"], name):set_generated()
  top:add_le(fields["session"], frame(1, 2))
  top:add_le(fields["sequence"], frame(3, 2))
  if crc_at > 5 then
    local payload = frame(5, crc_at - 5):tvb()
    local body = top:add(fields["payload"], payload())
    local at, why = 0, nil
    for _, field in ipairs(message and message[3] or {}) do
      at, why = add_field(body, payload, at, name, field)
      if at == nil then break end
    end
    if message == nil then why = "unknownType"
    elseif at ~= nil and at ~= payload:len() then why = "trailingBytes" end
    if why ~= nil then
      pinfo.cols.info:append(": " .. why)
      body:add(fields["malformed"], why):add_expert_info(PI_MALFORMED, PI_WARN, why)
    end
  elseif message ~= nil and #message[3] > 0 then
    pinfo.cols.info:append(": tooShort")
    top:add(fields["malformed"], "tooShort"):add_expert_info(PI_MALFORMED, PI_WARN, "tooShort")
  end
  top:add_le(fields["crc"], frame(crc_at, 4))
end

DissectorTable.get("wtap_encap"):add((wtap_encaps or wtap).USER0, beamloop)
