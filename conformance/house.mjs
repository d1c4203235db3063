// A running server with its own configuration, a receiver of its webhooks, and phones that call it.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import http from 'node:http';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import OpenAI from 'openai';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');
const executable = path.join(root, 'out', 'switchhook');
export const secret = 'whsec_' + Buffer.alloc(32, 7).toString('base64');
export const key = 'sk-conformance';
const foreignKey = 'sk-other';

// Ports of this house alone, so that a server on the defaults may run beside it.
const sip = 15060, https = 18443, plain = 18080, webhooks = 19000;
export const base = `https://127.0.0.1:${https}/v1`;

export async function start(models) {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'switchhook-conformance-'));
  const config = {
    sip: { listen: [`udp://127.0.0.1:${sip}`, `tcp://127.0.0.1:${sip}`], advertise: null },
    media: { address: '127.0.0.1', ports: '31000-31999' },
    api: { listen: [`https://127.0.0.1:${https}`, `http://127.0.0.1:${plain}`], certificate: null },
    storage: `sqlite:${folder}/data/switchhook.db`,
    projects: [
      { id: 'proj_conf', api_keys: [key], webhook: { url: `http://127.0.0.1:${webhooks}/`, secret }, decision_timeout_ms: 8000, undecided_status: 503, record: true },
      { id: 'proj_other', api_keys: [foreignKey], webhook: { url: `http://127.0.0.1:${webhooks}/`, secret } },
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
  const inbox = await receiver();
  const house = {
    folder, server, inbox, ca: fs.readFileSync(caPath),
    log: () => log,
    async stop() {
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
  server.listen(webhooks, '127.0.0.1');
  await once(server, 'listening');
  return {
    next: (ms = 10_000) => arrived.length > 0 ? Promise.resolve(arrived.shift()) : within(ms, 'a webhook', new Promise(ok => waiting.push(ok))),
    pending: () => arrived.length,
    answerWith(how) { answer = how; },
    close: () => server.close(),
  };
}

// A phone: our own executable, placing one real SIP call. ended resolves with its report.
export function phone(user = 'proj_conf', ...options) {
  const child = spawn(executable, ['call', `sip:${user}@127.0.0.1:${sip}`, '--json', ...options], { stdio: ['ignore', 'pipe', 'pipe'] });
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
    until(type, from = 0, ms = 15_000) {
      const test = event => event.type === type;
      const already = seen.slice(from).find(test);
      return already ? Promise.resolve(already) : within(ms, `${type} (seen: ${seen.map(e => e.type).join(' ')})`, new Promise(ok => waiting.push({ test, ok })));
    },
  };
}

export function within(ms, what, promise) {
  let timer;
  return Promise.race([
    promise,
    new Promise((_, no) => { timer = setTimeout(() => no(new Error(`waited ${ms} ms for ${what}`)), ms); }),
  ]).finally(() => clearTimeout(timer));
}
