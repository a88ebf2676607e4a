// A formula evaluated as it stands, in long double: no simplification, no blocks. What the symbolic layer is held to.
#pragma once

#include <algorithm>
#include <cmath>
#include <span>
#include <stdexcept>
#include <vector>

#include "sgdyn/symbolic/syntax.hpp"

namespace sgdyn::testing_support {

class Oracle {
 public:
  Oracle(const symbolic::SyntaxTree& tree, std::span<const long double> variables) {
    for (const symbolic::SyntaxNode& node : tree.nodes) {
      std::vector<long double> x;
      for (const std::size_t operand : node.operands) x.push_back(values_[operand]);
      values_.push_back(value(node, x, variables));
    }
  }

  [[nodiscard]] long double value() const { return values_.back(); }

 private:
  using Kind = symbolic::SyntaxKind;
  using Function = symbolic::Function;

  static long double value(const symbolic::SyntaxNode& node, const std::vector<long double>& x,
                           std::span<const long double> variables) {
    switch (node.kind) {
      case Kind::number: return node.number;
      case Kind::variable: return variables[node.variable];
      case Kind::call: return call(node.function, x);
      case Kind::negate: return -x[0];
      case Kind::add: return x[0] + x[1];
      case Kind::subtract: return x[0] - x[1];
      case Kind::multiply: return x[0] * x[1];
      case Kind::divide: return x[0] / x[1];
      case Kind::power: return std::pow(x[0], x[1]);
      case Kind::less: return x[0] < x[1] ? 1.0L : 0.0L;
      case Kind::less_equal: return x[0] <= x[1] ? 1.0L : 0.0L;
      case Kind::greater: return x[0] > x[1] ? 1.0L : 0.0L;
      case Kind::greater_equal: return x[0] >= x[1] ? 1.0L : 0.0L;
    }
    throw std::logic_error("a kind the oracle does not know");
  }

  static long double call(Function function, const std::vector<long double>& x) {
    switch (function) {
      case Function::absolute: return std::fabs(x[0]);
      case Function::cosine: return std::cos(x[0]);
      case Function::erf: return std::erf(x[0]);
      case Function::erfc: return std::erfc(x[0]);
      case Function::exp: return std::exp(x[0]);
      case Function::expm1: return std::expm1(x[0]);
      case Function::log: return std::log(x[0]);
      case Function::log1p: return std::log1p(x[0]);
      case Function::maximum: return *std::max_element(x.begin(), x.end());
      case Function::minimum: return *std::min_element(x.begin(), x.end());
      case Function::sigmoid: return 1.0L / (1.0L + std::exp(-x[0]));
      case Function::sign: return x[0] > 0.0L ? 1.0L : (x[0] < 0.0L ? -1.0L : 0.0L);
      case Function::sine: return std::sin(x[0]);
      case Function::softplus: return std::max(x[0], 0.0L) + std::log1p(std::exp(-std::fabs(x[0])));
      case Function::square_root: return std::sqrt(x[0]);
      case Function::step: return x[0] > 0.0L ? 1.0L : 0.0L;
      case Function::tanh: return std::tanh(x[0]);
      case Function::piecewise: return piecewise(x);
    }
    throw std::logic_error("a function the oracle does not know");
  }

  static long double piecewise(const std::vector<long double>& x) {
    for (std::size_t i = 0; i + 1 < x.size(); i += 2) {
      if (x[i] != 0.0L) return x[i + 1];
    }
    return x.back();
  }

  std::vector<long double> values_;
};

}  // namespace sgdyn::testing_support
