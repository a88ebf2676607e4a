#include "sgdyn/symbolic/derivative.hpp"

#include <array>
#include <numbers>

namespace sgdyn::symbolic {
namespace {

class Differentiation {
 public:
  Differentiation(Graph& graph, std::size_t variable) : graph_(graph), variable_(variable) {}

  NodeId run(NodeId id) {
    const std::array<NodeId, 1> outputs{id};
    derivatives_.assign(static_cast<std::size_t>(id) + 1, -1);
    for (const NodeId node : reachable(graph_, outputs)) derivatives_[static_cast<std::size_t>(node)] = of(node);
    return derivatives_.back();
  }

 private:
  [[nodiscard]] NodeId known(NodeId operand) const { return derivatives_[static_cast<std::size_t>(operand)]; }

  NodeId of(NodeId id) {
    const Node node = graph_[id];  // a copy: the graph grows below
    switch (node.operation) {
      case Operation::constant: return graph_.constant(0.0);
      case Operation::variable: return graph_.constant(node.value == static_cast<double>(variable_) ? 1.0 : 0.0);
      case Operation::sum: return sum(node);
      case Operation::product: return product(node);
      case Operation::power: return power(node, id);
      case Operation::maximum:
        return graph_.select(graph_.difference(node.operands[1], node.operands[0]), known(node.operands[1]),
                             known(node.operands[0]));
      case Operation::select: return graph_.select(node.operands[0], known(node.operands[1]), known(node.operands[2]));
      default: return chain(node, id);
    }
  }

  NodeId sum(const Node& node) {
    std::vector<NodeId> terms;
    for (const NodeId operand : node.operands) terms.push_back(known(operand));
    return graph_.sum(terms);
  }

  NodeId product(const Node& node) {
    std::vector<NodeId> terms;
    for (std::size_t i = 0; i < node.operands.size(); ++i) {
      if (graph_.is_constant(known(node.operands[i]), 0.0)) continue;
      std::vector<NodeId> factors = node.operands;
      factors[i] = known(node.operands[i]);
      terms.push_back(graph_.product(factors, node.value));
    }
    return graph_.sum(terms);
  }

  NodeId power(const Node& node, NodeId id) {
    const NodeId base = node.operands[0];
    const NodeId exponent = node.operands[1];
    std::vector<NodeId> terms;
    if (!graph_.is_constant(known(base), 0.0)) {
      const NodeId lower = graph_.power(base, graph_.sum({exponent}, -1.0));
      terms.push_back(graph_.product({exponent, lower, known(base)}));
    }
    if (!graph_.is_constant(known(exponent), 0.0)) {
      terms.push_back(graph_.product({id, graph_.apply(Operation::log, base), known(exponent)}));
    }
    return graph_.sum(terms);
  }

  NodeId chain(const Node& node, NodeId id) {
    const NodeId x = node.operands[0];
    if (graph_.is_constant(known(x), 0.0)) return graph_.constant(0.0);
    return graph_.product({slope(node.operation, x, id), known(x)});
  }

  /// f'(x) for the node `id` = f(x).
  NodeId slope(Operation operation, NodeId x, NodeId id) {
    constexpr double two_over_root_pi = 2.0 * std::numbers::inv_sqrtpi;
    switch (operation) {
      case Operation::absolute: return graph_.apply(Operation::sign, x);
      case Operation::exp: return id;
      case Operation::expm1: return graph_.apply(Operation::exp, x);
      case Operation::log: return graph_.power(x, -1.0);
      case Operation::log1p: return graph_.power(graph_.sum({x}, 1.0), -1.0);
      case Operation::sine: return graph_.apply(Operation::cosine, x);
      case Operation::cosine: return graph_.negated(graph_.apply(Operation::sine, x));
      // 1 - tanh^2 without cancellation
      case Operation::tanh: return graph_.scaled(graph_.apply(Operation::sigmoid_slope, graph_.scaled(x, 2.0)), 4.0);
      case Operation::erf: return graph_.scaled(bell(x), two_over_root_pi);
      case Operation::erfc: return graph_.scaled(bell(x), -two_over_root_pi);
      case Operation::log_half_erfc: return graph_.negated(graph_.apply(Operation::erfc_decay, x));
      case Operation::erfc_decay: return graph_.apply(Operation::erfc_decay_slope, x);
      case Operation::erfc_decay_slope: return decay_curvature(x, id);
      case Operation::softplus: return graph_.apply(Operation::sigmoid, x);
      case Operation::sigmoid: return graph_.apply(Operation::sigmoid_slope, x);
      case Operation::sigmoid_slope:
        return graph_.product({id, graph_.apply(Operation::tanh, graph_.scaled(x, 0.5))}, -1.0);
      default: return graph_.constant(0.0);  // step and sign
    }
  }

  /// e^(-x^2)
  NodeId bell(NodeId x) { return graph_.apply(Operation::exp, graph_.negated(graph_.power(x, 2.0))); }

  /// f'' = f' (2 f - 2 x) - 2 f of f = erfc_decay(x), `slope` = f'.
  NodeId decay_curvature(NodeId x, NodeId slope) {
    const NodeId decay = graph_.apply(Operation::erfc_decay, x);
    const NodeId excess = graph_.scaled(graph_.difference(decay, x), 2.0);
    return graph_.difference(graph_.product({slope, excess}), graph_.scaled(decay, 2.0));
  }

  Graph& graph_;
  std::size_t variable_;
  std::vector<NodeId> derivatives_;
};

}  // namespace

NodeId derivative(Graph& graph, NodeId id, std::size_t variable) { return Differentiation(graph, variable).run(id); }

NodeId magnitude(Graph& graph, NodeId id) {
  const std::array<NodeId, 1> outputs{id};
  std::vector<NodeId> sizes(static_cast<std::size_t>(id) + 1, -1);
  for (const NodeId here : reachable(graph, outputs)) {
    const Node node = graph[here];
    std::vector<NodeId> operands;
    for (const NodeId operand : node.operands) operands.push_back(sizes[static_cast<std::size_t>(operand)]);
    NodeId size = graph.apply(Operation::absolute, here);
    if (node.operation == Operation::sum) size = graph.sum(operands, std::abs(node.value));
    if (node.operation == Operation::product) size = graph.product(operands, std::abs(node.value));
    if (node.operation == Operation::maximum) size = graph.maximum(operands[0], operands[1]);
    if (node.operation == Operation::absolute) size = operands[0];
    if (node.operation == Operation::select) size = graph.select(node.operands[0], operands[1], operands[2]);
    if (node.operation == Operation::step) size = here;
    sizes[static_cast<std::size_t>(here)] = size;
  }
  return sizes.back();
}

std::vector<NodeId> reachable(const Graph& graph, std::span<const NodeId> outputs) {
  std::vector<char> used(graph.size(), 0);
  for (const NodeId id : outputs) used[static_cast<std::size_t>(id)] = 1;
  for (std::size_t i = graph.size(); i-- > 0;) {
    if (used[i] == 0) continue;
    for (const NodeId operand : graph[static_cast<NodeId>(i)].operands) used[static_cast<std::size_t>(operand)] = 1;
  }
  std::vector<NodeId> ids;
  for (std::size_t i = 0; i < graph.size(); ++i) {
    if (used[i] != 0) ids.push_back(static_cast<NodeId>(i));
  }
  return ids;
}

}  // namespace sgdyn::symbolic
