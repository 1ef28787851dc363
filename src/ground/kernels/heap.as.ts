/** First byte that is not the module's own: arrays may lie from here on. */
export function heapBase(): usize {
  return __heap_base;
}
