// Ports of this process alone: others may run beside it, on this machine and in this suite.
import dgram from 'node:dgram';
import { once } from 'node:events';
import net from 'node:net';

const given = new Set();

// Free for TCP and UDP, and below the ports that the system gives to connections, so that nobody takes one before the server does.
export async function freePort() {
  for (;;) {
    const port = 12_000 + Math.floor(Math.random() * 18_000);
    if (given.has(port)) { continue; }
    given.add(port);
    if (await isFree(port)) { return port; }
  }
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
