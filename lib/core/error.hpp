// Errors of the caller. The library never prints, exits or aborts: it throws one of these.
#pragma once

#include <stdexcept>
#include <string>

namespace sgdyn {

/// A value the user gave is unusable. The message is one sentence: what, where, the value, what is allowed.
class InputError : public std::invalid_argument {
 public:
  /// `key` is the dotted key of the problem file or option ("algorithm.batch"), empty when there is none.
  InputError(std::string key, const std::string& message);

  /// The same error with the place it was found ("problem.toml:7") put in front; keeps the key.
  [[nodiscard]] InputError at(const std::string& place) const;

  [[nodiscard]] const std::string& key() const { return key_; }
  /// The sentence without the place.
  [[nodiscard]] const std::string& message() const { return message_; }
  /// True once a place has been attached.
  [[nodiscard]] bool placed() const { return placed_; }

 private:
  InputError(std::string key, std::string message, const std::string& place);

  std::string key_;
  std::string message_;
  bool placed_ = false;
};

/// A theory was asked about a problem outside its assumptions; nothing was computed.
class NotApplicable : public std::runtime_error {
 public:
  NotApplicable(const std::string& theory, const std::string& violated_assumption);

  [[nodiscard]] const std::string& reason() const { return reason_; }

 private:
  std::string reason_;
};

}  // namespace sgdyn
