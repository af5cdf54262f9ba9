#!/usr/bin/env python3
"""A UE in Python: takes 16-bit samples over TCP, finds slots in them as docs/radio.md says, and tells the bridge their powers.

    ue.py --bridge ws://127.0.0.1:8517 --id ada --samples 127.0.0.1:5001 --rate 1e6 --slot 5e-3

Needs numpy and websockets (Debian: python3-numpy, python3-websockets). It trusts the stream to lose nothing.
"""
import argparse
import asyncio
import json
import struct
import time

import numpy as np
import websockets

TAPS = {4: (4, 3), 5: (5, 3), 6: (6, 5), 7: (7, 6), 8: (8, 6, 5, 4), 9: (9, 5), 10: (10, 7), 11: (11, 9), 12: (12, 11, 10, 4)}
LATENCY_S = 0.3  # what a sample takes to come here at most
CLEAR = 6  # multiples of what chance gives


class Waveform:
    def __init__(self, rate, slot_s, pilots):
        self.pilots, self.size, self.prefix = pilots, 2 * pilots, pilots // 4
        self.step = self.size + self.prefix
        self.slot = round(rate * slot_s)
        repeats = min(8, (self.slot - 2 * self.prefix) // (3 * self.step))
        if repeats < 1:
            raise SystemExit('a slot has no room for three symbols: fewer pilots, or more samples')
        self.symbols = 3 * repeats
        self.lead = (self.slot - self.symbols * self.step) // 2
        register, signs = pilots - 1, []
        for _ in range(pilots - 1):
            bit = sum(register >> (tap - 1) for tap in TAPS[pilots.bit_length() - 1]) & 1
            register = (register << 1 | bit) & (pilots - 1)
            signs.append(1 - 2 * bit)
        self.signs = np.array(signs)
        self.fixed = self.signs[-np.arange(pilots) % (pilots - 1)]

    def signs_of(self, slots):
        """Of the second and third kind of symbol, each of shape (slots, pilots)."""
        period = self.pilots - 1
        count = np.atleast_1d(slots)[:, None] % period**2
        m = np.arange(self.pilots)
        return self.fixed * self.signs[(m + count) % period], self.signs[(m + 7 + count // period) % period]

    def kinds(self, r, start, turns):
        """Sums of each kind of symbol of a slot, shape (3, pilots); and the energy of all."""
        at = self.lead + self.prefix // 2 + self.step * np.arange(self.symbols)[:, None] + np.arange(self.size)
        spectra = np.fft.fft(r[start + at] * np.exp(-2j * np.pi * turns * at), axis=1) / np.sqrt(self.size)
        y = np.roll(spectra, self.pilots // 2, axis=1)[:, : self.pilots]
        return np.array([y[kind::3].sum(0) for kind in range(3)]), np.sum(np.abs(y) ** 2)

    def find(self, r, least, most):
        """(start, number, how the carrier turns) of the first slot in samples, whose number is least to most. None: not found."""
        c = r[: -self.size] * np.conj(r[self.size :])
        sums = np.cumsum(np.concatenate(([0], c)))
        runs = sums[self.prefix :] - sums[: -self.prefix]
        span = (len(runs) - self.symbols * self.step) // self.slot * self.slot
        metric = sum(runs[j * self.step : j * self.step + span] for j in range(self.symbols))
        folded = metric.reshape(-1, self.slot).sum(0)
        best = int(np.argmax(np.abs(folded)))
        turns = -np.angle(folded[best]) / (2 * np.pi * self.size)
        found = None
        for shift in range(-3, 4):
            start = (best - self.lead + shift * self.step) % self.slot
            sums = np.array([self.kinds(r, at, turns)[0] for at in range(start, len(r) - self.slot, self.slot)])
            first, last = (sums[:, k] * np.conj(sums[:, k + 1]) for k in (0, 1))
            size = np.sqrt(np.sum(np.abs(first) ** 2) + np.sum(np.abs(last) ** 2))
            for number in range(least, most + 1):
                second, third = self.signs_of(number + np.arange(len(sums)))
                total = abs(np.sum(first * second) + np.sum(last * second * third))
                if total > CLEAR * size and total > (found[0] if found else 0):
                    found = (total, start, number, turns)
        return found and found[1:]

    def power(self, r, start, slot, turns):
        """Mean power of a slot's pilots, and what of it is noise."""
        (a, b, c), energy = self.kinds(r, start, turns)
        second, third = (signs[0] for signs in self.signs_of(slot))
        powers = np.abs(a + second * b + third * c) ** 2 / self.symbols**2
        noise = (energy - self.symbols * powers.sum()) / (self.pilots * (self.symbols - 1) * self.symbols)
        return powers.mean(), max(noise, 0)

    def powers(self, r, least, most, wanted):
        found = self.find(r, least, most)
        if found is None:
            print('no slots found in', len(r), 'samples', flush=True)
            return []
        start, first, turns = found
        places = [(slot, start + (slot - first) * self.slot) for slot in wanted]
        return [(slot, *self.power(r, at, slot, turns)) for slot, at in places if 0 <= at < len(r) - self.slot]


async def main(args):
    waveform = Waveform(args.rate, args.slot, args.pilots)
    host, port = args.samples.rsplit(':', 1)
    samples, _ = await asyncio.open_connection(host, int(port))
    kept = {'r': np.zeros(0, np.complex64), 'until': 0.0}

    async def receive():
        while True:
            raw = np.frombuffer(await samples.readexactly(4 * int(0.02 * args.rate)), '<i2').astype(np.float32) / 32768
            kept['r'] = np.concatenate((kept['r'], raw[::2] + 1j * raw[1::2]))[-int(3 * args.rate) :]
            kept['until'] = time.monotonic()

    async def measure(bridge, clock, wanted, ahead, state):
        start_s = clock['startS'] - await ahead  # of slot clock['slot'], on our clock
        after_s = start_s + (wanted[-1] + 2 - clock['slot']) * args.slot + LATENCY_S
        await asyncio.sleep(max(0, after_s - time.monotonic()))
        length = int((kept['until'] - start_s + args.slot) * args.rate)
        r = kept['r'][-length:]
        early = (kept['until'] - LATENCY_S - len(r) / args.rate - start_s) / args.slot + clock['slot']
        doubt = clock['uncertaintyS'] / args.slot + 2
        most = int(early + LATENCY_S / args.slot + doubt) + 1
        for slot, power, noise in await asyncio.to_thread(waveform.powers, r, int(early - doubt), most, wanted):
            record = struct.pack('<QdIfHHf', state['sequence'], time.monotonic(), slot, noise, 1, 0, power)
            state['sequence'] += 1
            await bridge.send(b'BLUP' + struct.pack('<BBH', 1, 0, 1) + record)

    receiving = asyncio.create_task(receive())
    async with websockets.connect(args.bridge, subprotocols=['beamloop.ue.v1'], compression=None) as bridge:
        description = {'model': 'numpy radio', 'software': 'ue.py', 'numSubcarriers': 1}
        hello = {'type': 'hello', 'protocol': 'beamloop.ue.v1', 'ueId': args.id, 'description': description}
        await bridge.send(json.dumps(hello))
        state, ahead, tasks = {}, asyncio.get_running_loop().create_future(), {}
        async for text in bridge:
            message = json.loads(text)
            if message['type'] == 'welcome':
                state['sequence'] = message['nextSequence']
                await bridge.send(json.dumps({'type': 'time', 'ueTimeS': time.monotonic()}))
            elif message['type'] == 'time':
                ahead.set_result((message['receivedS'] - message['ueTimeS'] + message['sentS'] - time.monotonic()) / 2)
            elif message['type'] == 'measure':
                request, slots = message['request'], [s for lo, hi in message['slots'] for s in range(lo, hi + 1)]
                await bridge.send(json.dumps({'type': 'measuring', 'request': request}))
                if request not in tasks:
                    tasks[request] = asyncio.create_task(measure(bridge, message['clock'], slots, ahead, state))
            elif message['type'] in ('notice', 'error'):
                print(message['message'], flush=True)
    receiving.cancel()


parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
for name, kind in (('bridge', str), ('id', str), ('samples', str), ('rate', float), ('slot', float)):
    parser.add_argument(f'--{name}', type=kind, required=True)
parser.add_argument('--pilots', type=int, default=64)
asyncio.run(main(parser.parse_args()))
