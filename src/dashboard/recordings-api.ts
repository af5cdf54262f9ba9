/** What the page asks about recordings: which there are, how they differ, and their reports. */
import { randomBytes } from 'node:crypto';
import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import path from 'node:path';
import { z } from 'zod';
import type { Clock } from '../core/clock.js';
import { BeamloopError } from '../core/errors.js';
import { PACKAGE_FOLDER } from '../core/package-folder.js';
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
  readonly #mostBodyBytes: number;
  readonly #clock: Clock;
  /** A frame sends no header of ours: the addresses of reports are secrets of their own. */
  readonly #tickets = new Map<string, Ticket>();
  #numReading = 0;

  constructor(folder: string, mostBodyBytes: number, clock: Clock) {
    this.#folder = folder;
    this.#mostBodyBytes = mostBodyBytes;
    this.#clock = clock;
  }

  /** Answers a request of somebody who has the token. */
  async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const gone = new AbortController();
    response.once('close', () => gone.abort());
    try {
      switch (`${request.method} ${request.url}`) {
        // For a page that wonders whether its token is still good.
        case 'GET /api/check':
          return sendJson(response, { ok: true });
        case 'GET /api/recordings':
          return sendJson(response, await this.#read<RecordingList>(['list', this.#folder], gone.signal));
        case 'POST /api/compare': {
          const chosen = await this.#chosen(request);
          const folders = chosen.map((name) => path.join(this.#folder, name));
          const compared = await this.#read<Comparison>(['compare', ...folders], gone.signal);
          return sendJson(response, { ...compared, names: chosen });
        }
        case 'POST /api/report': {
          const [name] = await this.#chosen(request);
          return sendJson(response, { address: `/report/${await this.#ticketFor(name!, gone.signal)}` });
        }
        default:
          return sendRefusal(response, 404, 'There is nothing here');
      }
    } catch (error) {
      if (!response.headersSent && !response.destroyed) sendJson(response, { error: pageError(error) }, 422);
    }
  }

  async sendReport(ticket: string, response: ServerResponse): Promise<void> {
    const { file, untilS } = this.#tickets.get(ticket) ?? { file: null, untilS: 0 };
    if (file === null || this.#clock.nowS() > untilS)
      return sendRefusal(
        response,
        404,
        'This address of a report is not good any more: open it from the dashboard again',
      );
    try {
      sendReport(response, await readReport(file));
    } catch (error) {
      sendRefusal(response, 404, pageError(error).what);
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
  async #chosen(request: IncomingMessage): Promise<string[]> {
    const parsed = names.safeParse(await this.#body(request));
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

  async #body(request: IncomingMessage): Promise<unknown> {
    let text = '';
    for await (const chunk of request.setEncoding('utf8')) {
      text += chunk;
      if (text.length > this.#mostBodyBytes) {
        throw new BeamloopError('BAD_ARGUMENT', {
          what: 'The request is too long',
          todo: 'Name fewer recordings',
        });
      }
    }
    try {
      return JSON.parse(text);
    } catch {
      return null;
    }
  }

  /** Writes the report where there is none yet. */
  async #ticketFor(name: string, signal: AbortSignal): Promise<string> {
    const folder = path.join(this.#folder, name);
    const file = path.join(folder, REPORT_NAME);
    const isThere = await readReport(file).then(
      () => true,
      () => false,
    );
    if (!isThere) await this.#read(['report', folder, '--json'], signal, PROGRAM);
    const nowS = this.#clock.nowS();
    for (const [key, { untilS }] of this.#tickets)
      if (untilS < nowS || this.#tickets.size >= MOST_TICKETS) this.#tickets.delete(key);
    const ticket = randomBytes(TICKET_BYTES).toString('base64url');
    this.#tickets.set(ticket, { file, untilS: nowS + TICKET_S });
    return ticket;
  }
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
