// Texts and numbers as a gnuplot script takes them: whatever a recipe or a problem says, it stays data.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace sgdyn::tools {

/// A single-quoted gnuplot string. A line break would end the string and begin a command, so that control characters
/// become spaces.
[[nodiscard]] std::string quoted(const std::string& text);

/// For a string in the enhanced mode of gnuplot, in which _ ^ @ & ~ and braces would mean something.
[[nodiscard]] std::string plain(const std::string& text);

/// The text in lines of at most `widest` characters where it has spaces to break at.
[[nodiscard]] std::vector<std::string> wrapped(const std::string& text, std::size_t widest);

/// How many characters a reader sees, roughly: those of the enhanced mode do not count.
[[nodiscard]] std::size_t shown_length(const std::string& text);

/// "NaN" unless it is finite. Data blocks hold nothing but these, and so cannot be ended early.
[[nodiscard]] std::string number(double value);

}  // namespace sgdyn::tools
