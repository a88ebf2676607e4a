// Expressions as a graph of shared, immutable nodes. Equal expressions are stored once, so they have equal ids;
// operands have smaller ids than what uses them, so that every algorithm is a loop over ids and nothing recurses.
// Construction simplifies (simplify.cpp): enough to keep derivatives small, and the rewrites without which exp
// overflows.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <stdexcept>
#include <utility>
#include <vector>

namespace sgdyn::symbolic {

enum class Operation : std::uint8_t {
  constant,          ///< value
  variable,          ///< index in `value`
  sum,               ///< value + operands
  product,           ///< value * operands; where a step among them is 0 the others are not looked at
  power,             ///< operand 0 to the power operand 1
  maximum,           ///< of two; a constant comes first
  select,            ///< operand 0 > 0 ? operand 1 : operand 2
  step,              ///< 1 for operand > 0, else 0
  sign,              ///< -1, 0, 1
  absolute,          ///< |x|
  exp,               ///<
  expm1,             ///<
  log,               ///<
  log1p,             ///<
  sine,              ///<
  cosine,            ///<
  tanh,              ///<
  erf,               ///<
  erfc,              ///<
  log_half_erfc,     ///< log(erfc(x) / 2)
  erfc_decay,        ///< 2/sqrt(pi) e^(-x^2) / erfc(x)
  erfc_decay_slope,  ///< its derivative, erfc_decay(x) (erfc_decay(x) - 2 x)
  softplus,          ///< log(1 + e^x)
  sigmoid,           ///< 1 / (1 + e^-x)
  sigmoid_slope      ///< sigmoid(x) sigmoid(-x)
};

using NodeId = std::int32_t;

struct Node {
  Operation operation = Operation::constant;
  double value = 0.0;
  std::vector<NodeId> operands;

  friend auto operator<=>(const Node&, const Node&) = default;
};

/// A constant that arises in an expression is infinite or NaN.
class NotFinite : public std::domain_error {
 public:
  NotFinite() : std::domain_error("a constant is not finite") {}
};

/// The graph has grown beyond max_size.
class TooLarge : public std::length_error {
 public:
  TooLarge() : std::length_error("the expression is too large") {}
};

/// All functions that make nodes throw NotFinite and TooLarge.
class Graph {
 public:
  /// Operands of all nodes together.
  static constexpr std::size_t max_size = 20000;

  [[nodiscard]] const Node& operator[](NodeId id) const { return nodes_[static_cast<std::size_t>(id)]; }
  [[nodiscard]] std::size_t size() const { return nodes_.size(); }

  NodeId constant(double value);
  NodeId variable(std::size_t index);
  NodeId sum(const std::vector<NodeId>& terms, double constant = 0.0);
  NodeId product(const std::vector<NodeId>& factors, double coefficient = 1.0);
  NodeId power(NodeId base, NodeId exponent);
  NodeId power(NodeId base, double exponent) { return power(base, constant(exponent)); }
  NodeId maximum(NodeId a, NodeId b);
  NodeId select(NodeId condition, NodeId yes, NodeId no);
  /// A function of one argument, from `step` on in the list of operations.
  NodeId apply(Operation operation, NodeId x);

  NodeId scaled(NodeId x, double factor) { return product({x}, factor); }
  NodeId negated(NodeId x) { return product({x}, -1.0); }
  NodeId difference(NodeId a, NodeId b) { return sum({a, negated(b)}); }

  [[nodiscard]] bool is_constant(NodeId id) const { return (*this)[id].operation == Operation::constant; }
  [[nodiscard]] bool is_constant(NodeId id, double value) const {
    return is_constant(id) && (*this)[id].value == value;
  }
  /// By its form, for every value of the variables.
  [[nodiscard]] bool is_positive(NodeId id) const;

 private:
  using Factors = std::map<NodeId, double>;  ///< base -> exponent, an integer unless it is 1

  struct Exponentials {  ///< constant e^leading (1 + e^x), a sum of two or more positive multiples of exponentials
    double constant = 1.0;
    NodeId leading = 0;
    NodeId x = 0;
  };

  NodeId intern(Node node);

  // products and powers
  void collect(NodeId factor, double exponent, Factors& factors, double& coefficient);
  void merge_exponentials(Factors& factors);
  void merge_sigmoids(Factors& factors, double& coefficient);
  void merge_kinks(Factors& factors);
  NodeId assemble(const Factors& factors, double coefficient);
  NodeId integer_power(NodeId base, double exponent);
  std::optional<NodeId> power_of_power(NodeId base, double exponent);

  // sums
  [[nodiscard]] std::pair<double, NodeId> split(NodeId term);
  void merge_complements(std::map<NodeId, double>& terms, double& constant);
  std::optional<NodeId> complement(const Node& function, double factor);
  void merge_softplus(std::map<NodeId, double>& terms, double& constant);
  std::optional<Exponentials> exponentials(NodeId sum);

  // functions
  NodeId logarithm(NodeId x);
  NodeId condition(NodeId x);
  [[nodiscard]] bool leads_with_minus(NodeId id) const;

  std::vector<Node> nodes_;
  std::map<Node, NodeId> ids_;
  std::size_t size_ = 0;
};

/// The function itself, for a number.
[[nodiscard]] double apply(Operation operation, double x);

/// Multiplication by it is exact.
[[nodiscard]] bool is_power_of_two(double x);

}  // namespace sgdyn::symbolic
