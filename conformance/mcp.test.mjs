// Tools of an MCP server that nobody here wrote, through the official SDKs, on real calls.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { after, before, test } from 'node:test';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { hostedMcpTool } from '@openai/agents-core';
import { OpenAIRealtimeSIP, RealtimeAgent, RealtimeSession } from '@openai/agents-realtime';
import { OpenAIRealtimeWS } from 'openai/realtime/ws';
import WebSocket from 'ws';
import { base, client, key, listen, ringing, start, trusting, within } from './house.mjs';
import { open, token } from './shop.mjs';
// By these the SDK reads; an event that is not as it wants it is dropped without a word (realtime-api §7.2).
import { parseRealtimeEvent, realtimeServerEventSchema } from './node_modules/@openai/agents-realtime/dist/openaiRealtimeEvents.mjs';

const here = path.dirname(fileURLToPath(import.meta.url));
const wanted = new Set(realtimeServerEventSchema.options.map(option => option.shape.type.value));
let house, sdk, shop;

before(async () => {
  shop = await open();
  house = await start({ shop: { engine: 'scripted', script: path.join(here, 'scripts', 'shop.yaml') } });
  sdk = client(house, { fetchOptions: { dispatcher: await trusting(house.ca) } });
});
after(async () => {
  assert.equal(await house.stop(), 0, 'the server leaves with 0');
  shop.close();
});

const tool = more => ({ type: 'mcp', server_label: 'shop', server_url: shop.url, authorization: token, ...more });

// A call that was accepted with these tools, and a sideband of openai-node.
async function answered(...tools) {
  const call = await ringing(house, sdk);
  const socket = new OpenAIRealtimeWS({ callID: call.id, options: { ca: house.ca } }, sdk);
  const ear = listen();
  const errors = [];
  socket.on('event', ear.hear);
  socket.on('error', error => errors.push(error));
  await once(socket.socket, 'open');      // lists are fetched as soon as the call is accepted, and nothing is told twice
  await sdk.realtime.calls.accept(call.id, { type: 'realtime', model: 'shop', tools });
  return { ...call, socket, ear, errors };
}

async function hangUp({ id, ear, caller }) {
  await sdk.realtime.calls.hangup(id);
  await ear.until('call.ended');
  assert.equal((await caller.ended).code, 0);
}

test('a call is made when the application has approved, and its result is spoken when it asks (§6.4, §9 row 40)', async () => {
  const call = await answered(tool());
  const { socket, ear, errors } = call;
  const listed = await ear.until('mcp_list_tools.completed');
  const list = ear.seen.find(event => event.type === 'conversation.item.done' && event.item.id === listed.item_id).item;
  assert.deepEqual(list.tools.map(one => [one.name, one.description, one.input_schema.type]), [['find_order', 'Finds an order.', 'object'], ['cancel_order', 'Cancels an order.', 'object']]);
  assert.equal(list.tools[0].annotations.readOnlyHint, true);

  socket.send({ type: 'response.create', response: { tool_choice: { type: 'mcp', server_label: 'shop', name: 'find_order' } } });
  const args = await ear.until('response.mcp_call_arguments.done');
  assert.deepEqual(JSON.parse(args.arguments), { order: 7 });
  const done = await ear.until('response.done');
  assert.equal(done.response.status, 'completed');
  const request = done.response.output.find(item => item.type === 'mcp_approval_request');
  assert.deepEqual([request.server_label, request.name], ['shop', 'find_order']);
  assert.deepEqual(shop.orders, []);
  await ear.until('output_audio_buffer.stopped');

  socket.send({ type: 'conversation.item.create', item: { type: 'mcp_approval_response', id: 'approval_response_1', approval_request_id: request.id, approve: true, reason: 'It is hers.' } });
  const completed = await ear.until('response.mcp_call.completed');
  assert.equal(completed.item_id, args.item_id);
  const ended = await ear.until('conversation.item.done', ear.seen.indexOf(completed));
  assert.deepEqual([ended.item.type, ended.item.output, ended.item.approval_request_id, ended.item.error], ['mcp_call', 'Order 7 was sent on Monday.', request.id, null]);
  assert.deepEqual(shop.orders.splice(0), [7]);

  socket.send({ type: 'response.create', response: { tool_choice: 'none' } });
  const said = await ear.until('response.output_audio_transcript.done', ear.seen.indexOf(ended));
  assert.equal(said.transcript, 'It was sent on Monday.');
  assert.equal(ear.types().filter(type => type === 'response.created').length, 2, 'the server does not speak by itself');
  assert.ok(!JSON.stringify(ear.seen).includes(token), 'the token is nowhere');
  assert.deepEqual(errors, []);
  await hangUp(call);
});

test('a tool that fails, and a server that does not let us in', async () => {
  const call = await answered(tool({ require_approval: 'never', allowed_tools: ['cancel_order'] }), { ...tool({ authorization: 'wrong' }), server_label: 'other' });
  const { socket, ear } = call;
  const refused = await ear.until('mcp_list_tools.failed');
  assert.match(ear.seen.find(event => event.type === 'conversation.item.done' && event.item.id === refused.item_id).item.error, /401/);
  const listed = await ear.until('mcp_list_tools.completed');
  const list = ear.seen.find(event => event.type === 'conversation.item.done' && event.item.id === listed.item_id).item;
  assert.deepEqual(list.tools.map(one => one.name), ['cancel_order']);

  // What is not allowed is not there; what is allowed fails in the shop.
  socket.send({ type: 'response.create' });
  assert.equal((await ear.until('response.done')).response.status_details.error.code, 'tool_not_found');
  let from = ear.seen.length;
  socket.send({ type: 'session.update', session: { type: 'realtime', tools: [tool({ require_approval: { never: { read_only: true } } })] } });
  await ear.until('mcp_list_tools.completed', from);
  from = ear.seen.length;
  socket.send({ type: 'response.create' });
  const completed = await ear.until('response.mcp_call.completed', from);
  await ear.until('response.done', from);
  from = ear.seen.length;
  socket.send({ type: 'response.create' });
  const request = (await ear.until('response.done', from)).response.output.find(item => item.type === 'mcp_approval_request');
  socket.send({ type: 'conversation.item.create', item: { type: 'mcp_approval_response', approval_request_id: request.id, approve: true } });
  const failed = await ear.until('response.mcp_call.failed', from);
  assert.notEqual(failed.item_id, completed.item_id);
  const ended = await ear.until('conversation.item.done', ear.seen.indexOf(failed));
  assert.deepEqual(ended.item.error, { type: 'tool_execution_error', message: 'Order 7 has left the house.' });
  assert.equal(ended.item.output, null);
  assert.deepEqual(shop.orders.splice(0), [7]);
  await hangUp(call);
});

test('an agent of agents-js has a hosted tool: it is approved by hand, and the SDK asks for what comes of it', async () => {
  const agent = new RealtimeAgent({
    name: 'assistant', instructions: 'Be brief.',
    tools: [hostedMcpTool({ serverLabel: 'shop', serverUrl: shop.url, headers: { Authorization: `Bearer ${token}` }, requireApproval: 'always' })],     // it sends no authorization
  });
  const call = await ringing(house, sdk);
  // Without the tools: the SDK brings them when it connects, and hears of their list then.
  await sdk.realtime.calls.accept(call.id, { ...await OpenAIRealtimeSIP.buildInitialConfig(agent, { model: 'shop' }), tools: [] });
  const transport = new OpenAIRealtimeSIP({
    createWebSocket: ({ url, apiKey }) => new WebSocket(url, { ca: house.ca, headers: { Authorization: `Bearer ${apiKey}`, ...transport.getCommonRequestHeaders() } }),
  });
  const session = new RealtimeSession(agent, { transport, model: 'shop' });
  const ear = listen(), faults = [], asked = [];
  session.on('transport_event', event => {
    if (wanted.has(event.type) && parseRealtimeEvent({ data: JSON.stringify(event) }).isGeneric) { faults.push({ unreadable: event }); }
    ear.hear(event);
  });
  session.on('error', error => faults.push(error));
  session.on('tool_approval_requested', (_context, _agent, { approvalItem }) => {
    asked.push(approvalItem.rawItem.name);
    if (asked.length === 1) { session.approve(approvalItem); }
  });
  await session.connect({ apiKey: key, callId: call.id, url: `${base.replace('https', 'wss')}/realtime?call_id=${call.id}` });
  await within('the tools', new Promise(ok => {
    const look = () => session.availableMcpTools.length > 0 ? ok() : setTimeout(look, 50);
    look();
  }));
  assert.deepEqual(session.availableMcpTools.map(one => one.name), ['find_order', 'cancel_order']);

  session.transport.sendEvent({ type: 'response.create' });
  await ear.until('response.mcp_call.completed');
  const said = await ear.until('response.output_audio_transcript.done', ear.seen.indexOf(await ear.until('response.done')));
  assert.equal(said.transcript, 'It was sent on Monday.');
  assert.deepEqual(shop.orders.splice(0), [7]);
  assert.deepEqual(asked.slice(0, 1), ['find_order']);
  const found = session.history.find(item => item.type === 'mcp_call' && item.name === 'find_order');
  assert.equal(found.output, 'Order 7 was sent on Monday.');
  assert.deepEqual(faults, []);
  await hangUp({ ...call, ear });
});
