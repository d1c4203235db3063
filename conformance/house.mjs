// A running server with its own configuration, a receiver of its webhooks, and phones that call it.
import { spawn } from 'node:child_process';
import dgram from 'node:dgram';
import { once } from 'node:events';
import fs from 'node:fs';
import http from 'node:http';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import OpenAI from 'openai';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');
const executable = path.join(root, 'out', 'switchhook');
export const secret = 'whsec_' + Buffer.alloc(32, 7).toString('base64');
export const key = 'sk-conformance';
const foreignKey = 'sk-other';

// Ports of this house alone: others may run beside it, on this machine and in this suite.
const [sip, https, plain] = await freePorts(3);
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
      { id: 'proj_conf', api_keys: [key], webhook: { url: inbox.url, secret }, decision_timeout_ms: 8000, undecided_status: 503, record: true, mcp: { allow: ['http://127.0.0.1:*'] } },
      { id: 'proj_other', api_keys: [foreignKey], webhook: { url: inbox.url, secret } },
    ],
    models,
  };
  fs.writeFileSync(path.join(folder, 'switchhook.json'), JSON.stringify(config, null, 2));
  const server = spawn(executable, ['serve', '--config', path.join(folder, 'switchhook.json')], { stdio: ['ignore', 'pipe', 'pipe'] });
  let log = '';
  server.stderr.on('data', text => { log += text; });
  await new Promise((ready, failed) => {
    const late = setTimeout(() => failed(new Error('the server was not ready in 20 s:\n' + log)), 20_000);
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
      const timer = setTimeout(() => server.kill('SIGKILL'), 15_000);
      const [code] = await once(server, 'exit');
      clearTimeout(timer);
      fs.rmSync(folder, { recursive: true });
      return code;
    },
  };
  return house;
}

// Webhooks as they came: headers and the raw body. next() waits for the next one.
async function receiver() {
  const arrived = [], waiting = [];
  let answer = () => 200;
  const server = http.createServer((request, response) => {
    const parts = [];
    request.on('data', part => parts.push(part));
    request.on('end', () => {
      const webhook = { headers: request.headers, body: Buffer.concat(parts).toString('utf8') };
      response.writeHead(answer(webhook)).end();
      const waiter = waiting.shift();
      if (waiter) { waiter(webhook); } else { arrived.push(webhook); }
    });
  });
  server.unref();     // a server that did not start must not keep the tests alive
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${server.address().port}/`,
    next: (ms = 10_000) => arrived.length > 0 ? Promise.resolve(arrived.shift()) : within(ms, 'a webhook', new Promise(ok => waiting.push(ok))),
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
    until(type, from = 0, ms = 15_000) { return this.when(event => event.type === type, type, from, ms); },
    when(test, what, from = 0, ms = 15_000) {
      const already = seen.slice(from).find(test);
      return already ? Promise.resolve(already) : within(ms, () => `${what} (seen: ${seen.slice(-200).map(e => e.type).join(' ')})`, new Promise(ok => waiting.push({ test, ok })));
    },
  };
}

// Everything a session may tell, from the first event to the last: files of events, one a line.
export function lifecycles() {
  const folder = path.join(root, 'tests', 'Switchhook.Realtime.Tests', 'Golden');
  return fs.readdirSync(folder).filter(name => name.endsWith('.out.jsonl')).map(name => path.join(folder, name));
}

export function within(ms, what, promise) {
  let timer;
  return Promise.race([
    promise,
    new Promise((_, no) => { timer = setTimeout(() => no(new Error(`waited ${ms} ms for ${typeof what === 'function' ? what() : what}`)), ms); }),
  ]).finally(() => clearTimeout(timer));
}

// Free for TCP and UDP, and below the ports that the system gives to connections, so that nobody takes one before the server does.
async function freePorts(count) {
  const free = [];
  while (free.length < count) {
    const port = 12_000 + Math.floor(Math.random() * 18_000);
    if (!free.includes(port) && await isFree(port)) { free.push(port); }
  }
  return free;
}

async function isFree(port) {
  const tcp = net.createServer(), udp = dgram.createSocket('udp4');
  const bound = Promise.allSettled([once(tcp, 'listening'), once(udp, 'listening')]);
  tcp.listen(port, '127.0.0.1');
  udp.bind(port, '127.0.0.1');
  const results = await bound;
  if (results[0].status === 'fulfilled') { tcp.close(); await once(tcp, 'close'); }
  if (results[1].status === 'fulfilled') { udp.close(); await once(udp, 'close'); }
  return results.every(result => result.status === 'fulfilled');
}
