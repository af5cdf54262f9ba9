/** What a process that sees an emulated USB bus measures at a port of it. */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

export type Environment = Readonly<Record<string, string>>;
export type UsbMeasurement = 'load' | 'echo' | 'points' | 'settings';

export async function measuredOverUsb<T>(
  what: UsbMeasurement,
  port: string,
  environment: Environment,
): Promise<T> {
  const entry = fileURLToPath(new URL('./usb-client.js', import.meta.url));
  const client = fork(entry, [what, port], { env: { ...process.env, ...environment } });
  const [result] = (await once(client, 'message')) as [T];
  client.disconnect();
  return result;
}
