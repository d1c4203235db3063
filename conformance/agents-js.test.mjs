// @openai/agents-realtime, unchanged but for its url: OpenAIRealtimeSIP with agents on real calls.
import assert from 'node:assert/strict';
import { after, afterEach, before, test } from 'node:test';
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { OpenAIRealtimeSIP, RealtimeAgent, RealtimeSession, tool } from '@openai/agents-realtime';
import WebSocket from 'ws';
import { base, client, key, lifecycles, listen, ringing, start, trusting, within } from './house.mjs';
// By these the SDK reads; an event that is not as it wants it is dropped without a word (realtime-api §7.2).
import { parseRealtimeEvent, realtimeServerEventSchema } from './node_modules/@openai/agents-realtime/dist/openaiRealtimeEvents.mjs';

const here = path.dirname(fileURLToPath(import.meta.url));
const speech = path.join(here, '..', 'samples', 'speech', 'a-table-for-two.wav');
const scripted = name => ({ engine: 'scripted', script: path.join(here, 'scripts', `${name}.yaml`) });
const wanted = new Set(realtimeServerEventSchema.options.map(option => option.shape.type.value));
const faults = [];      // what the session complains of, and what it would drop
let house, sdk;

before(async () => {
  house = await start({ desk: scripted('desk'), talker: scripted('talker'), reception: scripted('reception') });
  sdk = client(house, { fetchOptions: { dispatcher: await trusting(house.ca) } });
});
after(async () => { assert.equal(await house.stop(), 0, 'the server leaves with 0'); });
afterEach(() => { assert.deepEqual(faults.splice(0), [], 'nothing is complained of'); });

function read(event) {
  if (wanted.has(event.type) && parseRealtimeEvent({ data: JSON.stringify(event) }).isGeneric) { faults.push({ unreadable: event }); }
}

// A call that was accepted with what the SDK makes of the agent, and the agent attached to it.
async function attended(agent, model, options, ...phone) {
  const call = await ringing(house, sdk, ...phone);
  const body = await OpenAIRealtimeSIP.buildInitialConfig(agent, { model });
  await sdk.realtime.calls.accept(call.id, body);

  let socket;
  const transport = new OpenAIRealtimeSIP({
    // As the SDK opens its own, but for the certificate authority.
    createWebSocket: ({ url, apiKey }) => socket = new WebSocket(url, { ca: house.ca, headers: { Authorization: `Bearer ${apiKey}`, ...transport.getCommonRequestHeaders() } }),
  });
  const session = new RealtimeSession(agent, { transport, model, ...options });
  const ear = listen();
  session.on('transport_event', event => {
    read(event);
    ear.hear(event);
  });
  session.on('error', error => faults.push(error));
  await session.connect({ apiKey: key, callId: call.id, url: `${base.replace('https', 'wss')}/realtime?call_id=${call.id}` });
  const closed = new Promise(ok => socket.on('close', ok));
  return { ...call, body, session, ear, closed };
}

// How loud it is, every 20 ms.
function loudness(bytes, sampleRate) {
  const samples = new Int16Array(Uint8Array.from(bytes).buffer), window = sampleRate / 50;
  return Array.from({ length: Math.floor(samples.length / window) }, (_, i) => Math.hypot(...samples.subarray(i * window, (i + 1) * window)));
}

// Pearson's correlation of two recordings, where they lie best upon each other.
function likeness(one, other) {
  const at = (values, i) => values[i] ?? 0;
  const correlation = lag => {
    const pairs = one.map((value, i) => [value, at(other, i + lag)]), n = pairs.length;
    const [x, y] = [0, 1].map(side => pairs.reduce((sum, pair) => sum + pair[side], 0) / n);
    const moment = (a, b) => pairs.reduce((sum, pair) => sum + (pair[a] - [x, y][a]) * (pair[b] - [x, y][b]), 0);
    return moment(0, 1) / Math.sqrt(moment(0, 0) * moment(1, 1) || 1);
  };
  return Math.max(...Array.from({ length: 100 }, (_, i) => correlation(i - 50)));
}

async function hangUp({ id, ear, closed, caller, session }) {
  await sdk.realtime.calls.hangup(id);
  await ear.until('call.ended');
  assert.equal(await within('the close of the socket', closed), 1000);
  assert.equal(session.transport.status, 'disconnected');
  assert.equal((await caller.ended).code, 0);
}

// What the session holds for its history, without what is different every time.
const told = session => session.history.map(({ type, role, status, name, output, content }) => type === 'message'
  ? [role, status, content.map(part => part.transcript ?? part.text).join('')]
  : [type, status, `${name} → ${output}`]);

test('the SDK reads every lifecycle there is', () => {
  const events = lifecycles().flatMap(file => fs.readFileSync(file, 'utf8').split('\n')).filter(line => line.startsWith('{')).map(line => JSON.parse(line));
  assert.ok(events.length > 200, `${events.length} events`);
  events.forEach(read);
});

// §9.28.
test('an agent is attached to a call: its function runs here, and what it answered is spoken', async () => {
  const bookings = [];
  const agent = new RealtimeAgent({
    name: 'desk', instructions: 'Be brief.', voice: 'coral',
    tools: [tool({
      name: 'book_table', description: 'Books a table.',
      parameters: { type: 'object', properties: { people: { type: 'integer' }, time: { type: 'string' } }, required: ['people', 'time'], additionalProperties: false },
      strict: true,
      execute: wish => { bookings.push(wish); return 'Table 7'; },
    })],
  });
  const call = await attended(agent, 'desk', { historyStoreAudio: true }, '--play', speech, '--play-after', '500');
  const { session, ear, body } = call;

  // The whole configuration, and tracing by itself once there is a session (§7.3); either may come first.
  await ear.until('session.created');
  assert.equal(ear.seen[0].type, 'session.created');
  assert.equal(body.type, 'realtime');
  assert.equal(ear.seen[0].session.instructions, 'Be brief.');
  await ear.until('conversation.item.input_audio_transcription.completed');
  await ear.until('session.updated', ear.seen.indexOf(await ear.until('session.updated')) + 1);
  const updates = ear.seen.filter(event => event.type === 'session.updated');
  const updated = updates.at(-1);
  assert.equal(updates.length, 2);
  assert.equal(updated.session.tracing, 'auto');
  assert.deepEqual(updated.session.audio.input.format, { type: 'audio/pcm', rate: 24000 });
  assert.equal(updated.session.audio.input.turn_detection.type, 'semantic_vad');
  assert.equal(updated.session.audio.input.transcription.model, 'gpt-4o-mini-transcribe');
  assert.deepEqual(updated.session.tools.map(one => one.name), ['book_table']);

  const said = await ear.until('response.output_audio_transcript.done');
  assert.equal(said.transcript, 'Table seven is yours.');
  assert.deepEqual(bookings, [{ people: 2, time: '19:00' }]);
  await ear.until('output_audio_buffer.stopped');
  assert.equal(ear.seen.find(event => event.type === 'response.done').response.audio.output.voice, 'coral', 'a string');

  const from = ear.seen.length;
  session.sendMessage('Is there a garden?');
  await ear.until('output_audio_buffer.stopped', from);
  assert.deepEqual(told(session), [
    ['user', 'completed', 'I would like a table for two people.'],
    ['function_call', 'completed', 'book_table → Table 7'],
    ['assistant', 'completed', 'Table seven is yours.'],
    ['user', 'completed', 'Is there a garden?'],
    ['assistant', 'completed', 'You wrote to me.'],
  ]);
  // The SDK asks for each turn again with its audio (§7.3), which is what the phone has said: 24,000 samples a second.
  const heard = loudness(Buffer.from(session.history[0].content[0].audio, 'base64'), 24_000);
  const wave = fs.readFileSync(speech);
  // 0.99 on a quiet machine; on a busy one frames come late, and some are made up.
  assert.ok(likeness(heard, loudness(wave.subarray(wave.indexOf('data') + 8), 8_000)) > 0.7, 'the audio in the history is that of the phone');
  const usages = ear.seen.filter(event => event.type === 'response.done').map(event => event.response.usage);
  assert.equal(usages.length, 3);
  assert.equal(session.usage.totalTokens, usages.reduce((sum, usage) => sum + usage.total_tokens, 0));

  // What the application forgets, the session forgets.
  session.updateHistory(history => history.slice(-1));
  for (let i = 0, after = from; i < 4; i++) { after = ear.seen.indexOf(await ear.until('conversation.item.deleted', after)) + 1; }
  assert.deepEqual(told(session), [['assistant', 'completed', 'You wrote to me.']]);
  await hangUp(call);
});

test('the caller interrupts, then the application does: what was not heard is not in the history', async () => {
  const call = await attended(new RealtimeAgent({ name: 'talker', instructions: 'Talk.' }), 'talker', {}, '--play', speech, '--play-after', '5000');
  const { session, ear } = call;

  // Barge-in: the server owns the playout, so the SDK has nothing to cut; it asks for the item as it is now (§6.4, §7.3).
  const cleared = await ear.until('output_audio_buffer.cleared');
  const done = await ear.until('response.done');
  assert.deepEqual([done.response.status, done.response.status_details.reason], ['cancelled', 'turn_detected']);
  assert.equal(done.response.id, cleared.response_id);
  const cut = await ear.until('conversation.item.truncated');
  const heard = await ear.until('conversation.item.retrieved');
  assert.equal(heard.item.id, cut.item_id);
  assert.ok(cut.audio_end_ms > 1_000, `${cut.audio_end_ms} ms were heard`);
  const order = ['input_audio_buffer.speech_started', 'output_audio_buffer.cleared', 'response.done', 'conversation.item.truncated', 'conversation.item.retrieved'];
  assert.deepEqual(order.map(type => ear.types().indexOf(type)).toSorted((a, b) => a - b), order.map(type => ear.types().indexOf(type)));
  await ear.until('output_audio_buffer.stopped');      // of "I am listening."

  // session.interrupt() while another answer is heard and still thought of. Of an item of which nothing at all was heard
  // the SDK keeps the words, so it is given a moment.
  let from = ear.seen.length;
  session.sendMessage('What is on the menu?');
  const started = await ear.until('output_audio_buffer.started', from);
  await new Promise(ok => setTimeout(ok, 1_500));
  session.interrupt();
  const cancelled = await ear.until('response.done', from);
  assert.deepEqual([cancelled.response.status, cancelled.response.status_details.reason], ['cancelled', 'client_cancelled']);
  assert.equal((await ear.until('output_audio_buffer.cleared', from)).response_id, started.response_id);
  await ear.until('conversation.item.retrieved', from);

  // The SDK's queue of responses has not come to a halt.
  from = ear.seen.length;
  session.sendMessage('Never mind.');
  await ear.until('output_audio_buffer.stopped', from);
  const history = told(session);
  assert.deepEqual(history.map(([role]) => role), ['assistant', 'user', 'assistant', 'user', 'assistant', 'user', 'assistant']);
  assert.match(history[0][2], /^Welcome to the long/);
  assert.ok(!history[0][2].includes('wine'), history[0][2]);
  assert.ok(!history[4][2].includes('noon'), history[4][2]);
  assert.match(history[4][2], /^The menu/);
  assert.deepEqual([history[1], history[2], history[6]].map(line => line[2]), ['I would like a table for two people.', 'I am listening.', 'As you wish.']);
  await hangUp(call);
});

test('a hand-off: the second agent takes over while the first is still heard', async () => {
  const handedTo = [];
  const billing = new RealtimeAgent({
    name: 'billing', instructions: 'Know everything about invoices.', handoffDescription: 'Invoices.',
    tools: [tool({
      name: 'find_invoice', description: 'Finds an invoice.',
      parameters: { type: 'object', properties: { number: { type: 'integer' } }, required: ['number'], additionalProperties: false },
      strict: true,
      execute: () => 'paid',
    })],
  });
  const call = await attended(new RealtimeAgent({ name: 'reception', instructions: 'Connect people.', handoffs: [billing] }), 'reception', {});
  const { session, ear } = call;
  session.on('agent_handoff', (_context, from, to) => handedTo.push(`${from.name} → ${to.name}`));
  await ear.until('session.updated');
  session.transport.sendEvent({ type: 'response.create' });

  // The session changes in the middle of the sentence that announces it, and the sentence is heard to its end.
  const spoken = await ear.until('output_audio_buffer.started');
  const at = ear.seen.indexOf(await ear.until('response.function_call_arguments.done'));
  const changed = await ear.until('session.updated', at);
  assert.equal(changed.session.instructions, 'Know everything about invoices.');
  assert.deepEqual(changed.session.tools.map(one => one.name), ['find_invoice']);
  const stopped = await ear.until('output_audio_buffer.stopped');
  assert.equal(stopped.response_id, spoken.response_id);
  assert.ok(ear.seen.indexOf(changed) < ear.seen.indexOf(stopped));
  assert.ok(!ear.types().includes('conversation.item.truncated'));

  while (told(session).at(-1)?.[2] !== 'Your invoice is paid.') { await ear.until('output_audio_buffer.stopped', ear.seen.length); }
  assert.deepEqual(handedTo, ['reception → billing']);
  assert.equal(session.currentAgent.name, 'billing');
  assert.deepEqual(told(session).filter(([role]) => role === 'assistant').map(line => line[2]), [
    'Let me connect you with our billing department, which knows everything about invoices.', 'Billing here.', 'Your invoice is paid.',
  ]);
  await hangUp(call);
});
