// Everything wrong that a client can ask of the REST routes while a phone rings. Each answer has its status and the error's four
// members (realtime-api §1.9), the phone rings on, and the call can be accepted at the end.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import http from 'node:http';
import net from 'node:net';
import { after, before, test } from 'node:test';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { base, client, key, plainBase, ringing, start, within } from './house.mjs';

const here = path.dirname(fileURLToPath(import.meta.url));
const { hostname, port } = new URL(plainBase);
let house, sdk;

before(async () => {
  house = await start({ echo: { engine: 'scripted', script: path.join(here, 'scripts', 'echo.yaml') } });
  sdk = client(house, { baseURL: plainBase });
});
after(async () => { assert.equal(await house.stop(), 0, 'the server leaves with 0'); });

// As it is written: no client in between that corrects anything.
async function ask(method, target, { body, headers = {} } = {}) {
  const request = http.request({ hostname, port, method, path: target, agent: false, headers: { authorization: `Bearer ${key}`, ...headers } });
  request.on('error', () => {});      // an answer may come before all of the body was read
  if (body === undefined) { request.end(); } else { request.end(body); }
  const [response] = await within(`${method} ${target.slice(0, 100)}`, once(request, 'response'));
  const parts = [];
  try { for await (const part of response) { parts.push(part); } } catch { /* cut behind the answer */ }
  return { status: response.statusCode, headers: response.headers, text: Buffer.concat(parts).toString() };
}

function checkError(answer, status, code, param, what) {
  assert.equal(answer.status, status, `${what}: ${answer.text}`);
  assert.match(answer.headers['content-type'], /^application\/json/, what);
  assert.match(answer.headers['x-request-id'], /^req_/, what);
  assert.match(answer.text, /^\{/, what);
  const { error, ...others } = JSON.parse(answer.text);
  assert.deepEqual([others, Object.keys(error).toSorted()], [{}, ['code', 'message', 'param', 'type']], what);
  assert.ok(error.message.length > 0 && error.message.length < 1_000, what);
  assert.deepEqual([error.code, error.param], [code, param === undefined ? error.param : param], `${what}: ${error.message}`);
}

async function stillRings({ id, caller }) {
  await sdk.realtime.calls.accept(id, { type: 'realtime', model: 'echo' });
  await sdk.realtime.calls.hangup(id);
  assert.equal((await caller.ended).code, 0);
}

const accept = { type: 'realtime', model: 'echo' };
const json = value => JSON.stringify(value);

// [action, body, status, code, param]
const bodies = [
  ['accept', '', 400, 'missing_required_parameter', 'session.type'],
  ['accept', '  \r\n', 400, 'missing_required_parameter', 'session.type'],
  ['accept', '{', 400, 'invalid_json', null],
  ['accept', 'type=realtime&model=echo', 400, 'invalid_json', null],
  ['accept', '\ufeff{}', 400, 'invalid_json', null],
  ['accept', Buffer.from([0x7b, 0xff, 0x7d]), 400, 'invalid_json', null],
  ['accept', Buffer.from([0x1f, 0x8b, 8, 0, 0, 0, 0, 0]), 400, 'invalid_json', null],
  ['accept', '{"type":"realtime","type":"realtime","model":"echo"}', 400, 'invalid_json', null],
  ['accept', '{"type":"realtime","model":"\\ud800"}', 400, 'invalid_json', null],
  ['accept', '['.repeat(500_000), 400, 'invalid_json', null],
  ['accept', '{"tools":' + '['.repeat(59) + ']'.repeat(59) + '}', 400, 'missing_required_parameter', 'session.type'],
  ['accept', '{"tools":' + '['.repeat(60) + ']'.repeat(60) + '}', 400, 'invalid_json', null],
  ['accept', 'null', 400, 'invalid_type', null],
  ['accept', '[]', 400, 'invalid_type', null],
  ['accept', '"realtime"', 400, 'invalid_type', null],
  ['accept', '7', 400, 'invalid_type', null],
  ['accept', json({ session: accept }), 400, 'unknown_parameter', 'session.session'],
  ['accept', json({ type: 'realtime' }), 400, 'missing_required_parameter', 'model'],
  ['accept', json({ ...accept, model: 7 }), 400, 'invalid_type', 'model'],
  ['accept', json({ ...accept, model: 'nobody' }), 400, 'invalid_value', 'model'],
  ['accept', json({ ...accept, type: 'transcription' }), 400, 'invalid_value', 'session.type'],
  ['accept', json({ ...accept, surprise: 1 }), 400, 'unknown_parameter', 'session.surprise'],
  ['accept', json({ ...accept, audio: { input: { turn_detection: { type: 'server_vad', threshold: 2 } } } }), 400, 'invalid_value', 'session.audio.input.turn_detection.threshold'],
  ['accept', json({ ...accept, tools: Array(129).fill({ type: 'function', name: 'f' }) }), 400, 'invalid_value', 'session.tools'],
  ['accept', json({ ...accept, instructions: 'x'.repeat(1 << 20) }), 413, 'request_too_large', null],
  ['reject', '[]', 400, 'invalid_type', null],
  ['reject', json({ status_code: '486' }), 400, 'invalid_value', 'status_code'],
  ['reject', json({ status_code: 486.5 }), 400, 'invalid_value', 'status_code'],
  ['reject', json({ status_code: 200 }), 400, 'invalid_value', 'status_code'],
  ['reject', json({ status_code: 700 }), 400, 'invalid_value', 'status_code'],
  ['reject', json({ status_code: 1e300 }), 400, 'invalid_value', 'status_code'],
  ['reject', json({ status_code: [486] }), 400, 'invalid_value', 'status_code'],
  ['reject', json({ status: 486 }), 400, 'unknown_parameter', 'status'],
  ['refer', '', 400, 'missing_required_parameter', 'target_uri'],
  ['refer', json({ target_uri: null }), 400, 'missing_required_parameter', 'target_uri'],
  ['refer', json({ target_uri: 7 }), 400, 'invalid_type', 'target_uri'],
  ['refer', json({ target_uri: '' }), 400, 'invalid_value', 'target_uri'],
  ['refer', json({ target_uri: '+14155550123' }), 400, 'invalid_value', 'target_uri'],
  ['refer', json({ target_uri: 'https://example.com' }), 400, 'invalid_value', 'target_uri'],
  ['refer', json({ target_uri: 'sip:a@b\r\nX: y' }), 400, 'invalid_value', 'target_uri'],
  ['refer', json({ target_uri: 'sip:a@b>' }), 400, 'invalid_value', 'target_uri'],
  ['refer', json({ target_uri: 'tel:' }), 400, 'invalid_value', 'target_uri'],
  ['refer', json({ target_uri: 'sip:ä@b' }), 400, 'invalid_value', 'target_uri'],
  ['refer', json({ target_uri: `sip:${'a'.repeat(2_000)}@b` }), 400, 'string_above_max_length', 'target_uri'],
  ['refer', json({ target_uri: 'tel:+14155550123', replaces: 'x' }), 400, 'unknown_parameter', 'replaces'],
  ['refer', json({ target_uri: 'tel:+14155550123' }), 400, 'call_not_accepted', null],
  ['hangup', '', 400, 'call_not_accepted', null],
  ['hangup', 'anything', 400, 'call_not_accepted', null],
];

test('a body that is wrong changes nothing, whatever type it says it has', async () => {
  const call = await ringing(house, sdk);
  for (const [action, body, ...expected] of bodies) {
    checkError(await ask('POST', `/v1/realtime/calls/${call.id}/${action}`, { body }), ...expected, `${action} ${body.toString().slice(0, 100)}`);
  }
  for (const type of ['application/json', 'text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data', 'application/sdp', 'nonsense', '']) {
    const answer = await ask('POST', `/v1/realtime/calls/${call.id}/accept`, { body: json({ ...accept, model: 'nobody' }), headers: { 'content-type': type } });
    checkError(answer, 400, 'invalid_value', 'model', type);
  }
  // Without a length, in pieces, and more than is read.
  const chunked = await ask('POST', `/v1/realtime/calls/${call.id}/accept`, { body: Buffer.alloc(2 << 20, ' '), headers: { 'transfer-encoding': 'chunked' } });
  checkError(chunked, 413, 'request_too_large', null, 'chunked');
  await stillRings(call);
});

// [method, path, status, code]: ids that name nothing, and routes that are none.
const places = [
  ['POST', '/v1/realtime/calls/rtc_nobody/hangup', 404, 'call_id_not_found'],
  ['POST', '/v1/realtime/calls/live_123/accept', 404, 'call_id_not_found'],
  ['POST', '/v1/realtime/calls/IDx/accept', 404, 'call_id_not_found'],
  ['POST', `/v1/realtime/calls/rtc_${'x'.repeat(5_000)}/hangup`, 404, 'call_id_not_found'],
  ['POST', '/v1/realtime/calls/rtc_%0d%0aX:y/hangup', 404, 'call_id_not_found'],
  ['POST', '/v1/realtime/calls/rtc_%F0%9F%93%9E/hangup', 404, 'call_id_not_found'],
  ['POST', '/v1/realtime/calls/rtc_%ff/hangup', 404, 'call_id_not_found'],
  ['POST', "/v1/realtime/calls/rtc_';DROP%20TABLE%20calls/hangup", 404, 'call_id_not_found'],
  ['POST', '/v1/realtime/calls/..%2f..%2fetc/hangup', 404, 'call_id_not_found'],
  ['GET', '/v1/realtime/calls/rtc_nobody', 404, 'call_id_not_found'],
  ['GET', '/v1/realtime/calls/rtc_nobody/timeline', 404, 'call_id_not_found'],
  ['GET', '/v1/realtime/calls/..%2f..%2fetc%2fpasswd/recording', 404, 'call_id_not_found'],
  ['GET', '/v1/realtime/calls?limit=0', 400, 'invalid_value'],
  ['GET', '/v1/realtime/calls?limit=x', 400, 'invalid_value'],
  ['GET', '/v1/realtime/calls?limit=99999999999999999999', 400, 'invalid_value'],
  ['GET', '/v1/realtime/calls?before=nobody', 400, 'invalid_value'],
  ['POST', '/v1/realtime/calls//hangup', 404, 'unknown_url'],
  ['POST', '/v1/realtime/calls/ID/explode', 404, 'unknown_url'],
  ['POST', '/v1/nowhere', 404, 'unknown_url'],
  ['GET', '/', 404, 'unknown_url'],
  ...['GET', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'TRACE', 'BREW'].map(method => [method, '/v1/realtime/calls/ID/accept', 405, 'method_not_supported']),
  ['DELETE', '/v1/realtime/calls/ID', 405, 'method_not_supported'],
  ['POST', '/v1/realtime?call_id=ID', 405, 'method_not_supported'],
  ['GET', '/v1/realtime?call_id=ID', 400, 'websocket_required'],
  ['GET', '/v1/realtime?call_id=rtc_nobody', 404, 'call_id_not_found'],
];

test('a path that names nothing, and a method that a path does not take, are told from each other', async () => {
  const call = await ringing(house, sdk);
  for (const [method, target, status, code] of places) {
    const answer = await ask(method, target.replace('ID', call.id), { body: method === 'POST' ? json({ target_uri: 'tel:+1' }) : undefined });
    checkError(answer, status, code, undefined, `${method} ${target.slice(0, 80)}`);
    if (status === 405) { assert.ok(answer.headers.allow, target); }
  }
  await stillRings(call);
});

test('a key that is missing, wrong or of another kind opens nothing', async () => {
  const call = await ringing(house, sdk);
  for (const authorization of ['', 'Bearer', 'Bearer ', `Basic ${Buffer.from(`x:${key}`).toString('base64')}`, `Bearer ${key}x`, `Bearer ${key.toUpperCase()}`, key, `Bearer ${key}, Bearer ${key}`, `Bearer ${'x'.repeat(8_000)}`]) {
    for (const [method, target] of [['POST', `${call.id}/hangup`], ['POST', `${call.id}/accept`], ['GET', call.id], ['GET', `${call.id}/timeline`], ['GET', `${call.id}/recording`]]) {
      const answer = await ask(method, `/v1/realtime/calls/${target}`, { headers: { authorization } });
      checkError(answer, 401, 'invalid_api_key', null, authorization.slice(0, 40));
      assert.ok(!answer.text.includes(key));
    }
  }
  await stillRings(call);
});

// What is no HTTP at all: answered 400 or more, or cut; nobody else notices.
const noise = [
  'GARBAGE\r\n\r\n',
  'GET\r\n\r\n',
  'GET / HTTP/9.9\r\n\r\n',
  'GET / HTTP/1.1\r\n\r\n',
  'GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n',
  'GET / HTTP/1.1\r\nHost: a\r\nNo colon\r\n\r\n',
  'GET / HTTP/1.1\r\nHost: a\r\nA: \u0000\r\n\r\n',
  'POST /v1/realtime/calls/rtc_%00/hangup HTTP/1.1\r\nHost: a\r\n\r\n',
  `GET /${'x'.repeat(100_000)} HTTP/1.1\r\nHost: a\r\n\r\n`,
  `GET / HTTP/1.1\r\nHost: a\r\nX: ${'x'.repeat(100_000)}\r\n\r\n`,
  `GET / HTTP/1.1\r\nHost: a\r\n${'X: y\r\n'.repeat(5_000)}\r\n`,
  'POST /v1/realtime/calls/x/accept HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\n',
  'POST /v1/realtime/calls/x/accept HTTP/1.1\r\nHost: a\r\nContent-Length: 99999999999999999999\r\n\r\n',
  'POST /v1/realtime/calls/x/accept HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n{}',
  'POST /v1/realtime/calls/x/accept HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip\r\n\r\n{}',
  `POST /v1/realtime/calls/x/accept HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer ${key}\r\nTransfer-Encoding: chunked\r\n\r\nZZ\r\n`,
  `GET /v1/realtime?call_id=x HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer ${key}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 8\r\nSec-WebSocket-Key: AAAA\r\n\r\n`,
  Buffer.from([0x16, 3, 1, 2, 0, 1, 0, 1, 0xfc, 3, 3]),
];

test('what is no HTTP is answered or cut, on both doors, and the phone rings on', async () => {
  const call = await ringing(house, sdk);
  for (const bytes of noise) {
    for (const door of [port, new URL(base).port]) {
      const socket = net.connect(door, hostname);
      socket.on('error', () => {});
      let answer = '';
      socket.on('data', text => { answer += text; });
      socket.end(bytes);
      await within(`the end of ${bytes.toString().slice(0, 60)}`, once(socket, 'close'));
      if (door === port) { assert.match(answer, /^$|^HTTP\/1\.[01] (4|505)/, bytes.toString().slice(0, 60)); }
    }
  }
  await stillRings(call);
});
