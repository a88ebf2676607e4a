#include <string>

#include "sgdyn/core/parameters.hpp"
#include "sgdyn/symbolic/derivative.hpp"

namespace sgdyn::symbolic {
namespace {

std::string name_of(Operation operation) {
  switch (operation) {
    case Operation::maximum: return "max";
    case Operation::step: return "step";
    case Operation::sign: return "sign";
    case Operation::absolute: return "abs";
    case Operation::exp: return "exp";
    case Operation::expm1: return "expm1";
    case Operation::log: return "log";
    case Operation::log1p: return "log1p";
    case Operation::sine: return "sin";
    case Operation::cosine: return "cos";
    case Operation::tanh: return "tanh";
    case Operation::erf: return "erf";
    case Operation::erfc: return "erfc";
    case Operation::softplus: return "softplus";
    case Operation::sigmoid: return "sigmoid";
    default: return {};
  }
}

using Texts = std::vector<std::string>;

std::string joined(const Texts& operands, const std::string& separator, std::string text) {
  for (const std::string& operand : operands) text += (text.empty() ? "" : separator) + operand;
  return text;
}

std::string decay_of(const std::string& x) { return "(2/sqrt(pi)*exp(-" + x + "^2)/erfc(" + x + "))"; }

std::string text_of(const Node& node, const Texts& operands, std::span<const std::string> variables) {
  switch (node.operation) {
    case Operation::constant: return node.value < 0.0 ? "(" + shortest(node.value) + ")" : shortest(node.value);
    case Operation::variable: return variables[static_cast<std::size_t>(node.value)];
    case Operation::sum: return "(" + joined(operands, "+", node.value == 0.0 ? "" : shortest(node.value)) + ")";
    case Operation::product:
      if (node.value == -1.0) return "(-" + joined(operands, "*", "") + ")";
      return "(" + joined(operands, "*", node.value == 1.0 ? "" : shortest(node.value)) + ")";
    case Operation::power: return "(" + operands[0] + "^" + operands[1] + ")";
    case Operation::select: return "piecewise(" + operands[0] + ">0," + operands[1] + "," + operands[2] + ")";
    case Operation::log_half_erfc: return "log(erfc(" + operands[0] + ")/2)";
    case Operation::erfc_decay: return decay_of(operands[0]);
    case Operation::erfc_decay_slope:
      return "(" + decay_of(operands[0]) + "*(" + decay_of(operands[0]) + "-2*" + operands[0] + "))";
    case Operation::sigmoid_slope: return "(sigmoid(" + operands[0] + ")*sigmoid(-" + operands[0] + "))";
    default: return name_of(node.operation) + "(" + joined(operands, ",", "") + ")";
  }
}

}  // namespace

std::string to_text(const Graph& graph, NodeId id, std::span<const std::string> variables) {
  Texts texts(static_cast<std::size_t>(id) + 1);
  constexpr std::size_t longest = 1000000;  // shared parts are written out each time, and that may explode
  std::size_t length = 0;
  for (const NodeId here : reachable(graph, {&id, 1})) {
    Texts operands;
    for (const NodeId operand : graph[here].operands) operands.push_back(texts[static_cast<std::size_t>(operand)]);
    texts[static_cast<std::size_t>(here)] = text_of(graph[here], operands, variables);
    length += texts[static_cast<std::size_t>(here)].size();
    if (length > longest) throw TooLarge();
  }
  return texts.back();
}

}  // namespace sgdyn::symbolic
