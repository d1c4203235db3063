// What is in a recording: where somebody speaks, and whether two recordings hold the same speech.
import fs from 'node:fs';
import path from 'node:path';
import { run, work } from './house.mjs';

// Windows of 20 ms, one every 5: two recordings may be cut a few milliseconds apart.
const Window = 160, Hop = 40, Step = Hop / 8000;

// The loudness (RMS, full scale 1) of one channel of a file, 200 values a second. sox reads whatever it is.
export async function loudness(file, channel = 1) {
  const raw = path.join(work, `${path.basename(file)}.${channel}.raw`);
  await run('sox', 'sox', [file, '-t', 'raw', '-r', '8000', '-b', '16', '-e', 'signed-integer', '-L', raw, 'remix', String(channel)]);
  const bytes = fs.readFileSync(raw), samples = new Int16Array(bytes.buffer, bytes.byteOffset, bytes.length >> 1);
  return Array.from({ length: Math.max(0, Math.floor((samples.length - Window) / Hop) + 1) }, (_, i) => {
    let energy = 0;
    for (let n = i * Hop; n < i * Hop + Window; n++) { energy += (samples[n] / 32768) ** 2; }
    return Math.sqrt(energy / Window);
  });
}

// Seconds from the first loud moment to the last.
export function spoken(envelope) {
  const loud = envelope.map(value => value > 0.01);
  return loud.includes(true) ? (loud.lastIndexOf(true) - loud.indexOf(true) + 1) * Step : 0;
}

// How alike two envelopes are at the shift where they are most alike: 1 is the same, other words are
// 0.3 to 0.5. A jitter buffer that lengthens or shortens a silence between two words costs it a few hundredths.
export function likeness(a, b) {
  let best = 0;
  for (let shift = -b.length + 1; shift < a.length; shift++) {
    let ab = 0;
    for (let i = Math.max(0, shift); i < Math.min(a.length, b.length + shift); i++) { ab += a[i] * b[i - shift]; }
    best = Math.max(best, ab);
  }
  const power = values => values.reduce((sum, value) => sum + value * value, 0);
  return best / Math.sqrt(power(a) * power(b) || 1);
}
