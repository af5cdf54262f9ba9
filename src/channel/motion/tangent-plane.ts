/** Latitudes and longitudes as metres on the plane that touches the Earth at a place of one's choice. */

/** Radii of the Earth's ellipsoid: WGS 84. */
const EQUATOR_M = 6_378_137;
const ECCENTRICITY_SQUARED = 6.694_379_990_14e-3;

/** East and north of the origin (docs/model.md eq. 89). */
export function onTangentPlane(
  latitudeDeg: number,
  longitudeDeg: number,
  { latitudeRad, longitudeRad }: { readonly latitudeRad: number; readonly longitudeRad: number },
): { readonly eastM: number; readonly northM: number } {
  const curvature = 1 - ECCENTRICITY_SQUARED * Math.sin(latitudeRad) ** 2;
  const eastRadiusM = (EQUATOR_M / Math.sqrt(curvature)) * Math.cos(latitudeRad);
  const northRadiusM = (EQUATOR_M * (1 - ECCENTRICITY_SQUARED)) / curvature ** 1.5;
  const turns = (longitudeDeg * (Math.PI / 180) - longitudeRad) / (2 * Math.PI);
  return {
    eastM: eastRadiusM * 2 * Math.PI * (turns - Math.round(turns)),
    northM: northRadiusM * (latitudeDeg * (Math.PI / 180) - latitudeRad),
  };
}
