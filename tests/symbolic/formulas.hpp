// Formulas of h to try things on, and their evaluation.
#pragma once

#include <array>
#include <cctype>
#include <cstdint>
#include <ostream>
#include <random>
#include <string>
#include <vector>

#include "sgdyn/symbolic/derivative.hpp"
#include "sgdyn/symbolic/lower.hpp"
#include "sgdyn/symbolic/program.hpp"
#include "symbolic/oracle.hpp"

namespace sgdyn::testing_support {

inline const std::vector<std::string> margin{"h"};

inline symbolic::SyntaxTree parsed(const std::string& formula) {
  return symbolic::parse(formula, margin, "loss.formula");
}

/// Writes a formula with the characters the name of a test may have.
inline void print_name(const std::string& formula, std::ostream* out) {
  for (const char c : formula) *out << (std::isalnum(static_cast<unsigned char>(c)) != 0 ? c : '_');
}

/// Value and two derivatives in one program.
class Compiled {
 public:
  explicit Compiled(const std::string& formula) : tree_(parsed(formula)), program_(compile(tree_)) {}

  [[nodiscard]] std::array<double, 3> operator()(double h) const {
    std::array<double, 3> result{};
    const double* input = &h;
    std::array<double*, 3> outputs{result.data(), result.data() + 1, result.data() + 2};
    program_.evaluate({&input, 1}, outputs, 1);
    return result;
  }
  [[nodiscard]] long double exact(long double h) const { return Oracle(tree_, {&h, 1}).value(); }
  [[nodiscard]] const symbolic::Program& program() const { return program_; }

 private:
  static symbolic::Program compile(const symbolic::SyntaxTree& tree) {
    symbolic::Graph graph;
    std::array<symbolic::NodeId, 3> outputs{};
    outputs[0] = symbolic::lower(tree, graph, "loss.formula");
    outputs[1] = symbolic::derivative(graph, outputs[0], 0);
    outputs[2] = symbolic::derivative(graph, outputs[1], 0);
    return {graph, outputs, 1};
  }

  symbolic::SyntaxTree tree_;
  symbolic::Program program_;
};

/// Random formulas that are finite nearly everywhere.
class RandomFormula {
 public:
  explicit RandomFormula(unsigned seed) : engine_(seed) {}

  std::string operator()(int depth) {
    if (depth == 0) return leaf();
    const std::string a = (*this)(depth - 1);
    switch (below(16)) {
      case 0: return "(" + a + "+" + (*this)(depth - 1) + ")";
      case 1: return "(" + a + "-" + (*this)(depth - 1) + ")";
      case 2: return "(" + a + "*" + (*this)(depth - 1) + ")";
      case 3: return "(" + a + "/(2+" + (*this)(depth - 1) + "^2))";
      case 4: return "(" + a + ")^" + std::to_string(below(4));
      case 5: return "tanh(" + a + ")";
      case 6: return "log(1+exp(" + a + "))";
      case 7: return "max(" + a + "," + (*this)(depth - 1) + ")";
      case 8: return "abs(" + a + ")";
      case 9: return "sqrt(1+(" + a + ")^2)";
      case 10: return "piecewise(" + a + "<=0," + (*this)(depth - 1) + "," + (*this)(depth - 1) + ")";
      case 11: return "sin(" + a + ")";
      case 12: return "exp(-(" + a + ")^2)";
      case 13: return "1/(1+exp(" + a + "))";
      case 14: return "min(" + a + ",1," + leaf() + ")";
      default: return "-" + a;
    }
  }

 private:
  int below(int bound) { return std::uniform_int_distribution<int>(0, bound - 1)(engine_); }
  std::string leaf() {
    static const std::array<const char*, 8> leaves{"h", "h", "h", "1", "0.7", "2", "(1-h)", "h/3"};
    return leaves[static_cast<std::size_t>(below(8))];
  }

  std::mt19937 engine_;
};

}  // namespace sgdyn::testing_support
