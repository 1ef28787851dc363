import { boltzmannConstant, elementaryCharge } from "../../src/ground/constants.ts";
import type { KnownTree } from "../../src/ground/known.ts";
import type { DeviceModel } from "../device.ts";
import { type ContinuousDeviceLaw, continuousLaw, type Numbers, preparePopulation } from "../population/index.ts";
import { numberAt } from "../values.ts";
import { type Relaxation, relaxed, relaxing } from "./structural-relaxation.ts";

// Variables, in this order.
const thickness = 0;
const unrelaxed = 1;

/**
 * A mushroom cell by its temperature. u is the thickness of the amorphous plug over the heater, S how far its glass is from relaxed:
 *
 *   I = V / R(u, S) + (|V| - V_hold) / R_on                 above the holding voltage, where the glass conducts
 *   R = R_c + R_a u exp((E_a - alpha S) / k T)
 *   T_int = T + R_th(u) V I,  R_th = R_th0 (1 - u / u_th)    the temperature of the plug's surface
 *   du/dt = -v_g(T_int) below the melting temperature T_m, a bell whose drive ends there; above it melting, as
 *   (T_int - T_m)^2 / (T_int - T_m + width) with growth's own slope at T_m, so that a slow ramp glides through it
 *   dS/dt = (1 - S) / t_young while the glass conducts, else structural relaxation (structural-relaxation.ts)
 *
 * Identical pulses accumulate by themselves: each takes v_g t off the plug, and a thinner plug is hotter. A pulse that ends at once leaves what
 * is molten as glass; one that ends slowly crystallises it on the way. The cell knows no polarity: the height of a pulse says what it does.
 *
 * @source Sebastian et al., Nat. Commun. 5, 4314 (2014), doi:10.1038/ncomms5314; Marrone et al., Sci. Rep. 12 (2022),
 *   doi:10.1038/s41598-022-09948-6; Le Gallo et al., Adv. Electron. Mater. 4, 1700627 (2018), doi:10.1002/aelm.201700627. That a conducting
 *   glass becomes young again, as drift begins anew at every pulse, is put in by hand.
 */
export function thermalLaw(values: KnownTree): ContinuousDeviceLaw {
  const positive = (path: string): number => numberAt(values, path, Number.MIN_VALUE);
  const energy = (path: string): number => positive(path) * elementaryCharge;
  const usual = positive("temperature.usual");
  const coldest = numberAt(values, "temperature.low", 1, usual);
  const hottest = numberAt(values, "temperature.high", usual);
  const holding = positive("conducting.holdingVoltage");
  const onResistance = positive("conducting.resistance");
  const young = positive("conducting.youngAfter");
  const crystalline = positive("crystalline.resistance");
  const largest = positive("amorphous.thickness");
  const amorphous = positive("amorphous.resistancePerLength");
  const barrier = numberAt(values, "amorphous.activation", 0) * elementaryCharge;
  const coupling = numberAt(values, "amorphous.coupling", 0) * elementaryCharge;
  const relaxation: Relaxation = { energy: energy("relaxation.energy"), attempts: positive("relaxation.attempts") };
  const heating = positive("heating.resistance");
  const cooled = numberAt(values, "heating.thickness", largest);
  const growth = positive("growth.speed");
  const hottestGrowth = positive("growth.temperature");
  const growthWidth = positive("growth.width");
  const growthFrom = positive("growth.from");
  const melting = positive("melting.temperature");
  const drive = positive("melting.driveWidth");
  const meltingPerKelvin = positive("melting.speed") / positive("melting.excess");
  const cycleSpread = numberAt(values, "cycleSpread", 0);

  const conducts = (voltage: number): boolean => Math.abs(voltage) > holding;
  const current = (voltage: number, x: Numbers, temperature: number): number => {
    const glass = Math.exp((barrier - coupling * x[unrelaxed]!) / (boltzmannConstant * temperature));
    const ohmic = voltage / (crystalline + amorphous * x[thickness]! * glass);
    return conducts(voltage) ? ohmic + (voltage - Math.sign(voltage) * holding) / onResistance : ohmic;
  };
  const bell = (kelvin: number): number => growth * Math.exp(-(((kelvin - hottestGrowth) / growthWidth) ** 2) / 2);
  /** m/s, of crystals over the melting temperature: backward, with the slope that growth has below it. */
  const backward = bell(melting) / drive;
  /** du/dt. @param own  factor on what crystals do */
  const speed = (kelvin: number, own: number): number => {
    const over = kelvin - melting;
    if (over >= 0) return own * backward * over + (meltingPerKelvin * over * over) / (over + drive);
    return kelvin < growthFrom ? 0 : own * bell(kelvin) * Math.expm1(over / drive);
  };

  const law = continuousLaw({
    variables: [
      { name: "thickness", low: 0, high: largest, start: numberAt(values, "start.thickness", 0, largest) },
      { name: "unrelaxed", low: 0, high: 1, start: numberAt(values, "start.unrelaxed", 0, 1) },
    ],
    traits: [{ name: "growth", value: 1, spread: numberAt(values, "deviceSpread", 0), distribution: "log-normal" }],
    conducting: thickness,
    temperature: { usual, low: coldest, high: hottest },
    polar: false,
    light: false,
    normalsPerPulse: 1,
    precision: "float64",
    volatile: true,
    writes: conducts,
    current: (voltage, x, _traits, { temperature }) => current(voltage, x, temperature),
    rates(voltage, x, traits, { temperature }, normals, out) {
      const power = voltage * current(voltage, x, temperature);
      const inside = temperature + heating * (1 - x[thickness]! / cooled) * power;
      out[thickness] = speed(inside, traits[0]! * Math.max(0, 1 + cycleSpread * normals[0]!));
      out[unrelaxed] = conducts(voltage)
        ? (1 - x[unrelaxed]!) / young
        : -relaxing(relaxation, x[unrelaxed]!, temperature);
    },
  });
  return {
    ...law,
    // Nothing grows at the temperatures that a set covers, and relaxation has a closed form.
    relax(x, seconds, temperature) {
      x[unrelaxed] = relaxed(relaxation, x[unrelaxed]!, seconds, temperature);
    },
  };
}

export const thermal: DeviceModel = {
  name: "pcm-thermal",
  title: "Phase-change memory by melting, crystal growth and structural relaxation",
  kind: "dynamic",
  parameterSets: ["mushroom-illustrative"],
  prepare(values) {
    return preparePopulation(values, { name: "pcm-thermal", law: thermalLaw(values), programmable: false });
  },
};
