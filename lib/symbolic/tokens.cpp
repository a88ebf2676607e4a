#include "sgdyn/symbolic/tokens.hpp"

#include <charconv>
#include <cmath>

#include "sgdyn/symbolic/formula_error.hpp"

namespace sgdyn::symbolic {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }
bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

class Tokenizer {
 public:
  Tokenizer(std::string_view text, const std::string& key) : text_(text), key_(key) {}

  std::vector<Token> all() {
    std::vector<Token> tokens;
    do tokens.push_back(next());
    while (tokens.back().kind != TokenKind::end);
    return tokens;
  }

 private:
  [[nodiscard]] char at(std::size_t position) const { return position < text_.size() ? text_[position] : '\0'; }

  Token next() {
    while (position_ < text_.size() && is_blank(text_[position_])) ++position_;
    if (position_ == text_.size()) return take(TokenKind::end, 0);
    const char c = at(position_);
    if (is_digit(c) || (c == '.' && is_digit(at(position_ + 1)))) return number();
    if (is_letter(c)) return name();
    return sign(c);
  }

  Token take(TokenKind kind, std::size_t length) {
    const Token token{kind, text_.substr(position_, length), 0.0, position_};
    position_ += length;
    return token;
  }

  Token name() {
    std::size_t length = 0;
    while (is_letter(at(position_ + length)) || is_digit(at(position_ + length))) ++length;
    return take(TokenKind::name, length);
  }

  Token number() {
    const char* const first = text_.data() + position_;
    double value = 0.0;
    const auto [end, error] = std::from_chars(first, text_.data() + text_.size(), value);
    Token token = take(TokenKind::number, static_cast<std::size_t>(end - first));
    if (error == std::errc::result_out_of_range) {
      throw formula_error(key_, "this number is too large or too small for double precision", text_, token.position);
    }
    if (is_letter(at(position_)) || at(position_) == '.') {
      throw formula_error(key_, "malformed number; write 2*h for a product and 1e-3 for a power of ten", text_,
                          token.position);
    }
    token.number = value;
    return token;
  }

  Token sign(char c) {
    const char following = at(position_ + 1);
    switch (c) {
      case '+': return take(TokenKind::plus, 1);
      case '-': return take(TokenKind::minus, 1);
      case '*': return following == '*' ? take(TokenKind::power, 2) : take(TokenKind::times, 1);
      case '/': return take(TokenKind::divide, 1);
      case '^': return take(TokenKind::power, 1);
      case '<': return following == '=' ? take(TokenKind::less_equal, 2) : take(TokenKind::less, 1);
      case '>': return following == '=' ? take(TokenKind::greater_equal, 2) : take(TokenKind::greater, 1);
      case '(': return take(TokenKind::open, 1);
      case ')': return take(TokenKind::close, 1);
      case ',': return take(TokenKind::comma, 1);
      default: throw formula_error(key_, unexpected(c), text_, position_);
    }
  }

  static std::string unexpected(char c) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte >= 0x80) return "a formula holds ASCII characters only";
    if (byte < 0x20 || byte == 0x7f) return "a formula holds no control characters";
    if (c == '=') return "there is no '=' in a formula; comparisons are < <= > >=";
    return std::string("the character '") + c + "' has no meaning in a formula";
  }

  std::string_view text_;
  const std::string& key_;
  std::size_t position_ = 0;
};

}  // namespace

std::vector<Token> tokens_of(std::string_view text, const std::string& key) { return Tokenizer(text, key).all(); }

}  // namespace sgdyn::symbolic
