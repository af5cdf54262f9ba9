/**
 * A study on three hosts: a NATS server, a worker, and a worker with the coordinator, each in a network namespace of its own, on lines with
 * 20 ms of delay each way and 1 % loss. Says whether the results are those of threads, and how long it took.
 *
 *     sudo node build/three-hosts.js              after npm run build
 *
 * Needs root, `ip` and `tc` (apt-get install iproute2), nats-server. Where namespaces cannot be made it says so and does nothing. Where the
 * kernel has no netem, relays delay what goes through the lines and nftables (apt-get install nftables) drops packets: it says so as well.
 */
import { execFileSync, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createConnection, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const DELAY_MS = 20;
const LOSS_PERCENT = 1;
const PORT = 4222;
const RELAY_PORT = 4223;
const NUM_USERS = process.argv.includes('--users')
  ? process.argv[process.argv.indexOf('--users') + 1]
  : '4000';

const script = fileURLToPath(import.meta.url);
const main = path.join(path.dirname(path.dirname(script)), 'dist/src/cli/main.js');
const ip = (...args) => execFileSync('ip', args, { stdio: ['ignore', 'pipe', 'pipe'] });
const inHost = (host, command, ...args) => ['ip', ['netns', 'exec', nameOf(host), command, ...args]];
const nameOf = (host) => `beamloop-${process.pid}-${host}`;
const HOSTS = ['server', 'one', 'two'];

/** Bytes come out as long after they went in as the line takes, in both directions. */
function relay(server) {
  createServer((near) => {
    const far = createConnection(PORT, server);
    const pass = (from, to) => {
      from.on('data', (bytes) => setTimeout(() => to.write(bytes), DELAY_MS));
      from.on('close', () => setTimeout(() => to.destroy(), DELAY_MS));
      from.on('error', () => {});
      from.setNoDelay(true);
    };
    pass(near, far);
    pass(far, near);
  }).listen(RELAY_PORT, '127.0.0.1', () => process.stdout.write('listens\n'));
}

async function compare() {
  const work = mkdtempSync(path.join(tmpdir(), 'three-hosts-'));
  const children = [];
  try {
    const complaint = makeHosts();
    if (complaint !== null) {
      console.log(`SKIPPED: no network namespaces can be made here: ${complaint}`);
      return;
    }
    const hasNetem = delayLines();
    if (!hasNetem) {
      const loss = losePackets() ? `nftables drops ${LOSS_PERCENT} % of packets` : 'NOTHING IS LOST';
      console.log(`THIS KERNEL HAS NO NETEM: lines are relays of ${DELAY_MS} ms each way, and ${loss}`);
    }
    const start = (host, command, ...args) => {
      const child = spawn(...inHost(host, command, ...args), {
        stdio: ['ignore', 'pipe', 'inherit'],
        cwd: work,
      });
      children.push(child);
      return child;
    };
    const store = path.join(work, 'store');
    mkdirSync(store);
    start(
      'server',
      'nats-server',
      '-js',
      '-sd',
      store,
      '-a',
      '0.0.0.0',
      '-p',
      String(PORT),
      '-l',
      path.join(work, 'log'),
    );
    const urls = {};
    for (const [k, host] of ['one', 'two'].entries()) {
      const server = `10.77.${k + 1}.1`;
      urls[host] = hasNetem ? `nats://${server}:${PORT}` : `nats://127.0.0.1:${RELAY_PORT}`;
      if (!hasNetem) await heard(start(host, process.execPath, script, '--relay', server));
    }
    await new Promise((resolve) => setTimeout(resolve, 1000));

    const study = path.join(work, 'study.yaml');
    writeFileSync(
      study,
      `kind: accuracy\ntitle: Three hosts\narray: {elements: 64, carrier: 100 GHz}\nschemes: [dpc, exhaustive]\nsnr: [10 dB, Infinity]\nusers: {count: ${NUM_USERS}, between: [0.3 m, 1.2 m]}\n`,
    );
    const timed = async (host, ...args) => {
      const startMs = performance.now();
      const [code] = await ended(start(host, process.execPath, main, 'study', study, ...args));
      if (code !== 0) throw new Error(`beamloop study ${args.join(' ')} ended with ${code}`);
      return (performance.now() - startMs) / 1e3;
    };
    const threadS = await timed('two', '--threads', '2', '--out', 'threads');
    for (const host of ['one', 'two'])
      start(host, process.execPath, main, 'worker', '--nats', urls[host], '--threads', '1');
    const hostS = await timed('two', '--nats', urls.two, '--out', 'hosts');
    const [threads, hosts] = ['threads', 'hosts'].map((out) =>
      readFileSync(path.join(work, out, 'results.json'), 'utf8'),
    );
    const isSame = threads === hosts;
    console.log(
      `${isSame ? 'same' : 'DIFFER'}: ${NUM_USERS} users, two threads of one host ${threadS.toFixed(1)} s, a thread on each of two hosts ${hostS.toFixed(1)} s`,
    );
    if (!isSame) process.exitCode = 1;
  } finally {
    for (const child of children) child.kill('SIGKILL');
    for (const host of HOSTS) {
      try {
        ip('netns', 'del', nameOf(host));
      } catch {
        // It was not made.
      }
    }
    rmSync(work, { recursive: true, force: true });
  }
}

const ended = (child) => new Promise((resolve) => child.once('close', (...args) => resolve(args)));
const heard = (child) => new Promise((resolve) => child.stdout.once('data', resolve));

/** A line from each worker's host to the server's; null, or why not. */
function makeHosts() {
  try {
    for (const host of HOSTS) {
      ip('netns', 'add', nameOf(host));
      ip('-n', nameOf(host), 'link', 'set', 'lo', 'up');
    }
    for (const [k, host] of ['one', 'two'].entries()) {
      const [near, far] = [`bl${k}s`, `bl${k}h`];
      ip(
        'link',
        'add',
        near,
        'netns',
        nameOf('server'),
        'type',
        'veth',
        'peer',
        'name',
        far,
        'netns',
        nameOf(host),
      );
      for (const [at, link, number] of [
        ['server', near, 1],
        [host, far, 2],
      ]) {
        ip('-n', nameOf(at), 'addr', 'add', `10.77.${k + 1}.${number}/24`, 'dev', link);
        ip('-n', nameOf(at), 'link', 'set', link, 'up');
      }
    }
    return null;
  } catch (error) {
    return String(error.stderr ?? error.message).trim();
  }
}

/** Both ends of each line drop some of what comes in. Whether the kernel can. */
function losePackets() {
  try {
    for (const host of HOSTS) {
      for (const rule of [
        'add table inet line',
        'add chain inet line in { type filter hook prerouting priority -300; policy accept; }',
        `add rule inet line in iifname "bl*" numgen random mod 100 < ${LOSS_PERCENT} drop`,
      ]) {
        execFileSync('ip', ['netns', 'exec', nameOf(host), 'nft', rule], {
          stdio: ['ignore', 'pipe', 'pipe'],
        });
      }
    }
    return true;
  } catch {
    return false;
  }
}

/** Whether the kernel can. */
function delayLines() {
  try {
    for (const [k, host] of ['one', 'two'].entries()) {
      for (const [at, link] of [
        ['server', `bl${k}s`],
        [host, `bl${k}h`],
      ]) {
        const netem = [
          'qdisc',
          'add',
          'dev',
          link,
          'root',
          'netem',
          'delay',
          `${DELAY_MS}ms`,
          'loss',
          `${LOSS_PERCENT}%`,
        ];
        execFileSync('ip', ['netns', 'exec', nameOf(at), 'tc', ...netem], {
          stdio: ['ignore', 'pipe', 'pipe'],
        });
      }
    }
    return true;
  } catch {
    return false;
  }
}

if (process.argv[2] === '--relay') relay(process.argv[3]);
else await compare();
