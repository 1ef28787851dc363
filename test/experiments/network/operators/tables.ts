import { bodyOf, type Piece, pieces } from "./piece.ts";

/** One in, one out: "p" is t brought into the operator's range, "o" what is not yet a number of float32. */
const unary = [
  ...[
    "Abs",
    "Neg",
    "Relu",
    "Sigmoid",
    "Tanh",
    "Exp",
    "Softplus",
    "Softsign",
    "Erf",
    "Sin",
    "Cos",
    "Atan",
    "Sinh",
    "Cosh",
  ],
  ...[
    "Asinh",
    "Floor",
    "Ceil",
    "Round",
    "Sign",
    "Identity",
    "HardSwish",
    "Dropout",
    "Elu",
    "Selu",
    "Celu",
    "LeakyRelu",
  ],
  ...[
    "ThresholdedRelu",
    "HardSigmoid",
    "Shrink",
    "Clip",
    "com.microsoft.Gelu",
    "com.microsoft.FastGelu",
    "com.microsoft.QuickGelu",
  ],
].map((name) => `u = ${name}(t)`);
const binary = ["Add", "Sub", "Mul", "Min", "Max"].flatMap((name) => [
  `u = ${name}(t, ~[6])`,
  `u = ${name}(~[6], t)`,
  `q = Tanh(t); u = ${name}(t, q)`,
]);
const compared = ["Equal", "Less", "LessOrEqual", "Greater", "GreaterOrEqual"].flatMap((name) => [
  `o = ${name}(t, ~[6]); u = Cast(o) to=1`,
  `q = Neg(t); o = ${name}(t, q); u = Cast(o) to=1`,
]);
const logical = ["And", "Or", "Xor"].map(
  (name) => `p = Greater(t, f(0)); q = Less(t, ~[6]); o = ${name}(p, q); u = Cast(o) to=1`,
);
const whole = "m = Mul(t, f(10)); p = Cast(m) to=6";
const bitwise = ["BitwiseAnd", "BitwiseOr", "BitwiseXor"].map(
  (name) => `@18 | ${whole}; k = Cast(f[3,-7,12,5,-1,9]) to=6; o = ${name}(p, k); u = Cast(o) to=1`,
);
const shifts = ["LEFT", "RIGHT"].map(
  (direction) =>
    `a = Abs(t); m = Mul(a, f(9)); p = Cast(m) to=12; k = Cast(f(2)) to=12; o = BitShift(p, k) direction=${direction}; u = Cast(o) to=1`,
);

export const elementwise = pieces(`
${[...unary, ...binary, ...compared, ...logical, ...bitwise, ...shifts].join("\n")}
u = Elu(t) alpha=0.3
u = Selu(t) alpha=1.5 gamma=0.7
u = Celu(t) alpha=2.0
u = LeakyRelu(t) alpha=-0.2
u = ThresholdedRelu(t) alpha=0.2
u = HardSigmoid(t) alpha=0.5 beta=0.1
u = Shrink(t) lambd=0.3 bias=0.1
@18 | u = Mish(t)
@20 | u = Gelu(t)
@20 | u = Gelu(t) approximate=tanh
@24 | u = Swish(t) alpha=1.7
p = Exp(t); u = Sqrt(p)
p = Exp(t); u = Log(p)
p = Exp(t); u = Reciprocal(p)
s = Sin(t); p = Mul(s, f(0.9)); u = Acos(p)
s = Sin(t); p = Mul(s, f(0.9)); u = Asin(p)
s = Sin(t); p = Mul(s, f(0.9)); u = Atanh(p)
s = Sin(t); p = Mul(s, f(0.9)); u = Tan(p)
s = Exp(t); p = Add(s, f(1)); u = Acosh(p)
p = Greater(t, f(0)); o = Not(p); u = Cast(o) to=1
o = IsNaN(t); u = Cast(o) to=1
o = IsInf(t); u = Cast(o) to=1
@18 | ${whole}; o = BitwiseNot(p); u = Cast(o) to=1
u = Clip(t, f(-0.3), f(0.4))
u = Clip(t, _, f(0.4))
u = Clip(t, f(-0.3))
@10 | u = Clip(t) min=-0.2 max=0.5
o = Cast(t) to=6; u = Cast(o) to=1
o = Cast(t) to=7; u = Cast(o) to=1
o = Cast(t) to=9; u = Cast(o) to=1
o = Cast(t) to=10; u = Cast(o) to=1
o = Cast(t) to=11; u = Cast(o) to=1
o = Cast(t) to=16; u = Cast(o) to=1
p = Abs(t); o = Cast(p) to=2; u = Cast(o) to=1
o = Cast(t) to=10; r = Relu(o); u = Cast(r) to=1
o = Cast(t) to=11; r = Tanh(o); u = Cast(r) to=1
u = CastLike(t, f(0))
u = Div(t, f[1,-2,0.5,4,-0.25,3])
p = Exp(t); u = Div(~[6], p)
p = Exp(t); u = Div(t, p)
2x3x4 | u = Add(t, ~[3,1])
1x3 | u = Mul(t, ~[2,3])
u = Mod(t, f[0.3,0.2,0.7,-0.4,0.5,-0.6]) fmod=1
m = Mul(t, f(10)); p = Cast(m) to=7; o = Mod(p, i(7)); u = Cast(o) to=1
p = Exp(t); u = Pow(p, ~[6])
u = Pow(f[1,2,0.5,4,0.25,3], t)
u = Pow(t, f(2))
u = PRelu(t, ~[6])
q = Neg(t); u = Min(t, q, ~[6])
q = Neg(t); u = Max(t, q, ~[6])
q = Sin(t); u = Mean(t, q, ~[6])
q = Sin(t); u = Sum(t, q, ~[6])
p = Greater(t, f(0)); u = Where(p, t, ~[6])
p = Greater(t, f(0)); q = Sin(t); u = Where(p, q, t)
u = Where(?[1,0,1,1,0,0], t, ~[6])
u = com.microsoft.BiasGelu(t, ~[6])
u = ai.onnx.ml.Scaler(t) offset=[0.1,0.2,0.3,0.4,0.5,0.6] scale=[1.5,2.5,3.5,1.1,2.2,3.3]
u = ai.onnx.ml.Normalizer(t) norm=L2
u = ai.onnx.ml.Binarizer(t) threshold=0.2
`);

const reduced = ["Mean", "Max", "Min", "Prod", "L1", "L2", "SumSquare", "LogSumExp", "LogSum"].flatMap((name) => {
  const from = name === "LogSum" ? ["p = Exp(t); ", "p"] : ["", "t"];
  return [
    `3x4 @13 | ${from[0]}u = Reduce${name}(${from[1]}) axes=[1] keepdims=0`,
    `3x4 @18 | ${from[0]}u = Reduce${name}(${from[1]}, i[-1,1]) keepdims=1`,
  ];
});
const extreme = ["ArgMax", "ArgMin"].flatMap((name) => [
  `4x3 | o = ${name}(t) axis=1 keepdims=0; u = Cast(o) to=1`,
  `4x3 | o = ${name}(t) axis=-1 select_last_index=1; u = Cast(o) to=1`,
]);
const shares = ["Softmax", "LogSoftmax", "Hardmax"].flatMap((name) => [
  `3x4 | u = ${name}(t) axis=-1`,
  `3x4 | u = ${name}(t) axis=1`,
  `3x4 @11 | u = ${name}(t) axis=1`,
  `alone | u = ${name}(t) axis=0`,
]);
const pooled = ["MaxPool", "AveragePool", "LpPool"].flatMap((name) => {
  const more = name === "LpPool" ? " p=3" : "";
  return [
    `2x4x5 | u = ${name}(t) kernel_shape=[2,3]`,
    `2x4x5 | u = ${name}(t) kernel_shape=[2,2] strides=[2,2]${more}`,
    `2x4x5 | u = ${name}(t) kernel_shape=[3,3] pads=[1,0,1,2] strides=[2,1]${more}`,
    `2x4x5 | u = ${name}(t) kernel_shape=[2,2] auto_pad=SAME_UPPER${more}`,
    `2x4x5 | u = ${name}(t) kernel_shape=[2,2] auto_pad=SAME_LOWER strides=[2,2]${more}`,
    `2x7 | u = ${name}(t) kernel_shape=[2]${more}`,
    `1x3x4x3 | u = ${name}(t) kernel_shape=[2,2,2] strides=[1,2,1]${more}`,
    ...(name === "LpPool" ? [] : [`2x4x5 @19 | u = ${name}(t) kernel_shape=[2,2] strides=[2,2] ceil_mode=1`]),
  ];
});

export const regions = pieces(`
${[...reduced, ...extreme, ...shares, ...pooled].join("\n")}
3x4 | u = ReduceSum(t, i[1]) keepdims=0
3x4 | u = ReduceSum(t, i[-1,1]) keepdims=1
3x4 @11 | u = ReduceSum(t) axes=[2] keepdims=0
3x4 @18 | u = ReduceMean(t, _) keepdims=0 noop_with_empty_axes=1
2x4x5 | u = BatchNormalization(t, f[1.5,-0.5], f[0.1,0.2], f[0.3,-0.1], f[0.5,2])
2 @9 | u = BatchNormalization(t, f[1.5,-0.5], f[0.1,0.2], f[0.3,-0.1], f[0.5,2]) epsilon=0.1
2x4x5 | u = InstanceNormalization(t, f[1.5,-0.5], f[0.1,0.2])
3x4 | u = LayerNormalization(t, ~[4], ~[4])
3x4 | u = LayerNormalization(t, ~[3,4]) axis=1 epsilon=0.01
4x3 @21 | u = GroupNormalization(t, ~[4], ~[4]) num_groups=2
4x3 @18 | u = GroupNormalization(t, ~[2], ~[2]) num_groups=2
3x4 @23 | u = RMSNormalization(t, ~[4]) axis=-1
5x2x3 | u = LRN(t) size=3
5x2x3 | u = LRN(t) size=5 alpha=0.5 beta=0.6 bias=2.0
3x4 | u = LpNormalization(t) axis=1 p=1
3x4 | u = LpNormalization(t) axis=-1 p=2
3x4 | u = MeanVarianceNormalization(t) axes=[1,2]
3x4 | u = com.microsoft.SkipLayerNormalization(t, t, ~[4])
2x4x5 | u = MaxPool(t) kernel_shape=[2,2] dilations=[2,2]
2x4x4 | p, k = MaxPool(t) kernel_shape=[2,2] strides=[2,2]; u = MaxUnpool(p, k) kernel_shape=[2,2] strides=[2,2]
2x4x5 | u = AveragePool(t) kernel_shape=[3,3] pads=[1,1,1,1] count_include_pad=1
2x4x5 @19 | u = AveragePool(t) kernel_shape=[2,2] dilations=[2,2]
2x4x5 | u = GlobalAveragePool(t)
2x4x5 | u = GlobalMaxPool(t)
2x4x5 | u = GlobalLpPool(t) p=3
2x4x5 alone | u = RoiAlign(t, f[0,0,3,3]@1x4, i[0]) output_height=2 output_width=2 sampling_ratio=2
2x4x5 alone | u = MaxRoiPool(t, f[0,0,0,3,3]@1x5) pooled_shape=[2,2]
`);

export const shapes = pieces(`
2x6 | u = Reshape(t, i[-1,3,4])
2x6 | u = Reshape(t, i[0,0,2,-1])
2x4x5 | u = Flatten(t)
2x4x5 | u = Flatten(t) axis=2
3x1x2 | u = Squeeze(t, i[2])
3x1x2 @11 | u = Squeeze(t) axes=[2]
3x2 | u = Unsqueeze(t, i[1,-1])
3x2 @11 | u = Unsqueeze(t) axes=[2]
3x2 | u = Transpose(t) perm=[0,2,1]
2x4x5 | u = Transpose(t) perm=[0,3,1,2]
1x3 | u = Expand(t, i[1,4,3])
2x3 | u = Tile(t, i[1,2,3])
8x2x3 | u = DepthToSpace(t) blocksize=2
8x2x3 | u = DepthToSpace(t) blocksize=2 mode=CRD
2x4x6 | u = SpaceToDepth(t) blocksize=2
3x2 | u = Concat(t, t) axis=1
z = Mul(t, f(0)); q = Add(z, ~[6]); u = Concat(q, t) axis=1
a, b = Split(t, i[2,4]) axis=1; u = Concat(b, a) axis=1
@11 | a, b = Split(t) axis=1 split=[2,4]; u = Concat(b, a) axis=1
@18 | a, b, c = Split(t) axis=1 num_outputs=3; u = Sum(a, c)
2x4x5 | u = Slice(t, i[1,4], i[3,0], i[2,3], i[1,-2])
@9 | u = Slice(t) starts=[1] ends=[5] axes=[1]
2x4x5 @19 | u = Pad(t, i[0,0,1,2,0,0,2,1], f(0.7)) mode=constant
2x4x5 @19 | u = Pad(t, i[0,0,1,2,0,0,2,1]) mode=reflect
2x4x5 @19 | u = Pad(t, i[0,0,1,2,0,0,2,1]) mode=edge
2x4x5 @19 | u = Pad(t, i[0,0,1,2,0,0,2,1]) mode=wrap
2x4x5 | u = Pad(t, i[0,0,-1,0,0,0,0,-2])
2x4x5 @18 | u = CenterCropPad(t, i[2,7]) axes=[2,3]
3x4 | u = Trilu(t)
3x4 | u = Trilu(t, i(1)) upper=0
1x2x3 @9 | u = Upsample(t, f[1,1,2,3]) mode=nearest

u = Gather(t, i[4,0,-1]) axis=1
2x5 | u = Gather(t, i[4,0,1,1]@2x2) axis=2
u = Gather(t, i(3)) axis=1
k = ArgMax(t) axis=1 keepdims=0; u = Gather(~[6,5], k)
v, k = TopK(t, i[3]) axis=1; u = GatherElements(t, k) axis=1
2x5 alone | u = GatherND(t, i[0,1]@1x2)
k = ArgMax(t) axis=1; g = GatherND(t, k) batch_dims=1; u = Unsqueeze(g, i[1])
v, k = TopK(t, i[2]) axis=1; w = Neg(v); u = ScatterElements(t, k, w) axis=1
@18 | v, k = TopK(t, i[2]) axis=1; u = ScatterElements(t, k, v) axis=1 reduction=add
@9 | v, k = TopK(t) axis=1 k=2; w = Neg(v); u = Scatter(t, k, w) axis=1
p = Transpose(t); v = Gather(p, i[0,1]); s = ScatterND(p, i[4,2]@2x1, v); u = Transpose(s)
u = Compress(t, ?[1,0,1,1,0,0]) axis=1
u, unread = TopK(t, i[4]) axis=-1
v, k = TopK(t, i[2]) axis=1 largest=0; f = Cast(k) to=1; u = Concat(v, f) axis=1
k = ArgMax(t) axis=1 keepdims=0; u = OneHot(k, i(7), f[-1,2])
2x5 | u = CumSum(t, i(2))
u = CumSum(t, i(1)) exclusive=1 reverse=1
@26 | u = CumProd(t, i(1))
2x5 | p = Transpose(t) perm=[1,2,0]; r = ReverseSequence(p, i[2,1,2,2,1]) time_axis=0 batch_axis=1; u = Transpose(r) perm=[2,0,1]
alone | o = Unique(t); s = ReduceSum(o) keepdims=0; u = Add(t, s)
alone | z = NonZero(t); f = Cast(z) to=1; s = ReduceSum(f) keepdims=0; u = Add(t, s)
3x4 alone | o = NonMaxSuppression(t, ~[1,1,3], i[2]); f = Cast(o) to=1; s = ReduceSum(f) keepdims=0; u = Add(t, s)

2x3x4 | u = Resize(t, _, f[1,1,2,1.5]) mode=nearest
2x3x4 | u = Resize(t, _, f[1,1,2,1.5]) mode=nearest coordinate_transformation_mode=asymmetric nearest_mode=floor
2x3x4 | u = Resize(t, _, f[1,1,2,1.5]) mode=linear
2x3x4 | u = Resize(t, _, f[1,1,2,1.5]) mode=linear coordinate_transformation_mode=align_corners
2x3x4 | u = Resize(t, _, f[1,1,2,1.5]) mode=linear coordinate_transformation_mode=pytorch_half_pixel
2x3x4 | u = Resize(t, _, f[1,1,2,1.5]) mode=cubic
2x3x4 | s = Shape(t) start=0 end=2; z = Concat(s, i[5,6]) axis=0; u = Resize(t, _, _, z) mode=linear
3x4x4 @20 | g = Slice(t, i[0], i[2], i[1]); p = Transpose(g) perm=[0,2,3,1]; u = GridSample(t, p) mode=linear
3x4x4 @20 | g = Slice(t, i[0], i[2], i[1]); p = Transpose(g) perm=[0,2,3,1]; u = GridSample(t, p) mode=nearest
3x4x4 @20 | g = Slice(t, i[0], i[2], i[1]); p = Transpose(g) perm=[0,2,3,1]; u = GridSample(t, p) mode=cubic
3x4x4 | g = Slice(t, i[0], i[2], i[1]); p = Transpose(g) perm=[0,2,3,1]; u = GridSample(t, p) align_corners=1 padding_mode=border
@20 | a = Reshape(t, i[-1,2,3]); n = Shape(t) end=1; s = Concat(n, i[1,2,3]) axis=0; u = AffineGrid(a, s)
4x6 @18 | u = Col2Im(t, i[3,4], i[2,2])

s = Shape(t); n = Gather(s, i[0]); z = Concat(n, i[3,2]) axis=0; u = Reshape(t, z)
s = Shape(t) start=1; c = Size(s); f = Cast(c) to=1; u = Mul(t, f)
s = Shape(t); c = ConstantOfShape(s); u = Add(t, c)
s = Shape(t) start=1; m = Squeeze(s); o = Range(i(0), m, i(1)); f = Cast(o) to=1; u = Add(t, f)
3x3 | s = Slice(t, i[0], i[1]); m = Squeeze(s, i[0]); e = EyeLike(m) k=1; u = Add(t, e)
3x3 | o = Det(t); u = Unsqueeze(o, i[1])

c = Unsqueeze(t, i[-1]); f = DFT(c) axis=1; u = Flatten(f)
@20 | c = Unsqueeze(t, i[-1]); f = DFT(c, _, i(1)); u = Flatten(f)
8 | f = STFT(t, i(2), f[1,0.5,0.5,1]); u = Flatten(f)
w = HannWindow(i(6)); u = Mul(t, w)
w = HammingWindow(i(6)); u = Mul(t, w)
w = BlackmanWindow(i(6)); u = Mul(t, w)
9 | w = MelWeightMatrix(i(4), i(16), i(16), f(0), f(8)); u = MatMul(t, w)

a, b = Split(t, i[2,4]) axis=1; q = SequenceConstruct(a, b); u = ConcatFromSequence(q) axis=1
q = SplitToSequence(t, i[2,4]) axis=1; a = SequenceAt(q, i(1)); b = ConcatFromSequence(q) axis=1; u = Concat(a, b) axis=1
q = SplitToSequence(t, i[2,4]) axis=1; r = SequenceErase(q, i(0)); s = SequenceInsert(r, t); u = ConcatFromSequence(s) axis=1
e = SequenceEmpty(); q = SequenceInsert(e, t); l = SequenceLength(q); f = Cast(l) to=1; u = Add(t, f)
@18 | o = Optional(t); h = OptionalHasElement(o); f = Cast(h) to=1; g = OptionalGetElement(o); u = Add(f, g)
`);

const quantised = ["b", "B"].flatMap((kind) => {
  const zero = kind === "b" ? "-3" : "119";
  const fixed = "q = QuantizeLinear(t, f(0.02), B(119))";
  return [
    `q = QuantizeLinear(t, f(0.02), ${kind}(${zero})); u = DequantizeLinear(q, f(0.02), ${kind}(${zero}))`,
    `3x2 | q = QuantizeLinear(t, f[0.02,0.01,0.04], ${kind}[9,5,1]) axis=1; u = DequantizeLinear(q, f[0.02,0.01,0.04], ${kind}[9,5,1]) axis=1`,
    `${fixed}; i = MatMulInteger(q, ${kind}~[6,3], B(119)); f = Cast(i) to=1; u = Mul(f, f(0.001))`,
    `${fixed}; o = QLinearMatMul(q, f(0.02), B(119), ${kind}~[6,3], f(0.01), ${kind}(4), f(0.1), B(119)); u = DequantizeLinear(o, f(0.1), B(119))`,
    `2x4x5 | ${fixed}; o = QLinearConv(q, f(0.02), B(119), ${kind}~[3,2,2,2], f(0.01), ${kind}(4), f(0.1), B(119)); u = DequantizeLinear(o, f(0.1), B(119))`,
    `alone | q, s, z = DynamicQuantizeLinear(t); i = MatMulInteger(q, ${kind}~[6,3], z); f = Cast(i) to=1; u = Mul(f, s)`,
    `k = DequantizeLinear(${kind}~[6,3], f[0.01,0.02,0.03], ${kind}[1,2,3]) axis=1; u = MatMul(t, k)`,
    `@21 | k = DequantizeLinear(${kind}~[6,3], ~[3,3]) axis=0 block_size=2; u = MatMul(t, k)`,
    `2x4x5 | k = DequantizeLinear(${kind}~[3,2,2,2], f[0.01,0.02,0.03]) axis=0; u = Conv(t, k)`,
  ];
});

/** Products beside those that are tried alone: of two activations, of constants that stay digital, of quantised numbers. */
export const products = pieces(`
${quantised.join("\n")}
2x4x5 | q = QuantizeLinear(t, f(0.02), B(119)); i = ConvInteger(q, B~[3,2,2,2], B(119)); f = Cast(i) to=1; u = Mul(f, f(0.001))
3x4 | q = Transpose(t) perm=[0,2,1]; u = MatMul(t, q)
3x4 | k = Transpose(t) perm=[0,2,1]; s = MatMul(t, k); c = Mul(s, f(0.5)); a = Softmax(c) axis=-1; u = MatMul(a, t)
3x4 | h = Reshape(t, i[0,3,2,2]); q = Transpose(h) perm=[0,2,1,3]; k = Transpose(h) perm=[0,2,3,1]; s = MatMul(q, k); m = Add(s, f[0,-1e9,-1e9,0,0,-1e9,0,0,0]@3x3); a = Softmax(m) axis=-1; v = MatMul(a, q); b = Transpose(v) perm=[0,2,1,3]; u = Reshape(b, i[0,3,4])
3x4 @23 | v = Neg(t); u = Attention(t, t, v) q_num_heads=2 kv_num_heads=2
3x4 @23 | s = Shape(t) end=1; n = Concat(s, i[3]) axis=0; d = Expand(i[4,0,2], n); u = RotaryEmbedding(t, ~[5,2], ~[5,2], d) num_heads=1
3x4 | q = Tanh(t); u = Einsum(t, q) equation=nij,nkj->nik
3x4 | u = Einsum(t, ~[4,2]) equation=nij,jk->nik
3x4 | u = Einsum(t) equation=nij->nji
2x4x5 | u = ConvTranspose(t, ~[2,3,2,2])
2x4x5 | u = ConvTranspose(t, ~[2,3,3,2], ~[3]) strides=[2,1] pads=[1,0,0,1] output_padding=[1,0]
2x4x5 | u = ConvTranspose(t, ~[2,3,3,3]) strides=[2,2] auto_pad=SAME_UPPER
2x5 | u = ConvTranspose(t, ~[2,1,2]) group=2 dilations=[2]
1x2x3x2 | u = ConvTranspose(t, ~[1,2,2,2,2])
2x4x5 alone | k = ReduceMean(t) axes=[0] keepdims=1; u = Conv(t, k)
2x4x5 | u = Conv(t, ~[3,2,2,2]) pads=[1,1,0,0]
8x3x3 @22 | o = Slice(t, i[0], i[2], i[1]); u = DeformConv(t, ~[2,8,1,1], o)
u = com.microsoft.FusedMatMul(t, ~[4,6]) alpha=0.5 transB=1
u = com.microsoft.FusedGemm(t, ~[6,4]) activation=Relu
2x4x5 | u = com.microsoft.FusedConv(t, ~[3,2,2,2]) activation=Relu
u = ai.onnx.ml.LinearRegressor(t) coefficients=[1.5,-1.5,0.5,2.5,-2.5,0.25] intercepts=[0.5] targets=1
4x2 | s = Transpose(t) perm=[1,0,2]; a, h = LSTM(s, ~[1,12,2], ~[1,12,3], ~[1,24]) hidden_size=3; u = Squeeze(h, i[0])
4x2 | s = Transpose(t) perm=[1,0,2]; a, h = GRU(s, ~[1,9,2], ~[1,9,3], ~[1,18]) hidden_size=3; u = Squeeze(h, i[0])
4x2 | s = Transpose(t) perm=[1,0,2]; a, h = GRU(s, ~[1,9,2], ~[1,9,3]) hidden_size=3 linear_before_reset=1; u = Squeeze(h, i[0])
4x2 | s = Transpose(t) perm=[1,0,2]; a, h = RNN(s, ~[1,3,2], ~[1,3,3], ~[1,6]) hidden_size=3; u = Squeeze(h, i[0])
4x2 | s = Transpose(t) perm=[1,0,2]; a, h = LSTM(s, ~[2,12,2], ~[2,12,3]) hidden_size=3 direction=bidirectional; u = Transpose(h) perm=[1,0,2]
`);

const bodies = {
  tanh: bodyOf("", "a = Tanh(t)", "a:1"),
  negative: bodyOf("", "a = Neg(t)", "a:1"),
  approach: bodyOf("i:7 go:9 s:1", "on = Identity(go); m = Mul(s, f(0.5)); next = Add(m, t)", "on:9 next:1"),
  multiply: bodyOf("i:7 go:9 s:1", "on = Identity(go); m = MatMul(s, t); next = Tanh(m)", "on:9 next:1"),
  running: bodyOf("s:1 v:1", "n = Add(s, v); o = Tanh(n); out = Identity(o)", "o:1 out:1"),
  each: bodyOf("e:1", "f = Tanh(e)", "f:1"),
  product: bodyOf("", "a = MatMul(t, ~[6,6])", "a:1"),
  gemm: bodyOf("i:7 go:9 s:1", "on = Identity(go); next = Gemm(s, k)", "on:9 next:1"),
  conv: bodyOf("s:1 v:1", "w = Identity(k); o = Conv(v, w); out = Identity(o)", "s:1 out:1"),
};

export const controlled = pieces(
  `
s = ReduceSum(t) keepdims=0; c = Cast(s) to=9; u = If(c) then_branch=$tanh else_branch=$negative
u = Loop(i(3), _, t) body=$approach
4x3 | r = Transpose(t) perm=[1,0,2]; f = Gather(r, i(0)); l, a = Scan(f, r) body=$running num_scan_inputs=1; u = Transpose(a) perm=[1,0,2]
3x3 | u = Loop(i(2), _, t) body=$multiply
q = SplitToSequence(t, i[2,4]) axis=1; r = SequenceMap(q) body=$each; u = ConcatFromSequence(r) axis=1
`,
  bodies,
);

/** What this program or the runtime cannot do, by what the line says of it. */
export const refused: readonly (readonly [RegExp, readonly Piece[]])[] = [
  [
    /^operator\.onnx:a: MatMul with constant weights inside a body of If/,
    pieces(
      "s = ReduceSum(t) keepdims=0; c = Cast(s) to=9; u = If(c) then_branch=$product else_branch=$negative",
      bodies,
    ),
  ],
  [
    /^operator\.onnx:next: Gemm with constant weights inside a body of Loop/,
    pieces("k = Identity(~[6,6]); u = Loop(i(3), _, t) body=$gemm", bodies),
  ],
  [
    /^operator\.onnx:o: Conv with constant weights inside a body of Scan/,
    pieces(
      "4x2x3 | k = Identity(~[2,2,1]); r = Transpose(t) perm=[1,0,2,3]; f = Gather(r, i(0)); l, a = Scan(f, r) body=$conv num_scan_inputs=1; u = Transpose(a) perm=[1,0,2,3]",
      bodies,
    ),
  ],
  [
    /^operator\.onnx:\w+: SplitToSequence gives a sequence or optional value that crosses a product/,
    pieces(
      `q = SplitToSequence(t, i[2,4]) axis=1; c = ConcatFromSequence(q) axis=1; d = MatMul(c, ~[6,6]); s = SequenceInsert(q, d); u = ConcatFromSequence(s) axis=1`,
    ),
  ],
  [
    /^operator\.onnx:stage \d \(b of Cast.*\): a tensor of type bfloat16/,
    pieces("b = Cast(t) to=16; c = Cast(b) to=1; d = MatMul(c, ~[6,6]); e = CastLike(d, b); u = Cast(e) to=1"),
  ],
  [/^operator\.onnx:u: operator Unheard is unknown to ONNX Runtime/, pieces("u = Unheard(t)")],
  [/^operator\.onnx:u: operator com\.microsoft:Unheard is unknown/, pieces("u = com.microsoft.Unheard(t)")],
  [/^operator\.onnx:o: .*Erf/, pieces("b = Cast(t) to=16; o = Erf(b); u = Cast(o) to=1")],
  [/^operator\.onnx:u: operator Own of the domain "my.own"/, pieces("u = my.own.Own(t)")],
];
