// A running server with its own configuration, a receiver of its webhooks, and phones that call it.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import http from 'node:http';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import OpenAI from 'openai';
import { freePort } from './ports.mjs';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');
const executable = path.join(root, 'out', 'switchhook');
export const secret = 'whsec_' + Buffer.alloc(32, 7).toString('base64');
export const key = 'sk-conformance';
const foreignKey = 'sk-other';
export const briefKey = 'sk-brief';
// How long anything is waited for. It is long, because it is spent only on what does not come.
const patienceMs = 120_000;

const sip = await freePort(), https = await freePort(), plain = await freePort();
export const base = `https://127.0.0.1:${https}/v1`;
export const plainBase = `http://127.0.0.1:${plain}/v1`;

export async function start(models) {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'switchhook-conformance-'));
  const inbox = await receiver();
  const config = {
    sip: { listen: [`udp://127.0.0.1:${sip}`, `tcp://127.0.0.1:${sip}`], advertise: null },
    media: { address: '127.0.0.1', ports: '31000-31999' },
    api: { listen: [`https://127.0.0.1:${https}`, `http://127.0.0.1:${plain}`], certificate: null },
    storage: `sqlite:${folder}/data/switchhook.db`,
    projects: [
      { id: 'proj_conf', api_keys: [key], webhook: { url: inbox.url, secret }, decision_timeout_ms: 120_000, record: true, mcp: { allow: ['http://127.0.0.1:*'] } },
      { id: 'proj_other', api_keys: [foreignKey], webhook: { url: inbox.url, secret } },
      { id: 'proj_brief', api_keys: [briefKey], webhook: { url: inbox.url, secret }, decision_timeout_ms: 2000, undecided_status: 503 },
    ],
    models,
  };
  fs.writeFileSync(path.join(folder, 'switchhook.json'), JSON.stringify(config, null, 2));
  const server = spawn(executable, ['serve', '--config', path.join(folder, 'switchhook.json')], { stdio: ['ignore', 'pipe', 'pipe'] });
  leaveWith(server);
  let log = '';
  server.stderr.on('data', text => { log += text; });
  await new Promise((ready, failed) => {
    const late = setTimeout(() => failed(new Error(`the server was not ready in ${patienceMs} ms:\n${log}`)), patienceMs);
    server.on('exit', code => failed(new Error(`the server left with ${code}:\n${log}`)));
    server.stdout.on('data', text => {
      log += text;
      if (/^ready/m.test(log)) { clearTimeout(late); ready(); }
    });
  });
  const caPath = path.join(folder, 'data', 'dev-ca.pem');
  const house = {
    folder, server, inbox, caPath, ca: fs.readFileSync(caPath),
    log: () => log,
    async stop() {
      for (const child of phones) { child.kill('SIGINT'); }      // of a test that failed: the server waits for its calls
      inbox.close();
      server.removeAllListeners('exit');
      server.kill('SIGTERM');
      const timer = setTimeout(() => server.kill('SIGKILL'), patienceMs);
      const [code] = await once(server, 'exit');
      clearTimeout(timer);
      fs.rmSync(folder, { recursive: true });
      return code;
    },
  };
  return house;
}

// A process does not outlive this one, however it ends: by itself, by a signal, or by a test that failed.
const children = new Set();
function leaveWith(child) {
  children.add(child);
  child.on('exit', () => children.delete(child));
}
process.on('exit', () => { for (const child of children) { child.kill('SIGKILL'); } });
for (const signal of ['SIGINT', 'SIGTERM']) { process.once(signal, () => process.exit(1)); }

// Webhooks as they came: headers and the raw body. next() waits for the next one. One that was taken may come again when
// its answer was slow (realtime-api §2.5): that is answered, and not told.
async function receiver() {
  const arrived = [], waiting = [], taken = new Set();
  let answer = () => 200;
  const server = http.createServer((request, response) => {
    const parts = [];
    request.on('data', part => parts.push(part));
    request.on('end', () => {
      const webhook = { headers: request.headers, body: Buffer.concat(parts).toString('utf8') };
      const id = webhook.headers['webhook-id'], status = taken.has(id) ? 200 : answer(webhook);
      response.writeHead(status).end();
      if (taken.has(id)) { return; }
      if (status === 200) { taken.add(id); }
      const waiter = waiting.shift();
      if (waiter) { waiter(webhook); } else { arrived.push(webhook); }
    });
  });
  server.unref();     // a server that did not start must not keep the tests alive
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${server.address().port}/`,
    next: () => arrived.length > 0 ? Promise.resolve(arrived.shift()) : within('a webhook', new Promise(ok => waiting.push(ok))),
    pending: () => arrived.length,
    answerWith(how) { answer = how; },
    close: () => server.close(),
  };
}

const phones = new Set();

// A phone: our own executable, placing one real SIP call. ended resolves with its report.
export function phone(user = 'proj_conf', ...options) {
  const child = spawn(executable, ['call', `sip:${user}@127.0.0.1:${sip}`, '--json', ...options], { stdio: ['ignore', 'pipe', 'pipe'] });
  phones.add(child);
  leaveWith(child);
  child.on('exit', () => phones.delete(child));
  let output = '', complaints = '';
  child.stdout.on('data', text => { output += text; });
  child.stderr.on('data', text => { complaints += text; });
  const ended = once(child, 'exit').then(([code]) => {
    const line = output.trim().split('\n').pop();
    try { return { code, ...JSON.parse(line) }; }
    catch { return { code, output, complaints }; }
  });
  return { ended, hangUp: () => child.kill('SIGINT'), kill: () => child.kill('SIGKILL') };
}

// Node's fetch trusts a private authority only by NODE_EXTRA_CA_CERTS or by a dispatcher of its own.
export async function trusting(ca) {
  const { Agent } = await import('undici');
  return new Agent({ connect: { ca } });
}

export function client(house, options = {}) {
  return new OpenAI({ apiKey: key, project: 'proj_conf', baseURL: base, webhookSecret: secret, maxRetries: 0, ...options });
}

// A call that rings: the phone, its id, and the webhook that named it.
export async function ringing(house, sdk, ...options) {
  const caller = phone('proj_conf', ...options);
  const webhook = await house.inbox.next();
  const event = await sdk.webhooks.unwrap(webhook.body, webhook.headers);
  return { caller, webhook, event, id: event.data.call_id };
}

// Every event of a socket, in order, and a promise for the next of a kind.
export function listen(socket) {
  const seen = [], waiting = [];
  const hear = event => {
    seen.push(event);
    for (let i = waiting.length - 1; i >= 0; i--) {
      if (waiting[i].test(event)) { waiting.splice(i, 1)[0].ok(event); }
    }
  };
  return {
    seen, hear,
    types: () => seen.map(event => event.type),
    // The first event of this type after the first `from` events.
    until(type, from = 0) { return this.when(event => event.type === type, type, from); },
    when(test, what, from = 0) {
      const already = seen.slice(from).find(test);
      return already ? Promise.resolve(already) : within(() => `${what} (seen: ${seen.slice(-200).map(e => e.type).join(' ')})`, new Promise(ok => waiting.push({ test, ok })));
    },
  };
}

// Everything a session may tell, from the first event to the last: files of events, one a line.
export function lifecycles() {
  const folder = path.join(root, 'tests', 'Switchhook.Realtime.Tests', 'Golden');
  return fs.readdirSync(folder).filter(name => name.endsWith('.out.jsonl')).map(name => path.join(folder, name));
}

export function within(what, promise) {
  let timer;
  return Promise.race([
    promise,
    new Promise((_, no) => { timer = setTimeout(() => no(new Error(`waited ${patienceMs} ms for ${typeof what === 'function' ? what() : what}`)), patienceMs); }),
  ]).finally(() => clearTimeout(timer));
}
