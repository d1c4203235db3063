// The checks. Each is a call (or a few) by a peer that nobody here wrote, and what must be true of it afterwards.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { get, hasty, here, journal, metric, noted, open, ports, project, record, run, stopAll, until, work } from './house.mjs';
import { ear, sdp, sipp } from './phones.mjs';
import { likeness, loudness, spoken } from './wave.mjs';
import { Baresip } from './baresip.mjs';

const wanted = process.argv.slice(2);
let passed = 0, failed = 0;

async function check(name, body) {
  if (wanted.length > 0 && !wanted.some(word => name.includes(word))) { return; }
  const started = Date.now();
  try {
    await body();
    passed++;
    console.log(`ok   ${name} (${((Date.now() - started) / 1000).toFixed(1)} s)`);
  } catch (error) {
    failed++;
    console.log(`FAIL ${name}: ${error.message}`.trimEnd().replaceAll('\n', '\n     '));
  }
}
const together = (...checks) => Promise.all(checks.map(([name, body]) => check(name, body)));

async function recording(id) {
  const file = path.join(work, `${id}.wav`);
  fs.writeFileSync(file, Buffer.from(await (await get(`/realtime/calls/${id}/recording`)).arrayBuffer()));
  return { caller: await loudness(file, 1), model: await loudness(file, 2) };
}

const endedBy = (call, by, because) => assert.deepEqual([call.ended.by, call.ended.because], [by, because], JSON.stringify(call.ended));
const sideband = { sideband: 'yes' };

// A second of silence, then speech: as a telephone has it, once for SIPp (bare PCMU) and once for baresip (WAV).
async function speak() {
  await run('espeak', 'espeak-ng', ['-v', 'en-us', '-w', 'spoken.wav', 'Good morning. I would like to book a table for two people, at seven.']);
  await run('sox', 'sox', ['spoken.wav', '-r', '8000', '-c', '1', '-t', 'ul', 'caller.ul', 'pad', '2', '3', 'gain', '-n', '-6']);
  // baresip hangs up where its file ends: it goes on in silence.
  await run('sox', 'sox', ['spoken.wav', '-r', '8000', '-c', '1', '-b', '16', 'caller.wav', 'pad', '4.5', '60', 'gain', '-n', '-6']);
  await run('sox', 'sox', ['spoken.wav', '-r', '8000', '-c', '1', '-b', '16', 'words.wav', 'gain', '-n', '-6']);
}

async function talkOver(transport) {
  const name = `talk-${transport}`;
  await sipp(name, 'call', {
    keys: sideband, parts: { talk: '8000', play: '<nop><action><exec rtp_stream="caller.ul,1,0,PCMU/8000"/></action></nop>', sdp: sdp.speech.replace('[media]', '[rtpstream_audio_port]') },
    args: transport === 'tcp' ? ['-t', 't1'] : [],
  });
  const call = await record(name);
  endedBy(call, 'caller', 'hung_up');
  assert.ok(call.media.packets_received > 200, `${call.media.packets_received} packets received`);
  assert.equal(call.media.packets_lost, 0, 'packets lost');
  assert.ok(call.media.packets_sent > 200, `${call.media.packets_sent} packets sent`);
  const heard = await recording(call.id), words = await loudness(path.join(work, 'words.wav'));
  assert.ok(likeness(heard.caller, words) > 0.8, `the caller's channel is like what was said to ${likeness(heard.caller, words).toFixed(2)}`);
  // However late its first word is, and however soon the caller cuts it short.
  assert.ok(spoken(heard.model) > 0.3, `the model spoke for ${spoken(heard.model)} s`);
}

async function refused(name, status, { keys = {}, parts = {}, user, header = 'Reason', value = 'SIP' } = {}) {
  await sipp(name, 'refused', { keys, user, parts: { status: String(status), header, value, ...parts } });
}

const asked = (name, method, status, [header, value], [header2, value2] = [header, value], totag = '') =>
  sipp(name, 'request', { parts: { method, status: String(status), header, value, header2, value2, totag } });

async function held(name, hold) {
  const phone = await ear();
  await sipp(name, 'held', { keys: { ...sideband, decide: 'accept' }, media: phone.port, parts: { hold, resume: sdp.resume } });
  phone.close();
  await noted(name, 'call.held');
  await noted(name, 'call.resumed');
  endedBy(await record(name), 'caller', 'hung_up');
  // Held for 3 s, of which a busy machine may take some.
  const silence = phone.silence();
  assert.ok(silence.ms > 1500, `the longest silence was ${silence.ms} ms`);
  assert.ok(silence.before > 20 && silence.after > 20, `${silence.before} packets before it, ${silence.after} after it`);
}

async function conversation() {
  const name = 'plain', phone = await Baresip.start();
  try {
    await phone.command('dial', `sip:${project}@127.0.0.1:${ports.sip}`);
    await until('two responses heard', () => journal(name).filter(line => line.what === 'output_audio_buffer.stopped').length >= 2, 25);
    assert.ok(journal(name).some(line => line.what === 'input_audio_buffer.committed'), 'the caller had a turn');
    await phone.command('sndcode', '5');
    assert.equal((await noted(name, 'input_audio_buffer.dtmf_event_received')).event.event, '5');
    await phone.command('hangup');
    const call = await record(name);
    endedBy(call, 'caller', 'hung_up');
    assert.ok(call.media.packets_received > 300, `${call.media.packets_received} packets received`);
    assert.equal(call.media.packets_lost, 0, 'packets lost');
    const ours = await recording(call.id), words = await loudness(path.join(work, 'words.wav')), theirs = await loudness(await phone.recording());
    assert.ok(likeness(ours.caller, words) > 0.8, `our left channel is like what baresip said to ${likeness(ours.caller, words).toFixed(2)}`);
    assert.ok(likeness(theirs, ours.model) > 0.9, `what baresip heard is like our right channel to ${likeness(theirs, ours.model).toFixed(2)}`);
    assert.ok(Math.abs(spoken(theirs) - spoken(ours.model)) < 0.3, `baresip heard ${spoken(theirs).toFixed(2)} s, we said ${spoken(ours.model).toFixed(2)} s`);
  } finally {
    await phone.stop();
  }
}

// Nothing that was started stays.
async function leave(code) {
  leaving = true;
  await stopAll();
  process.exit(code);
}

await speak();
const server = await open();
let leaving = false;
server.ended.then(async code => {
  if (leaving) { return; }
  console.log(`FAIL the server left with ${code}\n${server.log().slice(-4000)}\n${passed} passed, ${failed + 1} failed`);
  await leave(1);
});
const memory = () => Number(/VmRSS:\s+(\d+)/.exec(fs.readFileSync(`/proc/${server.child.pid}/status`, 'utf8'))[1]) / 1024;
process.on('SIGINT', () => leave(130));
process.on('SIGTERM', () => leave(143));

await together(
  ['a call over UDP with speech both ways', () => talkOver('udp')],
  ['a call over TCP with speech both ways', () => talkOver('tcp')],
  ['S2 L4: a caller who gives up while it rings, and an accept that comes too late', async () => {
    await sipp('cancelled', 'cancelled', { keys: { decide: 'accept late' }, parts: { ofinvite: 'branch-7' } });
    const { status, body } = await noted('cancelled', 'accept');
    assert.equal(status, 404, body);
    assert.equal(JSON.parse(body).error.code, 'call_id_not_found');
    assert.match(JSON.parse(body).error.message, /caller hung up/i);
  }],
  ['L6: the application refuses with 486', () => refused('busy', 486, { keys: { decide: 'reject 486' } })],
  ['L6: the application refuses with 603', () => refused('declined', 603, { keys: { decide: 'reject 603' } })],
  ['L6: the application refuses with 480', () => refused('unavailable', 480, { keys: { decide: 'reject 480' } })],
  ['L5: a call that nobody decides is refused with 503', () => refused('undecided', 503, { user: hasty, keys: { decide: 'nothing' } })],
  ['L6: a project that does not exist is 404', () => refused('nobody', 404, { user: 'proj_nobody' })],
  ['L6: no codec in common is 488 with a Warning', () => refused('foreign', 488, { parts: { sdp: sdp.foreign }, header: 'Warning', value: '305 .*G729' })],
  ['a Require that we do not know is 420 with what we do not', () => refused('teleport', 420, { parts: { extra: '\nRequire: teleport' }, header: 'Unsupported', value: 'teleport' })],
  ['OPTIONS is answered with what we can do', () => asked('options', 'OPTIONS', 200, ['Allow', 'INVITE.*BYE|BYE.*INVITE'], ['Accept', 'application/sdp'])],
  ['a method that we know and do not serve is 405', () => asked('message', 'MESSAGE', 405, ['Allow', 'INVITE'])],
  ['a method that nobody knows is 501', () => asked('unknown', 'TELEPORT', 501, ['Allow', 'INVITE'])],
  ['a BYE of no call is 481', () => asked('stray', 'BYE', 481, ['Reason', 'cause=481'], undefined, ';tag=nobody')],
  ['requests inside of a call: 405, 501, 200, and the call goes on', async () => {
    await sipp('indialog', 'indialog');
    endedBy(await record('indialog'), 'caller', 'hung_up');
  }],
  ['L1: hold and resume', () => held('held', sdp.hold)],
  ['L1: the old hold, c=0.0.0.0', () => held('held-of-old', sdp.oldHold)],
  ['L3: a delayed offer', async () => {
    const phone = await ear();
    await sipp('delayed', 'delayed', { media: phone.port });
    phone.close();
    endedBy(await record('delayed'), 'caller', 'hung_up');
    assert.ok(phone.packets.length > 30, `${phone.packets.length} packets came to the address of the ACK`);
    assert.ok(phone.packets.every(packet => packet.type === 0), 'all of them PCMU');
  }],
  ['a re-INVITE that makes no sense, and one without an offer that moves the audio', async () => {
    const [here, there] = [await ear(), await ear()];
    await sipp('renewed', 'renewed', { media: here.port, keys: { ...sideband, elsewhere: there.port }, parts: { elsewhere: sdp.elsewhere } });
    here.close();
    there.close();
    endedBy(await record('renewed'), 'caller', 'hung_up');
    assert.ok(here.packets.length > 40, `${here.packets.length} packets to the first port: the refused re-INVITE stopped nothing`);
    assert.ok(there.packets.length > 30, `${there.packets.length} packets to the second`);
    assert.ok((there.packets[0].sequence - here.packets.at(-1).sequence & 0xffff) < 0x8000, 'none to the first any more');
  }],
  ['A-law first: A-law it is', async () => {
    const phone = await ear();
    await sipp('european', 'call', { media: phone.port, keys: sideband, parts: { sdp: sdp.european, formats: '8 101', talk: '3000' } });
    phone.close();
    endedBy(await record('european'), 'caller', 'hung_up');
    assert.ok(phone.packets.length > 50 && phone.packets.every(packet => packet.type === 8), `${phone.packets.length} packets, of types ${[...new Set(phone.packets.map(packet => packet.type))]}`);
  }],
  ['an INVITE that comes twice is one call; 200 until the ACK; BYE twice is answered twice', async () => {
    await sipp('repeated', 'repeated', { args: ['-nr'] });
    endedBy(await record('repeated'), 'caller', 'hung_up');
    assert.equal(journal('repeated').filter(line => line.what === 'webhook').length, 1, 'webhooks');
  }],
  ['L11: compact and folded headers; our BYE takes the routes of the INVITE', async () => {
    await sipp('routed', 'routed');
    endedBy(await record('routed'), 'api', 'hung_up');
  }],
);

await check('a conversation with baresip: each hears the other, and a key is heard', conversation);

// What must go up while there are calls, and come back to zero.
const gauges = ['switchhook_calls_active', 'switchhook_media_ports_used', 'switchhook_media_sessions', 'switchhook_sip_dialogs', 'switchhook_sip_transactions', 'switchhook_process_frames'];
const readings = () => Promise.all(gauges.map(async name => [name, await metric(name)]));

const before = memory();
await together(
  ['a lost ACK: BYE after 32 s', async () => {
    await sipp('unacknowledged', 'unacknowledged', { args: ['-nr'] });
    const call = await record('unacknowledged');
    assert.equal(call.ended.by, 'network', JSON.stringify(call.ended));
  }],
  ['1,200 calls, 20 a second', async () => {
    // Never more than 80 at once: a machine that is too slow for 20 a second gets fewer.
    const counting = new Set();
    await Promise.all([
      sipp('load', 'call', { keys: { model: 'eager' }, parts: { talk: '2000' }, args: ['-r', '20', '-m', '1200', '-l', '80'], seconds: 300 }),
      until(() => `gauges to count: ${gauges.filter(name => !counting.has(name)).join(', ')}`, async () => {
        for (const [name, value] of await readings()) { if (value > 0) { counting.add(name); } }
        return counting.size === gauges.length;
      }),
    ]);
    await until('the end of every call', async () => await metric('switchhook_calls', 'ended_by="caller",ended_because="hung_up"') >= 1200);
  }],
);
await check('L21: nothing leaks: calls, dialogs, transactions, ports, and no faults', async () => {
  let last = [];
  await until(() => `zero: ${last.map(pair => pair.join(' ')).join(', ')}`, async () => (last = await readings()).every(([, value]) => value === 0));
  for (const name of ['switchhook_sip_faults', 'switchhook_calls_faults', 'switchhook_media_faults', 'switchhook_store_rows_lost']) { assert.equal(await metric(name), 0, name); }
  assert.equal(journal(null).filter(line => line.what === 'forged').length, 0, 'webhooks with a wrong signature');
});
console.log(`     resident memory: ${before.toFixed(0)} MiB before the calls, ${memory().toFixed(0)} MiB after; late ticks ${await metric('switchhook_media_ticks_late')} of ${await metric('switchhook_media_ticks')}`);

leaving = true;
await check('the server leaves with 0', async () => {
  server.child.kill('SIGTERM');
  assert.equal(await server.ended, 0, server.log().slice(-2000));
});
await stopAll();
if (passed + failed === 0) {
  console.log(`FAIL no check has a name with: ${wanted.join(', ')}`);
  failed++;
}
if (failed === 0) { fs.rmSync(work, { recursive: true }); } else { console.log(`     logs and traces: ${work}`); }
console.log(`${passed} passed, ${failed} failed`);
await leave(failed === 0 ? 0 : 1);
