// Takes calls with the official openai package. Run it against OpenAI or against Switchhook: the base URL, the key and
// the webhook secret are all that differ. For a private authority set NODE_EXTRA_CA_CERTS=data/dev-ca.pem.
import fs from 'node:fs';
import http from 'node:http';
import OpenAI from 'openai';
import { OpenAIRealtimeWS } from 'openai/realtime/ws';

const client = new OpenAI({
  apiKey: process.env.OPENAI_API_KEY ?? 'sk-demo',
  baseURL: process.env.OPENAI_BASE_URL ?? 'https://127.0.0.1:8443/v1',
  webhookSecret: process.env.OPENAI_WEBHOOK_SECRET ?? 'whsec_c3dpdGNoaG9vay1kZXZlbG9wbWVudC1zZWNyZXQtMDE=',
});
const ca = process.env.NODE_EXTRA_CA_CERTS ? fs.readFileSync(process.env.NODE_EXTRA_CA_CERTS) : undefined;
const seen = new Set();        // any webhook may come twice

http.createServer(async (request, response) => {
  const parts = [];
  for await (const part of request) { parts.push(part); }
  try {
    const event = await client.webhooks.unwrap(Buffer.concat(parts).toString('utf8'), request.headers);
    response.writeHead(200).end();
    if (event.type !== 'realtime.call.incoming' || seen.has(request.headers['webhook-id'])) { return; }
    seen.add(request.headers['webhook-id']);
    await take(event.data.call_id);
  } catch (error) {
    if (!response.headersSent) { response.writeHead(error instanceof OpenAI.InvalidWebhookSignatureError ? 401 : 500).end(); }
    console.error(error.message, error.cause?.cause?.message ?? '');       // such as a certificate that is not trusted
  }
}).listen(9000, '127.0.0.1', () => console.log('waiting for webhooks on http://127.0.0.1:9000/'));

async function take(callId) {
  await client.realtime.calls.accept(callId, { type: 'realtime', model: process.env.MODEL ?? 'scripted-greeter', instructions: 'Be brief.' });
  const socket = new OpenAIRealtimeWS({ callID: callId, options: { ca } }, client);
  socket.on('session.created', () => socket.send({ type: 'response.create' }));
  socket.on('response.output_audio_transcript.done', event => console.log(`${callId} said: ${event.transcript}`));
  socket.on('event', event => {
    if (event.type === 'call.ended') { console.log(`${callId} ended: ${event.reason} by ${event.by}`); }
  });
  socket.on('error', error => console.error(`${callId} ${error.message}`));
}
