// The server on ports of its own, the application beside it, and what can be asked of both.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { freePort } from '../ports.mjs';

export const here = path.dirname(fileURLToPath(import.meta.url));
const executable = path.resolve(here, '..', '..', 'out', 'switchhook');
const key = 'sk-interop';
const secret = 'whsec_' + Buffer.alloc(32, 9).toString('base64');

export const ports = { sip: await freePort(), api: await freePort(), app: await freePort() };
export const project = 'proj_interop', hasty = 'proj_hasty';
export const work = fs.mkdtempSync(path.join(os.tmpdir(), 'switchhook-interop-'));
const base = `http://127.0.0.1:${ports.api}/v1`;
const events = path.join(work, 'events.jsonl');
const children = new Set();

// A process that does not outlive this one. ended resolves with its exit code.
export function start(name, command, args, options = {}) {
  const out = fs.openSync(path.join(work, `${name}.log`), 'w');
  const child = spawn(command, args, { cwd: work, stdio: ['ignore', out, out], ...options });
  fs.closeSync(out);
  children.add(child);
  const ended = new Promise((ok, no) => {
    child.on('error', error => { children.delete(child); no(new Error(`${command}: ${error.message}`)); });
    child.on('exit', code => { children.delete(child); ok(code ?? -1); });
  });
  ended.catch(() => {});
  return { child, ended, log: () => fs.readFileSync(path.join(work, `${name}.log`), 'utf8') };
}

export async function run(name, command, args) {
  const code = await start(name, command, args).ended;
  if (code !== 0) { throw new Error(`${command} left with ${code}`); }
}

// On the way out: everything that still runs is told to go, and what does not is made to.
export async function stopAll() {
  const left = [...children];
  for (const child of left) { child.kill('SIGTERM'); }
  const patience = setTimeout(() => { for (const child of left) { child.kill('SIGKILL'); } }, 5_000);
  await Promise.all(left.filter(child => child.exitCode === null && child.signalCode === null).map(child => once(child, 'exit')));
  clearTimeout(patience);
}
process.on('exit', () => { for (const child of children) { child.kill('SIGKILL'); } });

// The value of a condition as soon as it is truthy. The patience is long, because it is spent only on what does not come.
export async function until(what, condition, seconds = 90) {
  const deadline = Date.now() + seconds * 1000;
  for (;;) {
    const value = await condition();
    if (value) { return value; }
    if (Date.now() > deadline) { throw new Error(`waited ${seconds} s for ${typeof what === 'function' ? what() : what}`); }
    await new Promise(ok => setTimeout(ok, 25));
  }
}

export async function open() {
  const config = {
    sip: { listen: [`udp://127.0.0.1:${ports.sip}`, `tcp://127.0.0.1:${ports.sip}`], advertise: null },
    media: { address: '127.0.0.1', ports: '32000-32699' },
    api: { listen: [`http://127.0.0.1:${ports.api}`], certificate: null },
    storage: `sqlite:${work}/data/switchhook.db`,
    projects: [
      { id: project, api_keys: [key], webhook: { url: `http://127.0.0.1:${ports.app}/`, secret }, decision_timeout_ms: 60_000, record: true },
      { id: hasty, api_keys: ['sk-hasty'], webhook: { url: `http://127.0.0.1:${ports.app}/`, secret }, decision_timeout_ms: 3000, undecided_status: 503 },
    ],
    models: {
      greeter: { engine: 'scripted', script: path.join(here, 'greeter.yaml') },
      eager: { engine: 'scripted', script: path.join(here, 'eager.yaml') },
    },
  };
  fs.writeFileSync(path.join(work, 'switchhook.json'), JSON.stringify(config, null, 2));
  fs.writeFileSync(events, '');
  // Node has a WebSocket of its own from 22 on, and behind this flag before.
  const app = start('app', process.execPath, ['--experimental-websocket', path.join(here, 'app.mjs')], {
    env: { ...process.env, BASE_URL: base, API_KEY: key, WEBHOOK_SECRET: secret, PORT: String(ports.app), EVENTS: events },
  });
  const server = start('server', executable, ['serve', '--config', path.join(work, 'switchhook.json')]);
  for (const [name, one] of [['the application', app], ['the server', server]]) {
    await until(() => `${name}\n${one.log()}`, () => {
      if (one.child.exitCode !== null) { throw new Error(`${name} left:\n${one.log()}`); }
      return /^ready/m.test(one.log());
    });
  }
  return server;
}

// What the application wrote of one check, in order. The file is read on from where it was left.
const lines = [];
let offset = 0, rest = '';
export function journal(check) {
  const size = fs.statSync(events).size;
  if (size > offset) {
    const bytes = Buffer.alloc(size - offset), file = fs.openSync(events, 'r');
    fs.readSync(file, bytes, 0, bytes.length, offset);
    fs.closeSync(file);
    offset = size;
    const whole = (rest + bytes.toString('utf8')).split('\n');
    rest = whole.pop();
    lines.push(...whole.map(line => JSON.parse(line)));
  }
  return lines.filter(line => line.check === check);
}
export const noted = (check, what) => until(() => `${what} (seen: ${journal(check).map(line => line.what).join(' ')})`, () => journal(check).find(line => line.what === what));

export async function get(route) {
  const response = await fetch(base + route, { headers: { authorization: `Bearer ${key}` } });
  if (!response.ok) { throw new Error(`GET ${route}: ${response.status} ${await response.text()}`); }
  return response;
}

// The record of the one call of a check, when it has ended.
export async function record(check) {
  const { id } = await noted(check, 'webhook');
  return until('the end of the call in its record', async () => {
    const call = await (await get(`/realtime/calls/${id}`)).json();
    return call.ended && call;
  });
}

// The sum of a metric over its labels, or over those series only that are labelled so; null when there is none of that name.
export async function metric(name, labels = '') {
  const text = await (await fetch(`http://127.0.0.1:${ports.api}/metrics`)).text();
  if (!new RegExp(`^# TYPE ${name}(_total)? `, 'm').test(text)) { return null; }
  return text.split('\n').filter(line => new RegExp(`^${name}(_total)?[{ ]`).test(line) && line.includes(labels)).reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(' '))), 0);
}
