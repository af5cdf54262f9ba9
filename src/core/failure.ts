/** Errors on their way to another thread or machine. By themselves they lose their code. */
import { BeamloopError, type ErrorCode, type ErrorParts } from './errors.js';

/** Plain data. */
export type Failure = Omit<ErrorParts, 'cause'> & { readonly code: ErrorCode };

export function failureOf({ code, what, where, todo, recording }: BeamloopError): Failure {
  return {
    code,
    what,
    ...(where !== undefined && { where }),
    ...(todo !== undefined && { todo }),
    ...(recording !== undefined && { recording }),
  };
}

export function errorOf({ code, ...parts }: Failure): BeamloopError {
  return new BeamloopError(code, parts);
}
