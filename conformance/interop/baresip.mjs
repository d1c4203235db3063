// baresip without a sound card: a file for a mouth, a JACK server with the dummy driver for an ear that keeps time,
// and what it heard and said written down by its sndfile filter. Commands go to its ctrl_tcp port.
import fs from 'node:fs';
import { once } from 'node:events';
import net from 'node:net';
import path from 'node:path';
import { freePort } from '../ports.mjs';
import { start, until, work } from './house.mjs';

const jack = `switchhook-${process.pid}`;

const config = (folder, sip, control) => `
poll_method epoll
sip_listen 127.0.0.1:${sip}
net_interface 127.0.0.1
call_local_timeout 30
call_max_calls 1
audio_player jack,default
audio_source aufile,${path.join(work, 'caller.wav')}
audio_alert jack,default
audio_path /nonexistent
ausrc_srate 8000
auplay_srate 8000
ausrc_channels 1
auplay_channels 1
auplay_format float
rtp_ports 42000-42100
module_path /usr/lib/baresip/modules
module g711.so
module sndfile.so
module jack.so
module aufile.so
module_tmp account.so
module_app menu.so
module_app ctrl_tcp.so
ctrl_tcp_listen 127.0.0.1:${control}
snd_path ${folder}
`;

export class Baresip {
  static async start() {
    const folder = path.join(work, 'baresip');
    fs.mkdirSync(folder);
    const control = await freePort(), sip = await freePort();
    fs.writeFileSync(path.join(folder, 'config'), config(folder, sip, control));
    fs.writeFileSync(path.join(folder, 'accounts'), '"baresip" <sip:baresip@127.0.0.1>;regint=0;audio_codecs=pcmu\n');
    const env = { ...process.env, JACK_DEFAULT_SERVER: jack, JACK_NO_AUDIO_RESERVATION: '1' };
    const phone = new Baresip();
    phone.folder = folder;
    phone.sound = start('jackd', 'jackd', ['-r', '-n', jack, '-d', 'dummy', '-r', '8000', '-p', '160'], { env });
    await until('JACK', () => fs.existsSync(`/dev/shm/jack_${jack}_${process.getuid()}_0`));
    phone.process = start('baresip', 'baresip', ['-4', '-f', folder], { env });
    await until('baresip to be ready', () => /baresip is ready/.test(phone.process.log()));
    phone.socket = net.connect(control, '127.0.0.1');
    await once(phone.socket, 'connect');
    phone.socket.on('error', () => {});
    return phone;
  }

  // A netstring of JSON; the answer is one too.
  async command(command, params = '') {
    const text = JSON.stringify({ command, params, token: command });
    const answered = once(this.socket, 'data', { signal: AbortSignal.timeout(90_000) });
    this.socket.write(`${Buffer.byteLength(text)}:${text},`);
    await answered;
  }

  async recording() {
    const name = await until('the file of what baresip heard', () => fs.readdirSync(this.folder).find(file => /-dec\.wav$/.test(file)));
    return path.join(this.folder, name);
  }

  async stop() {
    this.socket?.destroy();
    for (const one of [this.process, this.sound]) {
      if (!one) { continue; }
      one.child.kill('SIGTERM');
      const patience = setTimeout(() => one.child.kill('SIGKILL'), 5_000);
      await one.ended.catch(() => {});
      clearTimeout(patience);
    }
  }
}
