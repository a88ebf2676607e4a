// Sums, products and powers: like terms and equal bases are collected, and exp, sigmoid and step combine.
#include <algorithm>
#include <cmath>
#include <numbers>

#include "sgdyn/symbolic/graph.hpp"

namespace sgdyn::symbolic {
namespace {

bool is_integer(double x) { return std::floor(x) == x; }
bool is_even(double x) { return is_integer(0.5 * x); }

/// The exponent of `key` becomes `exponent`; 0 removes it.
void set(std::map<NodeId, double>& factors, NodeId key, double exponent) {
  if (exponent == 0.0) {
    factors.erase(key);
  } else {
    factors[key] = exponent;
  }
}

double get(const std::map<NodeId, double>& factors, NodeId key) {
  const auto found = factors.find(key);
  return found == factors.end() ? 0.0 : found->second;
}

std::vector<NodeId> keys(const std::map<NodeId, double>& factors) {
  std::vector<NodeId> result;
  result.reserve(factors.size());
  for (const auto& [key, exponent] : factors) result.push_back(key);
  return result;
}

}  // namespace

// ---- sums ----

std::pair<double, NodeId> Graph::split(NodeId term) {
  const Node node = (*this)[term];
  if (node.operation != Operation::product || node.value == 1.0) return {1.0, term};
  if (node.operands.size() == 1) return {node.value, node.operands[0]};
  return {node.value, intern({Operation::product, 1.0, node.operands})};
}

// 1 + factor f without cancellation, where there is a rule.
std::optional<NodeId> Graph::complement(const Node& function, double factor) {
  if (function.operands.size() != 1) return std::nullopt;
  const NodeId x = function.operands[0];
  const bool one = std::fabs(factor) == 1.0;
  switch (function.operation) {
    case Operation::sigmoid:
      if (factor == -1.0) return apply(Operation::sigmoid, negated(x));
      if (factor == -2.0) return negated(apply(Operation::tanh, scaled(x, 0.5)));
      return std::nullopt;
    case Operation::tanh:
      if (one) return scaled(apply(Operation::sigmoid, scaled(x, 2.0 * factor)), 2.0);
      return std::nullopt;
    case Operation::erf:
      if (one) return apply(Operation::erfc, scaled(x, -factor));
      return std::nullopt;
    default: return std::nullopt;
  }
}

// c - c sigmoid(x) = c sigmoid(-x), and the same for tanh and erf.
void Graph::merge_complements(std::map<NodeId, double>& terms, double& constant) {
  for (const NodeId id : keys(terms)) {
    if (constant == 0.0) return;
    const std::optional<NodeId> merged = complement(Node((*this)[id]), terms.at(id) / constant);
    if (!merged) continue;
    terms.erase(id);
    const auto [inner, rest] = split(*merged);
    terms[rest] += inner * constant;
    constant = 0.0;
  }
}

// softplus(x) - x = softplus(-x), without cancellation.
void Graph::merge_softplus(std::map<NodeId, double>& terms, double& constant) {
  for (const NodeId id : keys(terms)) {
    const Node node = (*this)[id];
    const double factor = get(terms, id);
    if (node.operation != Operation::softplus || factor == 0.0) continue;
    const NodeId x = node.operands[0];
    const Node argument = (*this)[x];
    const bool is_sum = argument.operation == Operation::sum;
    std::vector<std::pair<double, NodeId>> parts;
    for (const NodeId part : is_sum ? argument.operands : std::vector<NodeId>{x}) parts.push_back(split(part));
    const bool cancels = std::all_of(parts.begin(), parts.end(),
                                     [&](const auto& part) { return get(terms, part.second) == -factor * part.first; });
    if (!cancels) continue;
    for (const auto& part : parts) terms.erase(part.second);
    terms.erase(id);
    if (is_sum) constant += factor * argument.value;
    terms[apply(Operation::softplus, negated(x))] += factor;
  }
}

NodeId Graph::sum(const std::vector<NodeId>& terms, double constant) {
  std::map<NodeId, double> collected;
  std::vector<NodeId> open(terms.rbegin(), terms.rend());
  while (!open.empty()) {
    const Node node = (*this)[open.back()];
    const NodeId term = open.back();
    open.pop_back();
    if (node.operation == Operation::constant || node.operation == Operation::sum) {
      constant += node.value;
      open.insert(open.end(), node.operands.rbegin(), node.operands.rend());
      continue;
    }
    const auto [factor, rest] = split(term);
    collected[rest] += factor;
  }
  merge_complements(collected, constant);
  merge_softplus(collected, constant);
  Node result{Operation::sum, constant + 0.0, {}};
  for (const auto& [rest, factor] : collected) {
    if (factor != 0.0) result.operands.push_back(scaled(rest, factor));
  }
  if (result.operands.empty()) return this->constant(constant);
  if (result.operands.size() == 1 && constant == 0.0) return result.operands[0];
  std::sort(result.operands.begin(), result.operands.end());
  return intern(std::move(result));
}

// ---- products ----

void Graph::collect(NodeId factor, double exponent, Factors& factors, double& coefficient) {
  const Node node = (*this)[factor];
  if (node.operation == Operation::constant) {
    coefficient *= std::pow(node.value, exponent);
  } else if (node.operation == Operation::product) {
    coefficient *= std::pow(node.value, exponent);
    for (const NodeId inner : node.operands) collect(inner, exponent, factors, coefficient);
  } else if (node.operation == Operation::power && is_constant(node.operands[1]) &&
             is_integer((*this)[node.operands[1]].value)) {
    collect(node.operands[0], exponent * (*this)[node.operands[1]].value, factors, coefficient);
  } else {
    set(factors, factor, get(factors, factor) + exponent);
  }
}

// e^a e^b = e^(a+b), and e^x sigmoid(-x) = sigmoid(x).
void Graph::merge_exponentials(Factors& factors) {
  std::vector<NodeId> exponents;
  for (const NodeId key : keys(factors)) {
    const Node node = (*this)[key];
    if (node.operation != Operation::exp) continue;
    exponents.push_back(scaled(node.operands[0], factors.at(key)));
    factors.erase(key);
  }
  if (exponents.empty()) return;
  const NodeId exponent = sum(exponents);
  for (const NodeId key : keys(factors)) {
    const Node node = (*this)[key];
    const double count = factors.at(key);
    if (node.operation != Operation::sigmoid || count < 1.0) continue;
    const NodeId x = negated(node.operands[0]);
    for (double m = 1.0; m <= std::min(count, 4.0); m += 1.0) {
      if (exponent != scaled(x, m)) continue;
      set(factors, key, count - m);
      const NodeId mirrored = apply(Operation::sigmoid, x);
      set(factors, mirrored, get(factors, mirrored) + m);
      return;
    }
  }
  const NodeId merged = apply(Operation::exp, exponent);
  if (!is_constant(merged, 1.0)) set(factors, merged, 1.0);
}

// sigmoid(x) sigmoid(-x) is one function of its own.
void Graph::merge_sigmoids(Factors& factors, double& coefficient) {
  for (const NodeId key : keys(factors)) {
    const Node node = (*this)[key];
    const double here = get(factors, key);
    if (node.operation != Operation::sigmoid || here < 1.0) continue;
    const NodeId mirrored = apply(Operation::sigmoid, negated(node.operands[0]));
    const double there = get(factors, mirrored);
    if (mirrored == key || there < 1.0) continue;
    const double both = std::min(here, there);
    set(factors, key, here - both);
    set(factors, mirrored, there - both);
    collect(apply(Operation::sigmoid_slope, node.operands[0]), both, factors, coefficient);
  }
}

// step^n = step, step(x) max(0, x) = max(0, x), sign(x) |x| = x, sign^2 = 1, |x|^2 = x^2: true wherever the slope is
// defined.
void Graph::merge_kinks(Factors& factors) {
  for (const NodeId key : keys(factors)) {
    const Node node = (*this)[key];
    const double exponent = get(factors, key);
    if (node.operation == Operation::step && exponent > 0.0) {
      const NodeId positive_part = maximum(constant(0.0), node.operands[0]);
      set(factors, key, get(factors, positive_part) > 0.0 ? 0.0 : 1.0);
    } else if (node.operation == Operation::sign) {
      set(factors, key, is_even(exponent) ? 0.0 : 1.0);
      const NodeId size = apply(Operation::absolute, node.operands[0]);
      if (is_even(exponent) || get(factors, size) != 1.0 || leads_with_minus(node.operands[0])) continue;
      factors.erase(key);
      factors.erase(size);
      set(factors, node.operands[0], get(factors, node.operands[0]) + 1.0);
    } else if (node.operation == Operation::absolute && is_integer(exponent) && is_even(exponent)) {
      factors.erase(key);
      set(factors, node.operands[0], get(factors, node.operands[0]) + exponent);
    }
  }
}

NodeId Graph::assemble(const Factors& factors, double coefficient) {
  std::vector<NodeId> operands;
  for (const auto& [base, exponent] : factors) {
    operands.push_back(exponent == 1.0 ? base : intern({Operation::power, 0.0, {base, constant(exponent)}}));
  }
  if (operands.empty() || coefficient == 0.0) return constant(coefficient);
  if (operands.size() == 1) {
    if (coefficient == 1.0) return operands[0];
    const Node node = (*this)[operands[0]];
    if (node.operation == Operation::sum && is_power_of_two(coefficient)) {  // exact, so worth distributing
      std::vector<NodeId> terms;
      for (const NodeId term : node.operands) terms.push_back(scaled(term, coefficient));
      return sum(terms, coefficient * node.value);
    }
  }
  std::sort(operands.begin(), operands.end());
  return intern({Operation::product, coefficient, std::move(operands)});
}

NodeId Graph::product(const std::vector<NodeId>& given, double coefficient) {
  Factors factors;
  for (const NodeId factor : given) collect(factor, 1.0, factors, coefficient);
  if (!std::isfinite(coefficient)) throw NotFinite();
  merge_kinks(factors);
  merge_exponentials(factors);
  merge_sigmoids(factors, coefficient);
  return assemble(factors, coefficient);
}

// ---- powers ----

NodeId Graph::integer_power(NodeId base, double exponent) {
  Factors factors;
  double coefficient = 1.0;
  collect(base, exponent, factors, coefficient);
  if (!std::isfinite(coefficient)) throw NotFinite();
  merge_kinks(factors);
  merge_exponentials(factors);
  merge_sigmoids(factors, coefficient);
  return assemble(factors, coefficient);
}

// (x^2)^p = |x|^(2p): without it the kink of sqrt(x^2) would not be seen. A positive factor is taken out for that.
std::optional<NodeId> Graph::power_of_power(NodeId base, double exponent) {
  const Node node = (*this)[base];
  if (node.operation == Operation::product && node.value > 0.0 && node.value != 1.0) {
    return scaled(power(product(node.operands), exponent), std::pow(node.value, exponent));
  }
  if (node.operation != Operation::power || !is_constant(node.operands[1])) return std::nullopt;
  const double inner = (*this)[node.operands[1]].value;
  if (!is_even(inner)) return std::nullopt;
  return power(apply(Operation::absolute, node.operands[0]), inner * exponent);
}

NodeId Graph::power(NodeId base, NodeId exponent) {
  if (is_constant(base, std::numbers::e)) return apply(Operation::exp, exponent);
  if ((*this)[base].operation == Operation::exp) {
    return apply(Operation::exp, product({(*this)[base].operands[0], exponent}));
  }
  if (!is_constant(exponent)) return intern({Operation::power, 0.0, {base, exponent}});
  const double p = (*this)[exponent].value;
  if (p == 0.0) return constant(1.0);
  if (p == 1.0) return base;
  if (is_constant(base)) return constant(std::pow((*this)[base].value, p));
  if (p < 0.0) {  // 1 / (c (1 + e^x)) = sigmoid(-x) / c
    const auto found = exponentials(base);
    if (found && is_constant(found->leading, 0.0)) {
      return scaled(power(apply(Operation::sigmoid, negated(found->x)), -p), std::pow(found->constant, p));
    }
  }
  if (is_integer(p)) return integer_power(base, p);
  if (const auto merged = power_of_power(base, p)) return *merged;
  return intern({Operation::power, 0.0, {base, exponent}});
}

}  // namespace sgdyn::symbolic
