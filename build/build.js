/**
 * Builds beamloop into dist/: WebAssembly kernels first (AssemblyScript), then TypeScript, then the files that
 * the program reads at run time. Run by `npm install` (prepare), `npm test` and `npm run bench`.
 */
import { spawnSync } from 'node:child_process';
import { chmodSync, cpSync, existsSync, globSync, mkdirSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

void globSync;
