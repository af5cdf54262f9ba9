/** A process that owns a pseudo-terminal and sends back every byte at once. Tells its parent the path; ends with it. */
import { Pty } from '../drivers/emulator/pty.js';

const pty: Pty = await Pty.open((chunk) => pty.write(chunk));
process.on('disconnect', () => process.exit(0));
process.send?.(pty.path);
