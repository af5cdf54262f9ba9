/** The dashboard's server: on this machine alone, for whoever has the token. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { websocket } from '../bridge/websocket.js';
import { type Clock, monotonicClock } from '../core/clock.js';
import { BeamloopError } from '../core/errors.js';
import { Admission, newToken } from './admission.js';
import { type DashboardLimits, DEFAULT_LIMITS } from './limits.js';
import { type PageFile, readPageFiles } from './page-files.js';
import { PAGE_PROTOCOL, type ScenarioEntry } from './page-messages.js';
import { Pages } from './pages.js';
import { RecordingsApi } from './recordings-api.js';
import { sendFile, sendRefusal } from './responses.js';
import { type RunSource, runsOfThisUser } from './run-source.js';
import { Sockets } from './sockets.js';

const HOST = '127.0.0.1';

export interface DashboardOptions {
  /** 0, which is the default, has the system choose one. */
  readonly port?: number;
  readonly scenario?: ScenarioEntry | null;
  /** Folder of recordings, which need not be there. */
  readonly recordings?: string;
  readonly source?: RunSource;
  readonly limits?: Partial<DashboardLimits>;
  readonly clock?: Clock;
}

export class Dashboard {
  /** With the token, which whoever has it may do everything with that the page offers. */
  readonly url: string;
  readonly port: number;
  readonly pages: Pages;
  readonly #server: Server;
  readonly #sockets: Sockets;

  /**
   * Starts the server and looks for runs from then on.
   *
   * @throws DASHBOARD_LISTEN where it cannot listen; FILE_NOT_FOUND where its page was not built.
   */
  static async start(options: DashboardOptions = {}): Promise<Dashboard> {
    const files = readPageFiles();
    const limits = { ...DEFAULT_LIMITS, ...options.limits };
    const server = createServer({
      maxHeaderSize: limits.maxHeaderBytes,
      headersTimeout: 1e3 * limits.headTimeoutS,
      requestTimeout: 1e3 * limits.requestTimeoutS,
      connectionsCheckingInterval: 500,
      keepAliveTimeout: 5000,
    });
    await listen(server, options.port ?? 0);
    return new Dashboard(server, files, limits, options);
  }

  private constructor(
    server: Server,
    files: ReadonlyMap<string, PageFile>,
    limits: DashboardLimits,
    options: DashboardOptions,
  ) {
    const { recordings = 'recordings', scenario = null, source = runsOfThisUser } = options;
    const clock = options.clock ?? monotonicClock;
    this.#server = server;
    this.#sockets = new Sockets(limits.maxSockets);
    this.port = (server.address() as AddressInfo).port;
    const token = newToken();
    this.url = `http://${HOST}:${this.port}/#token=${token}`;
    const admission = new Admission(token);
    admission.listenOn(this.port);
    this.pages = new Pages({ source, scenario, recordings, limits, clock });
    const api = new RecordingsApi(recordings, limits.maxBodyBytes, clock);

    server.on('connection', (socket) => this.#sockets.add(socket));
    server.on('request', (request, response) => {
      const isSecret = request.url?.startsWith('/api/') === true;
      const objection = isSecret ? admission.objectionToBearer(request) : admission.objectionTo(request);
      if (objection !== null) return sendRefusal(response, objection.status, objection.reason);
      if (isSecret) {
        this.#sockets.know(request.socket);
        return void api.answer(request, response);
      }
      this.#answer(files, api, request, response);
    });
    this.#upgradeWith(admission, limits);
    this.pages.runs.begin();
  }

  /** Of pages and requests. */
  get numConnections(): number {
    return this.#sockets.size;
  }

  async close(): Promise<void> {
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    await this.pages.close();
    this.#sockets.closeAll();
    await closed;
  }

  #answer(
    files: ReadonlyMap<string, PageFile>,
    api: RecordingsApi,
    request: IncomingMessage,
    response: ServerResponse,
  ): void {
    const [path = '/'] = (request.url ?? '/').split('?');
    const file = files.get(path);
    if (request.method !== 'GET') sendRefusal(response, 405, 'Only GET is answered here');
    else if (file !== undefined) sendFile(response, file.type, file.bytes);
    else if (path.startsWith('/report/')) void api.sendReport(path.slice('/report/'.length), response);
    else sendRefusal(response, 404, 'There is nothing here');
  }

  #upgradeWith(admission: Admission, { maxMessageBytes }: DashboardLimits): void {
    const sockets = new (websocket().WebSocketServer)({
      noServer: true,
      clientTracking: false,
      perMessageDeflate: false,
      maxPayload: maxMessageBytes,
      handleProtocols: () => PAGE_PROTOCOL,
    });
    this.#server.on('upgrade', (request, duplex, head) => {
      const socket = duplex as Socket;
      const objection =
        request.url === '/live' ? admission.objectionToPage(request) : { status: 404, reason: 'Not here' };
      if (objection !== null) return refuseUpgrade(socket, objection.status, objection.reason);
      this.#sockets.know(socket);
      sockets.handleUpgrade(request, socket, head, (webSocket) => this.pages.open(webSocket));
    });
  }
}

function refuseUpgrade(socket: Socket, status: number, reason: string): void {
  socket.once('finish', () => socket.destroy());
  const head = [
    `HTTP/1.1 ${status} Refused`,
    'Connection: close',
    'Content-Type: text/plain; charset=utf-8',
    `Content-Length: ${Buffer.byteLength(reason)}`,
  ];
  socket.end(`${head.join('\r\n')}\r\n\r\n${reason}`);
}

const LISTEN_ADVICE: Readonly<Record<string, string>> = {
  EADDRINUSE: 'Another program, perhaps another dashboard, listens there: stop it, or choose another port',
  EACCES: 'This user may not listen there: choose a port above 1023',
};

function listen(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (cause: NodeJS.ErrnoException) =>
      reject(
        new BeamloopError('DASHBOARD_LISTEN', {
          what: 'The dashboard could not listen',
          where: `${HOST}:${port}`,
          todo: LISTEN_ADVICE[cause.code ?? ''] ?? cause.message,
          cause,
        }),
      ),
    );
    server.listen(port, HOST, resolve);
  });
}
