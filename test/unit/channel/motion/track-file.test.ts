import { describe, expect, it } from 'vitest';
import { parseTrack, type TrackFileOptions } from '../../../../src/channel/motion/track-file.js';
import type { BeamloopError } from '../../../../src/core/errors.js';

const plain: TrackFileOptions = { origin: null, startS: null };
const radOf = (deg: number) => (deg * Math.PI) / 180;

function complaint(text: string, options = plain): BeamloopError {
  try {
    parseTrack(text, 'walk.csv', options);
  } catch (error) {
    return error as BeamloopError;
  }
  throw new Error('the file was accepted');
}

describe('a file of a track', () => {
  it('has times and places in metres; its first time is when the motion begins', () => {
    const text = '\ufefftime, x, y\r\n10, 5, 1\r\n\r\n10.5, 5.25, "-1"\r\n12, 6, -2.5e0\r\n';
    expect(parseTrack(text, 'walk.csv', plain)).toEqual({
      timeS: [0, 0.5, 2],
      positionM: [
        [5, 1],
        [5.25, -1],
        [6, -2.5],
      ],
    });
  });

  it('begins when it is told to, and may name units and other columns', () => {
    const text = 'battery,Time_s,y_m,x_m\n80,10,1,5\n79,11,2,6\n';
    expect(parseTrack(text, 'walk.csv', { ...plain, startS: 8 })).toEqual({
      timeS: [2, 3],
      positionM: [
        [5, 1],
        [6, 2],
      ],
    });
  });

  it('puts heights where the array, which is a line, sees them', () => {
    const text = 'time,x,y,z\n0,3,1,4\n1,3,1,-4\n2,-3,1,4\n';
    expect(parseTrack(text, 'walk.csv', plain).positionM).toEqual([
      [5, 1],
      [5, 1],
      [-5, 1],
    ]);
  });

  it('has latitudes and longitudes around an origin, seen along the heading of the array', () => {
    // One degree of latitude at 48 degrees is 111,200 m long, one of longitude 74,600 m (tables of WGS 84).
    const text = 'time,latitude,longitude\n0,48.001,11\n1,48,11.001\n';
    const at = (headingDeg: number) => {
      const origin = { latitudeRad: radOf(48), longitudeRad: radOf(11), headingRad: radOf(headingDeg) };
      return parseTrack(text, 'walk.csv', { origin, startS: null }).positionM;
    };
    const north = at(0);
    expect(north[0]![0]).toBeCloseTo(111.2, 0);
    expect(north[0]![1]).toBeCloseTo(0, 6);
    // East is on the right of who looks north, and y goes to the left.
    expect(north[1]![0]).toBeCloseTo(0, 6);
    expect(north[1]![1]).toBeCloseTo(-74.63, 1);
    const east = at(90);
    expect(east[0]![1]).toBeCloseTo(111.2, 0);
    expect(east[1]![0]).toBeCloseTo(74.63, 1);
  });

  it('may cross the date line', () => {
    const origin = { latitudeRad: 0, longitudeRad: radOf(179.9999), headingRad: radOf(90) };
    const { positionM } = parseTrack('t,lat,lon\n0,0,-179.9999\n', 'walk.csv', { origin, startS: null });
    expect(positionM[0]![0]).toBeCloseTo(22.26, 1);
  });

  it.each<[string, string, RegExp, string]>([
    ['times that go back', 'time,x,y\n0,1,1\n2,1,1\n1,1,1\n', /Time 1 s comes after 2 s/, 'walk.csv:4'],
    ['times that repeat', 'time,x,y\n0,1,1\n0,1,1\n', /Time 0 s comes after 0 s/, 'walk.csv:3'],
    ['NaN', 'time,x,y\n0,1,1\n\n1,NaN,1\n', /x is NaN, which is no finite number/, 'walk.csv:4'],
    ['infinity', 'time,x,y\n0,1,Infinity\n', /y is Infinity/, 'walk.csv:2'],
    ['words', 'time,x,y\nzero,1,1\n', /time is zero/, 'walk.csv:2'],
    ['missing values', 'time,x,y\n0,1\n', /There is no y in this line/, 'walk.csv:2'],
    ['empty values', 'time,x,y\n0,,1\n', /There is no x in this line/, 'walk.csv:2'],
    ['no times', 'x,y\n1,1\n', /no column 'time'/, 'walk.csv:1'],
    ['no y', 'time,x\n1,1\n', /no column 'y'/, 'walk.csv:1'],
    ['no places', 'time,speed\n1,1\n', /no column 'x' and 'y'/, 'walk.csv:1'],
    ['no longitude', 'time,lat\n1,1\n', /no column 'longitude'/, 'walk.csv:1'],
    ['two columns of a name', 'time,x,y,x_m\n0,1,1,1\n', /names x twice/, 'walk.csv:1'],
    ['no header', '0,1,1\n', /no column 'time': 0,1,1/, 'walk.csv:1'],
    ['nothing', '', /the file is empty/, 'walk.csv:1'],
    ['no samples', 'time,x,y\n', /no samples/, 'walk.csv:2'],
    ['another planet', 'time,x,y\n0,1e9,0\n', /1000000000 m away/, 'walk.csv:2'],
    [
      'latitudes without an origin',
      '\ntime,lat,lon\n0,48,11\n',
      /nothing says where on the Earth/,
      'walk.csv:2',
    ],
  ])('is refused for %s, with the line', (_, text, what, where) => {
    const { code, what: said, where: place, todo } = complaint(text);
    expect(code).toBe('SCENARIO_INVALID');
    expect(said).toMatch(what);
    expect(place).toBe(where);
    expect(todo).toBeDefined();
  });

  it.each([
    ['0,91,11', /latitude is 91/],
    ['0,48,400', /longitude is 400/],
    ['0,-48,11', /m away from the array/],
  ])('is refused for places that are none near the origin: %s', (line, what) => {
    const origin = { latitudeRad: radOf(48), longitudeRad: radOf(11), headingRad: 0 };
    const error = complaint(`t,lat,lon\n${line}\n`, { origin, startS: null });
    expect(error.what).toMatch(what);
    expect(error.where).toBe('walk.csv:2');
  });
});
