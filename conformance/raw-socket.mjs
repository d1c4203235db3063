// A WebSocket client that keeps no rules: every frame is written as it is asked for, and read as it came.
import { once } from 'node:events';
import net from 'node:net';
import { plainBase, key, within } from './house.mjs';

const opcodes = { continuation: 0, text: 1, binary: 2, close: 8, ping: 9, pong: 10 };

// One frame. mask: false leaves it unmasked; length: a lie about how long the payload is.
export function frame(opcode, payload = '', { fin = true, reserved = 0, mask = true, length } = {}) {
  const body = Buffer.from(payload);
  const told = length ?? body.length;
  const head = [(fin ? 0x80 : 0) | reserved << 4 | (opcodes[opcode] ?? opcode)];
  const masked = mask ? 0x80 : 0;
  if (told < 126) { head.push(masked | told); }
  else if (told < 65536) { head.push(masked | 126, told >> 8, told & 255); }
  else { head.push(masked | 127, 0, 0, 0, 0, told >>> 24, told >>> 16 & 255, told >>> 8 & 255, told & 255); }
  if (!mask) { return Buffer.concat([Buffer.from(head), body]); }
  const masking = Buffer.from([0x12, 0x34, 0x56, 0x78]);
  const hidden = Buffer.from(body);
  for (let i = 0; i < hidden.length; i++) { hidden[i] ^= masking[i & 3]; }
  return Buffer.concat([Buffer.from(head), masking, hidden]);
}

export const close = (code, reason = '') => frame('close', Buffer.concat([Buffer.from([code >> 8, code & 255]), Buffer.from(reason)]));

// An attached socket: write(bytes), next(opcode) waits for a frame of that kind, over for the end: the close code, or null without one.
export async function rawSocket(callId, { answersPings = true } = {}) {
  const url = new URL(`${plainBase}/realtime?call_id=${callId}`);
  const socket = net.connect(url.port, url.hostname);
  socket.on('error', () => {});
  await once(socket, 'connect');
  const lines = { Host: url.host, Upgrade: 'websocket', Connection: 'Upgrade', 'Sec-WebSocket-Key': 'dGhlIHNhbXBsZSBub25jZQ==', 'Sec-WebSocket-Version': '13', Authorization: `Bearer ${key}` };
  socket.write(`GET ${url.pathname}${url.search} HTTP/1.1\r\n${Object.entries(lines).map(([name, value]) => `${name}: ${value}\r\n`).join('')}\r\n`);
  let received = Buffer.alloc(0), isUpgraded = false, closed = null, reason = '';
  const frames = [], waiting = [];
  let upgraded;
  const open = new Promise(ok => { upgraded = ok; });
  const hear = one => {
    if (one.opcode === opcodes.close) {
      closed = one.payload.length >= 2 ? one.payload.readUInt16BE(0) : 1005;
      reason = one.payload.subarray(2).toString();
      socket.write(frame('close', one.payload));      // who was waiting for it goes
    }
    if (one.opcode === opcodes.ping && answersPings) { socket.write(frame('pong', one.payload)); }
    const index = waiting.findIndex(waiter => waiter.test(one));
    if (index >= 0) { waiting.splice(index, 1)[0].ok(one); } else { frames.push(one); }
  };
  socket.on('data', bytes => {
    received = Buffer.concat([received, bytes]);
    if (!isUpgraded) {
      const end = received.indexOf('\r\n\r\n');
      if (end < 0) { return; }
      isUpgraded = true;
      upgraded(Number(received.subarray(9, 12).toString()));
      received = received.subarray(end + 4);
    }
    for (let one; (one = parse(received)) !== null; received = received.subarray(one.bytes)) { hear(one); }
  });
  const over = new Promise(ok => socket.on('close', () => ok(closed)));
  const status = await within('an answer to the upgrade', open);
  return {
    status, socket, reason: () => reason,
    write: bytes => socket.write(bytes),
    next: (opcode, test = () => true) => {
      const fits = one => one.opcode === opcodes[opcode] && test(one.payload.toString());
      const index = frames.findIndex(fits);
      return index >= 0 ? Promise.resolve(frames.splice(index, 1)[0]) : within(`a ${opcode} frame`, new Promise(ok => waiting.push({ test: fits, ok })));
    },
    get over() { return within('the end of the connection', over); },
  };
}

// What servers send: unmasked frames. Null until one is complete.
function parse(bytes) {
  if (bytes.length < 2) { return null; }
  let length = bytes[1] & 127, at = 2;
  if (length === 126) { if (bytes.length < 4) { return null; } length = bytes.readUInt16BE(2); at = 4; }
  else if (length === 127) { if (bytes.length < 10) { return null; } length = Number(bytes.readBigUInt64BE(2)); at = 10; }
  return bytes.length < at + length ? null : { opcode: bytes[0] & 15, payload: bytes.subarray(at, at + length), bytes: at + length };
}
