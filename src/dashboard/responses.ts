/** Answers of the server, each with the headers that keep the page to itself. */
import type { ServerResponse } from 'node:http';
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

export function sendFile(response: ServerResponse, type: string, bytes: Buffer): void {
  response.writeHead(200, {
    ...COMMON,
    'content-security-policy': PAGE_POLICY,
    'x-frame-options': 'DENY',
    'content-type': type,
    'content-length': bytes.length,
  });
  response.end(bytes);
}

export function sendReport(response: ServerResponse, bytes: Buffer): void {
  response.writeHead(200, {
    ...COMMON,
    'content-security-policy': REPORT_POLICY,
    'x-frame-options': 'SAMEORIGIN',
    'content-type': 'text/html; charset=utf-8',
    'content-length': bytes.length,
  });
  response.end(bytes);
}

export function sendJson(response: ServerResponse, value: unknown, status = 200): void {
  const bytes = Buffer.from(JSON.stringify(value));
  response.writeHead(status, {
    ...COMMON,
    'content-security-policy': PAGE_POLICY,
    'content-type': 'application/json; charset=utf-8',
    'content-length': bytes.length,
  });
  response.end(bytes);
}

/** Says no, and ends the connection, which may have more to say that nobody wants to hear. */
export function sendRefusal(response: ServerResponse, status: number, reason: string): void {
  const bytes = Buffer.from(`${reason}\n`);
  response.writeHead(status, {
    ...COMMON,
    'content-security-policy': PAGE_POLICY,
    'content-type': 'text/plain; charset=utf-8',
    'content-length': bytes.length,
    connection: 'close',
  });
  response.end(bytes);
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
