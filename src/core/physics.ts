/** Speed of light in vacuum, exact, m/s. Papers that print distances often used 3e8; it is a parameter everywhere. */
export const SPEED_OF_LIGHT_M_PER_S = 299_792_458;
