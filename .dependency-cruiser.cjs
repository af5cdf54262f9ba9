/**
 * Who may import whom. Rooms are listed from the ground up: a room may import the rooms before it.
 * docs/adr/0001-rooms-and-arrows.md says why the order is what it is.
 */
const { readdirSync } = require('node:fs');

const rooms = [
  'core',
  'nats',
  'fan-out',
  'array',
  'kernels',
  'record',
  'codebook',
  'bridge',
  'realisation',
  'sounding',
  'channel',
  'camera',
  'ue',
  'radio',
  'calibration',
  'training',
  'tracking',
  'prediction',
  'slots',
  'emulation',
  'scenario',
  'campaign',
  'live',
  'study',
  'report',
  'dashboard',
  'cli',
];
/** Stand at the project's root, not under src. */
const ofRoot = new Set(['calibration']);
const pathOf = (room) => (ofRoot.has(room) ? `^${room}/` : `^src/${room}/`);
const hardwareRooms = rooms.filter((room) => room !== 'emulation');

const unplaced = readdirSync(`${__dirname}/src`, { withFileTypes: true })
  .filter((entry) => entry.isDirectory() && !rooms.includes(entry.name))
  .map(({ name }) => `src/${name}`);
if (unplaced.length > 0) {
  throw new Error(
    `${unplaced.join(', ')} stands in no layer: give it its place among the rooms of .dependency-cruiser.cjs and in ` +
      'docs/adr/0001-rooms-and-arrows.md',
  );
}

const upward = rooms.map((room, k) => ({
  name: `${room}-imports-only-rooms-below`,
  comment: `${room} may import only: ${rooms.slice(0, k).join(', ') || 'nothing'}.`,
  severity: 'error',
  from: { path: pathOf(room) },
  to: {
    path: '^(src|calibration|bench)/',
    pathNot: [
      ...[room, ...rooms.slice(0, k)].map(pathOf),
      // The faces open what the testbed chooses.
      ...(room === 'cli' ? ['^src/testbed(-own)?\\.ts$'] : []),
    ],
  },
}));

module.exports = {
  forbidden: [
    { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true } },
    {
      name: 'protocol-stands-alone',
      comment: 'firmware-protocol imports nothing of ours and does no I/O.',
      severity: 'error',
      from: { path: '^firmware-protocol/' },
      to: { pathNot: '^firmware-protocol/' },
    },
    {
      name: 'drivers-import-protocol-and-core',
      severity: 'error',
      from: { path: '^drivers/' },
      to: { path: '^(src|calibration|bench)/', pathNot: '^src/core/' },
    },
    {
      name: 'emulator-is-judged-by-the-spec-not-by-the-driver',
      severity: 'error',
      from: { path: '^drivers/emulator/' },
      to: { path: '^drivers/(link|boards)/' },
    },
    {
      name: 'rooms-see-boards-only-through-the-interface',
      severity: 'error',
      from: {
        path: '^(src|calibration)/',
        pathNot: '^src/(emulation/|testbed(-boards|-bridge|-emulated|-ues|-own|-time)?\\.ts|index\\.ts|cli/)',
      },
      to: { path: '^(drivers|firmware-protocol)/', pathNot: '^drivers/(array-board|link/link-cost)' },
    },
    {
      name: 'mathematics-knows-no-board',
      severity: 'error',
      from: { path: '^src/(core|array|kernels|codebook|sounding|channel)/' },
      to: { path: '^(drivers|firmware-protocol|calibration)/' },
    },
    {
      name: 'hardware-never-loads-the-emulation',
      severity: 'error',
      from: { path: `^(drivers/(?!emulator/)|calibration/|src/(${hardwareRooms.join('|')})/)` },
      to: { path: '^(drivers/emulator|src/emulation|test)/' },
    },
    {
      name: 'only-the-testbed-chooses-real-or-emulated',
      severity: 'error',
      from: {
        path: '^src/',
        pathNot: '^src/(emulation/|testbed(-boards|-bridge|-emulated|-ues|-own|-time)?\\.ts)',
      },
      to: { path: '^src/emulation/' },
    },
    {
      name: 'kinds-of-studies-stand-apart',
      comment: 'A kind of study imports its own folder and common; src/study/*.ts imports kinds.',
      severity: 'error',
      from: { path: '^src/study/([^/]+)/' },
      to: { path: '^src/study/', pathNot: '^src/study/($1|common)/' },
    },
    {
      name: 'what-is-fanned-out-knows-no-server',
      comment:
        'Who has jobs done is handed an executor; only faces choose the one of a NATS server, whose library takes a while to load.',
      severity: 'error',
      from: { path: '^(src|calibration)/', pathNot: '^src/(cli|fan-out/cluster)/' },
      to: { path: '^src/fan-out/cluster/' },
    },
    {
      name: 'reports-draw-what-studies-share',
      comment: 'Reports know what every study gives (src/study/common), and no kind of study.',
      severity: 'error',
      from: { path: '^src/report/' },
      to: { path: '^src/study/', pathNot: '^src/study/common/' },
    },
    ...upward,
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    exclude: { path: '^(dist|test)/' },
    enhancedResolveOptions: { extensions: ['.ts', '.js', '.as.ts'] },
  },
};
