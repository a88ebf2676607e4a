#include "sgdyn/io/file_text.hpp"

#include <algorithm>
#include <cerrno>
#include <fstream>
#include <system_error>
#include <vector>

#include "sgdyn/core/error.hpp"
#include "sgdyn/core/parameters.hpp"
#include "sgdyn/io/text.hpp"

namespace sgdyn::detail {
namespace {

namespace fs = std::filesystem;

InputError no_such_file(const fs::path& path) {
  const fs::path folder = path.has_parent_path() ? path.parent_path() : fs::path(".");
  std::vector<std::string> beside;
  std::error_code error;
  fs::directory_iterator entry(folder, error);
  constexpr std::size_t enough = 1000;
  while (!error && entry != fs::directory_iterator() && beside.size() < enough) {
    if (entry->path().extension() == ".toml") beside.push_back(printable(entry->path().filename().string()));
    entry.increment(error);
  }
  std::sort(beside.begin(), beside.end());
  return {"", "no such file" + did_you_mean(path.filename().string(), beside)};
}

std::string content(const fs::path& path) {
  std::error_code error;
  const fs::file_status status = fs::status(path, error);
  if (status.type() == fs::file_type::not_found) throw no_such_file(path);
  if (status.type() == fs::file_type::none) throw InputError("", "cannot be read: " + error.message());
  if (fs::is_directory(status)) throw InputError("", "is a directory; allowed is a TOML file");
  errno = 0;
  std::ifstream file(path, std::ios::binary);
  if (!file) {
    const std::error_code reason(errno, std::generic_category());
    throw InputError("", "cannot be read: " + reason.message());
  }
  std::string text(max_text_bytes + 1, '\0');
  file.read(text.data(), static_cast<std::streamsize>(text.size()));
  if (file.bad()) throw InputError("", "cannot be read: the disk reported an error");
  text.resize(static_cast<std::size_t>(file.gcount()));
  if (text.size() > max_text_bytes) {
    throw InputError("", "is larger than 1 MiB, so it is no problem file; allowed is a TOML file");
  }
  return text;
}

}  // namespace

std::string shown(const fs::path& path) { return printable(path.string(), std::string::npos); }

std::string read_text(const fs::path& path) {
  if (path.empty()) throw InputError("", "the name of the file is empty; allowed is a TOML file").at("\"\"");
  try {
    return content(path);
  } catch (const InputError& error) {
    throw error.at(shown(path));
  }
}

}  // namespace sgdyn::detail
