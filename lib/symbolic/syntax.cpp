#include "sgdyn/symbolic/syntax.hpp"

#include <algorithm>
#include <numbers>

#include "sgdyn/core/parameters.hpp"
#include "sgdyn/symbolic/formula_error.hpp"
#include "sgdyn/symbolic/function_table.hpp"
#include "sgdyn/symbolic/tokens.hpp"

namespace sgdyn::symbolic {
namespace {

const FunctionInfo* find_function(std::string_view name) {
  const auto* found = std::find_if(function_table.begin(), function_table.end(),
                                   [&](const FunctionInfo& info) { return info.name == name; });
  return found == function_table.end() ? nullptr : found;
}

std::string count_of(std::size_t arguments) {
  return std::to_string(arguments) + (arguments == 1 ? " argument" : " arguments");
}

/// Recursive descent; every level of recursion passes Depth, which bounds it.
class Parser {
 public:
  Parser(std::string_view text, std::span<const std::string> variables, const std::string& key) : key_(key) {
    tree_.text = text;
    tree_.variables.assign(variables.begin(), variables.end());
    if (text.size() > max_formula_length) {
      throw InputError(key_, "the formula has " + std::to_string(text.size()) + " characters; allowed are at most " +
                                 std::to_string(max_formula_length));
    }
    tokens_ = tokens_of(tree_.text, key_);
  }

  SyntaxTree run() {
    if (here().kind == TokenKind::end) throw InputError(key_, "the formula is empty; " + known());
    (void)expression();
    if (is_comparison_token(here().kind)) throw misplaced(here().position);
    if (here().kind == TokenKind::close) throw error("this parenthesis closes none");
    if (here().kind != TokenKind::end) throw error("an operator such as + - * / ^ is missing here");
    return std::move(tree_);
  }

 private:
  class Depth {
   public:
    explicit Depth(Parser& parser) : parser_(parser) {
      if (++parser_.depth_ > 2 * max_nesting) {
        throw parser_.error("the formula is nested too deeply; allowed are " + std::to_string(max_nesting) + " levels");
      }
    }
    ~Depth() { --parser_.depth_; }
    Depth(const Depth&) = delete;
    Depth& operator=(const Depth&) = delete;

   private:
    Parser& parser_;
  };

  [[nodiscard]] const Token& here() const { return tokens_[next_]; }
  const Token& take() { return tokens_[next_++]; }

  [[nodiscard]] InputError error(const std::string& sentence) const { return error(sentence, here().position); }
  [[nodiscard]] InputError error(const std::string& sentence, std::size_t position) const {
    return formula_error(key_, sentence, tree_.text, position);
  }
  [[nodiscard]] InputError misplaced(std::size_t position) const {
    return error("a comparison is allowed only as a condition of piecewise(condition, value, ..., otherwise)",
                 position);
  }

  static bool is_comparison_token(TokenKind kind) {
    return kind >= TokenKind::less && kind <= TokenKind::greater_equal;
  }

  std::size_t add(SyntaxNode node) {
    tree_.nodes.push_back(std::move(node));
    return tree_.nodes.size() - 1;
  }
  std::size_t add(SyntaxKind kind, std::size_t position, std::vector<std::size_t> operands) {
    SyntaxNode node{.kind = kind, .position = position, .operands = {}};
    node.operands = std::move(operands);
    return add(std::move(node));
  }

  std::size_t expression() {
    const Depth depth(*this);
    std::size_t left = term();
    while (here().kind == TokenKind::plus || here().kind == TokenKind::minus) {
      const Token& sign = take();
      const SyntaxKind kind = sign.kind == TokenKind::plus ? SyntaxKind::add : SyntaxKind::subtract;
      left = add(kind, sign.position, {left, term()});
    }
    return left;
  }

  std::size_t term() {
    std::size_t left = unary();
    while (here().kind == TokenKind::times || here().kind == TokenKind::divide) {
      const Token& sign = take();
      const SyntaxKind kind = sign.kind == TokenKind::times ? SyntaxKind::multiply : SyntaxKind::divide;
      left = add(kind, sign.position, {left, unary()});
    }
    return left;
  }

  std::size_t unary() {
    const Depth depth(*this);
    if (here().kind == TokenKind::plus) {
      take();
      return unary();
    }
    if (here().kind != TokenKind::minus) return power();
    const std::size_t position = take().position;
    return add(SyntaxKind::negate, position, {unary()});
  }

  std::size_t power() {
    const std::size_t base = primary();
    if (here().kind != TokenKind::power) return base;
    const std::size_t position = take().position;
    return add(SyntaxKind::power, position, {base, unary()});
  }

  std::size_t primary() {
    const Token& token = here();
    switch (token.kind) {
      case TokenKind::number:
        take();
        return add({.kind = SyntaxKind::number, .position = token.position, .number = token.number, .operands = {}});
      case TokenKind::name: return name();
      case TokenKind::open: return parentheses();
      case TokenKind::end:
        throw error("the formula ends where a number, variable, function or parenthesis must follow");
      default:
        throw error("\"" + std::string(token.text) +
                    "\" stands where a number, variable, function or parenthesis must stand");
    }
  }

  std::size_t parentheses() {
    const std::size_t opened = take().position;
    const std::size_t inside = expression();
    close(opened);
    return inside;
  }

  void close(std::size_t opened) {
    if (is_comparison_token(here().kind)) throw misplaced(here().position);
    if (here().kind == TokenKind::end) throw error("this parenthesis is not closed", opened);
    if (here().kind != TokenKind::close) throw error("an operator or \")\" is missing here");
    take();
  }

  std::size_t name() {
    const Token& token = take();
    const auto variable = std::find(tree_.variables.begin(), tree_.variables.end(), token.text);
    const bool is_variable = variable != tree_.variables.end();
    const FunctionInfo* info = is_variable ? nullptr : find_function(token.text);
    if (here().kind == TokenKind::open) {
      if (is_variable) {
        const std::string variable_name(token.text);
        throw error("\"" + variable_name + "\" is a number, not a function; write " + variable_name + "*(...)",
                    token.position);
      }
      if (info == nullptr) throw unknown("unknown function", token);
      return call(*info, token.position);
    }
    if (info != nullptr) {
      throw error("the function \"" + std::string(token.text) + "\" needs its arguments in parentheses",
                  token.position);
    }
    SyntaxNode node{.kind = SyntaxKind::number, .position = token.position, .operands = {}};
    if (is_variable) {
      node.kind = SyntaxKind::variable;
      node.variable = static_cast<std::size_t>(variable - tree_.variables.begin());
    } else if (token.text == "pi") {
      node.number = std::numbers::pi;
    } else if (token.text == "e") {
      node.number = std::numbers::e;
    } else {
      throw unknown("unknown name", token);
    }
    return add(std::move(node));
  }

  std::size_t call(const FunctionInfo& info, std::size_t position) {
    const std::size_t opened = take().position;
    SyntaxNode node{.kind = SyntaxKind::call, .position = position, .function = info.function, .operands = {}};
    if (here().kind != TokenKind::close) node.operands.push_back(argument());
    while (here().kind == TokenKind::comma) {
      take();
      node.operands.push_back(argument());
    }
    close(opened);
    check_arguments(info, node);
    return add(std::move(node));
  }

  std::size_t argument() {
    const std::size_t left = expression();
    if (!is_comparison_token(here().kind)) return left;
    const Token& sign = take();
    const auto kind = static_cast<SyntaxKind>(static_cast<int>(SyntaxKind::less) + static_cast<int>(sign.kind) -
                                              static_cast<int>(TokenKind::less));
    return add(kind, sign.position, {left, expression()});
  }

  void check_arguments(const FunctionInfo& info, const SyntaxNode& node) const {
    const std::size_t given = node.operands.size();
    const bool piecewise = info.function == Function::piecewise;
    if (given < info.least || given > info.most || (piecewise && given % 2 == 0)) {
      std::string wanted = (info.most > info.least ? "at least " : "") + count_of(info.least);
      if (piecewise) wanted = "conditions, each with its value, and a last value for all other cases";
      throw error("\"" + std::string(info.name) + "\" takes " + wanted + ", not " + std::to_string(given),
                  node.position);
    }
    for (std::size_t i = 0; i < given; ++i) {
      const SyntaxNode& operand = tree_.nodes[node.operands[i]];
      const bool condition = piecewise && i % 2 == 0 && i + 1 < given;
      if (is_comparison(operand.kind) && !condition) throw misplaced(operand.position);
      if (!is_comparison(operand.kind) && condition) {
        throw error("argument " + std::to_string(i + 1) + " of piecewise is a condition; it needs one of < <= > >=",
                    operand.position);
      }
    }
  }

  [[nodiscard]] std::string known() const {
    std::string text = "it may use";
    for (const std::string& variable : tree_.variables) text += " " + variable;
    text += " pi e";
    for (const FunctionInfo& info : function_table) text += " " + std::string(info.name);
    return text;
  }

  [[nodiscard]] InputError unknown(const std::string& what, const Token& token) const {
    std::vector<std::string> names(tree_.variables);
    names.insert(names.end(), {"pi", "e"});
    for (const FunctionInfo& info : function_table) names.emplace_back(info.name);
    constexpr std::size_t longest = 40;
    const std::string word(token.text.substr(0, longest));
    const std::string shown = word + (token.text.size() > longest ? "..." : "");
    return error(what + " \"" + shown + "\"" + did_you_mean(word, names) + "; " + known(), token.position);
  }

  const std::string& key_;
  SyntaxTree tree_;
  std::vector<Token> tokens_;
  std::size_t next_ = 0;
  int depth_ = 0;
};

std::string head(const SyntaxNode& node) {
  switch (node.kind) {
    case SyntaxKind::call:
      return std::string(std::find_if(function_table.begin(), function_table.end(), [&](const FunctionInfo& info) {
                           return info.function == node.function;
                         })->name);
    case SyntaxKind::negate: return "-";
    case SyntaxKind::add: return "+";
    case SyntaxKind::subtract: return "-";
    case SyntaxKind::multiply: return "*";
    case SyntaxKind::divide: return "/";
    case SyntaxKind::power: return "^";
    case SyntaxKind::less: return "<";
    case SyntaxKind::less_equal: return "<=";
    case SyntaxKind::greater: return ">";
    case SyntaxKind::greater_equal: return ">=";
    default: return {};
  }
}

}  // namespace

SyntaxTree parse(std::string_view text, std::span<const std::string> variables, const std::string& key) {
  return Parser(text, variables, key).run();
}

std::string canonical_text(const SyntaxTree& tree) {
  std::vector<std::string> texts;
  for (const SyntaxNode& node : tree.nodes) {
    std::string text = head(node);
    if (node.kind == SyntaxKind::number) text = shortest(node.number);
    if (node.kind == SyntaxKind::variable) text = tree.variables[node.variable];
    for (std::size_t i = 0; i < node.operands.size(); ++i) text += (i == 0 ? "(" : ",") + texts[node.operands[i]];
    texts.push_back(text + (node.operands.empty() ? "" : ")"));
  }
  return texts.back();
}

}  // namespace sgdyn::symbolic
