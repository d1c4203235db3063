// Phones: SIPp with scenarios of ours, a socket that hears the RTP we send, and what both of them are told.
import dgram from 'node:dgram';
import { once } from 'node:events';
import fs from 'node:fs';
import path from 'node:path';
import { freePort } from '../ports.mjs';
import { here, ports, project, start, work } from './house.mjs';

const sdpOf = (lines, address = '[local_ip]') => ['v=0', `o=caller 1 @version@ IN IP4 ${address}`, 's=-', `c=IN IP4 ${address}`, 't=0 0', ...lines].join('\n');
const audio = (payloads = '0 101', direction = 'sendrecv') => [
  `m=audio [media] RTP/AVP ${payloads}`, 'a=rtpmap:0 PCMU/8000', 'a=rtpmap:8 PCMA/8000', 'a=rtpmap:18 G729/8000', 'a=rtpmap:101 telephone-event/8000', 'a=fmtp:101 0-15', 'a=ptime:20', `a=${direction}`,
].filter(line => !/rtpmap:(\d+)|fmtp:(\d+)/.test(line) || payloads.split(' ').includes(/:(\d+)/.exec(line)[1]));

export const sdp = {
  speech: sdpOf(audio()), foreign: sdpOf(audio('18')), european: sdpOf(audio('8 0 101')),
  hold: sdpOf(audio('0 101', 'sendonly')).replace('@version@', '2'),
  oldHold: sdpOf(audio(), '0.0.0.0').replace('@version@', '2'),
  resume: sdpOf(audio()).replace('@version@', '3'),
  elsewhere: sdpOf(audio()).replace('@version@', '3').replace('[media]', '[elsewhere]'),
};

const head = (method, cseq, branch, to) => `${method} sip:[service]@127.0.0.1:[remote_port] SIP/2.0
Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[${branch}]
From: "A caller" <sip:caller@[local_ip]>;tag=[pid]t[call_number]
To: <sip:[service]@127.0.0.1:[remote_port]>${to}
Call-ID: [call_id]
CSeq: ${cseq} ${method}
Max-Forwards: 70`;
const wishes = `Contact: <sip:caller@[local_ip]:[local_port];transport=[transport]>
X-Check: [check]
X-Decide: [decide]
X-Model: [model]
X-Sideband: [sideband]@extra@`;

// What the scenarios write as @name@. @inside METHOD n@ is a request within the dialog; a branch after it is that of an
// earlier message of the scenario.
const fragments = {
  invite: `${head('INVITE', 1, 'branch', '')}\n${wishes}`,
  again: `${head('INVITE', 1, 'branch-1', '')}\n${wishes}`,
  ack: `${head('ACK', 1, 'branch', '[peer_tag_param]')}\nContent-Length: 0\n`,
  bye: `${head('BYE', 2, 'branch', '[peer_tag_param]')}\nContent-Length: 0\n`,
  refused: `${head('ACK', 1, '@ofinvite@', '[peer_tag_param]')}\nContent-Length: 0\n`,
  ok: 'SIP/2.0 200 OK\n[last_Via:]\n[last_From:]\n[last_To:]\n[last_Call-ID:]\n[last_CSeq:]\nContent-Length: 0\n',
  play: '', talk: '500', sdp: sdp.speech, version: '1', extra: '', totag: '', ofinvite: 'branch-4', formats: '0 101', port: String(ports.sip),
};

function scenario(name, parts) {
  let text = fs.readFileSync(path.join(here, 'scenarios', `${name}.xml`), 'utf8');
  text = text.replace(/@inside ([A-Z]+) (\d)(?: (branch-\d))?@/g, (_, method, cseq, branch) => head(method, cseq, branch ?? 'branch', '[peer_tag_param]'));
  const all = { ...fragments, ...parts };
  // Fragments may hold fragments, to a depth of two.
  for (let depth = 0; depth < 3; depth++) { text = text.replace(/@([a-z0-9]+)@/g, (whole, name) => all[name] ?? whole); }
  return text;
}

// Where a phone that is not listened to has its audio sent: the port of discard.
const nowhere = 9;

// One SIPp with one scenario of ours. Resolves when it has done it; rejects with the end of its trace when it could not.
export async function sipp(check, name, { keys = {}, parts = {}, user = project, args = [], media = nowhere, seconds = 90 } = {}) {
  const port = await freePort();
  const file = path.join(work, `${check}.xml`), trace = path.join(work, `${check}.messages`), errors = path.join(work, `${check}.errors`);
  fs.writeFileSync(file, scenario(name, parts));
  const all = { check, decide: 'accept', model: 'greeter', sideband: 'no', media, fold: ' ', ...keys };
  const many = args.includes('-r');
  const peer = start(check, 'sipp', [
    `127.0.0.1:${ports.sip}`, '-sf', file, '-s', user, '-i', '127.0.0.1', '-p', String(port), '-mi', '127.0.0.1', '-nostdin', '-default_behaviors', 'all,-bye',
    '-timeout', `${seconds}s`, '-timeout_error', '-trace_err', '-error_file', errors, ...(many ? [] : ['-m', '1', '-trace_msg', '-message_file', trace]),
    ...Object.entries(all).flatMap(([key, value]) => ['-key', key, String(value)]), ...args,
  ]);
  const code = await peer.ended;
  if (code === 0) { return; }
  const tail = one => fs.existsSync(one) ? fs.readFileSync(one, 'utf8').trim().split('\n').slice(-40).join('\n') : '';
  throw new Error(`sipp left with ${code}\n${tail(errors)}\n${tail(trace)}`);
}

// A phone's ear: the header of every RTP packet that came. What it says of order and time, no busy machine changes.
export async function ear() {
  const packets = [], socket = dgram.createSocket('udp4');
  socket.on('message', bytes => {
    if (bytes.length > 12 && bytes[0] >> 6 === 2 && (bytes[1] & 0x7f) < 72) {
      packets.push({ type: bytes[1] & 0x7f, sequence: bytes.readUInt16BE(2), timestamp: bytes.readUInt32BE(4) });
    }
  });
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
  return {
    port: socket.address().port, packets, close: () => socket.close(),
    // The longest time for which none was sent, and how many were before and after it. A packet that was lost is no silence.
    silence() {
      const step = (i, field, bits) => packets[i + 1][field] - packets[i][field] >>> 0 & bits;
      const gaps = packets.slice(1).map((_, i) => step(i, 'sequence', 0xffff) === 1 ? step(i, 'timestamp', 0x7fffffff) / 8 : 0), ms = Math.max(0, ...gaps);
      return { ms, before: gaps.indexOf(ms) + 1, after: packets.length - gaps.indexOf(ms) - 1 };
    },
  };
}
