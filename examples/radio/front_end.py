#!/usr/bin/env python3
"""A receiver in GNU Radio before `beamloop ue`: 16-bit samples from a TCP server, filtered, as floats on standard output.

    front_end.py --samples 127.0.0.1:5001 --rate 1e6 | beamloop ue --source - --format cf32 --rate "1 MHz" --slot-duration "5 ms" ...

In a laboratory a source of a radio (uhd.usrp_source, soapy.source, osmosdr.source) takes the place of the TCP server. Needs GNU Radio 3.10
(Debian: gnuradio); no display. `--file FILE` reads recorded 16-bit samples instead, once.
"""
import argparse
import os
import signal
import sys

from gnuradio import blocks, filter, gr, network
from gnuradio.filter import firdes


class FrontEnd(gr.top_block):
    def __init__(self, args, out):
        super().__init__('Front end of a UE')
        if args.file:
            source = blocks.file_source(gr.sizeof_short, args.file, False)
        else:
            host, port = args.samples.rsplit(':', 1)
            source = network.tcp_source.tcp_source(itemsize=gr.sizeof_short, addr=host, port=int(port), server=False)
        to_complex = blocks.interleaved_short_to_complex(False, False, 32768)
        # The waveform fills the middle half of the band; what is beside it is noise.
        taps = firdes.low_pass(1, args.rate, 0.3 * args.rate, 0.1 * args.rate)
        channel_filter = filter.fir_filter_ccf(1, taps)
        sink = blocks.file_descriptor_sink(gr.sizeof_gr_complex, out)
        self.connect(source, to_complex, channel_filter, sink)


parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
parser.add_argument('--samples', help='HOST:PORT of 16-bit samples')
parser.add_argument('--file')
parser.add_argument('--rate', type=float, required=True)
args = parser.parse_args()
if (args.samples is None) == (args.file is None):
    parser.error('give either --samples or --file')
# What libraries print must not get between the samples.
samples_out = os.dup(sys.stdout.fileno())
os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
flowgraph = FrontEnd(args, samples_out)
signal.signal(signal.SIGTERM, lambda *_: flowgraph.stop())
signal.signal(signal.SIGINT, lambda *_: flowgraph.stop())
flowgraph.start()
flowgraph.wait()
