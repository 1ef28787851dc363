import { InputError, inputError } from "../../src/ground/errors.ts";
import { type ElementType, elementTypeName } from "../../src/ground/formats/onnx.ts";

/** The part of ONNX Runtime's JavaScript interface that networks need; the surface hands the object in. */
export interface Ort {
  readonly Tensor: new (type: "float32", data: Float32Array, dims: readonly number[]) => OrtTensor;
  readonly InferenceSession: { create(model: Uint8Array, options?: OrtOptions): Promise<OrtSession> };
}

export interface OrtTensor {
  readonly type: string;
  readonly dims: readonly number[];
  /** Row-major elements; a Float32Array where `type` is "float32". */
  readonly data: unknown;
}

/** Tensors by the names of a session's inputs. */
export type Feeds = Readonly<Record<string, OrtTensor>>;

export interface OrtMetadata {
  readonly name: string;
  /** False for sequences and optional values. */
  readonly isTensor: boolean;
  readonly type?: string;
}

export interface OrtSession {
  readonly inputNames: readonly string[];
  readonly outputNames: readonly string[];
  readonly outputMetadata: readonly OrtMetadata[];
  run(feeds: Feeds, options?: OrtRunOptions): Promise<Record<string, OrtTensor>>;
  run(feeds: Feeds, fetches: readonly string[], options?: OrtRunOptions): Promise<Record<string, OrtTensor>>;
  release(): Promise<void>;
}

export interface OrtRunOptions {
  readonly logSeverityLevel?: 0 | 1 | 2 | 3 | 4;
}

export interface OrtOptions {
  readonly logSeverityLevel?: 0 | 1 | 2 | 3 | 4;
  /** Pinned wherever a session is made: the level changes bits. */
  readonly graphOptimizationLevel?: "disabled" | "basic" | "extended" | "all";
}

// Every failure is thrown too, so the runtime need not write it to the console.
const silent = { logSeverityLevel: 4 } as const;

/** Where a failure of the runtime is reported to have happened. */
export interface OrtPlace {
  readonly file: string;
  readonly place?: string | undefined;
  /** Finds the node that failed, since the runtime's message seldom names it; null where nothing was fed yet. */
  readonly failing?: (feeds: Feeds | null) => Promise<FailingNode | undefined>;
}

/** A node by its output and its operator. */
export interface FailingNode {
  readonly place: string | undefined;
  readonly operator: string;
}

/**
 * Makes a session. `"disabled"` runs the nodes as they stand (the reference), `"all"` lets the runtime fold and fuse.
 *
 * @throws InputError naming the operator, where the runtime does not know one
 */
export async function openSession(
  ort: Ort,
  model: Uint8Array,
  optimisation: "disabled" | "all",
  where: OrtPlace,
): Promise<OrtSession> {
  try {
    return await ort.InferenceSession.create(model, { ...silent, graphOptimizationLevel: optimisation });
  } catch (error) {
    throw await refusal(error, where, null, "a graph that ONNX Runtime can run");
  }
}

/** Runs a session; outputs by name. */
export async function runSession(
  session: OrtSession,
  feeds: Feeds,
  where: OrtPlace,
  fetches: readonly string[] = session.outputNames,
): Promise<Record<string, OrtTensor>> {
  try {
    return await session.run(feeds, fetches, silent);
  } catch (error) {
    throw await refusal(error, where, feeds, "inputs and shapes that fit the graph");
  }
}

/** A tensor whose element type (bfloat16, 8-bit floats) has no JavaScript counterpart would have to leave the runtime. */
export class UnsupportedType extends InputError {
  readonly elementType: ElementType;

  constructor({ file, place }: OrtPlace, elementType: ElementType) {
    const found = `a tensor of type ${elementTypeName(elementType)}`;
    super(inputError({ file, place, found, expected: "float32, float16, float64 or whole numbers there" }).message);
    this.elementType = elementType;
  }
}

async function refusal(error: unknown, where: OrtPlace, feeds: Feeds | null, expected: string): Promise<Error> {
  const { file } = where;
  const message = error instanceof Error ? error.message : String(error);
  const unsupported = /unsupported data type: (\d+)/.exec(message);
  if (unsupported) return new UnsupportedType(where, Number(unsupported[1]));
  const failed = await where.failing?.(feeds);
  const place = failed?.place ?? where.place;
  const unknown =
    /No Op registered for (\S+)/.exec(message) ?? /Fatal error: (\S+?)\(.*is not a registered/.exec(message);
  if (unknown) {
    const found = `operator ${unknown[1]} is unknown to ONNX Runtime`;
    const expected = "operators of ai.onnx (opset 7 to 26), ai.onnx.ml or com.microsoft";
    return inputError({ file, place, found, expected });
  }
  const reason = plainMessage(message);
  const named = failed === undefined || reason.includes(failed.operator);
  return inputError({ file, place, found: named ? reason : `${failed.operator}: ${reason}`, expected });
}

/** ONNX Runtime's reason without its source paths, C++ signatures, kinds of error and node names. */
function plainMessage(message: string): string {
  const reason = message
    .replace(/^.*?ERROR_MESSAGE: /s, "")
    .replace(/Non-zero status code returned while running (\S+) node\. Name:'.*?' Status Message: (\1: )?/s, "$1: ")
    .replace(/\S*onnxruntime\/\S+:\d+ .*?\) (?=[A-Z])/s, "")
    // Where no words follow, the condition that failed is all there is.
    .replace(/\S*onnxruntime\/\S+:\d+ .*?\) (.*? was false)\.\s*(.*)$/s, (_, check, words) => words || check)
    .replace(/\S+\.(h|cc):\d+ \S+ /g, "")
    .replace(/\[\w+Error\] /, "")
    .replace(/\(([^()]*\([^()]*\)[^()]*\([^()]*\)) in node \(.*?\)/, "($1)")
    .replace(/ node with name '.*?'/, "")
    .replace(/\s+/g, " ")
    .replace(/[\s.]+$/, "");
  return reason.length > 300 ? `${reason.slice(0, 297)}...` : reason;
}
