// Expressions compiled to a list of block instructions: each is one vectorised loop over up to 256 numbers.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "sgdyn/symbolic/graph.hpp"

namespace sgdyn::symbolic {

enum class BlockOperation : std::uint8_t {
  fill,    ///< nothing: the target is the offset
  affine,  ///< the first operand itself
  add,
  multiply,
  divide,
  power,
  maximum,
  maximum_constant,  ///< of the first operand and the shift of the second
  select,
  step,
  sign,
  absolute,
  exp,
  expm1,
  log,
  log1p,
  sine,
  cosine,
  tanh,
  erf,
  erfc,
  log_half_erfc,
  erfc_decay,
  erfc_decay_slope,
  softplus,
  sigmoid,
  sigmoid_slope,
  square_root
};

/// scale * block + shift: affine maps cost nothing, whatever reads the block applies them.
struct View {
  std::size_t source = 0;
  double scale = 1.0;
  double shift = 0.0;
};

/// target = factor * operation(operands) + offset
struct Instruction {
  BlockOperation operation = BlockOperation::affine;
  std::size_t target = 0;
  std::array<View, 3> operands{};
  double factor = 1.0;
  double offset = 0.0;
};

/// Immutable, so that any number of threads may evaluate one program.
class Program {
 public:
  static constexpr std::size_t block_size = 256;

  /// One output per entry of `outputs`; what they share is computed once. `variables` is the number of inputs.
  /// @throws TooLarge
  Program(const Graph& graph, std::span<const NodeId> outputs, std::size_t variables);

  /// outputs[j][i] from inputs[0][i], inputs[1][i], ... for i < count. An output array may be an input array if it is
  /// the only output, and otherwise must overlap none.
  void evaluate(std::span<const double* const> inputs, std::span<double* const> outputs, std::size_t count) const;

  [[nodiscard]] std::span<const Instruction> code() const { return code_; }

 private:
  void run(std::span<const double* const> inputs, std::span<double* const> outputs, std::size_t count) const;
  /// `memory` holds slots_ blocks.
  void run_in(double* memory, std::span<const double* const> inputs, std::span<double* const> outputs,
              std::size_t count) const;

  // Sources and targets: inputs, the block of zeros, outputs, then blocks of memory.
  std::size_t inputs_;
  std::size_t outputs_;
  std::size_t slots_ = 0;
  std::vector<Instruction> code_;
};

}  // namespace sgdyn::symbolic
