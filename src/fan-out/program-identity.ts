/** Which program computes: parts of a study that others computed, or that were kept, are only taken from the same. */
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { once } from '../core/once.js';
import { PACKAGE_FOLDER } from '../core/package-folder.js';
import { VERSION } from '../core/version.js';

/**
 * Version; in a checkout its build; the release of V8, whose sine differs from one to the other in the last bit; and whether
 * networks are trained by the native binding of TensorFlow.js: `0.1.0 build 1a2b3c4d, V8 11.3`.
 */
export const programIdentity = once((): string => {
  const builtFrom = path.join(PACKAGE_FOLDER, 'dist/.built-from');
  const build = existsSync(builtFrom) ? ` build ${readFileSync(builtFrom, 'utf8').slice(0, 8)}` : '';
  const v8 = process.versions.v8.split('.').slice(0, 2).join('.');
  return `${VERSION}${build}, V8 ${v8}${hasNativeTensorFlow() ? ', tfjs-node' : ''}`;
});

function hasNativeTensorFlow(): boolean {
  try {
    createRequire(import.meta.url).resolve('@tensorflow/tfjs-node');
    return true;
  } catch {
    return false;
  }
}
