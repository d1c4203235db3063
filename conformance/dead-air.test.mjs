// A call on which nobody says anything for a while. In a file of its own, so that others need not wait with it.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { client, plainBase, ringing, start } from './house.mjs';
import { close, rawSocket } from './raw-socket.mjs';

const here = path.dirname(fileURLToPath(import.meta.url));
let house, sdk;

before(async () => {
  house = await start({ echo: { engine: 'scripted', script: path.join(here, 'scripts', 'echo.yaml') } });
  sdk = client(house, { baseURL: plainBase });
});
after(async () => { assert.equal(await house.stop(), 0, 'the server leaves with 0'); });

test('§9.35: a socket on which nothing happens is pinged, and one that does not answer is let go', async () => {
  const { id, caller } = await ringing(house, sdk);
  await sdk.realtime.calls.accept(id, { type: 'realtime', model: 'echo', audio: { input: { turn_detection: null } } });
  const [awake, dead] = [await rawSocket(id), await rawSocket(id, { answersPings: false })];
  const ping = await awake.next('ping');
  assert.equal(ping.opcode, 9);
  assert.equal(await dead.over, null, 'cut');
  await awake.next('ping');
  awake.write(close(1000));
  assert.equal(await awake.over, 1000);
  await sdk.realtime.calls.hangup(id);
  assert.equal((await caller.ended).code, 0);
});
