export function buildData(root: string): boolean;
