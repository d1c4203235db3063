// Sessions without a call: the openai package's own WebSocket and agents-js's, unchanged but for the base URL, over TLS.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { OpenAIRealtimeWebSocket, RealtimeAgent, RealtimeSession } from '@openai/agents-realtime';
import { OpenAIRealtimeWS } from 'openai/realtime/ws';
import WebSocket from 'ws';
import { base, client, key, listen, start, trusting, within } from './house.mjs';

const here = path.dirname(fileURLToPath(import.meta.url));
const wav = fs.readFileSync(path.join(here, '..', 'samples', 'speech', 'a-table-for-two.wav'));
const narrow = new Int16Array(wav.buffer.slice(wav.byteOffset + 44, wav.byteOffset + wav.length & ~1));
let house, sdk;

before(async () => {
  house = await start({ plain: { engine: 'scripted', script: path.join(here, 'scripts', 'plain.yaml') } });
  sdk = client(house, { fetchOptions: { dispatcher: await trusting(house.ca) } });
});
after(async () => { assert.equal(await house.stop(), 0, 'the server leaves with 0'); });

async function session(model = 'plain') {
  const socket = new OpenAIRealtimeWS({ model, options: { ca: house.ca } }, sdk);
  const ear = listen();
  const errors = [];
  socket.on('event', ear.hear);
  socket.on('error', error => errors.push(error));
  const closed = new Promise(ok => socket.socket.on('close', (code, reason) => ok({ code, reason: reason.toString() })));
  const { session } = await ear.until('session.created');
  assert.equal(ear.seen[0].type, 'session.created');
  const update = async patch => {
    const from = ear.seen.length;
    socket.send({ type: 'session.update', session: { type: 'realtime', ...patch } });
    return (await ear.until('session.updated', from)).session;
  };
  const bye = async () => {
    socket.close();
    assert.equal((await closed).code, 1000);
  };
  return { socket, ear, errors, closed, created: session, update, bye };
}

// Sound in 20 ms pieces, as fast as they go.
function append(socket, bytes, pieceBytes) {
  for (let at = 0; at < bytes.length; at += pieceBytes) {
    socket.send({ type: 'input_audio_buffer.append', audio: bytes.subarray(at, at + pieceBytes).toString('base64') });
  }
}

// The recording at 24 kHz, with a second of silence behind it.
function speech24k() {
  const wide = Buffer.alloc(narrow.length * 6 + 48_000);
  for (let i = 0; i < narrow.length * 3; i++) {
    const a = narrow[Math.floor(i / 3)], b = narrow[Math.min(narrow.length - 1, Math.floor(i / 3) + 1)];
    wide.writeInt16LE(Math.round(a + (b - a) * (i % 3) / 3), i * 2);
  }
  return wide;
}

// ITU-T G.711, mu-law, as the textbook has it.
function muLaw(sample) {
  const sign = sample < 0 ? 0x80 : 0;
  const magnitude = Math.min(Math.abs(sample), 32635) + 132;
  const exponent = Math.floor(Math.log2(magnitude)) - 7;
  return ~(sign | exponent << 4 | magnitude >> exponent + 3 & 0x0f) & 0xff;
}

const speechMuLaw = () => Buffer.concat([Buffer.from(Array.from(narrow, muLaw)), Buffer.alloc(8_000, 0xff)]);

// The speaker takes breath between the words.
const patient = { type: 'server_vad', silence_duration_ms: 700 };

const audioOf = (ear, from = 0) => Buffer.concat(ear.seen.slice(from).filter(event => event.type === 'response.output_audio.delta').map(event => Buffer.from(event.delta, 'base64')));

test('a greeting in words', async () => {
  const { socket, ear, errors, created, update, bye } = await session();
  assert.match(created.id, /^sess_/);
  assert.equal(created.model, 'plain');
  assert.deepEqual(created.audio.input.format, { type: 'audio/pcm', rate: 24000 });
  assert.deepEqual((await update({ output_modalities: ['text'], instructions: 'Be brief.' })).output_modalities, ['text']);
  const from = ear.seen.length;
  socket.send({ type: 'response.create' });
  const done = await ear.until('response.done', from);
  assert.equal(done.response.status, 'completed');
  assert.equal(done.response.output[0].content[0].text, 'Good evening. What can I do for you?');
  const types = ear.types().slice(from);
  for (const type of ['response.output_text.delta', 'response.output_text.done']) { assert.ok(types.includes(type), type); }
  assert.ok(!types.some(type => type.includes('audio')), types.join(' '));
  assert.deepEqual(errors, []);
  await bye();
});

test('a greeting aloud: audio in deltas, in the order of the contract, as long as the item says', async () => {
  const { socket, ear, bye } = await session();
  const from = ear.seen.length;
  socket.send({ type: 'response.create' });
  const done = await ear.until('response.done', from);
  const types = ear.types().slice(from);
  const order = [
    'response.created', 'response.output_item.added', 'conversation.item.added', 'response.content_part.added',
    'response.output_audio_transcript.delta', 'response.output_audio.delta', 'response.output_audio.done',
    'response.output_audio_transcript.done', 'response.content_part.done', 'response.output_item.done', 'response.done',
  ];
  assert.deepEqual(order.map(type => types.indexOf(type)).toSorted((a, b) => a - b), order.map(type => types.indexOf(type)), types.join(' '));
  assert.ok(!types.some(type => type.startsWith('output_audio_buffer')), 'nobody but the client plays it');
  const audio = audioOf(ear, from), ms = Math.floor(audio.length / 48);
  assert.ok(ms > 1500 && ms < 6000, `${ms} ms`);
  assert.ok(audio.some(byte => byte !== 0), 'it is no silence');

  // The server knows its length to the millisecond.
  const item = done.response.output[0].id;
  socket.send({ type: 'conversation.item.truncate', event_id: 'beyond', item_id: item, content_index: 0, audio_end_ms: ms + 1 });
  assert.equal((await ear.until('error')).error.event_id, 'beyond');
  socket.send({ type: 'conversation.item.truncate', item_id: item, content_index: 0, audio_end_ms: ms });
  assert.equal((await ear.until('conversation.item.truncated')).audio_end_ms, ms);
  await bye();
});

test('speech in, speech out: turns, words and an answer', async () => {
  const { socket, ear, update, bye } = await session();
  await update({ output_modalities: ['audio'], audio: { input: { transcription: { model: 'whisper-1' }, turn_detection: patient } } });
  socket.send({ type: 'response.create' });
  await ear.until('response.done');
  const from = ear.seen.length;
  append(socket, speech24k(), 960);
  const started = await ear.until('input_audio_buffer.speech_started', from), stopped = await ear.until('input_audio_buffer.speech_stopped', from);
  const recordedMs = narrow.length / 8;
  assert.ok(started.audio_start_ms < 600, `${started.audio_start_ms}`);
  assert.ok(stopped.audio_end_ms > recordedMs - 700 && stopped.audio_end_ms < recordedMs + 1000, `${stopped.audio_end_ms} of ${recordedMs}`);
  const words = await ear.until('conversation.item.input_audio_transcription.completed', from);
  assert.equal(words.transcript, 'I would like a table for two people.');
  const done = await ear.until('response.done', from);
  assert.equal(done.response.output[0].content[0].transcript, 'A table for two, gladly.');
  assert.ok(audioOf(ear, from).length > 48_000);
  const types = ear.types().slice(from), turn = ['input_audio_buffer.speech_started', 'input_audio_buffer.speech_stopped', 'input_audio_buffer.committed', 'conversation.item.added', 'conversation.item.done', 'response.created'];
  assert.deepEqual(turn.map(type => types.indexOf(type)), turn.map(type => types.indexOf(type)).toSorted((a, b) => a - b), types.join(' '));
  await bye();
});

test('G.711 both ways', async () => {
  const { socket, ear, update, bye } = await session();
  const format = { type: 'audio/pcmu' };
  assert.deepEqual((await update({ audio: { input: { format, turn_detection: patient }, output: { format } } })).audio.output.format, format);
  socket.send({ type: 'response.create' });
  await ear.until('response.done');
  const from = ear.seen.length;
  append(socket, speechMuLaw(), 160);
  await ear.until('input_audio_buffer.speech_stopped', from);
  const done = await ear.until('response.done', from);
  assert.deepEqual(done.response.audio.output.format, format);
  const audio = audioOf(ear, from);
  assert.ok(audio.length > 6_000 && audio.length < 40_000, `${audio.length} bytes`);
  await bye();
});

test('speech interrupts; what was generated is told, and the client says how much it played', async () => {
  const { socket, ear, update, bye } = await session();
  await update({ audio: { input: { turn_detection: patient } } });
  for (let turn = 0; turn < 2; turn++) {
    const from = ear.seen.length;
    socket.send({ type: 'response.create' });
    await ear.until('response.done', from);
  }
  const from = ear.seen.length;
  socket.send({ type: 'response.create' });
  const { item_id: item } = await ear.until('response.output_audio.delta', from);
  append(socket, speech24k(), 4_800);
  const done = await ear.until('response.done', from);
  assert.deepEqual(done.response.status_details, { type: 'cancelled', reason: 'turn_detected' });
  socket.send({ type: 'conversation.item.truncate', item_id: item, content_index: 0, audio_end_ms: 400 });
  assert.equal((await ear.until('conversation.item.truncated', from)).audio_end_ms, 400);
  socket.send({ type: 'conversation.item.retrieve', item_id: item });
  const { item: kept } = await ear.until('conversation.item.retrieved', from);
  assert.ok('The menu begins with a soup'.startsWith(kept.content[0].transcript), kept.content[0].transcript);
  const answer = await ear.when(event => event.type === 'response.done' && event.response.status === 'completed', 'the answer', from);
  assert.equal(answer.response.output[0].content[0].transcript, 'As you wish.');
  await bye();
});

test('a turn by hand, and a response beside the conversation', async () => {
  const { socket, ear, update, bye } = await session();
  assert.equal((await update({ audio: { input: { turn_detection: null } } })).audio.input.turn_detection, null);
  socket.send({ type: 'input_audio_buffer.commit', event_id: 'early' });
  const error = await ear.until('error');
  assert.deepEqual([error.error.code, error.error.event_id], ['input_audio_buffer_commit_empty', 'early']);
  append(socket, speech24k(), 48_000);
  socket.send({ type: 'input_audio_buffer.commit' });
  const committed = await ear.until('input_audio_buffer.committed');
  const { item } = await ear.until('conversation.item.done');
  assert.equal(item.id, committed.item_id);
  assert.equal(item.content[0].type, 'input_audio');
  assert.ok(!ear.types().includes('response.created'), 'nothing answers by itself');
  socket.send({ type: 'response.create', response: { conversation: 'none', output_modalities: ['text'], metadata: { topic: 'mood' }, input: [] } });
  const beside = await ear.until('response.done');
  assert.equal(beside.response.conversation_id, null);
  assert.deepEqual(beside.response.metadata, { topic: 'mood' });
  assert.equal(beside.response.output[0].content[0].text, 'The guest is friendly.');
  const from = ear.seen.length;
  socket.send({ type: 'response.create' });
  assert.equal((await ear.until('response.done', from)).response.output[0].content[0].transcript, 'Good evening. What can I do for you?');
  await bye();
});

test('errors carry the event_id and leave the session as it was', async () => {
  const { socket, ear, errors, bye } = await session();
  const wrong = [
    [{ type: 'input_audio_buffer.append', audio: Buffer.alloc(3).toString('base64') }, 'invalid_value', 'audio'],
    [{ type: 'input_audio_buffer.append', audio: '' }, 'invalid_value', 'audio'],
    [{ type: 'input_audio_buffer.append', audio: '%%' }, 'invalid_value', 'audio'],
    [{ type: 'input_audio_buffer.append', audio: Buffer.alloc((15 << 20) + 2).toString('base64') }, 'invalid_value', 'audio'],
    [{ type: 'output_audio_buffer.clear' }, 'invalid_value', 'type'],
    [{ type: 'session.update', session: { instructions: 'x' } }, 'missing_required_parameter', 'session.type'],
    [{ type: 'session.update', session: { type: 'realtime', audio: { input: { format: { type: 'audio/opus' } } } } }, 'invalid_value', 'session.audio.input.format.type'],
    [{ type: 'response.cancel' }, 'response_cancel_not_active', null],
    [{ type: 'conversation.item.truncate', item_id: 'item_x', content_index: 0, audio_end_ms: 0 }, 'item_truncate_invalid_item_id', 'item_id'],
  ];
  for (const [index, [event, code, param]] of wrong.entries()) {
    socket.send({ ...event, event_id: `mine-${index}` });
    const { error } = await ear.when(told => told.type === 'error' && told.error.event_id === `mine-${index}`, `the error of ${event.type}`);
    assert.deepEqual([error.code, error.param], [code, param], JSON.stringify(event).slice(0, 200));
  }
  assert.equal(errors.length, wrong.length);
  socket.send({ type: 'response.create' });
  assert.equal((await ear.until('response.done')).response.status, 'completed');
  await bye();
});

test('what is wrong before the upgrade is an HTTP answer, and what a browser offers is answered', async () => {
  const refusal = (query, apiKey) => within(`an answer to ${query}`, new Promise(ok => {
    const socket = new WebSocket(`${base.replace('https', 'wss')}/realtime${query}`, { ca: house.ca, headers: { Authorization: `Bearer ${apiKey}` } });
    socket.on('error', () => {});
    socket.on('unexpected-response', (_request, response) => {
      let body = '';
      response.on('data', part => { body += part; });
      response.on('end', () => ok([response.statusCode, JSON.parse(body).error.code, JSON.parse(body).error.param]));
    });
  }));
  assert.deepEqual(await refusal('?model=plain', 'sk-wrong'), [401, 'invalid_api_key', null]);
  assert.deepEqual(await refusal('', key), [400, 'missing_required_parameter', 'model']);
  assert.deepEqual(await refusal('?model=gpt-realtime', key), [400, 'invalid_value', 'model']);

  // ws offers compression by itself: "permessage-deflate; client_max_window_bits" (realtime-api §3.2).
  const browser = new WebSocket(`${base.replace('https', 'wss')}/realtime?model=plain`, ['realtime', `openai-insecure-api-key.${key}`], { ca: house.ca, perMessageDeflate: { threshold: 0 } });
  const ear = listen();
  browser.on('message', data => ear.hear(JSON.parse(data)));
  await ear.until('session.created');
  assert.equal(browser.protocol, 'realtime');
  assert.match(browser.extensions, /permessage-deflate/);
  browser.send(JSON.stringify({ type: 'session.update', session: { type: 'realtime', audio: { input: { turn_detection: patient } } } }));
  browser.send(JSON.stringify({ type: 'input_audio_buffer.append', audio: speech24k().toString('base64') }));
  await ear.until('input_audio_buffer.speech_stopped');
  await ear.until('response.done');
  assert.ok(audioOf(ear).length > 48_000, 'compressed one way, plain the other');
  const closed = new Promise(ok => browser.on('close', ok));
  browser.close();
  assert.equal(await closed, 1000);
});

test('an agent of agents-js on a WebSocket of its own hears and speaks', async () => {
  const agent = new RealtimeAgent({ name: 'desk', instructions: 'Be brief.' });
  let raw;
  const transport = new OpenAIRealtimeWebSocket({
    createWebSocket: async ({ url, apiKey }) => raw = new WebSocket(url, { ca: house.ca, headers: { Authorization: `Bearer ${apiKey}` } }),
    skipOpenEventListeners: false,
  });
  const talk = new RealtimeSession(agent, { transport, model: 'plain', config: { audio: { input: { turnDetection: { type: 'server_vad', silenceDurationMs: 700 } } } } });
  const ear = listen();
  const faults = [];
  let audioBytes = 0;
  talk.on('transport_event', ear.hear);
  talk.on('error', error => faults.push(error));
  talk.on('audio', event => { audioBytes += event.data.byteLength; });
  await talk.connect({ apiKey: key, url: `${base.replace('https', 'wss')}/realtime?model=plain` });
  await ear.until('session.updated');
  talk.transport.sendEvent({ type: 'response.create' });
  await ear.until('response.done');
  assert.ok(audioBytes > 48_000, `${audioBytes} bytes heard`);
  const from = ear.seen.length, speech = speech24k();
  for (let at = 0; at < speech.length; at += 9_600) { talk.sendAudio(speech.buffer.slice(speech.byteOffset + at, speech.byteOffset + Math.min(speech.length, at + 9_600))); }
  const done = await ear.until('response.done', from);
  assert.equal(done.response.output[0].content[0].transcript, 'A table for two, gladly.');
  const ended = new Promise(ok => raw.on('close', ok));
  talk.close();
  await within('the end', ended);
  assert.deepEqual(faults, []);
});
