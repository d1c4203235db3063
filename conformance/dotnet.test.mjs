// The official OpenAI package for .NET, unchanged but for its endpoint: conformance/dotnet on a real call.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { after, before, test } from 'node:test';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { base, client, key, lifecycles, ringing, start, trusting } from './house.mjs';

const here = path.dirname(fileURLToPath(import.meta.url));
const speech = path.join(here, '..', 'samples', 'speech', 'a-table-for-two.wav');
const program = path.join(here, 'dotnet', 'bin', 'Release', 'net10.0', 'Switchhook.Conformance.dll');
let house, sdk;

before(async () => {
  house = await start({ desk: { engine: 'scripted', script: path.join(here, 'scripts', 'desk.yaml') } });
  sdk = client(house, { fetchOptions: { dispatcher: await trusting(house.ca) } });
});
after(async () => { assert.equal(await house.stop(), 0, 'the server leaves with 0'); });

// The program's last word.
async function run(...parameters) {
  const application = spawn('dotnet', [program, ...parameters], { env: { ...process.env, SSL_CERT_FILE: house.caPath }, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  application.stdout.on('data', text => { output += text; });
  application.stderr.on('data', text => { output += text; });
  const [code] = await once(application, 'close');
  assert.equal(code, 0, output);
  return output.trim();
}

test('the .NET SDK reads every lifecycle there is', async () => {
  assert.match(await run('read', ...lifecycles()), /^\d{3,} events$/);
});

test('the .NET SDK reads every update of a call, and the history has them all', async () => {
  const { caller, id } = await ringing(house, sdk, '--play', speech, '--play-after', '2500', '--dtmf', '5', '--dtmf-after', '1000');
  assert.match(await run(base, key, id, 'desk'), /^\d{2,} updates$/);
  assert.equal((await caller.ended).code, 0);
});
