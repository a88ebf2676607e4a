#include "sgdyn/symbolic/lower.hpp"

#include <cmath>

#include "sgdyn/core/parameters.hpp"
#include "sgdyn/symbolic/formula_error.hpp"

namespace sgdyn::symbolic {
namespace {

Operation operation_of(Function function) {
  switch (function) {
    case Function::absolute: return Operation::absolute;
    case Function::cosine: return Operation::cosine;
    case Function::erf: return Operation::erf;
    case Function::erfc: return Operation::erfc;
    case Function::exp: return Operation::exp;
    case Function::expm1: return Operation::expm1;
    case Function::log: return Operation::log;
    case Function::log1p: return Operation::log1p;
    case Function::sigmoid: return Operation::sigmoid;
    case Function::sign: return Operation::sign;
    case Function::sine: return Operation::sine;
    case Function::softplus: return Operation::softplus;
    case Function::step: return Operation::step;
    case Function::tanh: return Operation::tanh;
    default: throw std::logic_error("not a function of one argument");
  }
}

class Lowering {
 public:
  Lowering(const SyntaxTree& tree, Graph& graph, const std::string& key) : tree_(tree), graph_(graph), key_(key) {}

  NodeId run() {
    for (const SyntaxNode& node : tree_.nodes) ids_.push_back(checked(node));
    return ids_.back();
  }

 private:
  [[nodiscard]] InputError error(const std::string& sentence, std::size_t position) const {
    return formula_error(key_, sentence, tree_.text, position);
  }

  NodeId checked(const SyntaxNode& node) {
    try {
      return lowered(node);
    } catch (const NotFinite&) {
      throw error("this part has no finite value", node.position);
    } catch (const TooLarge&) {
      throw error("the formula is too complicated", node.position);
    }
  }

  [[nodiscard]] NodeId operand(const SyntaxNode& node, std::size_t i) const { return ids_[node.operands[i]]; }

  NodeId lowered(const SyntaxNode& node) {
    switch (node.kind) {
      case SyntaxKind::number: return graph_.constant(node.number);
      case SyntaxKind::variable: return graph_.variable(node.variable);
      case SyntaxKind::call: return call(node);
      case SyntaxKind::negate: return graph_.negated(operand(node, 0));
      case SyntaxKind::add: return graph_.sum({operand(node, 0), operand(node, 1)});
      case SyntaxKind::subtract: return graph_.difference(operand(node, 0), operand(node, 1));
      case SyntaxKind::multiply: return graph_.product({operand(node, 0), operand(node, 1)});
      case SyntaxKind::divide: return quotient(node);
      case SyntaxKind::power: return power(node);
      // Positive where the comparison holds (< and >) or fails (<= and >=); see piecewise.
      case SyntaxKind::less:
      case SyntaxKind::greater_equal: return graph_.difference(operand(node, 1), operand(node, 0));
      case SyntaxKind::greater:
      case SyntaxKind::less_equal: return graph_.difference(operand(node, 0), operand(node, 1));
    }
    throw std::logic_error("a syntax node of no kind");
  }

  NodeId quotient(const SyntaxNode& node) {
    if (graph_.is_constant(operand(node, 1), 0.0)) throw error("division by zero", node.position);
    return graph_.product({operand(node, 0), graph_.power(operand(node, 1), -1.0)});
  }

  NodeId power(const SyntaxNode& node) {
    const NodeId exponent = operand(node, 1);
    if (graph_.is_constant(exponent) && std::fabs(graph_[exponent].value) > max_exponent) {
      throw error("the exponent " + shortest(graph_[exponent].value) + " is out of range; allowed is -" +
                      shortest(max_exponent) + " to " + shortest(max_exponent),
                  tree_.nodes[node.operands[1]].position);
    }
    const NodeId base = operand(node, 0);
    if (graph_.is_constant(base) && graph_[base].value <= 0.0 && !graph_.is_constant(exponent)) {
      throw error("the base " + shortest(graph_[base].value) +
                      " has no power with an exponent that varies; allowed is a base above 0, or a constant exponent",
                  node.position);
    }
    return graph_.power(base, exponent);
  }

  NodeId call(const SyntaxNode& node) {
    switch (node.function) {
      case Function::square_root: return graph_.power(operand(node, 0), 0.5);
      case Function::maximum: return extreme(node, 1.0);
      case Function::minimum: return extreme(node, -1.0);  // min(a, b) = -max(-a, -b)
      case Function::piecewise: return piecewise(node);
      default: return graph_.apply(operation_of(node.function), operand(node, 0));
    }
  }

  NodeId extreme(const SyntaxNode& node, double direction) {
    NodeId result = graph_.scaled(operand(node, 0), direction);
    for (std::size_t i = 1; i < node.operands.size(); ++i) {
      result = graph_.maximum(result, graph_.scaled(operand(node, i), direction));
    }
    return graph_.scaled(result, direction);
  }

  NodeId piecewise(const SyntaxNode& node) {
    NodeId result = operand(node, node.operands.size() - 1);
    for (std::size_t i = node.operands.size() - 1; i >= 2; i -= 2) {
      const NodeId condition = operand(node, i - 2);
      const NodeId value = operand(node, i - 1);
      const SyntaxKind kind = tree_.nodes[node.operands[i - 2]].kind;
      const bool strict = kind == SyntaxKind::less || kind == SyntaxKind::greater;
      result = strict ? graph_.select(condition, value, result) : graph_.select(condition, result, value);
    }
    return result;
  }

  const SyntaxTree& tree_;
  Graph& graph_;
  const std::string& key_;
  std::vector<NodeId> ids_;
};

}  // namespace

NodeId lower(const SyntaxTree& tree, Graph& graph, const std::string& key) { return Lowering(tree, graph, key).run(); }

}  // namespace sgdyn::symbolic
