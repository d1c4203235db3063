// Everything wrong that a client can send on a socket, of a call or of a session of its own. Each is answered by an error event
// that names it (realtime-api §6.5), or ends that one socket with the right code; what is talked about goes on, and speaks at the end.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import WebSocket from 'ws';
import { client, key, listen, plainBase, ringing, start } from './house.mjs';
import { mutations } from './mutations.mjs';
import { close, frame, rawSocket } from './raw-socket.mjs';

const here = path.dirname(fileURLToPath(import.meta.url));
let house, sdk;

before(async () => {
  house = await start({ echo: { engine: 'scripted', script: path.join(here, 'scripts', 'echo.yaml') } });
  sdk = client(house, { baseURL: plainBase });
});
after(async () => { assert.equal(await house.stop(), 0, 'the server leaves with 0'); });

// A well-behaved socket.
async function attached(query) {
  const socket = new WebSocket(`${plainBase.replace('http', 'ws')}/realtime?${query}`, { headers: { Authorization: `Bearer ${key}` }, perMessageDeflate: false });
  const ear = listen();
  socket.on('message', text => ear.hear(JSON.parse(text)));
  await ear.until('session.created');
  const send = event => socket.send(JSON.stringify(event));
  let fences = 0;
  // Done when everything that was sent before was answered.
  const fence = async () => {
    const event_id = `fence-${++fences}`;
    send({ type: 'conversation.item.delete', item_id: 'nobody', event_id });
    await ear.when(event => event.error?.event_id === event_id, event_id);
  };
  return { socket, ear, send, fence };
}

// An answered call, and proof that nothing was broken: it speaks, and hangs up.
async function onCall() {
  const { id, caller } = await ringing(house, sdk);
  await sdk.realtime.calls.accept(id, { type: 'realtime', model: 'echo' });
  const side = await attached(`call_id=${id}`);
  return {
    id, ...side,
    async stillSpeaks() {
      await speak(side, 'output_audio_buffer.stopped');
      await sdk.realtime.calls.hangup(id);
      await side.ear.until('call.ended');
      assert.equal((await caller.ended).code, 0);
    },
  };
}

async function onItsOwn() {
  const side = await attached('model=echo');
  return {
    ...side,
    async stillSpeaks() {
      await speak(side, 'response.done');
      assert.ok(side.ear.types().includes('response.output_audio.delta'));
      side.socket.close();
    },
  };
}

async function speak({ ear, send, fence }, last) {
  await fence();
  const from = ear.seen.length;
  send({ type: 'response.create', event_id: 'speak' });
  const said = await ear.until('response.output_audio_transcript.done', from);
  assert.equal(said.transcript, 'Still here.');
  await ear.until(last, from);
}

const sockets = { 'of a call': onCall, 'of a session of its own': onItsOwn };

for (const [kind, open] of Object.entries(sockets)) { test(`every member of every client event as everything that it is not, on the socket ${kind}`, async () => {
  const { send, ear, fence, stillSpeaks } = await open();
  let sent = 0, refused = 0;
  for (const [type, cases] of mutations()) {
    const from = ear.seen.length;
    for (const { event, name } of cases) { send({ ...event, event_id: name }); }
    await fence();
    const errors = new Map(ear.seen.slice(from).filter(event => event.type === 'error').map(event => [event.error.event_id, event.error]));
    for (const { name, refusal } of cases) {
      const error = errors.get(name);
      sent++;
      if (error) {
        refused++;
        assert.deepEqual(Object.keys(error).toSorted(), ['code', 'event_id', 'message', 'param', 'type'], name);
        assert.equal(error.type, 'invalid_request_error', name);
        assert.ok(error.message.length > 0 && error.message.length < 1_000, name);
      }
      assert.ok(refusal.fits(error), `${type}, ${name}: expected ${refusal.wish}, got ${JSON.stringify(error)}`);
    }
    // What was taken may speak; the next events find it quiet.
    send({ type: 'response.cancel' });
    send({ type: 'output_audio_buffer.clear' });
    await fence();
  }
  assert.ok(sent > 1_000 && refused > 500, `${refused} of ${sent} were refused`);
  send({ type: 'session.update', session: { type: 'realtime', output_modalities: ['audio'], max_output_tokens: 'inf', tool_choice: 'auto', tools: [], truncation: 'auto', instructions: '', audio: { input: { turn_detection: null } } } });
  await stillSpeaks();
}); }

// What is said, and the error that answers it: code, param. "-": none.
const texts = [
  ['', 'invalid_json', null],
  [' ', 'invalid_json', null],
  ['not json', 'invalid_json', null],
  ['{', 'invalid_json', null],
  ['{"type":"response.cancel"', 'invalid_json', null],
  ['{"type":"response.cancel",}', 'invalid_json', null],
  ['{"type":"response.cancel"} {}', 'invalid_json', null],
  ['{"type":"response.cancel"}\u0000', 'invalid_json', null],
  ['\ufeff{"type":"response.cancel"}', 'invalid_json', null],
  ["{'type':'response.cancel'}", 'invalid_json', null],
  ['{"type":"response.cancel","response_id":NaN}', 'invalid_json', null],
  ['{"type":"response.cancel" /* */}', 'invalid_json', null],
  ['{"type":"response.cancel","type":"response.create"}', 'invalid_json', null],
  ['{"type":"response.cancel","response_id":"\\ud800"}', 'invalid_json', null],
  ['{"type":"response.cancel","\\udc00":1}', 'invalid_json', null],
  ['{"type":"response.cancel","response_id":"\\x41"}', 'invalid_json', null],
  ['{"type":"response.cancel","response_id":' + '['.repeat(100) + ']'.repeat(100) + '}', 'invalid_json', null],
  ['['.repeat(100_000), 'invalid_json', null],
  ['{"a":'.repeat(100_000), 'invalid_json', null],
  ['null', 'invalid_event', 'type'],
  ['true', 'invalid_event', 'type'],
  ['7', 'invalid_event', 'type'],
  ['"response.cancel"', 'invalid_event', 'type'],
  ['[]', 'invalid_event', 'type'],
  ['[{"type":"response.cancel"}]', 'invalid_event', 'type'],
  ['{}', 'invalid_event', 'type'],
  ['{"type":null}', 'invalid_event', 'type'],
  ['{"Type":"response.cancel"}', 'invalid_event', 'type'],
  ['{"type":7}', 'invalid_type', 'type'],
  ['{"type":["response.cancel"]}', 'invalid_type', 'type'],
  ['{"type":{}}', 'invalid_type', 'type'],
  ['{"type":""}', 'invalid_value', 'type'],
  ['{"type":"Response.Cancel"}', 'invalid_value', 'type'],
  ['{"type":"session.created","session":{}}', 'invalid_value', 'type'],
  ['{"type":"call.ended"}', 'invalid_value', 'type'],
  ['{"type":"' + 'x'.repeat(1_000_000) + '"}', 'invalid_value', 'type'],
  ['{"type":"response.cancel","event_id":7}', 'invalid_type', 'event_id'],
  ['{"type":"response.cancel","event_id":{}}', 'invalid_type', 'event_id'],
  ['{"type":"response.cancel","event_id":"' + 'i'.repeat(513) + '"}', 'invalid_value', 'event_id'],
  ['{"type":"session.update","session":{"type":"realtime","surprise":1}}', 'unknown_parameter', 'session.surprise'],
  ['{"type":"session.update","session":{"type":"realtime","session":{"type":"realtime"}}}', 'unknown_parameter', 'session.session'],
  ['{"type":"session.update","session":{"type":"realtime","audio":{"input":{"turn_detection":{"type":"server_vad","eagerness":"low"}}}}}', 'unknown_parameter', 'session.audio.input.turn_detection.eagerness'],
  ['{"type":"session.update","session":{"type":"realtime","voice":"coral"}}', 'unknown_parameter', 'session.voice'],
  ['{"type":"session.update","session":{"instructions":"x"}}', 'missing_required_parameter', 'session.type'],
  ['{"type":"session.update","session":{"type":"transcription"}}', 'invalid_value', 'session.type'],
  ['{"type":"input_audio_buffer.append","audio":"not base64"}', 'invalid_value', 'audio'],
  ['{"type":"conversation.item.create","item":{"type":"message","role":"assistant","content":[{"type":"output_audio","audio":"AAAA"}]}}', 'invalid_value', 'item.content[0].type'],
  ['{"type":"conversation.item.create","previous_item_id":"nobody","item":{"type":"message","role":"user","content":[]}}', 'invalid_value', 'previous_item_id'],
  ['{"type":"conversation.item.retrieve","item_id":"nobody"}', 'item_retrieve_invalid_item_id', 'item_id'],
  ['{"type":"conversation.item.delete","item_id":"nobody"}', 'item_delete_invalid_item_id', 'item_id'],
  ['{"type":"conversation.item.truncate","item_id":"nobody","content_index":0,"audio_end_ms":0}', 'item_truncate_invalid_item_id', 'item_id'],
  ['{"type":"response.cancel"}', 'response_cancel_not_active', null],
  ['{"type":"response.create","response":{"metadata":{"a":1}}}', 'invalid_type', 'response.metadata.a'],
];

for (const [kind, open] of Object.entries(sockets)) { test(`what is no event, no JSON or not possible gets the error of the contract, on the socket ${kind}`, async () => {
  const { socket, send, ear, stillSpeaks } = await open();
  for (const [text, code, param] of texts) {
    const from = ear.seen.length;
    socket.send(text);
    const { error } = await ear.until('error', from);
    assert.deepEqual([error.code, error.param, error.event_id], [code, param, null], text.slice(0, 200));
    assert.equal(error.type, 'invalid_request_error');
    assert.ok(error.message.length < 1_000, error.message.slice(0, 100));
  }
  const longest = '☎'.repeat(512);
  send({ type: 'response.cancel', event_id: longest });
  await ear.when(event => event.error?.event_id === longest, 'the longest event_id');
  await stillSpeaks();
}); }

test('15 MiB of audio in one event are read and refused; a message that is larger than any event ends its socket', async () => {
  const call = await onCall();
  const { send, ear, id } = call;
  send({ type: 'input_audio_buffer.append', audio: Buffer.alloc(15 << 20).toString('base64'), event_id: 'large' });
  const error = await ear.when(event => event.error?.event_id === 'large', 'the answer to 15 MiB');
  assert.deepEqual([error.error.code, error.error.param], ['invalid_value', 'type']);

  const glutton = await rawSocket(id);
  glutton.write(frame('text', Buffer.alloc((21 << 20) + 1, 'x')));
  assert.equal(await glutton.over, 1009);
  const inPieces = await rawSocket(id);
  inPieces.write(frame('text', '{', { fin: false }));
  for (let i = 0; i < 22; i++) { inPieces.write(frame('continuation', Buffer.alloc(1 << 20, ' '), { fin: false })); }
  assert.equal(await inPieces.over, 1009);
  await call.stillSpeaks();
});

const cancel = JSON.stringify({ type: 'response.cancel', event_id: 'raw' });
const half = cancel.length >> 1;

// What breaks the rules of RFC 6455, and the code of §7.4.1 that it ends with. null: the connection is cut.
const violations = [
  ['a frame that is not masked', frame('text', cancel, { mask: false }), [1002]],
  ['a reserved bit', frame('text', cancel, { reserved: 4 }), [1002]],
  ['all reserved bits', frame('text', cancel, { reserved: 7 }), [1002]],
  ['an opcode that nobody has defined', frame(3, cancel), [1002]],
  ['a control opcode that nobody has defined', frame(11, ''), [1002]],
  ['a ping in pieces', frame('ping', 'x', { fin: false }), [1002]],
  ['a ping of 126 bytes', frame('ping', 'x'.repeat(126)), [1002]],
  ['a continuation of nothing', frame('continuation', cancel), [1002]],
  ['a text inside of another', Buffer.concat([frame('text', '{', { fin: false }), frame('text', cancel)]), [1002]],
  ['a length of more than 2^63', Buffer.from([0x81, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0]), [1002, 1009]],
  ['a close of one byte', frame('close', 'x'), [1002]],
  ['a close with a code that is not for the wire', close(1005), [1002]],
  ['a close with a code that nobody has defined', close(999), [1002]],
  ['a close whose reason is not UTF-8', frame('close', Buffer.from([3, 232, 0xff])), [1002, 1007]],
  ['a text that is not UTF-8', frame('text', Buffer.from([0x7b, 0xff, 0x7d])), [1007]],
  ['a surrogate in UTF-8', frame('text', Buffer.from([0x22, 0xed, 0xa0, 0x80, 0x22])), [1007]],
  ['a binary message', frame('binary', cancel), [1003]],
];

test('a frame against the rules ends its own socket with the right code', async () => {
  const call = await onCall();
  const violate = async ([what, bytes, codes]) => {
    const raw = await rawSocket(call.id);
    assert.equal(raw.status, 101);
    raw.write(bytes);
    const code = await raw.over;
    assert.ok(codes.includes(code), `${what}: ${code}`);
  };
  // A call takes 16 sockets at once, and those of the round before may not have been cleared away.
  for (let i = 0; i < violations.length; i += 6) { await Promise.all(violations.slice(i, i + 6).map(violate)); }
  await call.stillSpeaks();
});

test('pings are answered with what they held, also between the pieces of an event; pieces are one event', async () => {
  const call = await onCall();
  const raw = await rawSocket(call.id);
  await raw.next('text', text => text.includes('session.created'));
  raw.write(frame('ping', 'are you there'));
  assert.equal((await raw.next('pong')).payload.toString(), 'are you there');
  raw.write(frame('ping', 'x'.repeat(125)));
  assert.equal((await raw.next('pong')).payload.length, 125);
  raw.write(frame('pong', 'nobody asked'));

  const [first, ...rest] = Buffer.from(JSON.stringify({ type: 'response.cancel', event_id: 'in pieces ä' }));
  raw.write(frame('text', Buffer.from([first]), { fin: false }));
  for (const byte of rest) { raw.write(Buffer.concat([frame('continuation', Buffer.from([byte]), { fin: false }), frame('ping', '')])); }
  raw.write(frame('continuation', ''));
  await raw.next('text', text => text.includes('"event_id":"in pieces ä"'));
  await raw.next('pong');
  raw.write(close(1000, 'enough'));
  assert.equal(await raw.over, 1000);
  await call.stillSpeaks();
});

test('a socket that goes is let go: with any code, without a word, or cut in the middle of an event', async () => {
  const call = await onCall();
  for (const [what, ends, code] of [
    ['1000', raw => raw.write(close(1000)), 1000],
    ['1001', raw => raw.write(close(1001, 'leaving')), 1001],
    ['4321', raw => raw.write(close(4321)), 4321],
    ['no code', raw => raw.write(frame('close', '')), 1000],
    ['half of an event, then the end', raw => raw.socket.end(frame('text', cancel, { length: cancel.length + 1 })), null],
    ['half of a frame, then cut', raw => { raw.write(frame('text', cancel).subarray(0, half)); raw.socket.resetAndDestroy(); }, null],
    ['cut', raw => raw.socket.resetAndDestroy(), null],
  ]) {
    const raw = await rawSocket(call.id);
    await raw.next('text', text => text.includes('session.created'));
    ends(raw);
    assert.equal(await raw.over, code, what);
  }
  await call.stillSpeaks();
  const timeline = await sdk.get(`/realtime/calls/${call.id}/timeline`, { query: { limit: 10_000 } });
  const count = kind => timeline.data.filter(entry => entry.kind === kind).length;
  assert.equal(count('sideband.attached'), 8);
  assert.equal(count('sideband.detached'), 7, 'each was found to be gone');
});

test('a socket that does not read is closed with 1008, and holds nobody up', async () => {
  const call = await onCall();
  const { send, fence, ear } = call;
  const sleeper = await rawSocket(call.id);
  sleeper.socket.pause();
  send({ type: 'conversation.item.create', item: { id: 'large', type: 'message', role: 'user', content: [{ type: 'input_text', text: 'x'.repeat(12_000) }] } });
  // More than its queue holds (5,120 events) and the system's buffers besides; the one that reads gets them all.
  let full;
  for (let round = 0; round < 60; round++) {
    if (round === 51) { full = Date.now(); }
    for (let i = 0; i < 100; i++) { send({ type: 'conversation.item.retrieve', item_id: 'large' }); }
    await fence();
  }
  assert.equal(ear.types().filter(type => type === 'conversation.item.retrieved').length, 6_000);
  sleeper.socket.resume();
  // The goodbye waits for five seconds to be read; on a machine so slow that it wakes later, it finds the connection cut.
  const isLate = Date.now() - full > 4_000;
  const code = await sleeper.over;
  assert.ok(code === 1008 && /slow/.test(sleeper.reason()) || code === null && isLate, `${code} ${sleeper.reason()}`);
  await call.stillSpeaks();
});
