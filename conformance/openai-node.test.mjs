// The official openai package, unchanged but for its base URL: webhooks, the four call actions, the sideband.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import OpenAI from 'openai';
import { OpenAIRealtimeWS } from 'openai/realtime/ws';
import WebSocket from 'ws';
import { base, briefKey, client, key, listen, phone, ringing, start, trusting, within } from './house.mjs';

const here = path.dirname(fileURLToPath(import.meta.url));
const session = { type: 'realtime', model: 'greeter', instructions: 'Be brief.' };
let house, sdk;

before(async () => {
  house = await start({ greeter: { engine: 'scripted', script: path.join(here, 'greeter.yaml') } });
  sdk = client(house, { fetchOptions: { dispatcher: await trusting(house.ca) } });
});
after(async () => { assert.equal(await house.stop(), 0, 'the server leaves with 0'); });

function attach(id) {
  const socket = new OpenAIRealtimeWS({ callID: id, options: { ca: house.ca } }, sdk);
  const ear = listen(socket);
  socket.on('event', ear.hear);
  socket.on('error', () => {});
  const opened = new Promise(ok => socket.socket.on('open', ok));
  const closed = new Promise(ok => socket.socket.on('close', (code, reason) => ok({ code, reason: reason.toString() })));
  return { socket, ear, opened, closed };
}

async function answered(...options) {
  const call = await ringing(house, sdk, ...options);
  const side = attach(call.id);
  await sdk.realtime.calls.accept(call.id, session);
  await side.ear.until('session.created');
  return { ...call, ...side };
}

// §9.39: to whatever port the configuration names.
test('a webhook of the server is unwrapped by the SDK, and only as it was sent', async () => {
  const { caller, webhook, event, id } = await ringing(house, sdk);
  assert.equal(event.type, 'realtime.call.incoming');
  assert.equal(event.object, 'event');
  assert.match(id, /^rtc_[A-Za-z0-9_-]+$/);
  assert.ok(Math.abs(event.created_at - Date.now() / 1000) < 30);
  const names = event.data.sip_headers.map(header => header.name.toLowerCase());
  for (const name of ['from', 'to', 'via', 'call-id', 'contact']) { assert.ok(names.includes(name), name); }
  assert.match(event.data.sip_headers.find(header => header.name === 'To').value, /proj_conf/);
  await assert.rejects(sdk.webhooks.unwrap(webhook.body + ' ', webhook.headers), OpenAI.InvalidWebhookSignatureError);
  await sdk.realtime.calls.reject(id);
  assert.equal((await caller.ended).status, 603, 'reject without a body is 603');
});

// §9.11: the application ends the call.
test('accept, attach, talk, and hang up', async () => {
  const call = await ringing(house, sdk);
  const response = await sdk.realtime.calls.accept(call.id, session).asResponse();
  assert.equal(response.status, 200);
  assert.equal(await response.text(), '');
  assert.ok(response.headers.get('x-request-id'));

  const { socket, ear, closed } = attach(call.id);
  const created = await ear.until('session.created');
  assert.equal(ear.seen[0].type, 'session.created');
  assert.match(created.session.id, /^sess_/);
  assert.equal(created.session.object, 'realtime.session');
  assert.equal(created.session.instructions, 'Be brief.');
  assert.equal(created.session.audio.input.turn_detection.silence_duration_ms, 200);

  socket.send({ type: 'session.update', session: { type: 'realtime', instructions: '' } });
  const cleared = await ear.until('session.updated');
  assert.equal(cleared.session.instructions, '');
  assert.ok(cleared.session.audio.input.turn_detection);
  let from = ear.seen.length;
  socket.send({ type: 'session.update', session: { type: 'realtime', audio: { input: { turn_detection: null } } } });
  const manual = await ear.until('session.updated', from);
  assert.equal(manual.session.audio.input.turn_detection, null);
  assert.equal(manual.session.audio.output.voice, cleared.session.audio.output.voice);

  from = ear.seen.length;
  socket.send({ type: 'response.create' });
  await ear.until('output_audio_buffer.stopped', from);
  const types = ear.types().slice(from);
  const order = [
    'response.created', 'response.output_item.added', 'conversation.item.added', 'response.content_part.added',
    'output_audio_buffer.started', 'response.output_audio_transcript.delta', 'response.output_audio.done',
    'response.output_audio_transcript.done', 'response.content_part.done', 'response.output_item.done', 'response.done',
    'output_audio_buffer.stopped',
  ];
  assert.deepEqual(order.map(type => types.indexOf(type)).toSorted((a, b) => a - b), order.map(type => types.indexOf(type)), types.join(' '));
  assert.ok(!types.includes('response.output_audio.delta'), 'the sideband carries no audio');
  const done = ear.seen.find(event => event.type === 'response.done').response;
  assert.equal(done.status, 'completed');
  assert.equal(typeof done.usage.total_tokens, 'number');
  assert.equal(done.output[0].content[0].transcript, 'Hello, this is Switchhook. How can I help you?');

  socket.send({ type: 'response.cancel', event_id: 'mine-1' });
  const error = await ear.until('error');
  assert.equal(error.error.event_id, 'mine-1');
  assert.equal(error.error.code, 'response_cancel_not_active');
  assert.equal(socket.socket.readyState, WebSocket.OPEN);

  // S4, O2: this phone takes no REFER. Its answer is told, and the call goes on.
  await assert.rejects(sdk.realtime.calls.refer(call.id, { target_uri: 'tel:+14155550123' }), error =>
    error instanceof OpenAI.BadRequestError && error.code === 'refer_rejected' && /REFER with 405/.test(error.message) && !!error.requestID);

  await sdk.realtime.calls.hangup(call.id);
  const end = await ear.until('call.ended');
  assert.deepEqual([end.reason, end.by], ['hung_up', 'api']);
  assert.equal((await closed).code, 1000);
  const report = await call.caller.ended;
  assert.equal(report.code, 0);
});

test('S1: the caller hangs up, and what is pending still comes before the end', async () => {
  const { caller, ear, closed, id } = await answered('--hangup-after', '1');
  const gone = await ear.until('call.caller_disconnected');
  assert.equal(gone.call_id, id);
  const end = await ear.until('call.ended');
  assert.deepEqual([end.reason, end.by], ['hung_up', 'caller']);
  assert.ok(end.timing.duration_ms >= 900);
  assert.equal(ear.types().at(-1), 'call.ended');
  assert.equal((await closed).code, 1000);
  assert.equal((await caller.ended).code, 0);
});

test('S2: a caller who gave up while it rang is not accepted any more', async () => {
  const { caller, id } = await ringing(house, sdk);
  const { ear, opened, closed } = attach(id);
  await opened;
  caller.hangUp();
  await closed;
  await assert.rejects(sdk.realtime.calls.accept(id, session), error =>
    error instanceof OpenAI.NotFoundError && error.code === 'call_id_not_found' && /caller/i.test(error.message));
  const end = ear.seen.find(event => event.type === 'call.ended');
  assert.deepEqual([end.reason, end.by, end.sip.status], ['cancelled', 'caller', 487]);
  await caller.ended;
});

test('S5: a webhook that fails is tried again while it rings, under the same id', async () => {
  let failures = 2;
  house.inbox.answerWith(() => failures-- > 0 ? 500 : 200);
  const caller = phone();
  const attempts = [await house.inbox.next(), await house.inbox.next(), await house.inbox.next()];
  house.inbox.answerWith(() => 200);
  assert.equal(new Set(attempts.map(attempt => attempt.headers['webhook-id'])).size, 1);
  assert.equal(new Set(attempts.map(attempt => attempt.body)).size, 1);
  const event = await sdk.webhooks.unwrap(attempts[2].body, attempts[2].headers);
  await sdk.realtime.calls.reject(event.data.call_id, { status_code: 486 });
  assert.equal((await caller.ended).status, 486);
  assert.equal(house.inbox.pending(), 0);
});

test('L5: a call that nobody decides is refused with the configured status', async () => {
  const caller = phone('proj_brief'), webhook = await house.inbox.next();
  const brief = client(house, { apiKey: briefKey, project: 'proj_brief', fetchOptions: sdk._options.fetchOptions });
  const { data: { call_id: id } } = await brief.webhooks.unwrap(webhook.body, webhook.headers);
  const report = await caller.ended;
  assert.equal(report.status, 503);
  await assert.rejects(brief.realtime.calls.accept(id, session), error => error instanceof OpenAI.NotFoundError && error.code === 'call_id_not_found');
});

test('S7: an accept that is wrong names the parameter, and the phone still rings', async () => {
  const { caller, id } = await ringing(house, sdk);
  const wrong = async (body, code, param) => assert.rejects(sdk.realtime.calls.accept(id, body), error => {
    assert.equal(error.status, 400, JSON.stringify(body));
    assert.equal(error.code, code, error.message);
    assert.match(error.param, param, error.message);
    assert.equal(error.type, 'invalid_request_error');
    assert.ok(error.requestID);
    return true;
  });
  await wrong({ model: 'greeter' }, 'missing_required_parameter', /type$/);
  await wrong({ type: 'realtime', model: 'nobody' }, 'invalid_value', /model$/);
  await wrong({ ...session, tools: [{ type: 'teleport' }] }, 'invalid_value', /tools/);
  await wrong({ ...session, audio: { input: { turn_detection: { type: 'server_vad', threshold: 7 } } } }, 'invalid_value', /threshold/);
  await wrong({ ...session, surprise: 1 }, 'unknown_parameter', /surprise/);
  // What clients send although it means nothing on a phone is taken.
  await sdk.realtime.calls.accept(id, { ...session, audio: { input: { format: { type: 'audio/pcm', rate: 24000 } } } });
  await sdk.realtime.calls.accept(id, { ...session, audio: { input: { format: { type: 'audio/pcm', rate: 24000 } } } });
  await sdk.realtime.calls.hangup(id);
  await sdk.realtime.calls.hangup(id);
  assert.equal((await caller.ended).code, 0);
});

test('an answer that is lost on the way is asked for again by the SDK, and the action has the effect of one', async () => {
  let lost = 0;
  const { dispatcher } = sdk._options.fetchOptions;
  const unlucky = client(house, {
    maxRetries: 2,
    async fetch(url, init) {
      const response = await fetch(url, { ...init, dispatcher });
      if (init.headers.get('x-stainless-retry-count') !== '0') { return response; }
      lost++;
      assert.equal(response.status, 200);
      await response.arrayBuffer();
      throw new TypeError('fetch failed');
    },
  });
  const refused = await ringing(house, sdk);
  await unlucky.realtime.calls.reject(refused.id, { status_code: 486 });
  assert.equal((await refused.caller.ended).status, 486);
  const { id, caller } = await ringing(house, sdk);
  await unlucky.realtime.calls.accept(id, session);
  await unlucky.realtime.calls.hangup(id);
  assert.equal((await caller.ended).code, 0);
  await unlucky.realtime.calls.hangup(id);
  assert.equal(lost, 4);
});

test('S6: session.update with another audio format does not change the phone leg', async () => {
  const { caller, socket, ear, id } = await answered();
  socket.send({ type: 'session.update', session: { type: 'realtime', audio: { output: { format: { type: 'audio/pcma' } } }, tools: [{ type: 'function', name: 'book_table' }] } });
  await ear.until('session.updated');
  const from = ear.seen.length;
  socket.send({ type: 'response.create' });
  await ear.until('output_audio_buffer.stopped', from);
  await sdk.realtime.calls.hangup(id);
  const report = await caller.ended;
  assert.equal(report.codec ?? 'PCMU', 'PCMU');
  assert.equal(report.code, 0);
});

test('§9.24: the first words have the voice that accept asked for, or an update before them', async () => {
  const { caller, id } = await ringing(house, sdk);
  const { socket, ear } = attach(id);
  await sdk.realtime.calls.accept(id, { ...session, audio: { output: { voice: 'coral' } } });
  assert.equal((await ear.until('session.created')).session.audio.output.voice, 'coral');
  socket.send({ type: 'session.update', session: { type: 'realtime', audio: { output: { voice: 'cedar' } } } });
  socket.send({ type: 'response.create' });
  assert.equal((await ear.until('response.created')).response.audio.output.voice, 'cedar');
  await ear.until('output_audio_buffer.started');
  const from = ear.seen.length;
  socket.send({ type: 'session.update', session: { type: 'realtime', audio: { output: { voice: 'coral' } } } });
  assert.equal((await ear.until('error', from)).error.code, 'cannot_update_voice');
  await sdk.realtime.calls.hangup(id);
  assert.equal((await caller.ended).code, 0);
});

test('errors of unknown calls, keys and bodies have all four members and an x-request-id', async () => {
  await assert.rejects(sdk.realtime.calls.hangup('rtc_nope'), error =>
    error instanceof OpenAI.NotFoundError && error.code === 'call_id_not_found' && error.type === 'invalid_request_error' && !!error.requestID);
  await assert.rejects(client(house, { apiKey: 'sk-wrong', fetchOptions: sdk._options.fetchOptions }).realtime.calls.hangup('rtc_nope'), error =>
    error instanceof OpenAI.AuthenticationError && error.code === 'invalid_api_key');
  await assert.rejects(sdk.realtime.calls.refer('rtc_nope', {}), error => error.status === 400 && error.param === 'target_uri');
  await assert.rejects(sdk.realtime.calls.reject('rtc_nope', { status_code: 200 }), error => error.status === 400 || error.status === 404);
  for (const [method, route, status] of [['GET', '/nowhere', 404], ['DELETE', '/realtime/calls', 405]]) {
    const response = await fetch(base + route, { method, headers: { authorization: `Bearer ${key}` }, dispatcher: sdk._options.fetchOptions.dispatcher });
    assert.equal(response.status, status);
    assert.deepEqual(Object.keys((await response.json()).error).toSorted(), ['code', 'message', 'param', 'type']);
    assert.ok(response.headers.get('x-request-id'));
  }
});

test('a call of another project does not exist', async () => {
  const { caller, id } = await ringing(house, sdk);
  const stranger = client(house, { apiKey: 'sk-other', project: 'proj_other', fetchOptions: sdk._options.fetchOptions });
  await assert.rejects(stranger.realtime.calls.accept(id, session), OpenAI.NotFoundError);
  await sdk.realtime.calls.reject(id, { status_code: 480 });
  assert.equal((await caller.ended).status, 480);
});

// §9.27: URLs are written by hand, with a model beside the call.
test('what is wrong before the upgrade is an HTTP answer; realtime is echoed only when offered', async () => {
  const status = (url, protocols = [], headers = { Authorization: `Bearer ${key}` }) => within(url, new Promise(ok => {
    const socket = new WebSocket(url, protocols, { ca: house.ca, headers });
    socket.on('unexpected-response', (_request, response) => { response.resume(); ok(response.statusCode); });
    socket.on('open', () => { ok(socket.protocol); socket.terminate(); });
    socket.on('error', () => {});
  }));
  const ws = base.replace('https', 'wss') + '/realtime';
  assert.equal(await status(`${ws}?call_id=rtc_nope`), 404);
  assert.equal(await status(`${ws}?call_id=rtc_nope`, [], {}), 401);
  assert.equal(await status(ws), 400);
  const { caller, id } = await ringing(house, sdk);
  assert.equal(await status(`${ws}?call_id=${id}`), '');
  assert.equal(await status(`${ws}?model=greeter&call_id=${id}`), '');
  assert.equal(await status(`${ws}?call_id=${id}`, ['realtime', `openai-insecure-api-key.${key}`], {}), 'realtime');
  assert.equal(await status(`${ws}?call_id=${id}`, ['realtime', 'openai-insecure-api-key.wrong'], {}), 401);
  await sdk.realtime.calls.reject(id, { status_code: 486 });
  await caller.ended;
});

test('a function call is answered by the application and branches the conversation', async () => {
  const { caller, socket, ear, id } = await answered('--play', path.join(here, '..', 'samples', 'speech', 'a-table-for-two.wav'), '--play-after', '10000');      // when the greeting is over
  socket.send({
    type: 'session.update',
    session: {
      type: 'realtime',
      audio: { input: { transcription: { model: 'whisper-1' }, turn_detection: { type: 'server_vad', silence_duration_ms: 1500 } } },
      tools: [{ type: 'function', name: 'book_table', parameters: { type: 'object', properties: { people: { type: 'integer' } } } }],
    },
  });
  await ear.until('session.updated');
  socket.send({ type: 'response.create' });
  await ear.until('output_audio_buffer.stopped');

  // The caller speaks; server_vad ends the turn and asks for a response, which is a function call.
  const heard = await ear.until('conversation.item.input_audio_transcription.completed');
  assert.equal(heard.transcript, 'I would like a table for two people.');
  const called = await ear.until('response.function_call_arguments.done');
  assert.equal(called.name, 'book_table');
  assert.deepEqual(JSON.parse(called.arguments), { people: 2 });
  let from = ear.seen.indexOf(called);
  const done = await ear.until('response.done', from);
  assert.equal(done.response.output[0].type, 'function_call');
  const types = ear.types();
  const order = ['input_audio_buffer.speech_started', 'input_audio_buffer.speech_stopped', 'input_audio_buffer.committed', 'response.function_call_arguments.done'];
  assert.deepEqual(order.map(type => types.indexOf(type)).toSorted((a, b) => a - b), order.map(type => types.indexOf(type)));

  from = ear.seen.length;
  socket.send({ type: 'conversation.item.create', item: { type: 'function_call_output', call_id: called.call_id, output: '{"status":"booked"}' } });
  socket.send({ type: 'response.create' });
  const said = await ear.until('response.output_audio_transcript.done', from);
  assert.equal(said.transcript, 'Your table is booked.');
  await ear.until('output_audio_buffer.stopped', from);
  await sdk.realtime.calls.hangup(id);
  await ear.until('call.ended');
  assert.equal((await caller.ended).code, 0);
});

// §9.41.
test('a socket that comes late is replayed what it missed', async () => {
  const { caller, socket, ear, id } = await answered();
  socket.send({ type: 'response.create' });
  await ear.until('output_audio_buffer.stopped');
  const late = new WebSocket(`${base.replace('https', 'wss')}/realtime?call_id=${id}&starting_after=${ear.seen[0].event_id}`, { ca: house.ca, headers: { Authorization: `Bearer ${key}` } });
  const heard = listen(late);
  late.on('message', text => heard.hear(JSON.parse(text)));
  await heard.until('output_audio_buffer.stopped');
  assert.equal(heard.seen[0].type, 'session.created');
  assert.deepEqual(heard.seen.slice(1, ear.seen.length).map(e => e.event_id), ear.seen.slice(1).map(e => e.event_id));
  late.close();
  await sdk.realtime.calls.hangup(id);
  await caller.ended;
});

test('afterwards the call can be read back: record, timeline, recording', async () => {
  const { caller, socket, ear, id } = await answered();
  socket.send({ type: 'response.create' });
  await ear.until('output_audio_buffer.stopped');
  await sdk.realtime.calls.hangup(id);
  await ear.until('call.ended');
  await caller.ended;
  const get = async (route, init = {}) => fetch(`${base}/realtime/calls${route}`, { ...init, headers: { authorization: `Bearer ${key}`, ...init.headers }, dispatcher: sdk._options.fetchOptions.dispatcher });
  const record = await (await get(`/${id}`)).json();
  assert.equal(record.id, id);
  const list = await (await get('')).json();
  assert.equal(list.object, 'list');
  assert.ok(list.data.some(call => call.id === id));
  const timeline = await (await get(`/${id}/timeline`)).json();
  const kinds = timeline.data.map(entry => entry.kind);
  for (const kind of ['sip.received', 'sip.sent', 'webhook.attempt', 'api.request', 'session.created', 'output_audio_buffer.stopped', 'media.first_rtp', 'call.ended']) {
    assert.ok(kinds.includes(kind), `${kind} is not among ${[...new Set(kinds)].join(' ')}`);
  }
  const wav = Buffer.from(await (await get(`/${id}/recording`)).arrayBuffer());
  assert.equal(wav.subarray(0, 4).toString(), 'RIFF');
  assert.equal(wav.readUInt16LE(22), 2, 'stereo');
  assert.ok(wav.length > 8000 * 4, 'at least a second');
});
