// An application as small as one can be: Node's own http and fetch. What it does with a call stands in the call's
// INVITE, so that the phones of a test decide what happens to them. A phone that says nothing is accepted and attended to.
//
//   X-Decide    accept | reject 486 | nothing | accept late (when the caller is gone, to be told so)
//   X-Model     greeter, when absent
//   X-Sideband  yes: attach before accepting, and ask for the first response
//   X-Hangup    greeted: hang up when the greeting has been heard
//   X-Check     a name; every line written carries it; plain, when absent
//
// What it sees and does it writes as lines of JSON to the file it is given.
import { createHmac, timingSafeEqual } from 'node:crypto';
import fs from 'node:fs';
import http from 'node:http';

const { BASE_URL: base, API_KEY: key, WEBHOOK_SECRET: secret, PORT: port, EVENTS: file } = process.env;
const journal = fs.openSync(file, 'a');
const seen = new Set();

function note(check, id, what, more = {}) {
  fs.writeSync(journal, JSON.stringify({ at: Date.now(), check, id, what, ...more }) + '\n');
}

function isGenuine(headers, body) {
  const signed = `${headers['webhook-id']}.${headers['webhook-timestamp']}.${body}`;
  const expected = Buffer.from('v1,' + createHmac('sha256', Buffer.from(secret.slice('whsec_'.length), 'base64')).update(signed).digest('base64'));
  return String(headers['webhook-signature']).split(' ').some(one => one.length === expected.length && timingSafeEqual(Buffer.from(one), expected));
}

async function act(call, action, body) {
  const response = await fetch(`${base}/realtime/calls/${call.id}/${action}`, {
    method: 'POST', body: JSON.stringify(body), headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
  });
  note(call.check, call.id, action, { status: response.status, body: await response.text() });
}

// Resolves when the socket is open. Every event is noted.
function attach(call) {
  const socket = new WebSocket(`${base.replace('http', 'ws')}/realtime?call_id=${call.id}`, ['realtime', `openai-insecure-api-key.${key}`]);
  const opened = new Promise((ok, no) => {
    socket.addEventListener('open', ok);
    socket.addEventListener('error', () => no(new Error('the sideband did not open')));
  });
  const closed = new Promise(ok => socket.addEventListener('close', ok));
  socket.addEventListener('message', message => {
    const event = JSON.parse(message.data);
    note(call.check, call.id, event.type, { event });
    if (event.type === 'output_audio_buffer.stopped' && call.hangup === 'greeted') { act(call, 'hangup', {}).catch(failed(call)); }
  });
  return { socket, opened, closed };
}

async function decide(call) {
  const [verb, operand] = call.decide.split(' ');
  const session = { type: 'realtime', model: call.model };
  if (verb === 'reject') { await act(call, 'reject', { status_code: Number(operand) }); return; }
  if (verb !== 'accept') { return; }
  const side = call.sideband || operand === 'late' ? attach(call) : null;
  if (operand === 'late') { await side.opened.catch(() => {}); await side.closed; }       // he may be gone before it is open
  else { await side?.opened; }
  await act(call, 'accept', session);
  if (call.sideband) { side.socket.send(JSON.stringify({ type: 'response.create' })); }
}

const failed = call => error => note(call.check, call.id, 'failed', { message: String(error.stack ?? error) });

function receive(headers, body) {
  if (!isGenuine(headers, body)) { note(null, null, 'forged'); return 401; }
  if (seen.has(headers['webhook-id'])) { note(null, null, 'repeated'); return 200; }
  seen.add(headers['webhook-id']);
  const { data } = JSON.parse(body);
  const header = name => data.sip_headers.find(one => one.name.toLowerCase() === name)?.value;
  const call = {
    id: data.call_id, check: header('x-check') ?? 'plain', decide: header('x-decide') ?? 'accept', model: header('x-model') ?? 'greeter',
    sideband: (header('x-sideband') ?? 'yes') === 'yes', hangup: header('x-hangup'),
  };
  note(call.check, call.id, 'webhook', { headers: data.sip_headers });
  decide(call).catch(failed(call));
  return 200;
}

http.createServer((request, response) => {
  const parts = [];
  request.on('data', part => parts.push(part));
  request.on('end', () => response.writeHead(receive(request.headers, Buffer.concat(parts).toString('utf8'))).end());
}).listen(Number(port), '127.0.0.1', () => console.log('ready'));
