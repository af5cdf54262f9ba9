/** Answers of the server, each with the headers that keep the page to itself. */
import type { FastifyReply } from 'fastify';
import { BeamloopError } from '../core/errors.js';
import type { PageError } from './page-messages.js';

/** Nothing inline, nothing from elsewhere, in nobody's frame but ours. */
const PAGE_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "frame-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

/** Of a report: its styles and pictures are in it; it runs nothing, asks for nothing and has no origin. */
const REPORT_POLICY = [
  'sandbox',
  "default-src 'none'",
  "style-src 'unsafe-inline'",
  'img-src data:',
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'self'",
].join('; ');

const COMMON = {
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'cross-origin-embedder-policy': 'require-corp',
  'cache-control': 'no-store',
};

export function sendFile(reply: FastifyReply, type: string, bytes: Buffer): FastifyReply {
  return withHeaders(reply, PAGE_POLICY).header('x-frame-options', 'DENY').type(type).send(bytes);
}

export function sendReport(reply: FastifyReply, bytes: Buffer): FastifyReply {
  return withHeaders(reply, REPORT_POLICY)
    .header('x-frame-options', 'SAMEORIGIN')
    .type('text/html; charset=utf-8')
    .send(bytes);
}

export function sendJson(reply: FastifyReply, value: unknown, status = 200): FastifyReply {
  return withHeaders(reply, PAGE_POLICY)
    .code(status)
    .type('application/json; charset=utf-8')
    .send(JSON.stringify(value));
}

/** Says no, and ends the connection, which may have more to say that nobody wants to hear. */
export function sendRefusal(reply: FastifyReply, status: number, reason: string): FastifyReply {
  return withHeaders(reply, PAGE_POLICY)
    .code(status)
    .header('connection', 'close')
    .type('text/plain; charset=utf-8')
    .send(`${reason}\n`);
}

function withHeaders(reply: FastifyReply, policy: string): FastifyReply {
  return reply.headers({ ...COMMON, 'content-security-policy': policy });
}

export function pageError(error: unknown): PageError {
  if (error instanceof BeamloopError) {
    const { code, what, where, todo } = error;
    return { code, what, where, todo };
  }
  return {
    code: 'INTERNAL',
    what: error instanceof Error ? error.message : String(error),
    todo: 'Please report this',
  };
}
