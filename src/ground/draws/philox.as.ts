/** Philox4x32-10; word w of the result goes to `target` + 16 w, so that four calls fill four lanes. */
// @ts-ignore: decorator
@inline
export function philoxLane(target: usize, c0: u32, c1: u32, c2: u32, c3: u32, k0: u32, k1: u32): void {
  for (let round = 0; round < 10; round++) {
    const product0 = <u64>c0 * 0xd2511f53;
    const product1 = <u64>c2 * 0xcd9e8d57;
    c0 = <u32>(product1 >> 32) ^ c1 ^ k0;
    c1 = <u32>product1;
    c2 = <u32>(product0 >> 32) ^ c3 ^ k1;
    c3 = <u32>product0;
    k0 += 0x9e3779b9;
    k1 += 0xbb67ae85;
  }
  store<u32>(target, c0);
  store<u32>(target, c1, 16);
  store<u32>(target, c2, 32);
  store<u32>(target, c3, 48);
}
