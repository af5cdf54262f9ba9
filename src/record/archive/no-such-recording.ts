/** Of what is asked for and not there. */
import { BeamloopError } from '../../core/errors.js';

export function noSuchRecording(name: string, shown: string): BeamloopError {
  return new BeamloopError('FILE_NOT_FOUND', {
    what: `The NATS server has no recording named ${name}`,
    where: shown,
    todo: 'beamloop recording list names those that it has',
  });
}
