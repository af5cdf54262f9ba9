/**
 * Which programs of this machine have a port open, from /proc: Linux alone, elsewhere nobody is found. Of other users'
 * programs only the superuser sees what they have open.
 */
import { lookup } from 'node:dns/promises';
import { readdirSync, readFileSync, readlinkSync, realpathSync } from 'node:fs';
import path from 'node:path';
import type { TcpAddress } from './tcp.js';

export type PortPlace =
  /** A device, also through links to it. */
  { readonly file: string } | { readonly address: TcpAddress };

export interface PortHolder {
  readonly pid: number;
  /** As it was called, cut to what can be read. */
  readonly command: string;
}

const MOST_COMMAND = 120;
const ESTABLISHED = '01';

/** Processes but this one. */
export async function portHolders(place: PortPlace): Promise<PortHolder[]> {
  if (process.platform !== 'linux') return [];
  if ('address' in place) return holders(await connectionsTo(place.address));
  const file = realPath(place.file);
  // As seen from within a container, or on an emulated bus, the path has something before it.
  const isFile = (link: string) => link === file || (file.startsWith('/dev/bus/usb/') && link.endsWith(file));
  const terminal = /^\/dev\/pts\/(\d+)$/.exec(file)?.[1];
  return holders(isFile).filter(({ pid }) => terminal === undefined || !ownsTerminal(pid, terminal));
}

function holders(has: (link: string) => boolean): PortHolder[] {
  return processes()
    .filter((pid) => pid !== process.pid && openFiles(pid).some(({ link }) => has(link)))
    .map((pid) => ({ pid, command: commandOf(pid) }));
}

function realPath(file: string): string {
  try {
    return realpathSync(file);
  } catch {
    return file;
  }
}

function processes(): number[] {
  return readdirSync('/proc').map(Number).filter(Number.isInteger);
}

/** None where it is gone meanwhile, or another user's. */
function openFiles(pid: number): { fd: string; link: string }[] {
  try {
    return readdirSync(`/proc/${pid}/fd`).flatMap((fd) => {
      try {
        return { fd, link: readlinkSync(`/proc/${pid}/fd/${fd}`) };
      } catch {
        return [];
      }
    });
  } catch {
    return [];
  }
}

/** Whoever has the other end of a pseudo-terminal is the device at it, such as an emulated board. */
function ownsTerminal(pid: number, index: string): boolean {
  return openFiles(pid).some(({ fd, link }) => {
    if (!link.endsWith('/ptmx')) return false;
    try {
      const info = readFileSync(`/proc/${pid}/fdinfo/${fd}`, 'utf8');
      return /^tty-index:\s*(\d+)$/m.exec(info)?.[1] === index;
    } catch {
      return false;
    }
  });
}

function commandOf(pid: number): string {
  try {
    const [program = '', ...rest] = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0').filter(Boolean);
    const words = [path.basename(program), ...rest].join(' ');
    return words.length > MOST_COMMAND ? `${words.slice(0, MOST_COMMAND - 1)}…` : words;
  } catch {
    return '?';
  }
}

/** Which links of open files are connections to this address. */
async function connectionsTo({ host, port }: TcpAddress): Promise<(link: string) => boolean> {
  const found = await lookup(host, { all: true }).catch(() => []);
  const wanted = new Set(found.map(({ address, family }) => `${inKernel(address, family)}:${hex(port, 4)}`));
  const sockets = new Set(
    ['/proc/net/tcp', '/proc/net/tcp6'].flatMap((table) =>
      linesOf(table).flatMap((line) => {
        const [, , remote = '', state, , , , , , inode] = line.trim().split(/\s+/);
        return state === ESTABLISHED && wanted.has(remote) ? `socket:[${inode}]` : [];
      }),
    ),
  );
  return (link) => sockets.has(link);
}

function linesOf(file: string): string[] {
  try {
    return readFileSync(file, 'utf8').split('\n').slice(1);
  } catch {
    return [];
  }
}

/** An address as /proc/net has it: words of four bytes, each in the machine's order (little-endian). */
function inKernel(address: string, family: number): string {
  const bytes = family === 4 ? address.split('.').map(Number) : bytesOfIpv6(address);
  const words = Array.from({ length: bytes.length / 4 }, (_, k) => bytes.slice(4 * k, 4 * k + 4).reverse());
  return words
    .flat()
    .map((byte) => hex(byte, 2))
    .join('');
}

function bytesOfIpv6(address: string): number[] {
  const [before = '', after] = address.split('%')[0]!.split('::');
  const groups = (text: string) => text.split(':').filter(Boolean);
  const [head, tail] = [groups(before), groups(after ?? '')];
  const zeros = Array.from({ length: 8 - head.length - tail.length }, () => '0');
  return [...head, ...zeros, ...tail].flatMap((group) => {
    const value = Number.parseInt(group, 16);
    return [value >> 8, value & 0xff];
  });
}

function hex(value: number, digits: number): string {
  return value.toString(16).toUpperCase().padStart(digits, '0');
}
