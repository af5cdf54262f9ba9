import type { Server } from 'node:http';
import { BeamloopError } from '../core/errors.js';

const MIN_TOKEN_LENGTH = 16;

/** Whether connections to this address never leave the machine. */
export function isThisMachine(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127\.\d+\.\d+\.\d+$/.test(host);
}

/** Throws BRIDGE_TOKEN when UEs from other machines could connect without a token, or when the token is too short. */
export function requireToken(host: string, token: string | undefined): void {
  if (token === undefined && isThisMachine(host)) return;
  if (token !== undefined && token.length >= MIN_TOKEN_LENGTH) return;
  throw new BeamloopError('BRIDGE_TOKEN', {
    what:
      token === undefined
        ? 'The UE bridge would accept UEs from other machines without a token'
        : `The UE bridge's token is shorter than ${MIN_TOKEN_LENGTH} characters`,
    where: host,
    todo: 'Set a token (for example from `openssl rand -hex 16`) and give it to the UEs, or listen on 127.0.0.1',
  });
}

const LISTEN_ADVICE: Record<string, string> = {
  EADDRINUSE: 'Another program, perhaps another beamloop, listens there: stop it or choose another port',
  EADDRNOTAVAIL: 'This machine has no such address: use 127.0.0.1 or an address of one of its interfaces',
  EACCES: 'This user may not listen there: choose a port above 1023',
  ENOTFOUND: 'The name does not resolve: use an address',
};

/** Listens, or rejects with BRIDGE_LISTEN and what to do about it. */
export function listen(server: Server, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const onError = (error: NodeJS.ErrnoException) =>
      reject(
        new BeamloopError('BRIDGE_LISTEN', {
          what: 'The UE bridge could not listen',
          where: `${host}:${port}`,
          todo: LISTEN_ADVICE[error.code ?? ''] ?? error.message,
          cause: error,
        }),
      );
    if (!Number.isInteger(port) || port < 0 || port > 65_535)
      return onError(new Error('A port is a whole number from 0 to 65535'));
    server.once('error', onError);
    server.listen(port, host, () => {
      server.off('error', onError);
      resolve();
    });
  });
}
