/** What the page asks about recordings: which there are, how they differ, and their reports. */
import { randomBytes } from 'node:crypto';
import { constants } from 'node:fs';
import { open, stat } from 'node:fs/promises';
import path from 'node:path';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { Clock } from '../core/clock.js';
import { BeamloopError } from '../core/errors.js';
import { PACKAGE_FOLDER } from '../core/package-folder.js';
import { FILE_NAME } from '../record/recording-file.js';
import { PROGRAM, readByCommand } from './child-command.js';
import { REPORT_NAME, recordingNames } from './listed-recordings.js';
import type { Comparison, RecordingList } from './page-messages.js';
import { pageError, sendJson, sendRefusal, sendReport } from './responses.js';

const READER = path.join(PACKAGE_FOLDER, 'dist', 'src', 'dashboard', 'recordings-process.js');
const MOST_COMPARED = 8;
const MOST_REPORT_BYTES = 64 << 20;
/** How long the address of a report is good, s, and how many are at once. */
const TICKET_S = 60;
const MOST_TICKETS = 64;
const TICKET_BYTES = 16;
/** Reading that waits or goes on at once. */
const MOST_READING = 4;

const names = z.strictObject({ names: z.array(z.string().max(512)).min(1).max(MOST_COMPARED) });

interface Ticket {
  readonly file: string;
  readonly untilS: number;
}

export class RecordingsApi {
  readonly #folder: string;
  readonly #clock: Clock;
  /** A frame sends no header of ours: the addresses of reports are secrets of their own. */
  readonly #tickets = new Map<string, Ticket>();
  #numReading = 0;

  constructor(folder: string, clock: Clock) {
    this.#folder = folder;
    this.#clock = clock;
  }

  /** Adds its routes to a server, which has found that whoever asks under `/api/` has the token. */
  addTo(app: FastifyInstance): void {
    app.removeAllContentTypeParsers();
    app.addContentTypeParser('*', { parseAs: 'string' }, (_request, body, done) =>
      done(null, jsonOf(String(body))),
    );
    // For a page that wonders whether its token is still good.
    app.get('/api/check', (_request, reply) => sendJson(reply, { ok: true }));
    app.get('/api/recordings', (_request, reply) =>
      this.#answer(reply, (gone) => this.#read<RecordingList>(['list', this.#folder], gone)),
    );
    app.post('/api/compare', (request, reply) =>
      this.#answer(reply, async (gone) => {
        const chosen = this.#chosen(request);
        const folders = chosen.map((name) => path.join(this.#folder, name));
        return { ...(await this.#read<Comparison>(['compare', ...folders], gone)), names: chosen };
      }),
    );
    app.post('/api/report', (request, reply) =>
      this.#answer(reply, async (gone) => {
        const [name] = this.#chosen(request);
        return { address: `/report/${await this.#ticketFor(name!, gone)}` };
      }),
    );
    app.get<{ Params: { ticket: string } }>('/report/:ticket', ({ params: { ticket } }, reply) =>
      this.#sendReport(ticket, reply),
    );
  }

  /** @param work ends early when nobody waits for it any more. */
  async #answer(reply: FastifyReply, work: (gone: AbortSignal) => Promise<unknown>): Promise<FastifyReply> {
    const gone = new AbortController();
    reply.raw.once('close', () => gone.abort());
    try {
      return sendJson(reply, await work(gone.signal));
    } catch (error) {
      return sendJson(reply, { error: pageError(error) }, 422);
    }
  }

  async #sendReport(ticket: string, reply: FastifyReply): Promise<FastifyReply> {
    const { file, untilS } = this.#tickets.get(ticket) ?? { file: null, untilS: 0 };
    if (file === null || this.#clock.nowS() > untilS)
      return sendRefusal(
        reply,
        404,
        'This address of a report is not good any more: open it from the dashboard again',
      );
    try {
      return sendReport(reply, await readReport(file));
    } catch (error) {
      return sendRefusal(reply, 404, pageError(error).what);
    }
  }

  async #read<T>(args: readonly string[], signal: AbortSignal, program = READER): Promise<T> {
    if (this.#numReading >= MOST_READING) {
      throw new BeamloopError('BAD_ARGUMENT', {
        what: 'Recordings are being read already',
        todo: 'Wait until that is done',
      });
    }
    this.#numReading++;
    try {
      return await readByCommand<T>(args, signal, program);
    } finally {
      this.#numReading--;
    }
  }

  /** Names that are there: whatever path a request holds, only what was found in the folder is opened. */
  #chosen({ body }: FastifyRequest): string[] {
    const parsed = names.safeParse(body);
    const there = new Set(recordingNames(this.#folder).names);
    const chosen = parsed.success ? [...new Set(parsed.data.names)] : [];
    const missing = chosen.find((name) => !there.has(name));
    if (chosen.length > 0 && missing === undefined) return chosen;
    throw new BeamloopError('FILE_NOT_FOUND', {
      what: missing === undefined ? 'No recording was named' : 'There is no such recording (any more)',
      where: missing ?? this.#folder,
      todo: 'Look at the list again',
    });
  }

  /** Writes the report where there is none yet, or one from before the recording was gone on with. */
  async #ticketFor(name: string, signal: AbortSignal): Promise<string> {
    const folder = path.join(this.#folder, name);
    const file = path.join(folder, REPORT_NAME);
    const isThere = await readReport(file).then(
      () => true,
      () => false,
    );
    if (!isThere || (await isOutdated(folder)))
      await this.#read(['report', folder, '--json'], signal, PROGRAM);
    const nowS = this.#clock.nowS();
    for (const [key, { untilS }] of this.#tickets)
      if (untilS < nowS || this.#tickets.size >= MOST_TICKETS) this.#tickets.delete(key);
    const ticket = randomBytes(TICKET_BYTES).toString('base64url');
    this.#tickets.set(ticket, { file, untilS: nowS + TICKET_S });
    return ticket;
  }
}

/** Null of what is none, which names no recording. */
function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/** Whether the recording was written to since its report was. */
async function isOutdated(folder: string): Promise<boolean> {
  const writtenMs = async (name: string) =>
    (await stat(path.join(folder, name)).catch(() => null))?.mtimeMs ?? Number.NEGATIVE_INFINITY;
  const [report, ...recording] = await Promise.all(
    [REPORT_NAME, FILE_NAME, `${FILE_NAME}.wal`].map(writtenMs),
  );
  return recording.some((ms) => ms > report!);
}

/** Throws FILE_UNREADABLE for what is no plain file, or too large. */
async function readReport(file: string): Promise<Buffer> {
  try {
    // A link could lead anywhere.
    const handle = await open(file, constants.O_RDONLY | constants.O_NOFOLLOW);
    try {
      const { size } = await handle.stat();
      if (size > MOST_REPORT_BYTES) throw new Error(`${size} bytes`);
      return await handle.readFile();
    } finally {
      await handle.close();
    }
  } catch (cause) {
    throw new BeamloopError('FILE_UNREADABLE', {
      what: 'The report is not there, or is no file that can be shown',
      where: file,
      todo: 'Write it again: beamloop report <recording>',
      cause,
    });
  }
}
