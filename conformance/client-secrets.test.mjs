// The official openai package: it mints client secrets, and opens with them what a browser would.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import OpenAI from 'openai';
import { OpenAIRealtimeWS } from 'openai/realtime/ws';
import WebSocket from 'ws';
import { base, client, listen, start, trusting, within } from './house.mjs';

const here = path.dirname(fileURLToPath(import.meta.url));
let house, sdk;

before(async () => {
  house = await start({ greeter: { engine: 'scripted', script: path.join(here, 'greeter.yaml') } });
  sdk = client(house, { fetchOptions: { dispatcher: await trusting(house.ca) } });
});
after(async () => { assert.equal(await house.stop(), 0, 'the server leaves with 0'); });

// What the SDK opens with this key.
function open(apiKey, what) {
  const socket = new OpenAIRealtimeWS({ ...what, options: { ca: house.ca } }, new OpenAI({ apiKey, baseURL: base }));
  const ear = listen(socket);
  const closed = new Promise(ok => socket.socket.on('close', ok));
  socket.on('event', ear.hear);
  socket.on('error', () => {});
  return { socket, ear, closed };
}

test('a secret that the SDK minted opens the session that it was minted with', async () => {
  const secret = await sdk.realtime.clientSecrets.create({
    expires_after: { anchor: 'created_at', seconds: 60 },
    session: { type: 'realtime', model: 'greeter', instructions: 'Be brief.', output_modalities: ['text'], audio: { output: { voice: 'marin' } } },
  });
  assert.match(secret.value, /^ek_/);
  assert.ok(Math.abs(secret.expires_at - Date.now() / 1000 - 60) < 30);
  assert.equal(secret.session.type, 'realtime');
  assert.equal(secret.session.audio.output.voice, 'marin');

  const { socket, ear, closed } = open(secret.value, { model: 'greeter' });
  const { session } = await ear.until('session.created');
  assert.equal(session.instructions, 'Be brief.');
  assert.equal(session.audio.output.voice, 'marin');
  socket.send({ type: 'response.create' });
  const { response } = await ear.until('response.done');
  assert.equal(response.status, 'completed');
  socket.close();
  await within('the socket to close', closed);
});

test('a secret commands nothing', async () => {
  const { value } = await sdk.realtime.clientSecrets.create();
  const stranger = client(house, { apiKey: value, fetchOptions: { dispatcher: await trusting(house.ca) } });
  await assert.rejects(stranger.realtime.calls.hangup('rtc_x'), OpenAI.AuthenticationError);
  await assert.rejects(stranger.realtime.clientSecrets.create(), OpenAI.AuthenticationError);
});

test('what is wrong with a session is told with its path', async () => {
  await assert.rejects(
    sdk.realtime.clientSecrets.create({ session: { type: 'realtime', audio: { output: { speed: 9 } } } }),
    error => error instanceof OpenAI.BadRequestError && error.param === 'session.audio.output.speed');
  await assert.rejects(
    sdk.realtime.clientSecrets.create({ expires_after: { anchor: 'created_at', seconds: 5 } }),
    error => error instanceof OpenAI.BadRequestError && error.param === 'expires_after.seconds');
});

test('a browser brings its key among the subprotocols', async () => {
  const { value } = await sdk.realtime.clientSecrets.create({ session: { type: 'realtime', model: 'greeter' } });
  const socket = new WebSocket(`${base.replace('https', 'wss')}/realtime?model=greeter`, ['realtime', `openai-insecure-api-key.${value}`], { ca: house.ca });
  const [text] = await within('the first event', new Promise((ok, no) => { socket.on('message', (...told) => ok(told)); socket.on('error', no); }));
  assert.equal(JSON.parse(text).type, 'session.created');
  assert.equal(socket.protocol, 'realtime');
  socket.close();
});

test('a transcription session writes down what the script says the caller says', async () => {
  const secret = await sdk.realtime.clientSecrets.create({
    session: { type: 'transcription', audio: { input: { transcription: { model: 'gpt-4o-transcribe' }, turn_detection: null } }, include: ['item.input_audio_transcription.logprobs'] },
  });
  assert.equal(secret.session.object, 'realtime.transcription_session');
  const { socket, ear, closed } = open(secret.value, { intent: 'transcription' });
  assert.equal((await ear.until('session.created')).session.type, 'transcription');
  socket.send({ type: 'input_audio_buffer.append', audio: Buffer.alloc(24_000).toString('base64') });
  socket.send({ type: 'input_audio_buffer.commit' });
  const heard = await ear.until('conversation.item.input_audio_transcription.completed');
  const deltas = ear.seen.filter(event => event.type === 'conversation.item.input_audio_transcription.delta');
  assert.equal(deltas.map(event => event.delta).join(''), heard.transcript);
  assert.equal(heard.logprobs.map(word => word.token).join(''), heard.transcript);
  assert.ok(heard.logprobs.every(word => word.logprob === 0));
  assert.ok(!ear.types().some(type => type.startsWith('response.')));
  socket.close();
  await within('the socket to close', closed);
});
