#include "sgdyn/symbolic/program.hpp"

#include <algorithm>

#include "sgdyn/numerics/scaled_erfc.hpp"
#include "sgdyn/numerics/vector_math.hpp"
#include "sgdyn/symbolic/compiler.hpp"

namespace sgdyn::symbolic {
namespace {

constexpr std::array<double, Program::block_size> zeros{};

/// The blocks of an instruction, found.
struct Blocks {
  const double* a;
  const double* b;
  const double* c;
  double* target;
  std::size_t count;
};

template <class F>
void map(const Blocks& blocks, F function) {
  const double* a = blocks.a;
  double* target = blocks.target;
  const std::size_t count = blocks.count;
#pragma omp simd
  for (std::size_t i = 0; i < count; ++i) target[i] = function(a[i]);
}

template <class F>
void unary(const Instruction& instruction, const Blocks& blocks, F function) {
  const View x = instruction.operands[0];
  const double factor = instruction.factor;
  const double offset = instruction.offset;
  if (factor == 1.0 && offset == 0.0) {
    map(blocks, [=](double a) { return function(x.scale * a + x.shift); });
  } else {
    map(blocks, [=](double a) { return factor * function(x.scale * a + x.shift) + offset; });
  }
}

template <class F>
void binary(const Instruction& instruction, const Blocks& blocks, F function) {
  const View x = instruction.operands[0];
  const View y = instruction.operands[1];
  const double* a = blocks.a;
  const double* b = blocks.b;
  double* target = blocks.target;
  const double factor = instruction.factor;
  const double offset = instruction.offset;
  const std::size_t count = blocks.count;
#pragma omp simd
  for (std::size_t i = 0; i < count; ++i) {
    target[i] = factor * function(x.scale * a[i] + x.shift, y.scale * b[i] + y.shift) + offset;
  }
}

void select(const Instruction& instruction, const Blocks& blocks) {
  const View condition = instruction.operands[0];
  const View yes = instruction.operands[1];
  const View no = instruction.operands[2];
  const double* a = blocks.a;
  const double* b = blocks.b;
  const double* c = blocks.c;
  double* target = blocks.target;
  const double factor = instruction.factor;
  const double offset = instruction.offset;
  const std::size_t count = blocks.count;
#pragma omp simd
  for (std::size_t i = 0; i < count; ++i) {
    const double first = yes.scale * b[i] + yes.shift;
    const double second = no.scale * c[i] + no.shift;
    target[i] = factor * (condition.scale * a[i] + condition.shift > 0.0 ? first : second) + offset;
  }
}

template <class F>
void choose(const Instruction& instruction, const Blocks& blocks, F holds) {
  const double yes = instruction.factor + instruction.offset;
  const double no = instruction.offset;
  map(blocks, [=](double a) { return holds(a) ? yes : no; });
}

// a - b > 0 is a > b, also in floating point.
void step(const Instruction& instruction, const Blocks& blocks) {
  const View x = instruction.operands[0];
  if (x.scale == 1.0) return choose(instruction, blocks, [=](double a) { return a > -x.shift; });
  if (x.scale == -1.0) return choose(instruction, blocks, [=](double a) { return a < x.shift; });
  choose(instruction, blocks, [=](double a) { return x.scale * a + x.shift > 0.0; });
}

void execute_function(const Instruction& instruction, const Blocks& blocks) {
  switch (instruction.operation) {
    case BlockOperation::exp: return unary(instruction, blocks, [](double x) { return std::exp(x); });
    case BlockOperation::expm1: return unary(instruction, blocks, [](double x) { return std::expm1(x); });
    case BlockOperation::log: return unary(instruction, blocks, [](double x) { return std::log(x); });
    case BlockOperation::log1p: return unary(instruction, blocks, [](double x) { return std::log1p(x); });
    case BlockOperation::sine: return unary(instruction, blocks, [](double x) { return std::sin(x); });
    case BlockOperation::cosine: return unary(instruction, blocks, [](double x) { return std::cos(x); });
    case BlockOperation::tanh: return unary(instruction, blocks, [](double x) { return std::tanh(x); });
    case BlockOperation::erf: return unary(instruction, blocks, [](double x) { return std::erf(x); });
    case BlockOperation::erfc: return unary(instruction, blocks, [](double x) { return std::erfc(x); });
    case BlockOperation::log_half_erfc: return unary(instruction, blocks, [](double x) { return log_half_erfc(x); });
    case BlockOperation::erfc_decay: return unary(instruction, blocks, [](double x) { return erfc_decay(x); });
    case BlockOperation::erfc_decay_slope:
      return unary(instruction, blocks, [](double x) { return erfc_decay_slope(x); });
    case BlockOperation::softplus:
      return unary(instruction, blocks,
                   [](double x) { return 0.5 * (std::fabs(x) + x) + std::log1p(std::exp(-std::fabs(x))); });
    case BlockOperation::sigmoid:
      return unary(instruction, blocks, [](double x) {
        const double e = std::exp(-std::fabs(x));
        return (x >= 0.0 ? 1.0 : e) / (1.0 + e);
      });
    case BlockOperation::sigmoid_slope:
      return unary(instruction, blocks, [](double x) {
        const double e = std::exp(-std::fabs(x));
        return e / ((1.0 + e) * (1.0 + e));
      });
    default: return;
  }
}

/// The cheap ones are looked for first.
void execute(const Instruction& instruction, const Blocks& blocks) {
  switch (instruction.operation) {
    case BlockOperation::fill: std::fill_n(blocks.target, blocks.count, instruction.offset); return;
    case BlockOperation::affine: return unary(instruction, blocks, [](double x) { return x; });
    case BlockOperation::add: return binary(instruction, blocks, [](double x, double y) { return x + y; });
    case BlockOperation::multiply: return binary(instruction, blocks, [](double x, double y) { return x * y; });
    case BlockOperation::divide: return binary(instruction, blocks, [](double x, double y) { return x / y; });
    case BlockOperation::power: return binary(instruction, blocks, [](double x, double y) { return std::pow(x, y); });
    case BlockOperation::maximum:
      return binary(instruction, blocks, [](double x, double y) { return y > x || y != y ? y : x; });
    case BlockOperation::maximum_constant:
      return unary(instruction, blocks,
                   [constant = instruction.operands[1].shift](double x) { return constant > x ? constant : x; });
    case BlockOperation::select: return select(instruction, blocks);
    case BlockOperation::step: return step(instruction, blocks);
    case BlockOperation::sign:
      return unary(instruction, blocks, [](double x) { return x > 0.0 ? 1.0 : (x < 0.0 ? -1.0 : 0.0); });
    case BlockOperation::absolute: return unary(instruction, blocks, [](double x) { return std::fabs(x); });
    case BlockOperation::square_root: return unary(instruction, blocks, [](double x) { return std::sqrt(x); });
    default: return execute_function(instruction, blocks);
  }
}

}  // namespace

Program::Program(const Graph& graph, std::span<const NodeId> outputs, std::size_t variables)
    : inputs_(variables), outputs_(outputs.size()) {
  detail::Compiled compiled = detail::compile(graph, outputs, variables);
  code_ = std::move(compiled.code);
  slots_ = compiled.slots;
}

void Program::run_in(double* memory, std::span<const double* const> inputs, std::span<double* const> outputs,
                     std::size_t count) const {
  const double* const* const input = inputs.data();
  double* const* const output = outputs.data();
  const std::size_t first_output = inputs_ + 1;
  const std::size_t first_slot = first_output + outputs_;
  for (std::size_t start = 0; start < count; start += block_size) {
    const auto source = [&](std::size_t block) -> const double* {
      if (block < inputs_) return input[block] + start;
      if (block >= first_slot) return memory + (block - first_slot) * block_size;
      return block == inputs_ ? zeros.data() : output[block - first_output] + start;
    };
    for (const Instruction& instruction : code_) {
      const std::size_t target = instruction.target;
      double* const written =
          target < first_slot ? output[target - first_output] + start : memory + (target - first_slot) * block_size;
      const std::size_t length = std::min(block_size, count - start);
      const double* const first = source(instruction.operands[0].source);
      execute(instruction,
              {first, source(instruction.operands[1].source), source(instruction.operands[2].source), written, length});
    }
  }
}

// Apart from the rest, so that what needs no memory does not pay for its stack.
[[gnu::noinline]] void Program::run(std::span<const double* const> inputs, std::span<double* const> outputs,
                                    std::size_t count) const {
  constexpr std::size_t few = 8;
  if (slots_ <= few) {
    alignas(64) std::array<double, few * block_size> memory;  // every block is written before it is read
    run_in(memory.data(), inputs, outputs, count);
  } else {
    std::vector<double> memory(slots_ * block_size);
    run_in(memory.data(), inputs, outputs, count);
  }
}

void Program::evaluate(std::span<const double* const> inputs, std::span<double* const> outputs,
                       std::size_t count) const {
  if (slots_ == 0) return run_in(nullptr, inputs, outputs, count);
  run(inputs, outputs, count);
}

}  // namespace sgdyn::symbolic
