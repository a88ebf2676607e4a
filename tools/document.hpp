// The result document, schema sgdyn-result/1: what --json prints and result.json holds.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "outcome.hpp"

namespace sgdyn::tools {

/// `files` lists what was written beside it, relative to the directory of the result; left out when empty.
[[nodiscard]] nlohmann::ordered_json result_document(const Outcome& outcome, const std::vector<std::string>& files);

/// The text of a document as printed and written, ending in a newline. Numbers read back bit for bit.
[[nodiscard]] std::string document_text(const nlohmann::ordered_json& document);

}  // namespace sgdyn::tools
