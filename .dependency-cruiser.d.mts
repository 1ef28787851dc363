import type { ICruiseOptions, IFlattenedRuleSet } from "dependency-cruiser";

export declare const floors: readonly string[];
export declare function rulesFor(root: string): NonNullable<IFlattenedRuleSet["forbidden"]>;
declare const configuration: { readonly options: ICruiseOptions & { readonly enhancedResolveOptions: object } };
export default configuration;
