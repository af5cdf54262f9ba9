/** The dashboard's server: on this machine alone, for whoever has the token. */
import type { AddressInfo, Socket } from 'node:net';
import { type FastifyError, type FastifyInstance, fastify } from 'fastify';
import { websocket } from '../bridge/websocket.js';
import { type Clock, monotonicClock } from '../core/clock.js';
import { BeamloopError } from '../core/errors.js';
import { Admission, newToken } from './admission.js';
import { type DashboardLimits, DEFAULT_LIMITS } from './limits.js';
import { type PageFile, readPageFiles } from './page-files.js';
import { PAGE_PROTOCOL, type ScenarioEntry } from './page-messages.js';
import { Pages } from './pages.js';
import { RecordingsApi } from './recordings-api.js';
import { pageError, sendFile, sendJson, sendRefusal } from './responses.js';
import { type RunSource, runsOfThisUser } from './run-source.js';
import { Sockets } from './sockets.js';

const HOST = '127.0.0.1';
/** Their addresses hold tickets. */
const REPORTS = '/report/';

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
  readonly pages: Pages;
  readonly #app: FastifyInstance;
  readonly #token = newToken();
  readonly #admission = new Admission(this.#token);
  readonly #sockets: Sockets;

  /**
   * Starts the server and looks for runs from then on.
   *
   * @throws DASHBOARD_LISTEN where it cannot listen; FILE_NOT_FOUND where its page was not built.
   */
  static async start(options: DashboardOptions = {}): Promise<Dashboard> {
    const limits = { ...DEFAULT_LIMITS, ...options.limits };
    const app = fastify({
      bodyLimit: limits.maxBodyBytes,
      requestTimeout: 1e3 * limits.requestTimeoutS,
      keepAliveTimeout: 5000,
      exposeHeadRoutes: false,
      http: {
        maxHeaderSize: limits.maxHeaderBytes,
        headersTimeout: 1e3 * limits.headTimeoutS,
        connectionsCheckingInterval: 500,
      },
    });
    const dashboard = new Dashboard(app, readPageFiles(), limits, options);
    await dashboard.#listen(options.port ?? 0);
    return dashboard;
  }

  private constructor(
    app: FastifyInstance,
    files: ReadonlyMap<string, PageFile>,
    limits: DashboardLimits,
    options: DashboardOptions,
  ) {
    const { recordings = 'recordings', scenario = null, source = runsOfThisUser } = options;
    const clock = options.clock ?? monotonicClock;
    this.#app = app;
    this.#sockets = new Sockets(limits.maxSockets);
    this.pages = new Pages({ source, scenario, recordings, limits, clock });
    app.server.on('connection', (socket) => this.#sockets.add(socket));
    this.#admit(files);
    this.#route(files);
    new RecordingsApi(recordings, clock).addTo(app);
    this.#upgrade(limits);
  }

  /** With the token, which whoever has it may do everything with that the page offers. */
  get url(): string {
    return `http://${HOST}:${this.port}/#token=${this.#token}`;
  }

  get port(): number {
    return (this.#app.server.address() as AddressInfo).port;
  }

  /** Of pages and requests. */
  get numConnections(): number {
    return this.#sockets.size;
  }

  async close(): Promise<void> {
    await this.pages.close();
    this.#sockets.closeAll();
    await this.#app.close();
  }

  async #listen(port: number): Promise<void> {
    try {
      await this.#app.listen({ host: HOST, port });
    } catch (error) {
      const cause = error as NodeJS.ErrnoException;
      throw new BeamloopError('DASHBOARD_LISTEN', {
        what: 'The dashboard could not listen',
        where: `${HOST}:${port}`,
        todo: LISTEN_ADVICE[cause.code ?? ''] ?? cause.message,
        cause,
      });
    }
    this.#admission.listenOn(this.port);
    this.pages.runs.begin();
  }

  /**
   * Before anything else is looked at. What is asked for is told by the route that will answer, never by the address as it was written,
   * which can be spelled in many ways; and every route is for who has the token, unless it is of the page or has an address that is a
   * secret of its own.
   */
  #admit(files: ReadonlyMap<string, PageFile>): void {
    this.#app.addHook('onRequest', async (request, reply) => {
      const { url } = request.routeOptions;
      const isSecret = url !== undefined && !files.has(url) && !url.startsWith(REPORTS);
      const objection = isSecret
        ? this.#admission.objectionToBearer(request.raw)
        : this.#admission.objectionTo(request.raw);
      if (objection !== null) return sendRefusal(reply, objection.status, objection.reason);
      if (isSecret) this.#sockets.know(request.raw.socket);
      return undefined;
    });
  }

  #route(files: ReadonlyMap<string, PageFile>): void {
    for (const [path, { type, bytes }] of files) {
      this.#app.get(path, (_request, reply) => sendFile(reply, type, bytes));
    }
    this.#app.setNotFoundHandler(({ method }, reply) =>
      method === 'GET' || method === 'POST'
        ? sendRefusal(reply, 404, 'There is nothing here')
        : sendRefusal(reply, 405, 'Only GET and POST are answered here'),
    );
    this.#app.setErrorHandler((error: FastifyError, _request, reply) =>
      sendJson(reply, { error: pageError(asOurs(error)) }, 422),
    );
  }

  #upgrade({ maxMessageBytes }: DashboardLimits): void {
    const sockets = new (websocket().WebSocketServer)({
      noServer: true,
      clientTracking: false,
      perMessageDeflate: false,
      maxPayload: maxMessageBytes,
      handleProtocols: () => PAGE_PROTOCOL,
    });
    this.#app.server.on('upgrade', (request, duplex, head) => {
      const socket = duplex as Socket;
      const objection =
        request.url === '/live'
          ? this.#admission.objectionToPage(request)
          : { status: 404, reason: 'Not here' };
      if (objection !== null) return refuseUpgrade(socket, objection.status, objection.reason);
      this.#sockets.know(socket);
      sockets.handleUpgrade(request, socket, head, (webSocket) => this.pages.open(webSocket));
    });
  }
}

function asOurs(error: FastifyError): Error {
  if (error.code !== 'FST_ERR_CTP_BODY_TOO_LARGE') return error;
  return new BeamloopError('BAD_ARGUMENT', {
    what: 'The request is too long',
    todo: 'Name fewer recordings',
  });
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
