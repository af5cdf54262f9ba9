/**
 * The text of beamloop.lua, a dissector for Wireshark, from the message declarations: frames as a wire log holds them (bytes between
 * delimiters, link type USER0). `npm run dissector` writes the file anew; a test holds it against this.
 */
import { type Field, type MessageDefinition, maximumOf, minimumOf } from './layout.js';
import { PROTOCOL_VERSION } from './messages/hello.js';
import { MESSAGES } from './registry.js';
import { FAULT, RECEIPT_STATUS, STATUS } from './status.js';

const DISPLAY = {
  u8: ['uint8', 'base.DEC'],
  u16: ['uint16', 'base.DEC'],
  u32: ['uint32', 'base.DEC'],
  i16: ['int16', 'base.DEC'],
  u64: ['uint64', 'base.DEC'],
  f64: ['double', undefined],
  text8: ['string', undefined],
  bytes16: ['bytes', undefined],
  list16: ['none', undefined],
} as const;

export function dissectorText(): string {
  const { major, minor } = PROTOCOL_VERSION;
  return `-- Wireshark dissector for the beam board protocol, version ${major}.${minor} (SPEC.md).
-- Made from the message declarations; do not change it by hand.
-- It reads what \`beamloop ... --wire-log FILE\` writes:
--   wireshark -X lua_script:beamloop.lua FILE

local bits = bit32 or bit or require("bit")
local beamloop = Proto("beamloop", "beamloop board protocol ${major}.${minor}")

local status_names = ${names(STATUS)}
local receipt_names = ${names(RECEIPT_STATUS)}
local fault_names = ${names(FAULT)}

local fields = {}
fields["type"] = ProtoField.uint8("beamloop.type", "Type", base.HEX)
fields["message"] = ProtoField.string("beamloop.message", "Message")
fields["session"] = ProtoField.uint16("beamloop.session", "Session", base.HEX)
fields["sequence"] = ProtoField.uint16("beamloop.sequence", "Sequence", base.DEC)
fields["crc"] = ProtoField.uint32("beamloop.crc", "CRC-32C", base.HEX)
fields["payload"] = ProtoField.bytes("beamloop.payload", "Payload")
fields["bad"] = ProtoField.string("beamloop.bad", "No frame")
fields["malformed"] = ProtoField.string("beamloop.malformed", "Malformed")
${MESSAGES.flatMap((message) => message.fields.flatMap((field: Field) => protoFields(message, field))).join('\n')}

local proto_fields = {}
for _, field in pairs(fields) do proto_fields[#proto_fields + 1] = field end
beamloop.fields = proto_fields

-- type = { name, reliable, fields }; a field = { name, type, least, most } or { name, "list16", most, fields }
local messages = {
${MESSAGES.map(messageLua).join('\n')}
}

${CODE}`;
}

function names(codes: Readonly<Record<string, number>>): string {
  return `{ ${Object.entries(codes)
    .map(([name, code]) => `[${code}] = "${name}"`)
    .join(', ')} }`;
}

function protoFields(message: MessageDefinition, field: Field, of = ''): string[] {
  const key = `${message.name}.${of}${field.name}`;
  const unit = field.unit === undefined ? '' : ` (${field.unit})`;
  const [kind, shown] = DISPLAY[field.type];
  const hex = field.name === 'hash' || field.name === 'bitmap' || field.name === 'magic';
  const coded =
    field.name === 'status'
      ? message.name === 'Receipts'
        ? ', receipt_names'
        : ', status_names'
      : field.name === 'code' && message.name === 'Fault'
        ? ', fault_names'
        : '';
  const base = shown === undefined ? '' : `, ${hex ? 'base.HEX' : shown}${coded}`;
  const own = `fields["${key}"] = ProtoField.${kind}("beamloop.${key}", "${field.name}${unit}"${base})`;
  if (field.type !== 'list16') return [own];
  return [own, ...field.fields.flatMap((nested) => protoFields(message, nested, `${of}${field.name}.`))];
}

function messageLua({ type, name, reliable, fields }: MessageDefinition): string {
  const key = `0x${type.toString(16).padStart(2, '0')}`;
  return `  [${key}] = { "${name}", ${reliable}, { ${fields.map(fieldLua).join(', ')} } },`;
}

function fieldLua(field: Field): string {
  if (field.type === 'list16') {
    return `{ "${field.name}", "list16", ${field.maxCount}, { ${field.fields.map(fieldLua).join(', ')} } }`;
  }
  if (field.type === 'bytes16') return `{ "${field.name}", "bytes16", 0, ${field.maxLength} }`;
  if (field.type === 'u64' || field.type === 'text8') return `{ "${field.name}", "${field.type}" }`;
  return `{ "${field.name}", "${field.type}", ${minimumOf(field)}, ${maximumOf(field)} }`;
}

const CODE = `local sizes = { u8 = 1, u16 = 2, u32 = 4, i16 = 2, u64 = 8, f64 = 8 }

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
`;
