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

// How much of this speech is in that recording: 1 is all of it, other speech comes to 0.4 to 0.7. Each second of it is
// looked for on its own, because a jitter buffer may shorten a silence between two words and hide a late packet.
export function likeness(recording, speech) {
  const length = Math.round(1 / Step), found = [];
  const begin = speech.findIndex(value => value > 0.01), end = speech.findLastIndex(value => value > 0.01);
  for (let at = begin; begin >= 0 && at + length <= end; at += length) {
    const piece = speech.slice(at, at + length);
    if (piece.some(value => value > 0.01)) { found.push(correlation(recording, piece)); }
  }
  return found.reduce((sum, value) => sum + value, 0) / (found.length || 1);
}

// The best correlation (Pearson's) of a piece with any part of the whole.
function correlation(whole, piece) {
  const n = piece.length, mean = piece.reduce((sum, value) => sum + value, 0) / n;
  const tilt = piece.map(value => value - mean), norm = Math.sqrt(tilt.reduce((sum, value) => sum + value * value, 0));
  let best = 0, sum = 0, squares = 0;
  for (let i = 0; i < whole.length; i++) {
    sum += whole[i] - (whole[i - n] ?? 0);
    squares += whole[i] ** 2 - (whole[i - n] ?? 0) ** 2;
    const variance = squares - sum * sum / n;
    if (i < n - 1 || variance < 1e-9) { continue; }
    let product = 0;
    for (let k = 0; k < n; k++) { product += whole[i - n + 1 + k] * tilt[k]; }
    best = Math.max(best, product / (norm * Math.sqrt(variance)));
  }
  return best;
}
