#include "sgdyn/symbolic/graph.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "sgdyn/numerics/scaled_erfc.hpp"

namespace sgdyn::symbolic {

double apply(Operation operation, double x) {
  switch (operation) {
    case Operation::step: return x > 0.0 ? 1.0 : 0.0;
    case Operation::sign: return x > 0.0 ? 1.0 : x < 0.0 ? -1.0 : 0.0;
    case Operation::absolute: return std::fabs(x);
    case Operation::exp: return std::exp(x);
    case Operation::expm1: return std::expm1(x);
    case Operation::log: return std::log(x);
    case Operation::log1p: return std::log1p(x);
    case Operation::sine: return std::sin(x);
    case Operation::cosine: return std::cos(x);
    case Operation::tanh: return std::tanh(x);
    case Operation::erf: return std::erf(x);
    case Operation::erfc: return std::erfc(x);
    case Operation::log_half_erfc: return log_half_erfc(x);
    case Operation::erfc_decay: return erfc_decay(x);
    case Operation::erfc_decay_slope: return erfc_decay_slope(x);
    case Operation::softplus: return std::max(x, 0.0) + std::log1p(std::exp(-std::fabs(x)));
    case Operation::sigmoid: return x >= 0.0 ? 1.0 / (1.0 + std::exp(-x)) : std::exp(x) / (1.0 + std::exp(x));
    case Operation::sigmoid_slope: {
      const double e = std::exp(-std::fabs(x));
      return e / ((1.0 + e) * (1.0 + e));
    }
    default: throw std::logic_error("not a function of one number");
  }
}

bool is_power_of_two(double x) {
  int exponent = 0;
  return std::fabs(std::frexp(x, &exponent)) == 0.5;
}

NodeId Graph::intern(Node node) {
  if (!std::isfinite(node.value)) throw NotFinite();
  if (const auto found = ids_.find(node); found != ids_.end()) return found->second;
  size_ += node.operands.size() + 1;
  if (size_ > max_size) throw TooLarge();
  const auto id = static_cast<NodeId>(nodes_.size());
  ids_.emplace(node, id);
  nodes_.push_back(std::move(node));
  return id;
}

// + 0.0 turns -0 into 0, so that the two are one node.
NodeId Graph::constant(double value) { return intern({Operation::constant, value + 0.0, {}}); }

NodeId Graph::variable(std::size_t index) { return intern({Operation::variable, static_cast<double>(index), {}}); }

NodeId Graph::maximum(NodeId a, NodeId b) {
  if (a == b) return a;
  if (is_constant(a) && is_constant(b)) return constant(std::max((*this)[a].value, (*this)[b].value));
  if (is_constant(b) || (!is_constant(a) && b < a)) std::swap(a, b);
  return intern({Operation::maximum, 0.0, {a, b}});
}

// Only the sign of a condition matters.
NodeId Graph::condition(NodeId x) {
  const Node& node = (*this)[x];
  if (node.operation != Operation::product || std::fabs(node.value) == 1.0) return x;
  return product(std::vector<NodeId>(node.operands), node.value > 0.0 ? 1.0 : -1.0);
}

NodeId Graph::select(NodeId condition, NodeId yes, NodeId no) {
  if (yes == no) return yes;
  if (is_constant(condition)) return (*this)[condition].value > 0.0 ? yes : no;
  if (is_constant(no, 0.0)) return product({apply(Operation::step, condition), yes});
  if (is_constant(yes) && is_constant(no)) {
    const double base = (*this)[no].value;
    return sum({scaled(apply(Operation::step, condition), (*this)[yes].value - base)}, base);
  }
  return intern({Operation::select, 0.0, {this->condition(condition), yes, no}});
}

bool Graph::is_positive(NodeId id) const {
  switch ((*this)[id].operation) {
    case Operation::constant: return (*this)[id].value > 0.0;
    case Operation::exp:
    case Operation::erfc:
    case Operation::erfc_decay:
    case Operation::erfc_decay_slope:
    case Operation::softplus:
    case Operation::sigmoid:
    case Operation::sigmoid_slope: return true;
    case Operation::power: return is_positive((*this)[id].operands[0]);
    case Operation::sum:
    case Operation::product: {
      const std::vector<NodeId>& operands = (*this)[id].operands;
      const bool sign = (*this)[id].operation == Operation::sum ? (*this)[id].value >= 0.0 : (*this)[id].value > 0.0;
      return sign && std::all_of(operands.begin(), operands.end(), [this](NodeId x) { return is_positive(x); });
    }
    default: return false;
  }
}

bool Graph::leads_with_minus(NodeId id) const {
  const Node& node = (*this)[id];
  if (node.operation == Operation::product) return node.value < 0.0;
  return node.operation == Operation::sum && leads_with_minus(node.operands.front());
}

NodeId Graph::apply(Operation operation, NodeId x) {
  if (is_constant(x)) return constant(symbolic::apply(operation, (*this)[x].value));
  const bool even =
      operation == Operation::absolute || operation == Operation::cosine || operation == Operation::sigmoid_slope;
  if (even && leads_with_minus(x)) x = negated(x);
  if (operation == Operation::absolute && is_positive(x)) return x;
  if (operation == Operation::step || operation == Operation::sign) x = condition(x);
  if (operation == Operation::log) return logarithm(x);
  if (operation == Operation::log1p) return logarithm(sum({x}, 1.0));
  return intern({operation, 0.0, {x}});
}

// log(1 + e^x) = softplus(x) and its relatives, and log(erfc(x)), which neither overflow nor cancel.
NodeId Graph::logarithm(NodeId x) {
  const Node node = (*this)[x];
  if (node.operation == Operation::exp) return node.operands[0];
  if (node.operation == Operation::sigmoid) {
    return negated(apply(Operation::softplus, negated(node.operands[0])));
  }
  if (node.operation == Operation::erfc) {
    return sum({apply(Operation::log_half_erfc, node.operands[0])}, std::numbers::ln2);
  }
  if (node.operation == Operation::power && is_positive(node.operands[0])) {
    return product({node.operands[1], logarithm(node.operands[0])});
  }
  if (node.operation == Operation::product && is_positive(x)) {
    std::vector<NodeId> logarithms;
    for (const NodeId factor : node.operands) logarithms.push_back(logarithm(factor));
    return sum(logarithms, std::log(node.value));
  }
  if (const auto found = exponentials(x)) {
    return sum({found->leading, apply(Operation::softplus, found->x)}, std::log(found->constant));
  }
  // log(1 + u) keeps every digit of a small u.
  if (node.operation == Operation::sum && node.value == 1.0) {
    return intern({Operation::log1p, 0.0, {sum(node.operands)}});
  }
  return intern({Operation::log, 0.0, {x}});
}

// The sum as constant e^leading (1 + e^x), where it is positive multiples of exponentials, e^0 among them: e^x holds
// all terms but the first, so that x is the logarithm of a shorter sum.
std::optional<Graph::Exponentials> Graph::exponentials(NodeId id) {
  const Node node = (*this)[id];
  if (node.operation != Operation::sum) return std::nullopt;
  std::vector<std::pair<double, NodeId>> terms;  // factor, exponent
  if (node.value != 0.0) terms.emplace_back(node.value, constant(0.0));
  for (const NodeId term : node.operands) {
    const auto [factor, rest] = split(term);
    if ((*this)[rest].operation != Operation::exp) return std::nullopt;
    terms.emplace_back(factor, (*this)[rest].operands[0]);
  }
  const bool positive = std::all_of(terms.begin(), terms.end(), [](const auto& term) { return term.first > 0.0; });
  if (terms.size() < 2 || !positive) return std::nullopt;
  const auto [factor, leading] = terms[0];
  if (terms.size() == 2) {
    return Exponentials{factor, leading, sum({terms[1].second, negated(leading)}, std::log(terms[1].first / factor))};
  }
  const auto first_operand = node.operands.begin() + (node.value == 0.0 ? 1 : 0);
  const NodeId rest = sum(std::vector<NodeId>(first_operand, node.operands.end()));
  return Exponentials{factor, leading, sum({logarithm(rest), negated(leading)}, -std::log(factor))};
}

}  // namespace sgdyn::symbolic
