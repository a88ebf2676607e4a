#include "sgdyn/symbolic/finiteness.hpp"

#include <algorithm>
#include <cmath>

#include "sgdyn/symbolic/derivative.hpp"

namespace sgdyn::symbolic {
namespace {

class Evaluation {
 public:
  Evaluation(const Graph& graph, double x) : graph_(graph), x_(x), results_(graph.size()) {}

  Finiteness run(std::span<const NodeId> outputs) {
    for (const NodeId id : reachable(graph_, outputs)) results_[static_cast<std::size_t>(id)] = result(graph_[id]);
    Finiteness worst = Finiteness::finite;
    for (const NodeId id : outputs) worst = std::max(worst, of(id).state);
    return worst;
  }

 private:
  struct Result {
    double value = 0.0;
    Finiteness state = Finiteness::finite;
  };

  [[nodiscard]] const Result& of(NodeId id) const { return results_[static_cast<std::size_t>(id)]; }

  [[nodiscard]] Result result(const Node& node) const {
    if (node.operation == Operation::select) return of(node.operands[of(node.operands[0]).value > 0.0 ? 1 : 2]);
    const double value = value_of(node);
    if (std::isfinite(value)) return {value, Finiteness::finite};
    Finiteness worst = Finiteness::finite;
    for (const NodeId id : node.operands) worst = std::max(worst, of(id).state);
    return {value, worst == Finiteness::finite ? cause(node) : worst};
  }

  [[nodiscard]] double value_of(const Node& node) const {
    switch (node.operation) {
      case Operation::constant: return node.value;
      case Operation::variable: return x_;
      case Operation::sum: return sum(node);
      case Operation::product: return product(node);
      case Operation::power: return std::pow(of(node.operands[0]).value, of(node.operands[1]).value);
      case Operation::maximum: return std::max(of(node.operands[0]).value, of(node.operands[1]).value);
      default: return apply(node.operation, of(node.operands[0]).value);
    }
  }

  [[nodiscard]] double sum(const Node& node) const {
    double result = node.value;
    for (const NodeId id : node.operands) result += of(id).value;
    return result;
  }

  [[nodiscard]] double product(const Node& node) const {
    double result = node.value;
    for (const NodeId id : node.operands) {
      if (graph_[id].operation == Operation::step && of(id).value == 0.0) return 0.0;
      result *= of(id).value;
    }
    return result;
  }

  /// Of a node that is not finite while its operands are.
  [[nodiscard]] Finiteness cause(const Node& node) const {
    switch (node.operation) {
      case Operation::log:
      case Operation::log1p: return Finiteness::undefined;
      case Operation::power: {
        // A positive base has vanished by underflow, and its inverse overflows.
        const bool large = std::fabs(of(node.operands[0]).value) > 1.0 && !std::isnan(value_of(node));
        return large || graph_.is_positive(node.operands[0]) ? Finiteness::overflow : Finiteness::undefined;
      }
      default: return Finiteness::overflow;
    }
  }

  const Graph& graph_;
  double x_;
  std::vector<Result> results_;
};

}  // namespace

Finiteness finiteness(const Graph& graph, std::span<const NodeId> outputs, double x) {
  return Evaluation(graph, x).run(outputs);
}

}  // namespace sgdyn::symbolic
