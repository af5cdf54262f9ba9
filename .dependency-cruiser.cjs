/**
 * Who may import whom. Rooms are listed from the ground up: a room may import the rooms before it.
 * docs/adr/0001-rooms-and-arrows.md says why the order is what it is.
 */
const rooms = [
  'core',
  'array',
  'codebook',
  'channel',
  'training',
  'schedule',
  'bridge',
  'ue',
  'emulation',
  'record',
  'campaign',
  'study',
  'report',
];
const hardwareRooms = rooms.filter((room) => room !== 'emulation');

const upward = rooms.map((room, k) => ({
  name: `${room}-imports-only-rooms-below`,
  comment: `src/${room} may import only: ${rooms.slice(0, k).join(', ') || 'nothing'}.`,
  severity: 'error',
  from: { path: `^src/${room}/` },
  to: {
    path: '^(src|bench)/',
    pathNot: [room, ...rooms.slice(0, k)].map((r) => `^src/${r}/`),
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
      name: 'calibration-sees-boards-only-through-the-interface',
      severity: 'error',
      from: { path: '^calibration/' },
      to: {
        path: '^(src|drivers|firmware-protocol|bench)/',
        pathNot: '^(drivers/array-board|src/core/|src/codebook/)',
      },
    },
    {
      name: 'rooms-see-boards-only-through-the-interface',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/(emulation/|testbed\\.ts|index\\.ts|cli/)' },
      to: { path: '^(drivers|firmware-protocol)/', pathNot: '^drivers/array-board' },
    },
    {
      name: 'core-and-array-know-no-board',
      severity: 'error',
      from: { path: '^src/(core|array)/' },
      to: { path: '^(drivers|firmware-protocol|calibration)/' },
    },
    {
      name: 'hardware-never-loads-the-emulation',
      severity: 'error',
      from: { path: `^(drivers/(?!emulator/)|src/(${hardwareRooms.join('|')})/)` },
      to: { path: '^(drivers/emulator|src/emulation|test)/' },
    },
    {
      name: 'only-the-testbed-chooses-real-or-emulated',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/(emulation/|testbed\\.ts)' },
      to: { path: '^src/emulation/' },
    },
    ...upward,
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    exclude: { path: '^(dist|test)/|\\.as\\.ts$' },
    enhancedResolveOptions: { extensions: ['.ts', '.js'] },
  },
};
