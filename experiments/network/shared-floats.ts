/** Numbers in memory that threads share, where there is such memory: sent to many of them, they are there once. */
export function sharedFloats(length: number): Float32Array {
  const bytes = 4 * length;
  return new Float32Array(
    typeof SharedArrayBuffer === "function" ? new SharedArrayBuffer(bytes) : new ArrayBuffer(bytes),
  );
}
