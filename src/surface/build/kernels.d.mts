/** Compiles the kernels where their sources have changed; true where it did. */
export function buildKernels(log?: (line: string) => void): Promise<boolean>;
