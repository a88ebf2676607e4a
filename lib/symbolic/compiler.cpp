#include "sgdyn/symbolic/compiler.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <optional>
#include <utility>

#include "sgdyn/symbolic/derivative.hpp"

namespace sgdyn::symbolic::detail {
namespace {

constexpr double largest_multiplied_power = 64.0;

BlockOperation block_operation(Operation operation) {
  switch (operation) {
    case Operation::step: return BlockOperation::step;
    case Operation::sign: return BlockOperation::sign;
    case Operation::absolute: return BlockOperation::absolute;
    case Operation::exp: return BlockOperation::exp;
    case Operation::expm1: return BlockOperation::expm1;
    case Operation::log: return BlockOperation::log;
    case Operation::log1p: return BlockOperation::log1p;
    case Operation::sine: return BlockOperation::sine;
    case Operation::cosine: return BlockOperation::cosine;
    case Operation::tanh: return BlockOperation::tanh;
    case Operation::erf: return BlockOperation::erf;
    case Operation::erfc: return BlockOperation::erfc;
    case Operation::log_half_erfc: return BlockOperation::log_half_erfc;
    case Operation::erfc_decay: return BlockOperation::erfc_decay;
    case Operation::erfc_decay_slope: return BlockOperation::erfc_decay_slope;
    case Operation::softplus: return BlockOperation::softplus;
    case Operation::sigmoid: return BlockOperation::sigmoid;
    case Operation::sigmoid_slope: return BlockOperation::sigmoid_slope;
    default: throw std::logic_error("not a function of one argument");
  }
}

/// Instructions in which every block is written once, blocks without limit: inputs, zeros, then one per instruction.
class Writer {
 public:
  Writer(const Graph& graph, std::size_t inputs) : graph_(graph), zeros_(inputs) {}

  std::vector<Instruction> write(std::span<const NodeId> outputs) {
    views_.resize(graph_.size());
    for (const NodeId id : reachable(graph_, outputs)) views_[static_cast<std::size_t>(id)] = view(id);
    for (const NodeId id : outputs) wanted_.push_back(known(id));
    for (const View& view : wanted_) results_.push_back(result(view));
    return std::move(code_);
  }

  /// The block of each output.
  [[nodiscard]] const std::vector<std::size_t>& results() const { return results_; }

 private:
  [[nodiscard]] const View& known(NodeId id) const { return views_[static_cast<std::size_t>(id)]; }
  [[nodiscard]] View constant(double value) const { return {zeros_, 0.0, value}; }

  View emit(BlockOperation operation, const View& a, const View& b = {}, const View& c = {}) {
    const std::size_t target = zeros_ + 1 + code_.size();
    code_.push_back({operation, target, {a, b, c}, 1.0, 0.0});
    return {target, 1.0, 0.0};
  }

  std::size_t emit_constant(double value) {
    const std::size_t target = emit(BlockOperation::fill, {}).source;
    code_.back().offset = value;
    return target;
  }

  /// factor * view; kept out of a view with a shift where that would round differently.
  View scaled(const View& view, double factor) {
    if (view.shift == 0.0 || view.scale == 0.0 || is_power_of_two(factor)) {
      return {view.source, factor * view.scale, factor * view.shift};
    }
    return {emit(BlockOperation::affine, view).source, factor, 0.0};
  }

  View view(NodeId id) {
    const Node& node = graph_[id];
    switch (node.operation) {
      case Operation::constant: return constant(node.value);
      case Operation::variable: return {static_cast<std::size_t>(node.value), 1.0, 0.0};
      case Operation::sum: return sum(node);
      case Operation::product: return product(node);
      case Operation::power: return power(node);
      case Operation::maximum: return maximum(known(node.operands[0]), known(node.operands[1]));
      case Operation::select:
        return emit(BlockOperation::select, known(node.operands[0]), known(node.operands[1]), known(node.operands[2]));
      default: return emit(block_operation(node.operation), known(node.operands[0]));
    }
  }

  View maximum(const View& a, const View& b) {
    if (a.source == zeros_) return emit(BlockOperation::maximum_constant, b, a);
    return emit(BlockOperation::maximum, a, b);
  }

  View sum(const Node& node) {
    View result = known(node.operands[0]);
    for (std::size_t i = 1; i < node.operands.size(); ++i) {
      result = emit(BlockOperation::add, result, known(node.operands[i]));
    }
    if (result.shift != 0.0 && node.value != 0.0) result = emit(BlockOperation::affine, result);
    result.shift += node.value;
    return result;
  }

  View product(const Node& node) {
    std::optional<View> above;
    std::optional<View> below;
    std::vector<View> masks;
    const auto multiply = [this](std::optional<View>& target, const View& factor) {
      target = target ? emit(BlockOperation::multiply, *target, factor) : factor;
    };
    for (const NodeId operand : node.operands) {
      const Node& factor = graph_[operand];
      if (factor.operation == Operation::step) {
        masks.push_back(known(factor.operands[0]));
      } else if (const auto exponent = multiplied(factor); exponent && *exponent < 0) {
        multiply(below, integer_power(factor.operands[0], -*exponent));
      } else {
        multiply(above, known(operand));
      }
    }
    if (!above && !below) {  // steps alone
      const View last = masks.back();
      masks.pop_back();
      above = emit(BlockOperation::step, last);
    }
    View result = above ? *above : constant(1.0);
    if (below) result = emit(BlockOperation::divide, result, *below);
    for (const View& mask : masks) result = emit(BlockOperation::select, mask, result, constant(0.0));
    return scaled(result, node.value);
  }

  /// The exponent, where the power is made of multiplications.
  [[nodiscard]] std::optional<int> multiplied(const Node& node) const {
    if (node.operation != Operation::power || !graph_.is_constant(node.operands[1])) return std::nullopt;
    const double exponent = graph_[node.operands[1]].value;
    if (std::floor(exponent) != exponent || std::fabs(exponent) > largest_multiplied_power) return std::nullopt;
    return static_cast<int>(exponent);
  }

  View integer_power(NodeId base, int exponent) {
    if (exponent == 1) return known(base);
    const auto key = std::make_pair(base, exponent);
    if (const auto found = powers_.find(key); found != powers_.end()) return found->second;
    const int half = exponent % 2 == 0 ? exponent / 2 : exponent - 1;
    const View left = integer_power(base, half);
    const View result = emit(BlockOperation::multiply, left, exponent % 2 == 0 ? left : known(base));
    powers_.emplace(key, result);
    return result;
  }

  View power(const Node& node) {
    const View& base = known(node.operands[0]);
    if (const auto exponent = multiplied(node)) {
      if (*exponent > 0) return integer_power(node.operands[0], *exponent);
      return emit(BlockOperation::divide, constant(1.0), integer_power(node.operands[0], -*exponent));
    }
    if (graph_.is_constant(node.operands[1], 0.5)) return emit(BlockOperation::square_root, base);
    if (graph_.is_constant(node.operands[1], -0.5)) {
      return emit(BlockOperation::divide, constant(1.0), emit(BlockOperation::square_root, base));
    }
    return emit(BlockOperation::power, base, known(node.operands[1]));
  }

  /// By an instruction, or by more than one output.
  [[nodiscard]] bool is_read(std::size_t block) const {
    const auto reads = [block](const View& view) { return view.source == block; };
    return std::count_if(wanted_.begin(), wanted_.end(), reads) > 1 ||
           std::any_of(code_.begin(), code_.end(), [&](const Instruction& instruction) {
             return std::any_of(instruction.operands.begin(), instruction.operands.end(), reads);
           });
  }

  /// A block of its own that holds the view: the affine map goes into the instruction before where nobody else reads
  /// it.
  std::size_t result(const View& view) {
    if (view.source == zeros_) return emit_constant(view.shift);
    if (view.source > zeros_ && !is_read(view.source)) {
      Instruction& writer = code_[view.source - zeros_ - 1];
      if (writer.offset == 0.0 || is_power_of_two(view.scale)) {
        writer.factor *= view.scale;
        writer.offset = view.scale * writer.offset + view.shift;
        return view.source;
      }
    }
    return emit(BlockOperation::affine, view).source;
  }

  const Graph& graph_;
  std::size_t zeros_;
  std::vector<View> views_;
  std::map<std::pair<NodeId, int>, View> powers_;
  std::vector<Instruction> code_;
  std::vector<View> wanted_;  ///< outputs, before they have a block of their own
  std::vector<std::size_t> results_;
};

std::size_t operand_count(BlockOperation operation) {
  switch (operation) {
    case BlockOperation::add:
    case BlockOperation::multiply:
    case BlockOperation::divide:
    case BlockOperation::power:
    case BlockOperation::maximum:
    case BlockOperation::maximum_constant: return 2;
    case BlockOperation::select: return 3;
    case BlockOperation::fill: return 0;
    default: return 1;
  }
}

/// Drops what no output needs, and gives the others as few blocks of memory as their lifetimes allow.
class Allocation {
 public:
  Allocation(std::vector<Instruction> code, const std::vector<std::size_t>& results, std::size_t zeros)
      : code_(std::move(code)), first_(zeros + 1), outputs_(results.size()), last_use_(code_.size(), never) {
    places_.assign(code_.size(), 0);
    for (std::size_t j = 0; j < results.size(); ++j) {
      last_use_[results[j] - first_] = code_.size();
      places_[results[j] - first_] = first_ + j;
    }
    find_last_uses();
  }

  Compiled run() {
    Compiled compiled;
    for (std::size_t i = 0; i < code_.size(); ++i) {
      if (last_use_[i] == never) continue;
      Instruction instruction = code_[i];
      for (std::size_t k = 0; k < instruction.operands.size(); ++k) {
        View& operand = instruction.operands[k];
        if (k >= operand_count(instruction.operation)) operand = {};
        if (operand.source < first_) continue;
        const std::size_t written = operand.source - first_;
        operand.source = places_[written];
        if (last_use_[written] == i) release(written);
      }
      if (places_[i] == 0) places_[i] = take();
      instruction.target = places_[i];
      compiled.code.push_back(instruction);
    }
    compiled.slots = slots_;
    return compiled;
  }

 private:
  static constexpr std::size_t never = static_cast<std::size_t>(-1);

  void find_last_uses() {
    for (std::size_t i = code_.size(); i-- > 0;) {
      if (last_use_[i] == never) continue;
      for (std::size_t k = 0; k < operand_count(code_[i].operation); ++k) {
        const std::size_t source = code_[i].operands[k].source;
        if (source >= first_ && last_use_[source - first_] == never) last_use_[source - first_] = i;
      }
    }
  }

  std::size_t take() {
    if (free_.empty()) return first_ + outputs_ + slots_++;
    const std::size_t place = free_.back();
    free_.pop_back();
    return place;
  }

  void release(std::size_t written) {
    last_use_[written] = code_.size();  // an operand given twice is released once
    free_.push_back(places_[written]);
  }

  std::vector<Instruction> code_;
  std::size_t first_;
  std::size_t outputs_;
  std::size_t slots_ = 0;
  std::vector<std::size_t> last_use_;
  std::vector<std::size_t> places_;
  std::vector<std::size_t> free_;
};

}  // namespace

Compiled compile(const Graph& graph, std::span<const NodeId> outputs, std::size_t inputs) {
  Writer writer(graph, inputs);
  std::vector<Instruction> code = writer.write(outputs);
  return Allocation(std::move(code), writer.results(), inputs).run();
}

}  // namespace sgdyn::symbolic::detail
