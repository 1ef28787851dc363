// Exact by the definition of the SI since 2019 (CODATA 2018), but for the last two, which are measured.

/** C. */
export const elementaryCharge = 1.602176634e-19;
/** J/K. */
export const boltzmannConstant = 1.380649e-23;
/** J s. */
export const planckConstant = 6.62607015e-34;
/** m/s. */
export const speedOfLight = 299792458;
/** F/m. */
export const vacuumPermittivity = 8.8541878128e-12;
/** kg. */
export const electronMass = 9.1093837015e-31;
