import { boltzmannConstant, elementaryCharge } from "../../src/ground/constants.ts";
import type { KnownTree } from "../../src/ground/known.ts";
import type { DeviceModel } from "../device.ts";
import {
  type ContinuousDeviceLaw,
  continuousLaw,
  type Numbers,
  preparePopulation,
  rootBetween,
} from "../population/index.ts";
import { numberAt, numbersAt } from "../values.ts";
import { SchottkyContact } from "./schottky-contact.ts";

/**
 * Valence-change cell: a Schottky contact, a thin disc of oxide whose donors (oxygen vacancies, N) move, a plug that keeps its own, and
 * resistances in series, with V = V_contact + I (R_disc + R_plug + R_oxide + R_line), R_line = R0 (1 + R0 alpha R_th,line I^2):
 *
 *   dN/dt = -(c a nu0 / l_disc) F (e^(-Wf/kT) - e^(-Wr/kT)), Wf,r = dW (sqrt(1 - g^2) -+ g pi/2 + g asin g), g = z q E a / (pi dW)
 *   c = (N + N_plug) / 2; E = V_disc / l_disc and F = 1 - (N/N_max)^10 where V < 0, which is SET in the source's sense;
 *   E = (V - V_series) / l_cell and F = 1 - (N_min/N)^10 where V > 0
 *   T = T0 + I (V - V_series) R_th, with R_th reduced for V > 0; it gets there with a short time constant, so that of several
 *   temperatures that satisfy this the cell has the one that it comes to.
 *
 * The contact's current falls where its barrier is let go, so that there may be several solutions for V_contact: the one that is continuous
 * from 0 V on is taken. The state is the natural logarithm of N in 1/m^3, and the heating in K. `polarity` -1 turns the voltage.
 *
 * @source Cueppers et al., APL Mater. 7, 091105 (2019), doi:10.1063/1.5108654; Bengel et al., IEEE Trans. Circuits Syst. I 67, 4618
 *   (2020), doi:10.1109/TCSI.2020.3018502, version 1b
 */
export function jartVcmLaw(values: KnownTree): ContinuousDeviceLaw {
  const positive = Number.MIN_VALUE;
  const number = (path: string, low = positive) => numberAt(values, path, low);
  const charges = number("charges");
  const contact = new SchottkyContact({
    height: number("contact.height"),
    fermi: number("contact.fermi"),
    permittivity: number("contact.permittivity"),
    imagePermittivity: number("contact.imagePermittivity"),
    richardson: number("contact.richardson"),
    charges,
  });
  const cell = number("cellLength");
  const [low, high] = [Math.log(number("donors.low")), Math.log(number("donors.high"))];
  const plugDonors = number("donors.plug");
  const mobility = number("mobility");
  const spacing = number("hopping.distance");
  const attempt = number("hopping.attempt", 0);
  const activation = number("hopping.activation");
  const oxide = number("series.oxide", 0);
  const line = number("series.line", 0);
  const lineHeating = line * line * number("series.lineCoefficient", 0) * number("series.lineHeat", 0);
  const thermal = number("thermal.resistance", 0);
  const resetShare = number("thermal.resetShare", 0);
  const thermalTime = number("thermal.time");
  const polarity = numberAt(values, "polarity", -1, 1);
  const radius = number("radius");
  const [coldest, warmest] = numbersAt(values, "temperatures", 2, 2);
  const usual = numberAt(values, "temperature", 1);
  const least = number("leastWrite", 0);
  const cycleSpread = number("cycleSpread", 0);

  // The cell that was solved last, in the source's sense of voltage: asked again for its rates, power and current at once.
  const last = { voltage: Number.NaN, donors: 0, heating: 0, radius: 0, disc: 0, kelvin: 0, current: 0 };
  let resistance = 0;
  const excess = (across: number): number => {
    const current = contact.current(across);
    return across + current * (resistance + lineHeating * current * current) - last.voltage;
  };
  const discResistance = (donors: number, length: number, size: number) =>
    length / (charges * elementaryCharge * donors * mobility * Math.PI * size * size);

  function solve(voltage: number, x: Numbers, traits: Numbers, kelvin: number): number {
    const [size, disc] = [traits[0]!, traits[1]!];
    const same = last.voltage === voltage && last.donors === x[0] && last.heating === x[1] && last.kelvin === kelvin;
    if (same && last.radius === size && last.disc === disc) return last.current;
    Object.assign(last, { voltage, donors: x[0]!, heating: x[1]!, radius: size, disc, kelvin });
    const donors = Math.exp(x[0]!);
    contact.set(donors, kelvin + x[1]!, Math.PI * size * size);
    resistance =
      discResistance(donors, disc, size) + discResistance(plugDonors, Math.max(0, cell - disc), size) + oxide + line;
    const turn = voltage > 0 ? Math.min(voltage, contact.turn()) : voltage;
    const across = excess(turn) * voltage >= 0 ? rootBetween(excess, 0, turn) : rootBetween(excess, turn, voltage);
    last.current = voltage === 0 ? 0 : contact.current(across);
    return last.current;
  }

  return continuousLaw({
    variables: [
      { name: "donors", low, high, start: Math.log(number("donors.start")) },
      { name: "heating", low: 0, high: number("thermal.highest"), start: 0 },
    ],
    traits: [
      { name: "radius", value: radius, spread: number("deviceSpread.radius", 0), distribution: "log-normal" },
      { name: "disc", value: number("discLength"), spread: number("deviceSpread.disc", 0), distribution: "log-normal" },
    ],
    conducting: 0,
    temperature: { usual, low: coldest!, high: warmest! },
    polar: true,
    light: false,
    normalsPerPulse: 1,
    precision: "float64",
    volatile: true,
    writes: (voltage) => Math.abs(voltage) >= least,
    current: (voltage, x, traits, { temperature }) => polarity * solve(polarity * voltage, x, traits, temperature),
    rates(voltage, x, traits, { temperature }, normals, out) {
      const source = polarity * voltage;
      const current = solve(source, x, traits, temperature);
      const [size, disc] = [traits[0]!, traits[1]!];
      const donors = Math.exp(x[0]!);
      const inside = source - current * (oxide + line + lineHeating * current * current);
      const reset = source > 0;
      const resistanceNow = thermal * (radius / size) ** 2 * (reset ? resetShare : 1);
      out[1] = (current * inside * resistanceNow - x[1]!) / thermalTime;
      const field = reset ? inside / cell : (current * discResistance(donors, disc, size)) / disc;
      const lean = Math.max(-1, Math.min(1, (charges * elementaryCharge * field * spacing) / (Math.PI * activation)));
      const flat = Math.sqrt(1 - lean * lean) + lean * Math.asin(lean);
      const heat = boltzmannConstant * (temperature + x[1]!);
      const hops =
        Math.exp((-activation * (flat - (lean * Math.PI) / 2)) / heat) -
        Math.exp((-activation * (flat + (lean * Math.PI) / 2)) / heat);
      const room = reset ? 1 - Math.exp(10 * (low - x[0]!)) : 1 - Math.exp(10 * (x[0]! - high));
      const own = Math.max(0, 1 + cycleSpread * normals[0]!);
      out[0] = (-own * ((donors + plugDonors) / 2) * spacing * attempt * room * hops) / (disc * donors);
    },
  });
}

export const jartVcm: DeviceModel = {
  name: "jart-vcm",
  title: "Valence-change cell with a Schottky contact (JART VCM v1b)",
  kind: "dynamic",
  parameterSets: ["bengel-2020"],
  prepare(values) {
    return preparePopulation(values, { name: "jart-vcm", law: jartVcmLaw(values), programmable: true });
  },
};
