/** A small scenario in the layout of DeepSense 6G, with every flaw that real ones have, as its readers' tests need it. */
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';

/** Powers of a sweep over 64 beams, the strongest at `best`; text of each line may be set. */
export function powerLines(best: number, set: Readonly<Record<number, string>> = {}): string {
  return Array.from({ length: 64 }, (_, k) => set[k] ?? String(k === best ? 0.9 : 0.1 + k / 1000)).join('\n');
}

export function writeFiles(folder: string, files: Readonly<Record<string, string | Uint8Array>>): void {
  for (const [name, content] of Object.entries(files)) {
    const file = path.join(folder, name);
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, content);
  }
}

/** The smallest PNG header that tells a size. */
function png(width: number, height: number): Uint8Array {
  const bytes = Buffer.alloc(33);
  bytes.write('\x89PNG\r\n\x1a\n', 'latin1');
  bytes.writeUInt32BE(13, 8);
  bytes.write('IHDR', 12, 'latin1');
  bytes.writeUInt32BE(width, 16);
  bytes.writeUInt32BE(height, 20);
  bytes.writeUInt8(8, 24);
  return bytes;
}

/**
 * Two passes of samples 0.1 s apart, the columns in another order than usual, one of them without a name, CRLF, quoted values:
 * pass 1 of 10 samples with 0.5 s without one between the 6th and the 7th, pass 2 of 5. Beam 10 + k is the strongest in sample
 * k, and labels count from 1.
 */
export function writeScenario(folder: string): string {
  const files: Record<string, string | Uint8Array> = {};
  const lines = [
    'seq_index,,"unit1_beam_index",unit1_rgb,unit1_pwr_60ghz,unit1_loc,unit2_loc,time_stamp[UTC],index',
  ];
  for (let k = 0; k < 15; k++) {
    const pass = k < 10 ? 1 : 2;
    // 59.0 s to 59.5 s, a gap of 0.5 s, then over the full minute: 60.0 s to 60.3 s; the second pass from 60.4 s on.
    const tenths = k < 6 ? 590 + k : 594 + k;
    const [minute, ms] = [45 + Math.floor(tenths / 600), 100 * (tenths % 600)];
    const time = `['16-${minute}-${String(Math.floor(ms / 1000)).padStart(2, '0')}-${String(ms % 1000).padStart(3, '0')}']`;
    files[`unit1/camera/image_${k}.png`] = png(96, 54);
    files[`unit1/power/power_${k}.txt`] = powerLines(10 + k);
    // A ten-thousandth of a degree of latitude is 11.1 m.
    files[`unit2/gps/gps_${k}.txt`] = `${33.42 + 1e-4 * k}\n-111.93\n`;
    lines.push(
      `${pass},${100 + k},${11 + k},./unit1/camera/image_${k}.png,"./unit1/power/power_${k}.txt",` +
        `./unit1/gps/base.txt,./unit2/gps/gps_${k}.txt,"${time}",${k + 1}`,
    );
  }
  files['unit1/gps/base.txt'] = '33.42\r\n-111.93\r\n';
  // Sample 2: NaN stands where numpy without care finds the largest power; the strongest finite one is beam 12 all the same.
  files['unit1/power/power_2.txt'] = powerLines(12, { 3: 'nan', 40: 'NaN' });
  // Sample 12: no power is finite.
  files['unit1/power/power_12.txt'] = powerLines(
    0,
    Object.fromEntries([...Array(64).keys()].map((b) => [b, 'nan'])),
  );
  // Sample 4: its image is missing. Sample 13: its position is.
  delete files['unit1/camera/image_4.png'];
  delete files['unit2/gps/gps_13.txt'];
  files['scenario9.csv'] = `\ufeff${lines.join('\r\n')}\r\n`;
  writeFiles(folder, files);
  return path.join(folder, 'scenario9.csv');
}
